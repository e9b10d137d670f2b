public import Contracts
public import Execution
public import Market
public import Portfolio
public import Primitives
public import Risk

/// The state that strategy, protective rules and venue share: the account, the working orders and the record.
public struct Desk: ~Copyable, Sendable {
    public var account: Account
    public let rules: DeskRules
    /// Working orders in the order of their submission.
    public var orders: [Order] = []
    public var recorder = Recorder()
    /// Limits of the whole portfolio; nil without any.
    public var limits: PortfolioRules?
    /// Orders that were sent, refused ones included.
    public private(set) var orderCount = 0
    /// Orders that were made smaller because the account could not pay for all of them.
    public private(set) var cutOrders = 0
    /// Ordinal of the label at which a protective rule closed the instrument last.
    private var ruleExits: [Int]
    /// Units that fills of this label have taken from the bar's volume.
    var consumed: [Double]
    var consumedIndex = -1
    /// Some order waits, or waited, for another one.
    var hasChildren = false
    /// Orders that later ones will hang on, as they were when they ended.
    var parents: [Int: Order] = [:]
    /// Last reference prices, where the portfolio has limits.
    var lastPrices: [Double] = []
    /// The rules that have sent an exit.
    private var ruleNames: [PositionRuleName] = []
    /// What the orders sent at the label `submissionIndex` would make of the account; nil before the first.
    var submissions: ShadowAccount?
    var submissionIndex = -1
    private let checksSubmissions: Bool

    /// How a rule is called in the record.
    private struct PositionRuleName: Hashable, Sendable {
        let reason: ExitReason
        let detail: String
    }

    public init(account: Account, rules: DeskRules) {
        self.account = account
        self.rules = rules
        checksSubmissions = rules.prechecksSubmissions || rules.reservesBuyingPower
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
        public var priorityNotional = Double.nan
        public var eligibleFrom = UnixNanos(Int64.min)
        public var reason = ExitReason.signal
        /// Fills at the close of this very label, whatever the rules say.
        public var isImmediate = false

        public init() {}

        /// A market order that fills at this very label.
        static let immediate: Terms = {
            var terms = Terms()
            terms.isImmediate = true
            return terms
        }()
    }

    /// Makes an order as small as the account can pay for.
    public mutating func cut(_ index: Int, to units: Double) {
        orders[index].quantity = units
        if orders[index].isCut { return }
        orders[index].isCut = true
        cutOrders += 1
    }

    /// Sends an order. Under `nextBar`, and where it waits for an open, it may fill from the next label on, under `sameBar` at
    /// once.
    /// - Returns: its number; nil where there is nothing to trade, or a protective rule closed the instrument at this label.
    @discardableResult
    public mutating func submit(_ instrument: Int, delta: Double, at slice: MarketSlice, terms: Terms? = nil) -> Int? {
        guard delta.magnitude > rules.smallestOrder, !isBlocked(instrument, slice) else { return nil }
        let order = newOrder(instrument, delta: delta, at: slice, terms: terms)
        if limits != nil, order.reason == .signal, !order.isReduceOnly, order.parent == 0 {
            let admitted = admitted(delta, instrument, slice)
            guard admitted != 0 else {
                recorder.reject(order, at: slice.closeTime, .riskLimit)
                return nil
            }
            var part = order
            part.quantity = admitted.magnitude
            send(part, at: slice)
        } else {
            send(order, at: slice)
        }
        return order.number
    }

    /// Sends the exit that a protective rule asks for; it may fill at this label.
    /// - Parameters:
    ///   - terms: when and how it fills instead.
    ///   - isDeferred: the rule asked at an earlier label, and does not keep the strategy from entering at this one.
    public mutating func submit(
        _ exit: RuleExit, delta: Double, price: Double, at slice: MarketSlice, terms: Terms? = nil, isDeferred: Bool = false
    ) {
        let instrument = exit.instrument
        guard delta.magnitude > rules.smallestOrder, !isBlocked(instrument, slice) else { return }
        // A limit has sent all of it already.
        if rules.sequence == .rulesFirst, limits?.isBlocked == true, quantity(instrument) + pendingExits(instrument) == 0 {
            return
        }
        var order = newOrder(instrument, delta: delta, at: slice, terms: terms ?? .immediate)
        order.isReduceOnly = rules.sequence == .chronological || rules.ruleExitsOnlyReduce
        order.rule = index(of: PositionRuleName(reason: exit.reason, detail: exit.detail))
        order.reason = exit.reason
        order.ruleFillPrice = price
        send(order, at: slice)
        if !isDeferred, delta.magnitude == quantity(instrument).magnitude { ruleExits[instrument] = slice.index }
    }

    private mutating func newOrder(_ instrument: Int, delta: Double, at slice: MarketSlice, terms: Terms?) -> Order {
        orderCount += 1
        var order = Order(
            number: orderCount, instrument: instrument, isBuy: delta > 0, type: terms?.type ?? .market, quantity: delta.magnitude,
            created: slice.closeTime, createdIndex: slice.index, sentSession: slice.session, signalPrice: slice.price[instrument],
            eligibleIndex: slice.index)
        if let terms {
            order.apply(terms)
            if terms.parent != 0 { hang(&order, on: terms.parent) }
        }
        // The open of this label is known already.
        let waits = rules.mode == .nextBar || order.isAtOpen
        if terms?.isImmediate != true { order.eligibleIndex += (waits ? 1 : 0) + rules.latencyBars }
        return order
    }

