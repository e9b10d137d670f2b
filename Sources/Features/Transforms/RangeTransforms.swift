import Contracts

private let extremes: [InputRole] = [.column("high"), .column("low")]

extension TransformCatalogue {
    static let rangeTransforms: [TransformDefinition] = [
        TransformDefinition(
            "range", .funding, inputs: extremes, "highest high - lowest low of the last window rows", source: "pandas rolling",
            units: "price", parameters: [.window(atLeast: 1, default: 96)], warmUp: { $0.window - 1 },
            kernel: { HighLowRange(window: $0.window) }),
        TransformDefinition(
            "range_median", .funding, inputs: extremes, "median of range over the last median_window rows",
            source:
                "pandas rolling.median", units: "price", parameters: windows, warmUp: { $0.window + $0.int("median_window") - 2 },
            kernel: { MedianRange(window: $0.window, medianWindow: $0.int("median_window"), isRatio: false) }),
        TransformDefinition(
            "range_ratio", .funding, inputs: extremes,
            "range / range_median: below 0.8 is commonly called compressed; NaN where the median is 0",
            source: "pandas rolling.median", units: "ratio", parameters: windows,
            warmUp: { $0.window + $0.int("median_window") - 2 },
            kernel: { MedianRange(window: $0.window, medianWindow: $0.int("median_window"), isRatio: true) }),
        TransformDefinition(
            "rv_percentile", .funding, inputs: [.column("close")],
            "rank (ties at their mean) of the sample standard deviation of the last window log returns among the last "
                + "rank_window of them / rank_window",
            source: "pandas rolling.std and rolling.rank(pct=True)", units: "0..1, excluding 0",
            parameters: [
                .window(atLeast: 2, default: 96),
                .rows(
                    "rank_window", atLeast: 1,
                    "rows ranked; 17280: sixty days of five minutes"),
            ],
            warmUp: { $0.window + $0.int("rank_window") - 1 },
            kernel: { VolatilityRank(window: $0.window, rankWindow: $0.int("rank_window")) }),
    ]

    private static let windows: [ParameterSpec] = [
        .window(atLeast: 1, default: 96),
        .rows(
            "median_window", atLeast: 1,
            "rows of the median; 2880: ten days of five minutes"),
    ]
}

private struct HighLowRange: BinaryKernel {
    private var highest: RollingExtreme
    private var lowest: RollingExtreme

    init(window: Int) {
        highest = .largest(window: window)
        lowest = .smallest(window: window)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double { highest.next(high) - lowest.next(low) }

    mutating func archive(_ archive: inout StateArchive) {
        highest.archive(&archive)
        lowest.archive(&archive)
    }
}

private struct MedianRange: BinaryKernel {
    private var range: HighLowRange
    private var ranges: SortedWindow
    private let isRatio: Bool

    init(window: Int, medianWindow: Int, isRatio: Bool) {
        range = HighLowRange(window: window)
        ranges = SortedWindow(window: medianWindow)
        self.isRatio = isRatio
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let now = range.next(high, low)
        ranges.add(now)
        let median = ranges.quantile(0.5)
        guard isRatio else { return median }
        return median == 0 ? .nan : now / median
    }

    mutating func archive(_ archive: inout StateArchive) {
        range.archive(&archive)
        ranges.archive(&archive)
    }
}

private struct VolatilityRank: UnaryKernel {
    private var change = Change(periods: 1, kind: .logRatio)
    private var moments: RollingMoments
    private var ranked: SortedWindow

    init(window: Int, rankWindow: Int) {
        moments = RollingMoments(window: window)
        ranked = SortedWindow(window: rankWindow)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(change.next(x))
        let variance = moments.squaredDeviations
        ranked.add(variance)
        guard ranked.isComplete else { return .nan }
        let doubled = Double(ranked.lowerBound(variance) + ranked.upperBound(variance) + 1)
        return doubled / 2 / Double(ranked.window)
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        moments.archive(&archive)
        ranked.archive(&archive)
    }
}
