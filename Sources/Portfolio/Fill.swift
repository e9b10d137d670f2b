public import Primitives

/// One execution, priced and costed, as the ledger books it.
public struct Fill: Hashable, Sendable {
    public let instrument: Int
    public let time: UnixNanos
    /// Ordinal of the bar it happened in, per instrument.
    public let barIndex: Int
    /// Units, positive buys.
    public let signedQuantity: Double
    public let price: Double
    /// Commission and fees, account currency, >= 0.
    public let commission: Double
    /// Spread and slippage inside the price, account currency, >= 0.
    public let priceCost: Double

    public init(
        instrument: Int, time: UnixNanos, barIndex: Int, signedQuantity: Double, price: Double, commission: Double,
        priceCost: Double
    ) {
        self.instrument = instrument
        self.time = time
        self.barIndex = barIndex
        self.signedQuantity = signedQuantity
        self.price = price
        self.commission = commission
        self.priceCost = priceCost
    }
}
