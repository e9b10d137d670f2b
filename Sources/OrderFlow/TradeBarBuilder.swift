public import Market
import Primitives

/// One pass over trades in file order that makes bars which trades close: after so many of them, so much volume or currency,
/// or where buying and selling differ more than expected.
///
/// Every symbol stands for itself. The session filter goes by a trade's own time; otherwise a trade stamped behind an earlier one
/// of its symbol counts at that one's time, so that starts and ends never go back. A bar never spans two trade dates: what is
/// open at a session's end is closed as a bar, known at that end. What is open at the end of the stream is not handed out, unless
/// the stream is past the session by more than trades may be late.
///
/// Imbalance and runs bars (Lopez de Prado 2018, 2.3.2). A trade's sign is its aggressor's; without one it is that of the price
/// change since the symbol's trade before, and where the price is the same that trade's sign. With b the sign, v the amount and T
/// the trades of a bar, it closes at the first trade where
///
///     imbalance   |sum b v|                        >= E[T] |E[v+] - E[v-]|
///     runs        max(sum of v bought, of v sold)  >= E[T] max(E[v+], E[v-])
///
/// v+ and v- are the amounts bought and sold, a mean a trade: E[v+] is the book's P[b = 1] E[v | b = 1]. Expectations are
/// averages over the bars that their threshold closed, the newest with the weight 0.1, starting with the first. The first bar's
/// threshold is the rule's size, and every later one stays between a quarter and four times of it. Expectations outlive sessions;
/// bars that a session's end cut do not enter.
///
/// The result does not depend on how the stream is cut into blocks. Memory does not grow with the stream.
public final class TradeBarBuilder {
    public let rules: [TradeBarRule]
    /// The symbols that the columns' `symbol` indices mean.
    public var symbols: [String] { table.names }

    let forms: [Form]
    private let session: SessionKind
    private let calendar: any SessionCalendar
    private let rowsPerDrain: Int
    private let sink: any TradeBarSink
    /// How long after a session's end a trade of it may still come.
    private let patience: Int64
    private var table: SymbolTable
    private var states: [SymbolBars] = []
    private var open: UnsafeMutablePointer<OpenTradeBar>
    private var expectations: UnsafeMutablePointer<BarExpectation>
    /// The amount at which each open bar closes.
    private var thresholds: UnsafeMutablePointer<Int128>
    private var capacity = 0
    private var rows: [TradeBarColumns]
    private var watermark = Int64.min
    private var tradeDate = Int32.min

    /// A rule taken apart.
    struct Form {
        enum Unit { case ticks, contracts, dollars }
        enum Test { case amount, imbalance, runs }
        let unit: Unit
        let test: Test
        /// The first threshold in the unit of the sums.
        let first: Double
    }

    private struct SymbolBars {
        var clock = Int64.min
        var lastPrice: Int64?
        var lastSign = 0
        var bounds = CellBounds()
        /// The session of the open bars.
        var tradeDate = Int32.min
        var sessionClose = Int64.min
    }

    /// - Parameters:
    ///   - lateInterval: the shortest bar length of the pass beside, which decides how late a trade may come.
    /// - Throws: `OrderFlowError.duplicateInterval`, `.invalidRowsPerDrain`.
    public init(
        rules: [TradeBarRule], session: SessionKind, calendar: any SessionCalendar, instruments: [FlowInstrument] = [],
        lateInterval: BarInterval = .minute, rowsPerDrain: Int = 100_000, sink: any TradeBarSink
    ) throws {
        guard rowsPerDrain >= 1 else { throw OrderFlowError.invalidRowsPerDrain(rowsPerDrain) }
        for (index, rule) in rules.enumerated() where rules[..<index].contains(rule) {
            throw OrderFlowError.duplicateInterval(rule.description)
        }
        self.rules = rules
        forms = rules.map(Form.init)
        self.session = session
        self.calendar = calendar
        self.rowsPerDrain = rowsPerDrain
        self.sink = sink
        patience = lateInterval.nanos + lateInterval.grace
        table = SymbolTable(instruments)
        rows = rules.map { _ in TradeBarColumns() }
        open = .allocate(capacity: 0)
        expectations = .allocate(capacity: 0)
        thresholds = .allocate(capacity: 0)
    }

