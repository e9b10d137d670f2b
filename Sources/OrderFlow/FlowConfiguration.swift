public import Market

/// What one pass over the trades produces.
public struct FlowConfiguration: Hashable, Sendable {
    /// Bar lengths, each at most once.
    public var barIntervals: [BarInterval]
    /// Length of the footprint's buckets; nil makes none.
    public var footprintInterval: BarInterval?
    /// Length of the CVD table's buckets; nil makes none.
    public var cvdInterval: BarInterval?
    public var bigTradeRules: [BigTradeRule]
    /// `rth` keeps only trades inside regular hours; `full` keeps every trade.
    public var session: SessionKind
    /// A table is handed to the sink when it has this many rows. At least 1.
    public var rowsPerDrain: Int

    public init(
        barIntervals: [BarInterval] = [.minute], footprintInterval: BarInterval? = .minute,
        cvdInterval: BarInterval? = .minute,
        bigTradeRules: [BigTradeRule] = [], session: SessionKind = .full, rowsPerDrain: Int = 100_000
    ) {
        self.barIntervals = barIntervals
        self.footprintInterval = footprintInterval
        self.cvdInterval = cvdInterval
        self.bigTradeRules = bigTradeRules
        self.session = session
        self.rowsPerDrain = rowsPerDrain
    }
}

/// When a trade counts as big. Windows hold the sizes of the last trades of the same symbol that were kept by the session
/// filter, strictly before the trade; the rule is silent until its window is full.
public enum BigTradeRule: Hashable, Sendable, CustomStringConvertible {
    /// size >= n.
    case fixed(size: UInt32)
    /// size > the nearest-rank percentile (0 < fraction <= 1) of the window: its `ceil(fraction * window)`-th smallest size.
    case percentile(fraction: Double, window: Int)
    /// size >= mean + score * standard deviation (population) of the window, where that deviation is positive.
    case zScore(score: Double, window: Int)

    public var description: String {
        switch self {
        case .fixed(let size): "size>=\(size)"
        case .percentile(let fraction, let window): "percentile>\(fraction)/\(window)"
        case .zScore(let score, let window): "zscore>=\(score)/\(window)"
        }
    }

    var isValid: Bool {
        switch self {
        case .fixed: true
        case .percentile(let fraction, let window): fraction > 0 && fraction <= 1 && window >= 1
        case .zScore(let score, let window): score.isFinite && window >= 2
        }
    }
}

/// The symbol a venue's instrument id stands for. Several ids with one symbol are one series.
public struct FlowInstrument: Hashable, Sendable {
    public var id: UInt32
    public var symbol: String

    public init(id: UInt32, symbol: String) {
        self.id = id
        self.symbol = symbol
    }
}
