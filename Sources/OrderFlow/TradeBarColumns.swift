public import Market

/// Rows of one rule in the order in which their bars close in the stream. Prices are in currency: the record's price / 1e9.
public struct TradeBarColumns: Hashable, Sendable {
    /// Time of the bar's first trade, nanoseconds since the epoch.
    public var start: [Int64] = []
    /// When the row is known: time of the trade that closed the bar, or the session's end where that did.
    public var end: [Int64] = []
    /// Index into `TradeBarBuilder.symbols`.
    public var symbol: [Int32] = []
    public var open: [Double] = []
    public var high: [Double] = []
    public var low: [Double] = []
    public var close: [Double] = []
    /// buy + sell + unknown.
    public var volume: [Int64] = []
    public var buyVolume: [Int64] = []
    public var sellVolume: [Int64] = []
    public var unknownVolume: [Int64] = []
    public var tradeCount: [Int64] = []
    /// Dollar volume / volume; NaN without volume.
    public var vwap: [Double] = []
    /// Sum of price times size in currency.
    public var dollarVolume: [Double] = []

    public init() {}
    public var count: Int { start.count }
}

/// Takes the rows as they become final, in batches of about the builder's `rowsPerDrain`.
public protocol TradeBarSink: AnyObject {
    /// - Parameter symbols: what the rows' `symbol` indices mean.
    func take(_ rows: TradeBarColumns, rule: TradeBarRule, symbols: [String]) throws
}
