import Contracts

// The distribution of the last values. See SerialDependence.swift for what one row says of the next, and Paths.swift for highs,
// falls and streaks.
extension TransformCatalogue {
    static let moments: [TransformDefinition] = distribution + orderStatistics + serialDependence + paths

    private static let distribution: [TransformDefinition] = [
        TransformDefinition(
            "rolling_std", .statistics, "sample standard deviation of the last window rows", source: "pandas rolling.std, ddof 1",
            units: "as the input", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { RollingDispersion(window: $0.window, measure: .deviation) }),
        TransformDefinition(
            "rolling_variance", .statistics, "sample variance of the last window rows", source: "pandas rolling.var, ddof 1",
            units: "square of the input's", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { RollingDispersion(window: $0.window, measure: .variance) }),
        TransformDefinition(
            "coefficient_of_variation", .statistics, "sample standard deviation / mean of the last window rows",
            source: "scipy.stats.variation, ddof 1", units: "ratio", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { RollingDispersion(window: $0.window, measure: .relative) }),
        TransformDefinition(
            "rolling_skewness", .statistics, "\(skewness) of the last window rows; NaN where they are all equal",
            source: "pandas rolling.skew", units: "none", parameters: [.window(atLeast: 3)], warmUp: { $0.window - 1 },
            kernel: { RollingShape(window: $0.window, measure: .skewness) }),
        TransformDefinition(
            "rolling_kurtosis", .statistics, "\(kurtosis) of the last window rows; NaN where they are all equal",
            source: "pandas rolling.kurt", units: "none", parameters: [.window(atLeast: 4)], warmUp: { $0.window - 1 },
            kernel: { RollingShape(window: $0.window, measure: .kurtosis) }),
        TransformDefinition(
            "return_skewness", .statistics, "\(skewness) of the last window log returns; NaN where they are all equal",
            source: "pandas rolling.skew", units: "none", parameters: [.window(atLeast: 3)], warmUp: { $0.window },
            kernel: { OfReturns(RollingShape(window: $0.window, measure: .skewness)) }),
        TransformDefinition(
            "return_kurtosis", .statistics, "\(kurtosis) of the last window log returns; NaN where they are all equal",
            source: "pandas rolling.kurt", units: "none", parameters: [.window(atLeast: 4)], warmUp: { $0.window },
            kernel: { OfReturns(RollingShape(window: $0.window, measure: .kurtosis)) }),
        TransformDefinition(
            "mean_absolute_deviation", .statistics, "mean of |x - mean| over the last window rows; O(window) a row",
            source: "TA-Lib AVGDEV", units: "as the input", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { MeanAbsoluteDeviation(window: $0.window) }),
        TransformDefinition(
            "rolling_sharpe", .statistics,
            "mean / sample standard deviation of the last window returns x sqrt(periods_per_year); NaN where they are all equal",
            source: "Sharpe 1994; empyrical sharpe_ratio", units: "a year", parameters: [.window(atLeast: 2), .periodsPerYear],
            warmUp: { $0.window },
            kernel: { OfReturns(SharpeRatio(window: $0.window, periodsPerYear: $0.double("periods_per_year")), kind: .ratio) }),
    ]

    private static let skewness = "bias-corrected skewness n sqrt(n - 1) / (n - 2) x m3 / m2^1.5 (sums of powers of deviations)"
    private static let kurtosis =
        "bias-corrected excess kurtosis (n - 1) / ((n - 2)(n - 3)) x ((n + 1) n m4 / m2^2 - 3 (n - 1)) (sums of powers "
        + "of deviations)"

    private static let orderStatistics: [TransformDefinition] = [
        TransformDefinition(
            "rolling_min", .statistics, "least of the last window rows", source: "pandas rolling.min", units: "as the input",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { RollingExtreme.smallest(window: $0.window) }),
        TransformDefinition(
            "rolling_max", .statistics, "largest of the last window rows", source: "pandas rolling.max", units: "as the input",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { RollingExtreme.largest(window: $0.window) }),
        TransformDefinition(
            "rolling_range", .statistics, "largest - least of the last window rows", source: "pandas rolling.max, rolling.min",
            units: "as the input", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { ValueRange(window: $0.window) }),
        TransformDefinition(
            "rolling_median", .statistics, "median of the last window rows", source: "pandas rolling.median",
            units: "as the input", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { RollingQuantile(window: $0.window, quantile: 0.5) }),
        TransformDefinition(
            "rolling_quantile", .statistics, "quantile of the last window rows, interpolated linearly",
            source: "pandas rolling.quantile", units: "as the input",
            parameters: [.window(atLeast: 1), .number("quantile", in: .fraction, "0.25 for the lower quartile")],
            warmUp: { $0.window - 1 }, kernel: { RollingQuantile(window: $0.window, quantile: $0.double("quantile")) }),
        TransformDefinition(
            "interquartile_range", .statistics, "0.75 quantile - 0.25 quantile of the last window rows",
            source: "scipy.stats.iqr", units: "as the input", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { QuantilePair(window: $0.window, low: 0.25, high: 0.75, measure: .distance) }),
        TransformDefinition(
            "tail_ratio", .statistics,
            "|1 - tail quantile| / |tail quantile| of the last window returns; NaN where both are 0",
            source: "empyrical tail_ratio", units: "ratio",
            parameters: [.window(atLeast: 2), .number("tail", in: 0...0.5, default: 0.05, "share of the returns in each tail")],
            warmUp: { $0.window },
            kernel: {
                let tail = $0.double("tail")
                return OfReturns(
                    QuantilePair(window: $0.window, low: tail, high: 1 - tail, measure: .sizeRatio), kind: .ratio)
            }),
    ]
}
