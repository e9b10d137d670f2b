public import Execution
public import Primitives

/// Where orders go: a simulated venue in a backtest, a broker in trading. The kernel knows no more of either.
public protocol Venue {
    /// Takes an order. What happens to it comes back from `reports`.
    mutating func submit(_ order: Order)
    /// Asks for the cancellation of an order that has not filled.
    mutating func cancel(_ orderID: String)
    /// What happened to orders up to and including this event, in order.
    mutating func reports(for event: MarketEvent) -> [VenueReport]
}

/// What a venue says about one order.
public struct VenueReport: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case accepted
        case rejected(reason: String)
        case cancelled
        case filled(Execution)
    }

    public let order: Order
    public let event: Event

    public init(order: Order, event: Event) {
        self.order = order
        self.event = event
    }
}

/// One (partial) execution of an order.
public struct Execution: Hashable, Sendable {
    public let time: UnixNanos
    /// Units with the order's sign.
    public let signedQuantity: Double
    public let complete: Bool
    public let price: Double
    /// The price before costs.
    public let referencePrice: Double
    /// Price units a unit, >= 0.
    public let halfSpread: Double
    public let slippage: Double
    /// Commission and fees, account currency, >= 0.
    public let commission: Double
    /// `open` or `close`.
    public let priceSource: String

    public init(
        time: UnixNanos, signedQuantity: Double, complete: Bool, price: Double, referencePrice: Double, halfSpread: Double,
        slippage: Double, commission: Double, priceSource: String
    ) {
        self.time = time
        self.signedQuantity = signedQuantity
        self.complete = complete
        self.price = price
        self.referencePrice = referencePrice
        self.halfSpread = halfSpread
        self.slippage = slippage
        self.commission = commission
        self.priceSource = priceSource
    }
}
