public import Contracts
public import Execution
public import Market
public import Portfolio
public import Primitives

/// The state that strategy, protective rules and venue share: the account, the working orders and the record.
public struct Desk: Sendable {
    public var account: Account
    public let rules: DeskRules
    /// Working orders in the order of their submission.
    public var orders: [DeskOrder] = []
    public var recorder = Recorder()
    /// Orders that were sent, refused ones included.
    public private(set) var orderCount = 0
    /// Ordinal of the label at which a protective rule closed the instrument last.
    private var ruleExits: [Int]
    /// Units that fills of this label have taken from the bar's volume.
    var consumed: [Double]
    private var consumedIndex = -1
    /// Some order waits, or waited, for another one.
    private var hasChildren = false
    private let protections: [PositionRuleName]

    /// How a rule is called in the record.
    public struct PositionRuleName: Hashable, Sendable {
        public let reason: ExitReason
        public let detail: String

        public init(reason: ExitReason, detail: String) {
            self.reason = reason
            self.detail = detail
        }
    }

    public init(account: Account, rules: DeskRules, protections: [PositionRuleName] = []) {
        self.account = account
        self.rules = rules
        self.protections = protections
        ruleExits = Array(repeating: -1, count: account.instruments.count)
        consumed = Array(repeating: 0, count: account.instruments.count)
    }

    public func quantity(_ instrument: Int) -> Double { account.positions[instrument].quantity }

    /// What a request adds to a plain market order.
    public struct Terms: Sendable {
        public var type = OrderType.market
        public var limitPrice = Double.nan
        public var stopPrice = Double.nan
        public var trailAmount = Double.nan
        public var trailFraction = Double.nan
        public var timeInForce = TimeInForce.gtc
        public var expiry = UnixNanos(Int64.max)
        public var parent = 0
        public var ocoGroup = 0
        public var isReduceOnly = false
        public var isPostOnly = false
        public var rebalance = 0
        public var eligibleFrom = UnixNanos(Int64.min)
        public var reason = ExitReason.signal

        public init() {}
    }

    /// Sends an order. Under `nextBar` it may fill from the next label on, under `sameBar` at once.
    /// - Returns: its number; nil where there is nothing to trade, or a protective rule closed the instrument at this label.
    @discardableResult
    public mutating func submit(_ instrument: Int, delta: Double, at slice: MarketSlice, terms: Terms? = nil) -> Int? {
        guard delta.magnitude > 1e-8, !isBlocked(instrument, slice) else { return nil }
        orderCount += 1
        let wait = (rules.mode == .nextBar ? 1 : 0) + rules.latencyBars
        var order = DeskOrder(
            number: orderCount, instrument: instrument, isBuy: delta > 0, type: terms?.type ?? .market, quantity: delta.magnitude,
            created: slice.time, createdIndex: slice.index, signalPrice: slice.price[instrument],
            eligibleIndex: slice.index + wait)
        if let terms {
            order.apply(terms)
            if terms.parent != 0 { hasChildren = true }
        }
        order.state = .accepted
        orders.append(order)
        return orderCount
    }

    /// Sends the exit that a protective rule asks for; it may fill at this label.
    public mutating func submit(ruleExit rule: Int, _ instrument: Int, delta: Double, price: Double, at slice: MarketSlice) {
        guard delta.magnitude > 1e-8, !isBlocked(instrument, slice) else { return }
        orderCount += 1
        var order = DeskOrder(
            number: orderCount, instrument: instrument, isBuy: delta > 0, type: .market, quantity: delta.magnitude,
            created: slice.time, createdIndex: slice.index, signalPrice: slice.price[instrument], eligibleIndex: slice.index)
        order.rule = rule
        order.reason = protections[rule].reason
        order.ruleFillPrice = price
        order.state = .accepted
        orders.append(order)
        if delta.magnitude == quantity(instrument).magnitude { ruleExits[instrument] = slice.index }
    }

    /// A rule closed the instrument at this very label: no new position before the next.
    private func isBlocked(_ instrument: Int, _ slice: MarketSlice) -> Bool {
        ruleExits[instrument] == slice.index && quantity(instrument) == 0
    }

    /// Closes what is held of an instrument.
    public mutating func close(_ instrument: Int, at slice: MarketSlice) {
        let held = quantity(instrument)
        if held != 0 { submit(instrument, delta: -held, at: slice) }
    }