    deinit {
        open.deallocate()
        expectations.deallocate()
        thresholds.deallocate()
    }

    /// Takes the next trades of the stream.
    /// - Throws: `CalendarError.outsideCoverage`, and what the sink throws.
    public func add(_ trades: UnsafeBufferPointer<RawTrade>) throws {
        guard let base = trades.baseAddress else { return }
        for position in 0..<trades.count where isTrade(base + position) { try take(base + position) }
    }

    /// Hands out the last rows. The builder must not be used afterwards.
    /// - Throws: what the sink throws.
    public func finish() throws {
        closeEnded()
        for rule in rules.indices where rows[rule].count > 0 { try drain(rule) }
    }

    private func take(_ trade: UnsafePointer<RawTrade>) throws {
        let symbol = table.index(trade.pointee.instrumentID)
        if symbol >= states.count { reserve(symbol + 1) }
        let time = trade.pointee.time.rawValue
        watermark = max(watermark, time)
        if time < states[symbol].bounds.start || time >= states[symbol].bounds.end {
            states[symbol].bounds = try CellBounds(around: time, calendar, session)
            if states[symbol].bounds.tradeDate > tradeDate {
                tradeDate = states[symbol].bounds.tradeDate
                closeEnded()
            }
        }
        guard !states[symbol].bounds.isFiltered else { return }
        if states[symbol].bounds.tradeDate > states[symbol].tradeDate {
            closeRest(symbol)
            states[symbol].tradeDate = states[symbol].bounds.tradeDate
            states[symbol].sessionClose = states[symbol].bounds.sessionClose
        }
        states[symbol].clock = max(states[symbol].clock, time)
        let price = trade.pointee.price
        let sign = sign(of: trade, states[symbol])
        states[symbol].lastPrice = price
        states[symbol].lastSign = sign
        let now = states[symbol].clock
        for rule in forms.indices { try enter(trade, sign, now, rule: rule, symbol: symbol) }
    }

    @inline(__always)
    private func sign(of trade: UnsafePointer<RawTrade>, _ state: SymbolBars) -> Int {
        switch trade.pointee.aggressor {
        case .buy: return 1
        case .sell: return -1
        case .unknown:
            guard let last = state.lastPrice else { return 0 }
            return trade.pointee.price == last ? state.lastSign : trade.pointee.price > last ? 1 : -1
        }
    }

    @inline(__always)
    private func enter(_ trade: UnsafePointer<RawTrade>, _ sign: Int, _ now: Int64, rule: Int, symbol: Int) throws {
        let place = symbol * forms.count + rule
        let bar = open + place
        let form = forms[rule]
        let size = Int64(trade.pointee.size)
        if bar.pointee.count == 0 {
            bar.pointee.start = now
            bar.pointee.open = trade.pointee.price
        }
        bar.pointee.end = now
        bar.pointee.high = max(bar.pointee.high, trade.pointee.price)
        bar.pointee.low = min(bar.pointee.low, trade.pointee.price)
        bar.pointee.close = trade.pointee.price
        bar.pointee.count &+= 1
        bar.pointee.volume &+= size
        switch trade.pointee.aggressor {
        case .buy: bar.pointee.buy &+= size
        case .sell: bar.pointee.sell &+= size
        case .unknown: break
        }
        let dollars = Int128(trade.pointee.price) &* Int128(size)
        bar.pointee.dollars &+= dollars
        switch form.unit {
        case .ticks: bar.pointee.add(1, sign: sign)
        case .contracts: bar.pointee.add(Int128(size), sign: sign)
        case .dollars: bar.pointee.add(dollars < 0 ? -dollars : dollars, sign: sign)
        }
        guard form.progress(bar.pointee) >= thresholds[place] else { return }
        append(rule, symbol, end: now)
        if form.test != .amount {
            expectations[place].take(bar.pointee)
            thresholds[place] = expectations[place].threshold(first: form.first, isRuns: form.test == .runs)
        }
        bar.pointee = OpenTradeBar()
        if rows[rule].count >= rowsPerDrain { try drain(rule) }
    }

