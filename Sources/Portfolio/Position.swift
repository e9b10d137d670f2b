public import Primitives

/// An open position at average cost, with what is needed to write its trades.
public struct Position: Hashable, Sendable {
    /// Units, negative for a short, 0 when flat.
    public internal(set) var quantity: Double = 0
    public internal(set) var averagePrice: Double = 0
    public internal(set) var entryTime = UnixNanos(0)
    public internal(set) var entryBar = 0
    /// Entry costs that no closing has taken yet, account currency.
    var openCommission: Double = 0
    var openPriceCost: Double = 0
    /// Best and worst open profit so far as a fraction of the average price of the moment: >= 0 and <= 0.
    public internal(set) var bestExcursion: Double = 0
    public internal(set) var worstExcursion: Double = 0
    /// Last mark.
    public internal(set) var mark: Double = 0

    public init() {}

    public var isFlat: Bool { quantity == 0 }

    /// Takes a price range into the excursions, against the average price as it is now.
    mutating func extend(high: Double, low: Double) {
        let direction: Double = quantity > 0 ? 1 : -1
        let up = direction * (high - averagePrice) / averagePrice.magnitude
        let down = direction * (low - averagePrice) / averagePrice.magnitude
        bestExcursion = max(bestExcursion, up, down)
        worstExcursion = min(worstExcursion, up, down)
    }
}