    /// Ends a working order.
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func cancel(_ number: Int) -> Bool {
        guard let index = orders.firstIndex(where: { $0.number == number && !$0.state.isTerminal }) else { return false }
        end(index, .cancel)
        return true
    }

    /// A name for the rule that sent the order, nil for orders of the strategy.
    public func detail(of order: DeskOrder) -> String? { order.rule < 0 ? nil : protections[order.rule].detail }
}

extension Desk {
    /// Tells an order what happened to it. Orders that wait for one that ended unfilled end with it.
    public mutating func end(_ index: Int, _ event: OrderEvent) {
        let state = orders[index].state.afterLegal(event)
        orders[index].state = state
        guard hasChildren, state.isTerminal, orders[index].filledQuantity == 0 else { return }
        let number = orders[index].number
        for child in orders.indices where orders[child].parent == number && orders[child].isAsleep {
            if !orders[child].state.isTerminal { end(child, .cancel) }
        }
    }

    public mutating func reject(_ index: Int, _ reason: RejectionReason, at slice: MarketSlice) {
        recorder.reject(orders[index], at: slice.time, reason)
        end(index, .reject)
    }

    /// Forgets the orders that have ended.
    public mutating func sweep() { orders.removeAll { $0.state.isTerminal } }

    /// Units of the bar's volume that are left for one more fill; infinite without a cap.
    public mutating func capacity(_ instrument: Int, _ slice: MarketSlice) -> Double {
        guard let share = rules.participation else { return .infinity }
        let volume = slice.volume[instrument]
        return volume > 0 ? max(0, volume * share - taken(instrument, slice)) : 0
    }

    public mutating func taken(_ instrument: Int, _ slice: MarketSlice) -> Double {
        if consumedIndex != slice.index {
            consumedIndex = slice.index
            for position in consumed.indices { consumed[position] = 0 }
        }
        return consumed[instrument]
    }

    /// An execution of part or all of an order.
    public struct Execution: Sendable {
        public var quantity: Double
        public var price: Double
        /// Before spread, slippage and impact.
        public var reference: Double
        public var slippage: Double
        public var commission: Double
        public var source: EngineConfiguration.ExecutionPrice
        /// The bar's first price: whatever the bar did came after it.
        public var isAtOpen: Bool

        public init(
            quantity: Double, price: Double, reference: Double, slippage: Double, commission: Double,
            source: EngineConfiguration.ExecutionPrice, isAtOpen: Bool
        ) {
            self.quantity = quantity
            self.price = price
            self.reference = reference
            self.slippage = slippage
            self.commission = commission
            self.source = source
            self.isAtOpen = isAtOpen
        }
    }

    /// Books an execution: ledger, trade, record, and what hangs on the order.
    public mutating func book(_ index: Int, _ execution: Execution, at slice: MarketSlice) {
        let order = orders[index]
        let instrument = order.instrument
        let signed = order.isBuy ? execution.quantity : -execution.quantity
        let old = quantity(instrument)
        let marks = initialMarks(order, execution.price, slice)
        var fill = Booking(
            instrument: instrument, time: slice.time, index: slice.index, signedQuantity: signed, price: execution.price,
            commission: execution.commission, slippage: execution.slippage, signalPrice: order.signalPrice,
            highWaterMark: marks.high, lowWaterMark: marks.low)
        let quote = FillQuote(slice, instrument, isBuy: order.isBuy)
        fill.entryQuote = quote == nil ? -1 : recorder.events.count
        let closed = account.book(fill)
        recorder.record(
            Recorder.Event(
                order: order, time: slice.time, index: slice.index, signedQuantity: signed, price: execution.price,
                reference: execution.reference, commission: execution.commission, slippage: execution.slippage,
                source: execution.source, isExit: old * signed < 0, quote: quote))
        if let closed { recorder.record(trade(closed, order, execution, quote, slice)) }
        if rules.impact.countsVolume || rules.participation != nil {
            consumed[instrument] = taken(instrument, slice) + execution.quantity
        }
        advance(index, execution, at: slice)
        if old != 0, quantity(instrument) != 0, (old > 0) != (quantity(instrument) > 0) {
            cancelOthers(of: instrument, but: order)
        }
    }

