public import Market
public import Primitives

/// One pass over trades in file order that makes bars, footprint, cumulative volume delta and big trades.
///
/// Feed it blocks of any size; the result does not depend on how the stream is cut. Rows leave through the sink as soon as no
/// later trade may change them, so memory does not grow with the stream. Not safe for use by two threads at once.
///
/// How it is fast: trades are taken in runs. A run is one symbol's trades in non-decreasing order inside one cell, the part of
/// the shortest common bucket in which trade date and hours do not change. Inside a run only registers and one footprint slot
/// are written; a cell is merged into the longer buckets when it is left.
public final class FlowAggregator {
    public let configuration: FlowConfiguration
    /// The symbols that the columns' `symbol` indices mean. Ids without a given symbol get their decimal number.
    public private(set) var symbols: [String] = []
    public private(set) var statistics = FlowStatistics()
    /// The highest event time so far; `Int64.min` before the first trade.
    public private(set) var watermark = UnixNanos(.min)

    let sink: any FlowSink
    let calendar: any SessionCalendar
    let lanes: UnsafeMutableBufferPointer<Lane>
    /// Index of the lane that keeps volume by price.
    let footprintLane: Int?
    /// The stretch of constant hours around the last cell.
    var segment = CellBounds()
    /// Length of a cell: the greatest common divisor of the intraday intervals.
    let cellNanos: Int64
    /// A trade is late when the bucket of this length that holds it ended more than its grace ago.
    public let lateInterval: BarInterval

    let sides = SideWords()
    var states: UnsafeMutablePointer<SymbolState>
    private var stateCapacity = 4
    private var symbolOfID: [UInt32: Int] = [:]
    private var indexOfSymbol: [String: Int] = [:]
    private var lastID: UInt32 = 0
    private var lastSymbol = -1
    /// Symbol indices by name, and each symbol's position there.
    private var order: [Int] = []
    private var rank: [Int] = []
    /// The event time at which some bucket becomes final.
    private var due: Int64 = .max

    /// Per symbol each rule's state.
    private var rules: [RuleState] = []
    private var pending: [PendingBigTrade] = []
    /// How many may wait before a pass releases what it can; doubled where a pass releases little.
    private var pendingLimit = 4_096
    private var bigTrades = BigTradeColumns()
    private var isFinished = false

    /// - Throws: `OrderFlowError.duplicateInterval`, `.invalidRule`, `.invalidRowsPerDrain`.
    public init(
        configuration: FlowConfiguration, calendar: any SessionCalendar, instruments: [FlowInstrument] = [], sink: any FlowSink
    ) throws {
        guard configuration.rowsPerDrain >= 1 else { throw OrderFlowError.invalidRowsPerDrain(configuration.rowsPerDrain) }
        for rule in configuration.bigTradeRules where !rule.isValid { throw OrderFlowError.invalidRule(rule.description) }
        self.configuration = configuration
        self.sink = sink
        self.calendar = calendar
        let made = try Self.makeLanes(configuration)
        lanes = .allocate(capacity: made.count)
        _ = lanes.initialize(from: made)
        footprintLane = made.firstIndex { $0.makesFootprint }
        let intraday = made.map(\.interval).filter { !$0.isDay }
        cellNanos = intraday.isEmpty ? UnixNanos.perMinute : intraday.reduce(0) { Self.divisor($0, $1.nanos) }
        lateInterval = intraday.min() ?? .minute
        states = .allocate(capacity: stateCapacity)
        for instrument in instruments { symbolOfID[instrument.id] = index(of: instrument.symbol) }
    }

    deinit {
        states.deallocate()
        sides.deallocate()
        for rule in rules { rule.deallocate() }
        for lane in lanes { lane.deallocate() }
        lanes.deinitialize().deallocate()
    }

