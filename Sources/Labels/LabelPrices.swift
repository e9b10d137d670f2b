public import Market
public import Primitives

/// The path of prices that labels look ahead on.
///
/// A missing price is NaN; a label that meets one is missing.
public struct LabelPrices: Sendable {
    /// Bar open times, strictly increasing.
    public let labels: [UnixNanos]
    /// When each bar is known, its close. Never before its label, never before the bar in front of it.
    public let availableAt: [UnixNanos]
    public let open: [Double]?
    public let high: [Double]
    public let low: [Double]
    public let close: [Double]
    /// When the session of each row closes. Rows of one session share the instant, so that it also tells sessions apart.
    public let sessionCloses: [UnixNanos]?

    /// - Throws: `LabelError.badPrices`.
    public init(
        labels: [UnixNanos], availableAt: [UnixNanos], open: [Double]? = nil, high: [Double], low: [Double], close: [Double],
        sessionCloses: [UnixNanos]? = nil
    ) throws {
        self.labels = labels
        self.availableAt = availableAt
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.sessionCloses = sessionCloses
        try check()
    }

    /// A series that has closes only: they are its highs and lows too.
    /// - Throws: `LabelError.badPrices`.
    public init(labels: [UnixNanos], availableAt: [UnixNanos], close: [Double], sessionCloses: [UnixNanos]? = nil) throws {
        try self.init(
            labels: labels, availableAt: availableAt, high: close, low: close, close: close, sessionCloses: sessionCloses)
    }

    /// - Throws: `LabelError.badPrices`.
    public init(bars: [Bar], sessionCloses: [UnixNanos]? = nil) throws {
        try self.init(
            labels: bars.map(\.openTime), availableAt: bars.map(\.closeTime), open: bars.map(\.open), high: bars.map(\.high),
            low: bars.map(\.low), close: bars.map(\.close), sessionCloses: sessionCloses)
    }

    public var count: Int { labels.count }

    /// The first `count` rows.
    public func prefix(_ count: Int) throws -> LabelPrices {
        try LabelPrices(
            labels: Array(labels.prefix(count)), availableAt: Array(availableAt.prefix(count)),
            open: open.map { Array($0.prefix(count)) }, high: Array(high.prefix(count)), low: Array(low.prefix(count)),
            close: Array(close.prefix(count)), sessionCloses: sessionCloses.map { Array($0.prefix(count)) })
    }

    /// How many leading rows are known at an instant.
    public func rowsKnown(by time: UnixNanos) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if availableAt[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func check() throws {
        let lengths = [availableAt.count, high.count, low.count, close.count, open?.count, sessionCloses?.count]
        guard lengths.allSatisfy({ $0 == nil || $0 == count }) else {
            throw LabelError.badPrices(reason: "the columns have different lengths")
        }
        func refuse(_ reason: String, _ row: Int) -> LabelError { .badPrices(reason: "\(reason) at \(labels[row])") }
        for column in [open ?? [], high, low, close] {
            if let row = column.firstIndex(where: { $0.isInfinite }) { throw refuse("a price is infinite", row) }
        }
        for row in 0..<count {
            if availableAt[row] < labels[row] { throw refuse("a bar is known before it opens", row) }
            if high[row] < low[row] { throw refuse("the high is below the low", row) }
            guard row > 0 else { continue }
            if labels[row] <= labels[row - 1] { throw refuse("the times of the bars do not increase", row) }
            if availableAt[row] < availableAt[row - 1] { throw refuse("a bar is known before the one in front of it", row) }
            if let sessionCloses, sessionCloses[row] < sessionCloses[row - 1] {
                throw refuse("the closes of sessions go back", row)
            }
        }
    }
}

/// What a label reads beside the prices, row by row.
public struct LabelInputs: Sendable {
    /// The distance that barriers are multiples of, known at the row's decision: a fraction of the price, or an average true
    /// range in units of the price, as the label's `distance` says. NaN where not known yet.
    public var volatility: [Double]?
    /// The direction of the bet: > 0 long, < 0 short, 0 or NaN none.
    public var side: [Double]?
    /// Closes of the benchmark, known when the row's bar is.
    public var benchmark: [Double]?

    public init(volatility: [Double]? = nil, side: [Double]? = nil, benchmark: [Double]? = nil) {
        self.volatility = volatility
        self.side = side
        self.benchmark = benchmark
    }

    /// The first `count` rows.
    public func prefix(_ count: Int) -> LabelInputs {
        func cut(_ values: [Double]?) -> [Double]? { values.map { Array($0.prefix(count)) } }
        return LabelInputs(volatility: cut(volatility), side: cut(side), benchmark: cut(benchmark))
    }
}

/// The names under which definitions list what they read.
public enum LabelInput: String, CaseIterable, Sendable {
    case volatility, side, benchmark
    /// The open of the bars.
    case open
    /// The closes of sessions of the rows.
    case sessionCloses = "session_closes"
}
