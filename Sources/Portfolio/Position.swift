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
    /// Extreme prices since the position was opened.
    public internal(set) var highest: Double = 0
    public internal(set) var lowest: Double = 0
    /// Last mark.
    public internal(set) var mark: Double = 0

    public init() {}

    public var isFlat: Bool { quantity == 0 }

    mutating func extend(high: Double, low: Double) {
        highest = max(highest, high)
        lowest = min(lowest, low)
    }
}