    private static func makeLanes(_ configuration: FlowConfiguration) throws -> [Lane] {
        var lanes: [Lane] = []
        func index(_ interval: BarInterval) -> Int {
            if let index = lanes.firstIndex(where: { $0.interval == interval }) { return index }
            lanes.append(Lane(interval: interval))
            return lanes.count - 1
        }
        for interval in configuration.barIntervals {
            let lane = index(interval)
            if lanes[lane].makesBars {
                for lane in lanes { lane.deallocate() }
                throw OrderFlowError.duplicateInterval(interval.description)
            }
            lanes[lane].makesBars = true
        }
        if let interval = configuration.footprintInterval { lanes[index(interval)].makesFootprint = true }
        if let interval = configuration.cvdInterval { lanes[index(interval)].makesCVD = true }
        return lanes
    }

    private static func divisor(_ a: Int64, _ b: Int64) -> Int64 { b == 0 ? a : divisor(b, a % b) }

    /// Takes the next trades of the stream.
    /// - Throws: `OrderFlowError.lateTrade`, `CalendarError.outsideCoverage`, and what the sink throws. The aggregator must not
    ///   be used after an error.
    public func add(_ trades: UnsafeBufferPointer<RawTrade>) throws {
        guard !isFinished else { throw OrderFlowError.finished }
        guard let base = trades.baseAddress else { return }
        let first = statistics.records
        var position = 0
        while position < trades.count {
            let trade = base + position
            guard isTrade(trade) else {
                statistics.undefined += 1
                position += 1
                continue
            }
            let symbol = trade.pointee.instrumentID == lastID && lastSymbol >= 0 ? lastSymbol : select(trade.pointee.instrumentID)
            let state = states + symbol
            let time = trade.pointee.time.rawValue
            if time < watermark.rawValue { try checkLate(time, index: first + Int64(position)) }
            // Before the trade enters, so that the rings never hold more keys than the grace allows.
            if max(time, watermark.rawValue) >= due || pending.count >= pendingLimit {
                try advance(to: max(time, watermark.rawValue))
            }
            if time < state.pointee.bounds.start || time >= state.pointee.bounds.end { try enterCell(symbol, time) }
            let run = takeRun(base, from: position, to: trades.count, state: state, firstIndex: first)
            if !rules.isEmpty, !state.pointee.bounds.isFiltered {
                detect(base, position..<run.end, symbol: symbol, firstIndex: first)
            }
            count(run.end - position, state.pointee.bounds)
            position = run.end
            if run.lastTime > watermark.rawValue { watermark = UnixNanos(run.lastTime) }
        }
        statistics.records = first + Int64(trades.count)
    }

