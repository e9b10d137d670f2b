public import Market

/// Rows of one bar length, ordered by (start, symbol). Prices are in currency: the record's price / 1e9.
public struct BarColumns: Hashable, Sendable {
    /// The bar's label: nanoseconds since the epoch at which its bucket begins. For a day the session's opening.
    public var start: [Int64] = []
    /// When the bar is complete: the bucket's end; for a day the session's close.
    public var end: [Int64] = []
    /// Index into `FlowAggregator.symbols`.
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

    public init() {}
    public var count: Int { start.count }

    /// Forgets the rows and keeps the memory where nobody else holds the arrays.
    mutating func removeAll() {
        start.removeAll(keepingCapacity: true)
        end.removeAll(keepingCapacity: true)
        symbol.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        high.removeAll(keepingCapacity: true)
        low.removeAll(keepingCapacity: true)
        close.removeAll(keepingCapacity: true)
        volume.removeAll(keepingCapacity: true)
        buyVolume.removeAll(keepingCapacity: true)
        sellVolume.removeAll(keepingCapacity: true)
        unknownVolume.removeAll(keepingCapacity: true)
        tradeCount.removeAll(keepingCapacity: true)
    }
}

/// Rows ordered by (start, symbol, price).
public struct FootprintColumns: Hashable, Sendable {
    /// Nanoseconds since the epoch at which the bucket begins.
    public var start: [Int64] = []
    /// Index into `FlowAggregator.symbols`.
    public var symbol: [Int32] = []
    /// In currency: the record's price / 1e9.
    public var price: [Double] = []
    public var buyVolume: [Int64] = []
    public var sellVolume: [Int64] = []
    public var unknownVolume: [Int64] = []
    public var tradeCount: [Int64] = []

    public init() {}
    public var count: Int { start.count }

    /// Forgets the rows and keeps the memory where nobody else holds the arrays.
    mutating func removeAll() {
        start.removeAll(keepingCapacity: true)
        symbol.removeAll(keepingCapacity: true)
        price.removeAll(keepingCapacity: true)
        buyVolume.removeAll(keepingCapacity: true)
        sellVolume.removeAll(keepingCapacity: true)
        unknownVolume.removeAll(keepingCapacity: true)
        tradeCount.removeAll(keepingCapacity: true)
    }
}

/// Rows ordered by (start, symbol); buckets without trades have no row.
public struct CVDColumns: Hashable, Sendable {
    /// Nanoseconds since the epoch at which the bucket begins.
    public var start: [Int64] = []
    /// Index into `FlowAggregator.symbols`.
    public var symbol: [Int32] = []
    public var buyVolume: [Int64] = []
    public var sellVolume: [Int64] = []
    /// buy - sell; trades without an aggressor count in neither.
    public var delta: [Int64] = []
    /// Sum of `delta` since the start of the stream.
    public var cvd: [Int64] = []
    /// Sum of `delta` since the start of the trade date at the bucket's end.
    public var cvdSession: [Int64] = []

    public init() {}
    public var count: Int { start.count }

    /// Forgets the rows and keeps the memory where nobody else holds the arrays.
    mutating func removeAll() {
        start.removeAll(keepingCapacity: true)
        symbol.removeAll(keepingCapacity: true)
        buyVolume.removeAll(keepingCapacity: true)
        sellVolume.removeAll(keepingCapacity: true)
        delta.removeAll(keepingCapacity: true)
        cvd.removeAll(keepingCapacity: true)
        cvdSession.removeAll(keepingCapacity: true)
    }
}

/// Rows ordered by (time, symbol, price), then file order, then rule.
public struct BigTradeColumns: Hashable, Sendable {
    /// The trade's event time, nanoseconds since the epoch.
    public var time: [Int64] = []
    /// Index into `FlowAggregator.symbols`.
    public var symbol: [Int32] = []
    /// In currency: the record's price / 1e9.
    public var price: [Double] = []
    public var size: [Int64] = []
    /// `AggressorSide` raw values.
    public var side: [UInt8] = []
    /// Index into `FlowConfiguration.bigTradeRules`.
    public var rule: [Int32] = []
    /// The size the rule asked for at that moment.
    public var threshold: [Double] = []

    public init() {}
    public var count: Int { time.count }

    /// Forgets the rows and keeps the memory where nobody else holds the arrays.
    mutating func removeAll() {
        time.removeAll(keepingCapacity: true)
        symbol.removeAll(keepingCapacity: true)
        price.removeAll(keepingCapacity: true)
        size.removeAll(keepingCapacity: true)
        side.removeAll(keepingCapacity: true)
        rule.removeAll(keepingCapacity: true)
        threshold.removeAll(keepingCapacity: true)
    }
}

/// Takes the rows as they become final, in batches of about `FlowConfiguration.rowsPerDrain`.
public protocol FlowSink: AnyObject {
    func take(_ bars: BarColumns, interval: BarInterval) throws
    func take(_ footprint: FootprintColumns) throws
    func take(_ cvd: CVDColumns) throws
    func take(_ bigTrades: BigTradeColumns) throws
}

/// What happened to the trades of a stream. `aggregated + filtered + undefined == records`.
public struct FlowStatistics: Hashable, Sendable {
    /// Records seen.
    public var records: Int64 = 0
    /// Trades that entered the tables.
    public var aggregated: Int64 = 0
    /// Trades the session filter left out.
    public var filtered: Int64 = 0
    /// Trades while the venue was closed, by its calendar. In a FULL run they are aggregated all the same.
    public var outsideHours: Int64 = 0
    /// Records that are no trade or carry an undefined price, size or time; left out.
    public var undefined: Int64 = 0

    public init() {}
}
