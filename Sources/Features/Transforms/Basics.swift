internal import Glibc

// The transforms that read one column and little else.
extension TransformCatalogue {
    static let basics: [TransformDefinition] = [
        TransformDefinition(
            "level", .basics, "x itself", source: "identity", units: "as the input", warmUp: { _ in 0 },
            kernel: { _ in Level() }),
        TransformDefinition(
            "return", .returns, "x[t] / x[t-periods] - 1; NaN where x[t-periods] is 0", source: "pandas pct_change",
            units: "fraction",
            parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")], warmUp: { $0.int("periods") },
            kernel: { Change(periods: $0.int("periods"), kind: .ratio) }),
        TransformDefinition(
            "log_return", .returns, "ln(x[t] / x[t-periods]); NaN where x[t] / x[t-periods] is not a positive number",
            source: "Campbell, Lo and MacKinlay 1997", units: "log fraction",
            parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")], warmUp: { $0.int("periods") },
            kernel: { Change(periods: $0.int("periods"), kind: .logRatio) }),
        TransformDefinition(
            "difference", .returns, "x[t] - x[t-periods]", source: "pandas diff", units: "as the input",
            parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")], warmUp: { $0.int("periods") },
            kernel: { Change(periods: $0.int("periods"), kind: .difference) }),
        TransformDefinition(
            "momentum", .returns, "x[t] / x[t-window] - 1; NaN where x[t-window] is 0", source: "pandas pct_change",
            units: "fraction",
            parameters: [.rows("window", atLeast: 1, "rows back")], warmUp: { $0.window },
            kernel: { Change(periods: $0.window, kind: .ratio) }),
        TransformDefinition(
            "sma", .trend, "mean of the last window rows", source: "pandas rolling.mean", units: "as the input",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { RollingMean(window: $0.window) }),
        TransformDefinition(
            "ema", .trend,
            "state += 2 / (window + 1) x (x - state), begun with the first x; the first window - 1 rows, in which it settles, "
                + "are missing", source: "pandas ewm(adjust=False)", units: "as the input", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 },
            kernel: { ExponentialMean(window: $0.window, start: .firstValue) }),
        TransformDefinition(
            "sma_ratio", .trend, "x / mean of the last window rows - 1", source: "Brock, Lakonishok and LeBaron 1992",
            units: "fraction", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { MeanRatio(window: $0.window) }),
        TransformDefinition(
            "rolling_sum", .statistics, "sum of the last window rows", source: "pandas rolling.sum", units: "as the input",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { RollingSum(window: $0.window) }),
        TransformDefinition(
            "zscore", .normalisation,
            "(x - mean) / sample standard deviation of the last window rows; 0 where they are all equal",
            source: "pandas rolling, ddof 1", units: "standard deviations", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window - 1 }, kernel: { StandardScore(window: $0.window) }),
        TransformDefinition(
            "volatility", .volatility,
            "sample standard deviation of the last window log returns, times sqrt(periods_per_year)",
            source: "pandas rolling.std, ddof 1", units: "fraction a year",
            parameters: [
                .window(atLeast: 2), .number("periods_per_year", in: .positive, "such as 252 to annualise daily rows"),
            ],
            warmUp: { $0.window },
            kernel: { CloseVolatility(window: $0.window, periodsPerYear: $0.double("periods_per_year")) }),
    ]
}

struct Level: UnaryKernel {
    @inline(__always) mutating func next(_ x: Double) -> Double { x }
    mutating func archive(_ archive: inout StateArchive) {}
}

/// The change from the row `periods` before. A return that is no finite number, such as that from a price of 0, is missing.
struct Change: UnaryKernel {
    enum Kind: Sendable { case ratio, logRatio, difference }

    private var earlier: Delay
    private let kind: Kind

    init(periods: Int, kind: Kind) {
        earlier = Delay(rows: periods)
        self.kind = kind
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let before = earlier.next(x)
        switch kind {
        case .ratio: return Self.finite(x / before - 1)
        case .logRatio: return Self.finite(log(x / before))
        case .difference: return x - before
        }
    }

    @inline(__always) private static func finite(_ x: Double) -> Double { x.isFinite ? x : .nan }

    mutating func archive(_ archive: inout StateArchive) { earlier.archive(&archive) }
}

struct MeanRatio: UnaryKernel {
    private var mean: RollingMean

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double { x / mean.next(x) - 1 }
    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}

struct StandardScore: UnaryKernel {
    private var moments: RollingMoments

    init(window: Int) { moments = RollingMoments(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        return moments.squaredDeviations == 0 ? 0 : (x - moments.mean) / moments.standardDeviation
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

struct CloseVolatility: UnaryKernel {
    private var change = Change(periods: 1, kind: .logRatio)
    private var moments: RollingMoments
    private let scale: Double

    init(window: Int, periodsPerYear: Double) {
        moments = RollingMoments(window: window)
        scale = periodsPerYear.squareRoot()
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let change = change.next(x)
        // The first row has no return and takes no place in the window.
        guard !(change.isNaN && moments.isEmpty) else { return .nan }
        moments.add(change)
        return moments.standardDeviation * scale
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        moments.archive(&archive)
    }
}