    /// Writes every open bucket. Calling it again does nothing.
    /// - Throws: what the sink throws.
    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        leaveCells()
        for lane in lanes.indices { lanes[lane].emit(upTo: .max, order: order) }
        releaseBigTrades(before: .max)
        try drain(minimumRows: 1)
    }

    private func count(_ trades: Int, _ bounds: CellBounds) {
        if bounds.isOutsideHours { statistics.outsideHours += Int64(trades) }
        if bounds.isFiltered { statistics.filtered += Int64(trades) } else { statistics.aggregated += Int64(trades) }
    }

    // MARK: symbols

    private func select(_ id: UInt32) -> Int {
        let symbol: Int
        if let known = symbolOfID[id] {
            symbol = known
        } else {
            symbol = index(of: String(id))
            symbolOfID[id] = symbol
        }
        lastID = id
        lastSymbol = symbol
        return symbol
    }

    private func index(of symbol: String) -> Int {
        if let known = indexOfSymbol[symbol] { return known }
        let index = symbols.count
        symbols.append(symbol)
        indexOfSymbol[symbol] = index
        if index >= stateCapacity {
            let larger = UnsafeMutablePointer<SymbolState>.allocate(capacity: stateCapacity * 2)
            larger.update(from: states, count: index)
            states.deallocate()
            states = larger
            stateCapacity *= 2
        }
        (states + index).initialize(to: SymbolState())
        for lane in lanes.indices { lanes[lane].reserve(symbols: symbols.count) }
        rules += configuration.bigTradeRules.map { RuleState($0) }
        order = symbols.indices.sorted { Array(symbols[$0].utf8).lexicographicallyPrecedes(Array(symbols[$1].utf8)) }
        rank = Array(repeating: 0, count: order.count)
        for (position, symbol) in order.enumerated() { rank[symbol] = position }
        return index
    }

    // MARK: time

    private func checkLate(_ time: Int64, index: Int64) throws {
        // Every grace is at least a minute, so a trade less than a minute behind is never late.
        guard time <= watermark.rawValue - UnixNanos.perMinute else { return }
        let end = (time.flooredDivision(by: lateInterval.nanos) + 1) * lateInterval.nanos
        if end + lateInterval.grace <= watermark.rawValue {
            throw OrderFlowError.lateTrade(time: UnixNanos(time), watermark: watermark, index: Int(index))
        }
    }

    private func enterCell(_ symbol: Int, _ time: Int64) throws {
        leaveCell(symbol)
        if time < segment.start || time >= segment.end {
            segment = try CellBounds(around: time, calendar, configuration.session)
        }
        let start = time.flooredDivision(by: cellNanos) * cellNanos
        let state = states + symbol
        state.pointee.bounds = segment
        state.pointee.bounds.start = max(start, segment.start)
        state.pointee.bounds.end = min(start + cellNanos, segment.end)
        if segment.isFiltered { return }
        for lane in lanes.indices { lanes[lane].open(state.pointee.bounds) }
        if let footprintLane {
            state.pointee.prices = lanes[footprintLane].bucket(symbol: symbol, state.pointee.bounds).pointee.prices
        }
        updateDue()
    }

    /// Merges a symbol's cell into its buckets.
    private func leaveCell(_ symbol: Int) {
        let state = states + symbol
        if state.pointee.sums.count > 0 {
            for lane in lanes.indices { lanes[lane].merge(state.pointee.sums, symbol: symbol, state.pointee.bounds) }
        }
        state.pointee = SymbolState()
    }

    private func leaveCells() {
        for symbol in 0..<symbols.count { leaveCell(symbol) }
    }

    private func updateDue() {
        due = .max
        for lane in lanes.indices { due = min(due, lanes[lane].due) }
    }

    /// Hands out what no trade may enter any more once the stream has reached `time`.
    private func advance(to time: Int64) throws {
        leaveCells()
        var rows = 0
        for lane in lanes.indices {
            lanes[lane].emit(upTo: time, order: order)
            rows = max(rows, lanes[lane].mostRows)
        }
        // A later trade that is not late lies after this time.
        if !pending.isEmpty { releaseBigTrades(before: time - lateInterval.nanos - lateInterval.grace + 1) }
        updateDue()
        if max(rows, bigTrades.count) >= configuration.rowsPerDrain { try drain(minimumRows: configuration.rowsPerDrain) }
    }

    // MARK: rows

    private func detect(_ base: UnsafePointer<RawTrade>, _ run: Range<Int>, symbol: Int, firstIndex: Int64) {
        let count = configuration.bigTradeRules.count
        for rule in 0..<count {
            rules[symbol * count + rule].scan(base, run) { position, threshold in
                pending.append(
                    PendingBigTrade(
                        trade: base[position], index: firstIndex + Int64(position), symbol: symbol, rank: 0, rule: rule,
                        threshold: threshold))
            }
        }
    }

    private func releaseBigTrades(before time: Int64) {
        for index in pending.indices { pending[index].rank = rank[pending[index].symbol] }
        pending.sort(by: PendingBigTrade.precedes)
        var released = 0
        while released < pending.count, pending[released].trade.time.rawValue < time {
            bigTrades.append(pending[released])
            released += 1
        }
        pending.removeFirst(released)
        pendingLimit = max(4_096, pending.count * 2)
    }

    private func drain(minimumRows: Int) throws {
        for lane in lanes.indices {
            if lanes[lane].bars.count >= minimumRows {
                try sink.take(lanes[lane].bars, interval: lanes[lane].interval)
                lanes[lane].bars.removeAll()
            }
            if lanes[lane].footprint.count >= minimumRows {
                try sink.take(lanes[lane].footprint)
                lanes[lane].footprint.removeAll()
            }
            if lanes[lane].cvd.count >= minimumRows {
                try sink.take(lanes[lane].cvd)
                lanes[lane].cvd.removeAll()
            }
        }
        if bigTrades.count >= minimumRows {
            try sink.take(bigTrades)
            bigTrades.removeAll()
        }
    }
}
