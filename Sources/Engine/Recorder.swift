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

    public struct Event: Sendable {
        public let order: DeskOrder
        public let time: UnixNanos
        public let index: Int
        public let signedQuantity: Double
        public let price: Double
        public let reference: Double
        public let commission: Double
        /// Price units.
        public let halfSpread: Double
        /// Price units, beyond the half spread.
        public let slippage: Double
        public let source: EngineConfiguration.ExecutionPrice
        public let isExit: Bool
        public let isAtOpen: Bool
        public let quote: FillQuote?
    }

    public private(set) var points: [Point] = []
    public private(set) var events: [Event] = []
    public private(set) var trades: [TradeRecord] = []
    public private(set) var rejections: [Rejection] = []
    public private(set) var cashEvents: [CashEvent] = []

    public struct Rejection: Sendable {
        public let order: DeskOrder
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

    public init() {}

    /// A point of the label of the last one takes its place.
    public mutating func record(_ point: Point) {
        if let last = points.last, last.time == point.time { points.removeLast() }
        points.append(point)
    }

    public mutating func record(_ event: Event) { events.append(event) }
    public mutating func record(_ trade: TradeRecord) { trades.append(trade) }
    public mutating func record(_ event: CashEvent) { cashEvents.append(event) }

    public mutating func reject(_ order: DeskOrder, at time: UnixNanos, _ reason: RejectionReason) {
        rejections.append(Rejection(order: order, time: time, reason: reason))
    }

    /// A payment that belongs to the last label and leaves its equity as it is.
    mutating func addToLastCash(_ amount: Double) {
        if !points.isEmpty { points[points.count - 1].cash += amount }
    }
}
