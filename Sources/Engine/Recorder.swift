public import Contracts
public import Execution
public import Primitives

/// What a run leaves behind, kept small while it runs and turned into records when somebody takes it.
public struct Recorder: Sendable {
    public struct Point: Sendable {
        public let time: UnixNanos
        public let equity: Double
        public let cash: Double
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
        public let slippage: Double
        public let source: EngineConfiguration.ExecutionPrice
        public let isExit: Bool
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

    /// Cash that moved without a fill.
    public struct CashEvent: Hashable, Sendable {
        public enum Kind: String, Sendable {
            case funding, borrow, financing, dividend, variation, liquidationFee = "liquidation_fee"
        }

        public let time: UnixNanos
        public let kind: Kind
        public let instrument: Int
        /// Account currency, positive is received.
        public let amount: Double

        public init(time: UnixNanos, kind: Kind, instrument: Int, amount: Double) {
            self.time = time
            self.kind = kind
            self.instrument = instrument
            self.amount = amount
        }
    }

    public init() {}

    public mutating func record(_ point: Point) { points.append(point) }
    public mutating func record(_ event: Event) { events.append(event) }
    public mutating func record(_ trade: TradeRecord) { trades.append(trade) }
    public mutating func record(_ event: CashEvent) { cashEvents.append(event) }

    public mutating func reject(_ order: DeskOrder, at time: UnixNanos, _ reason: RejectionReason) {
        rejections.append(Rejection(order: order, time: time, reason: reason))
    }

    /// Room for so many labels.
    public mutating func reserve(_ labels: Int) { points.reserveCapacity(points.count + labels) }
}