    /// The order works for at most what its parent has filled: it sleeps where that is nothing yet.
    private mutating func hang(_ order: inout Order, on number: Int) {
        hasChildren = true
        var parent = parents[number]
        if let index = orders.firstIndex(where: { $0.number == number }) { parent = orders[index] }
        order.allowance = parent?.filledQuantity ?? 0
        for other in orders where other.ocoGroup != 0 && other.ocoGroup == order.ocoGroup && other.parent == number {
            order.allowance -= other.filledQuantity
        }
        order.isAsleep = parent?.filledQuantity ?? 0 == 0
        if !order.isAsleep { order.quantity = order.due }
        if order.isAsleep, parent?.state.isTerminal != false { order.state = .cancelled }
    }

    /// A later order will hang on this one.
    public mutating func keep(_ number: Int) {
        if let order = orders.first(where: { $0.number == number }) { parents[number] = order }
    }

    private mutating func send(_ order: Order, at slice: MarketSlice) {
        if order.state.isTerminal { return }
        orders.append(order)
        orders[orders.count - 1].state = .accepted
        if checksSubmissions { checkSubmission(at: slice) }
    }

    private mutating func index(of name: PositionRuleName) -> Int {
        if let known = ruleNames.firstIndex(of: name) { return known }
        ruleNames.append(name)
        return ruleNames.count - 1
    }

    /// A rule closed the instrument at this very label: no new position before the next.
    private func isBlocked(_ instrument: Int, _ slice: MarketSlice) -> Bool {
        rules.sequence == .rulesFirst && ruleExits[instrument] == slice.index && quantity(instrument) == 0
    }

    public func isWorking(_ number: Int) -> Bool { orders.contains { $0.number == number && !$0.state.isTerminal } }

    /// Units that working exits of rules and limits will take, signed like their orders.
    public func pendingExits(_ instrument: Int) -> Double {
        orders.reduce(0) { sum, order in
            let isExit = order.rule >= 0 || order.reason == .riskLiquidation
            return isExit && order.instrument == instrument && !order.state.isTerminal ? sum + order.signedQuantity : sum
        }
    }

    /// Ends the working exits of rules and limits.
    public mutating func cancelExits(_ instrument: Int) {
        for index in orders.indices where orders[index].instrument == instrument && !orders[index].state.isTerminal {
            if orders[index].rule >= 0 || orders[index].reason == .riskLiquidation { end(index, .cancel) }
        }
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

    /// A name for the rule or the limit that sent the order, nil for orders of the strategy.
    func detail(ofRule rule: Int) -> String? {
        rule < 0 ? PortfolioRules.Limit(rawValue: -2 - rule)?.name : ruleNames[rule].detail
    }

    /// New terms of a working order; nil keeps what it has.
    public struct Change: Sendable {
        /// In all, what has been filled included.
        public var quantity: Double?
        public var limitPrice: Double?
        public var stopPrice: Double?
        public var trailAmount: Double?
        public var trailFraction: Double?

        public init(
            quantity: Double? = nil, limitPrice: Double? = nil, stopPrice: Double? = nil, trailAmount: Double? = nil,
            trailFraction: Double? = nil
        ) {
            self.quantity = quantity
            self.limitPrice = limitPrice
            self.stopPrice = stopPrice
            self.trailAmount = trailAmount
            self.trailFraction = trailFraction
        }
    }

    /// Changes a working order, which keeps its place. A new stop price must be reached anew; a quantity that has been filled
    /// already ends the order.
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func modify(_ number: Int, _ change: Change) -> Bool {
        guard let index = orders.firstIndex(where: { $0.number == number && !$0.state.isTerminal }) else { return false }
        if let quantity = change.quantity {
            let rest = quantity - orders[index].filledQuantity
            guard rest > Quantities.zeroTolerance(quantity) else {
                end(index, .cancel)
                return true
            }
            if rest > orders[index].quantity { orders[index].leaveQueue() }
            orders[index].requested = quantity
            orders[index].quantity = orders[index].isAsleep ? rest : orders[index].due
        }
        if let price = change.limitPrice, price != orders[index].limitPrice {
            orders[index].limitPrice = price
            orders[index].leaveQueue()
        }
        if let price = change.stopPrice, price != orders[index].stopPrice {
            orders[index].stopPrice = price
            orders[index].stopTriggered = nil
            if orders[index].state == .triggered { orders[index].state = .accepted }
        }
        if let amount = change.trailAmount { orders[index].trailAmount = amount }
        if let fraction = change.trailFraction { orders[index].trailFraction = fraction }
        end(index, .replace)
        return true
    }
}

extension Order {
    mutating func apply(_ terms: Desk.Terms) {
        limitPrice = terms.limitPrice
        stopPrice = terms.stopPrice
        trailAmount = terms.trailAmount
        trailFraction = terms.trailFraction
        timeInForce = terms.timeInForce
        expiry = terms.expiry
        parent = terms.parent
        ocoGroup = terms.ocoGroup
        isReduceOnly = terms.isReduceOnly
        isPostOnly = terms.isPostOnly
        rebalance = terms.rebalance
        priorityNotional = terms.priorityNotional
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
            let mark = account.positions[instrument].worth
            let notional = account.positions[instrument].quantity * mark * account.pointValues[instrument]
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
