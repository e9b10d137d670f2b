public import Market

/// What `FlowDetailBuilder` makes.
public struct FlowDetailConfiguration: Hashable, Sendable {
    /// Length of a bucket.
    public var interval: BarInterval
    public var session: SessionKind
    /// Which trades count as big.
    public var bigTradeRules: [BigTradeRule]
    /// The distance of neighbouring prices by symbol, in 1e-9 of the currency, > 0.
    public var tickSizes: [String: Int64]
    /// That of other symbols. Without one they take, bar by bar, the smallest distance between prices that traded in the bar.
    public var otherTickSize: Int64?
    /// How much more volume makes an imbalance, as a factor, and the least volume that does.
    public var imbalanceRatio: Int64 = 3
    public var imbalanceMinimum: Int64 = 10
    /// At least 1.
    public var rowsPerDrain: Int

    public init(
        interval: BarInterval, session: SessionKind = .full, bigTradeRules: [BigTradeRule] = [],
        tickSizes: [String: Int64] = [:], otherTickSize: Int64? = nil, rowsPerDrain: Int = 20_000
    ) {
        self.interval = interval
        self.session = session
        self.bigTradeRules = bigTradeRules
        self.tickSizes = tickSizes
        self.otherTickSize = otherTickSize
        self.rowsPerDrain = rowsPerDrain
    }
}