    // MARK: sessions

    /// Closes what is open of sessions that no later trade may enter, symbols by name.
    private func closeEnded() {
        for symbol in table.order where symbol < states.count && states[symbol].tradeDate > .min {
            if states[symbol].sessionClose <= watermark - patience { closeRest(symbol) }
        }
    }

    private func closeRest(_ symbol: Int) {
        for rule in forms.indices {
            let bar = open + (symbol * forms.count + rule)
            guard bar.pointee.count > 0 else { continue }
            append(rule, symbol, end: max(bar.pointee.end, states[symbol].sessionClose))
            bar.pointee = OpenTradeBar()
        }
    }

    // MARK: rows

    private func append(_ rule: Int, _ symbol: Int, end: Int64) {
        rows[rule].append((open + (symbol * forms.count + rule)).pointee, symbol: symbol, end: end)
    }

    private func drain(_ rule: Int) throws {
        let full = rows[rule]
        rows[rule] = TradeBarColumns()
        try sink.take(full, rule: rules[rule], symbols: symbols)
    }

    private func reserve(_ count: Int) {
        while states.count < count { states.append(SymbolBars()) }
        guard count * forms.count > capacity else { return }
        let wanted = max(count, 4, capacity / max(forms.count, 1) * 2) * forms.count
        func grown<Value>(_ old: UnsafeMutablePointer<Value>, _ fill: (Int) -> Value) -> UnsafeMutablePointer<Value> {
            let new = UnsafeMutablePointer<Value>.allocate(capacity: wanted)
            new.moveInitialize(from: old, count: capacity)
            for index in capacity..<wanted { (new + index).initialize(to: fill(index)) }
            old.deallocate()
            return new
        }
        open = grown(open) { _ in OpenTradeBar() }
        expectations = grown(expectations) { _ in BarExpectation() }
        thresholds = grown(thresholds) { Int128(forms[$0 % forms.count].first) }
        capacity = wanted
    }
}

extension TradeBarBuilder.Form {
    init(_ rule: TradeBarRule) {
        switch rule.kind {
        case .tick, .tickImbalance, .tickRuns: unit = .ticks
        case .volume, .volumeImbalance, .volumeRuns: unit = .contracts
        case .dollar, .dollarImbalance, .dollarRuns: unit = .dollars
        }
        switch rule.kind {
        case .tick, .volume, .dollar: test = .amount
        case .tickImbalance, .volumeImbalance, .dollarImbalance: test = .imbalance
        case .tickRuns, .volumeRuns, .dollarRuns: test = .runs
        }
        first = Double(rule.size) * (unit == .dollars ? 1e9 : 1)
    }

    /// What the threshold is compared with.
    @inline(__always) func progress(_ bar: OpenTradeBar) -> Int128 {
        switch test {
        case .amount: bar.bought &+ bar.sold &+ bar.unsigned
        case .imbalance: bar.bought > bar.sold ? bar.bought &- bar.sold : bar.sold &- bar.bought
        case .runs: max(bar.bought, bar.sold)
        }
    }
}

extension TradeBarColumns {
    mutating func append(_ bar: OpenTradeBar, symbol: Int, end: Int64) {
        start.append(bar.start)
        self.end.append(end)
        self.symbol.append(Int32(symbol))
        open.append(Double(bar.open) / 1e9)
        high.append(Double(bar.high) / 1e9)
        low.append(Double(bar.low) / 1e9)
        close.append(Double(bar.close) / 1e9)
        volume.append(bar.volume)
        buyVolume.append(bar.buy)
        sellVolume.append(bar.sell)
        unknownVolume.append(bar.volume - bar.buy - bar.sell)
        tradeCount.append(bar.count)
        let dollars = Double(bar.dollars)
        vwap.append(bar.volume > 0 ? dollars / Double(bar.volume) / 1e9 : .nan)
        dollarVolume.append(dollars / 1e9)
    }
}
