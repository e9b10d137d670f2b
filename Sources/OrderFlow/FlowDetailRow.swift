/// What the trades of one symbol's bucket tell beyond its bar. Prices are in currency: the record's price / 1e9.
public struct FlowDetailRow: Hashable, Sendable {
    /// Nanoseconds since the epoch at which the bucket begins, as the bar's. For a day the session's opening.
    public var start: Int64 = 0
    /// Index into the symbols that come with the rows.
    public var symbol: Int32 = 0
    /// Dollar volume / volume; NaN without volume.
    public var vwap = Double.nan
    /// Sum of price times size.
    public var dollarVolume = 0.0
    /// Bought minus sold volume, and the lowest and highest that its running sum reached, 0 before the first trade included.
    public var delta: Int64 = 0
    public var minDelta: Int64 = 0
    public var maxDelta: Int64 = 0
    /// Trades of buy and sell aggressors.
    public var buyTrades: Int64 = 0
    public var sellTrades: Int64 = 0
    /// Of the trades' sizes. A percentile q is the nearest rank: the `ceil(q * count)`-th smallest size.
    public var meanSize = 0.0
    public var maxSize: Int64 = 0
    public var medianSize: Int64 = 0
    public var p90Size: Int64 = 0
    public var p99Size: Int64 = 0
    /// Sums of the square roots of size, and of price times size, with the aggressor's sign; without aggressor nothing
    /// (Hasbrouck, "Trading Costs and Returns for U.S. Equities", 2009, takes the latter).
    public var signedRootVolume = 0.0
    public var signedRootDollarVolume = 0.0
    /// The price with the most volume; of several the nearest to the close, then the lower.
    public var pointOfControl = 0.0
    /// The prices that the value area ends at. It grows from the point of control by the neighbouring traded price with more
    /// volume, of equal ones the upper, until it holds 70 % of the volume.
    public var valueAreaHigh = 0.0
    public var valueAreaLow = 0.0
    /// Prices where buyers overran sellers: the volume bought at p is at least 10, and three times that sold a tick below.
    /// For sellers the same with the volume bought a tick above. Both prices lie within the bar's range.
    public var buyImbalances: Int64 = 0
    public var sellImbalances: Int64 = 0
    /// The most imbalances a tick apart from one to the next.
    public var buyImbalanceStack: Int64 = 0
    public var sellImbalanceStack: Int64 = 0
    /// Trades that one of the rules found big, and their volume.
    public var bigTrades: Int64 = 0
    public var bigVolume: Int64 = 0

    public init() {}
}

/// Takes the rows as they become final, ordered by (start, symbol), in batches of about `FlowDetailConfiguration.rowsPerDrain`.
public protocol FlowDetailSink: AnyObject {
    /// - Parameter symbols: what the rows' `symbol` indices mean.
    func take(_ rows: [FlowDetailRow], symbols: [String]) throws
}
