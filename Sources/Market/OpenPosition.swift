public import Primitives

/// A position at average cost, with what is needed to write its trades and to run its protective rules.
public struct OpenPosition: Sendable {
    /// Units, negative for a short, 0 when flat.
    public var quantity: Double = 0
    /// Average price of the entry, costs of spread and slippage inside.
    public var entryPrice: Double = 0
    /// The same with every part converted at the rate of its own fill: account currency per unit and point of the multiplier.
    public var entryCost: Double = 0
    /// What changes of the rate have added to the cost where only profits are exposed to it: variation margin. As `entryCost`.
    public var revaluation: Double = 0
    public var entryTime = UnixNanos(0)
    /// Bars since the entry, counted while the position is held.
    public var barsHeld: Int32 = 0
    /// Last mark.
    public var mark: Double = 0
    /// Last reference price while it was held.
    public var lastPrice: Double = 0
    /// What the record values it at: its mark, the last reference price where the label has none.
    public var worth: Double = 0
    public var highWaterMark: Double = 0
    public var lowWaterMark: Double = 0
    /// Best and worst open profit so far as fractions of the entry price: >= 0 and <= 0.
    public var bestExcursion: Double = 0
    public var worstExcursion: Double = 0
    /// Entry costs that no closing has taken yet, account currency.
    public var entryCommission: Double = 0
    /// Spread and slippage of the entry, price units per unit of quantity.
    public var entrySlippage: Double = 0
    /// The price that the decision to enter saw; NaN where none was known.
    public var signalPrice = Double.nan
    /// Ordinal of the bar of the entry.
    public var entryIndex = -1
    /// Price up to which variation margin has been paid in cash; NaN for what is paid in full.
    public var variationBasis = Double.nan
    /// Where the quote at the entry is kept, -1 for none.
    public var entryQuote = -1

    public init() {}

    /// Account currency per unit of the instrument's that the entry was converted at.
    public var entryRate: Double { entryPrice == 0 ? 1 : entryCost / entryPrice }

    @inlinable public var isLong: Bool { quantity > 0 }

    /// Open profit at a price as a fraction of the entry price.
    @inlinable
    public func profitFraction(at price: Double) -> Double {
        if entryPrice == 0 { return 0 }
        let raw = (price - entryPrice) / entryPrice.magnitude
        return quantity >= 0 ? raw : -raw
    }

    /// Takes a price range into the water marks and excursions.
    @inlinable
    public mutating func widen(high: Double, low: Double) {
        if high > highWaterMark { highWaterMark = high }
        if low < lowWaterMark { lowWaterMark = low }
        let best = profitFraction(at: quantity > 0 ? high : low)
        let worst = profitFraction(at: quantity > 0 ? low : high)
        if best > bestExcursion { bestExcursion = best }
        if worst < worstExcursion { worstExcursion = worst }
    }
}