    private mutating func advance(_ index: Int, _ execution: Execution, at slice: MarketSlice) {
        orders[index].filledNotional += execution.price * execution.quantity
        orders[index].filledQuantity += execution.quantity
        orders[index].commissionPaid += execution.commission
        orders[index].quantity -= execution.quantity
        let isWhole = orders[index].quantity <= Quantities.zeroTolerance(orders[index].requested)
        end(index, .fill(complete: isWhole))
        let order = orders[index]
        if hasChildren { wakeChildren(of: order, execution, at: slice) }
        guard order.ocoGroup != 0 else { return }
        for other in orders.indices where orders[other].ocoGroup == order.ocoGroup && other != index {
            if orders[other].state.isTerminal { continue }
            if isWhole { end(other, .cancel) } else { orders[other].quantity = min(orders[other].quantity, order.quantity) }
        }
    }

    /// Orders that hang on an entry protect what has been filled of it.
    private mutating func wakeChildren(of order: DeskOrder, _ execution: Execution, at slice: MarketSlice) {
        for child in orders.indices where orders[child].parent == order.number && !orders[child].state.isTerminal {
            if orders[child].isAsleep {
                orders[child].isAsleep = false
                orders[child].quantity = execution.quantity
                orders[child].wokenIndex = slice.index
                orders[child].wokenPrice = execution.isAtOpen ? .nan : execution.price
                orders[child].isFresh = true
                orders[child].eligibleIndex = slice.index
            } else {
                orders[child].quantity += execution.quantity
            }
        }
    }

    /// A position that changed its side leaves no orders behind that were meant for the old one.
    private mutating func cancelOthers(of instrument: Int, but order: DeskOrder) {
        for other in orders.indices where orders[other].number != order.number && orders[other].instrument == instrument {
            if !orders[other].state.isTerminal && orders[other].parent != order.number { end(other, .cancel) }
        }
    }

    private func initialMarks(_ order: DeskOrder, _ price: Double, _ slice: MarketSlice) -> (high: Double, low: Double) {
        switch rules.stops.initialWaterMarkSource {
        case .fillPrice: return (price, price)
        case .signalPrice: return order.signalPrice.isNaN ? (price, price) : (order.signalPrice, order.signalPrice)
        case .barClose: return (slice.close[order.instrument], slice.close[order.instrument])
        case .barHigh: return (slice.high[order.instrument], slice.low[order.instrument])
        }
    }

    private func trade(
        _ closed: ClosedPart, _ order: DeskOrder, _ execution: Execution, _ quote: FillQuote?, _ slice: MarketSlice
    ) -> TradeRecord {
        let instrument = account.instruments[order.instrument]
        return TradeRecord(
            closed, asset: instrument.asset, multiplier: instrument.multiplier, exitTime: slice.time, exitPrice: execution.price,
            exitSlippage: execution.slippage, reason: order.reason, detail: detail(of: order),
            status: closed.isWhole ? .closed : .partial, quotes: quotes(closed.position, exit: quote))
    }

    func quotes(_ position: OpenPosition, exit: FillQuote?) -> TradeQuotes? {
        let entry = position.entryQuote < 0 ? nil : recorder.events[position.entryQuote].quote
        return entry == nil && exit == nil ? nil : TradeQuotes(entry: entry ?? FillQuote(), exit: exit ?? FillQuote())
    }
}

extension DeskOrder {
    mutating func apply(_ terms: Desk.Terms) {
        limitPrice = terms.limitPrice
        stopPrice = terms.stopPrice
        trailAmount = terms.trailAmount
        trailFraction = terms.trailFraction
        timeInForce = terms.timeInForce
        expiry = terms.expiry
        parent = terms.parent
        isAsleep = terms.parent != 0
        ocoGroup = terms.ocoGroup
        isReduceOnly = terms.isReduceOnly
        isPostOnly = terms.isPostOnly
        rebalance = terms.rebalance
        eligibleFrom = terms.eligibleFrom
        reason = terms.reason
    }
}

extension Desk {
    /// Records the account as it stands at the end of a label.
    public mutating func record(_ slice: MarketSlice) {
        var equity = account.cash
        var net = 0.0
        var gross = 0.0
        for instrument in account.held {
            let mark = account.positions[instrument].mark
            let notional = account.positions[instrument].quantity * mark * account.instruments[instrument].multiplier
            net += notional
            gross += notional.magnitude
            equity += account.value(instrument, at: mark)
        }
        recorder.record(
            Recorder.Point(
                time: slice.time, equity: equity, cash: account.cash, net: net, gross: gross,
                positions: Int32(truncatingIfNeeded: account.held.count)))
    }
}
