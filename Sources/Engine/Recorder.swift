public import Contracts
public import Execution
public import Primitives

/// What a run leaves behind, kept small while it runs and turned into records when somebody takes it.
public struct Recorder: Sendable {
    public struct Point: Sendable {
        public let time: UnixNanos
        public let equity: Double
        public fileprivate(set) var cash: Double
        public let net: Double
        public let gross: Double
        public let positions: Int32
    }

    /// A fill, with what the record tells of its order.
    public struct Event: Sendable {
        let order: Int
        let instrument: Int
        let created: UnixNanos
        let createdIndex: Int
        let type: OrderType
        let limitPrice: Double
        let stopPrice: Double
        let stopTriggered: UnixNanos?
        let rebalance: Int
        let rule: Int
        let reason: ExitReason
        let ruleFillPrice: Double
        let time: UnixNanos
        let index: Int
        let signedQuantity: Double
        let price: Double
        let reference: Double
        let commission: Double
        /// Price units.
        let halfSpread: Double
        /// Price units, beyond the half spread.
        let slippage: Double
        let source: EngineConfiguration.ExecutionPrice
        let isExit: Bool
        let isAtOpen: Bool
        let quote: FillQuote?
        /// Account currency per unit of the price's.
        let rate: Double

        init(
            _ order: Order, _ execution: Desk.Execution, at time: UnixNanos, _ index: Int, isExit: Bool, quote: FillQuote?,
            rate: Double
        ) {
            self.order = order.number
            instrument = order.instrument
            created = order.created
            createdIndex = order.createdIndex
            type = order.type
            limitPrice = order.limitPrice
            stopPrice = order.stopPrice
            stopTriggered = order.stopTriggered
            rebalance = order.rebalance
            rule = order.rule
            reason = order.reason
            ruleFillPrice = order.ruleFillPrice
            self.time = time
            self.index = index
            signedQuantity = order.isBuy ? execution.quantity : -execution.quantity
            price = execution.price
            reference = execution.reference
            commission = execution.commission
            halfSpread = execution.halfSpread
            slippage = execution.slippage
            source = execution.source
            self.isExit = isExit
            isAtOpen = execution.isAtOpen
            self.quote = quote
            self.rate = rate
        }
    }

    public private(set) var points: [Point] = []
    public private(set) var events: [Event] = []
    public private(set) var trades: [TradeRecord] = []
    public private(set) var rejections: [Rejection] = []
    public private(set) var cashEvents: [CashEvent] = []

    public struct Rejection: Sendable {
        public let order: Order
        public let time: UnixNanos
        public let reason: RejectionReason
    }

    /// Cash that moved without a fill; what does not apply is NaN.
    public struct CashEvent: Sendable {
        public let time: UnixNanos
        public let kind: CashEventRecord.Kind
        /// -1 where it is of the account and not of an instrument.
        public let instrument: Int
        public let quantity: Double
        public let price: Double
        public let rate: Double
        /// Account currency, positive is received.
        public let amount: Double

        public init(
            time: UnixNanos, kind: CashEventRecord.Kind, instrument: Int, quantity: Double, price: Double, rate: Double,
            amount: Double
        ) {
            self.time = time
            self.kind = kind
            self.instrument = instrument
            self.quantity = quantity
            self.price = price
            self.rate = rate
            self.amount = amount
        }
    }

    /// Fills that were taken already, and the quotes of those that positions still refer to, by their number.
    private var takenFills = 0
    private var keptQuotes: [Int: FillQuote] = [:]
    /// What the next point's return and drawdown are relative to; nil before the first is taken.
    private var curve: EquityCurve?

    public init() {}

    /// All fills so far.
    var fillCount: Int { takenFills + events.count }

    /// The quote that a fill saw.
    func quote(ofFill number: Int) -> FillQuote? {
        number < takenFills ? keptQuotes[number] : events[number - takenFills].quote
    }

    /// Points as they leave, all but the last one, which may still change.
    /// - Parameters:
    ///   - isLast: the last point too.
    ///   - base: what returns are relative to; nil takes the first equity.
    /// - Throws: `ApusError` `run.ruined` where nothing was left: no return can be computed from there on.
    mutating func takeEquity(isLast: Bool, base: Double?) throws -> [EquityPoint] {
        let kept = isLast ? nil : points.popLast()
        if curve == nil, let first = points.first { curve = EquityCurve(base: base ?? first.equity) }
        let equity = try points.map { try EquityPoint($0, &curve) }
        points.removeAll(keepingCapacity: true)
        if let kept { points.append(kept) }
        return equity
    }

    mutating func takeTrades() -> [TradeRecord] {
        let taken = trades
        trades = []
        trades.reserveCapacity(taken.count)
        return taken
    }

    /// Forgets what somebody has made records of.
    /// - Parameter quoted: numbers of fills whose quotes will be asked for.
    mutating func forgetEvents(quoted: [Int]) {
        keptQuotes = Dictionary(
            quoted.compactMap { number in quote(ofFill: number).map { (number, $0) } }, uniquingKeysWith: { first, _ in first })
        takenFills += events.count
        events.removeAll(keepingCapacity: true)
        rejections.removeAll(keepingCapacity: true)
        cashEvents.removeAll(keepingCapacity: true)
    }

    /// A point of the label of the last one takes its place.
    public mutating func record(_ point: Point) {
        if let last = points.last, last.time == point.time { points.removeLast() }
        points.append(point)
    }

    public mutating func record(_ event: Event) { events.append(event) }
    public mutating func record(_ trade: TradeRecord) { trades.append(trade) }
    public mutating func record(_ event: CashEvent) { cashEvents.append(event) }

    public mutating func reject(_ order: Order, at time: UnixNanos, _ reason: RejectionReason) {
        rejections.append(Rejection(order: order, time: time, reason: reason))
    }

    /// A payment that belongs to the last label and leaves its equity as it is.
    mutating func addToLastCash(_ amount: Double) {
        if !points.isEmpty { points[points.count - 1].cash += amount }
    }
}

/// What an equity curve is relative to, from point to point.
struct EquityCurve: Sendable {
    let base: Double
    var previous: Double
    var highWaterMark: Double

    init(base: Double) {
        self.base = base
        previous = base
        highWaterMark = base
    }
}
