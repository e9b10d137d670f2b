import Contracts
internal import Glibc

// Where a value lies among the recent ones.
extension TransformCatalogue {
    static let normalisation: [TransformDefinition] = rankNormalisation + scaleNormalisation

    private static let rankNormalisation: [TransformDefinition] = [
        TransformDefinition(
            "percentile_rank", .normalisation,
            "rank of x among the last window rows / window; equal values share the mean of their ranks",
            source: "pandas rolling.rank(pct=True)", units: "0..1", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { PercentileRank(window: $0.window, scale: 1 / Double($0.window)) }),
        TransformDefinition(
            "rolling_rank", .normalisation,
            "rank of x among the last window rows, 1 the least; equal values share the mean of their ranks",
            source: "pandas rolling.rank()", units: "1..window", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { PercentileRank(window: $0.window, scale: 1) }),
        TransformDefinition(
            "quantile_bucket", .normalisation,
            "floor(buckets x share of the last window rows that are < x): 0 the lowest, buckets - 1 the highest",
            source: "pandas rolling.rank(method=\"min\")", units: "0..buckets - 1",
            parameters: [.window(atLeast: 2), .rows("buckets", atLeast: 2, default: 5, "how many, 5 for quintiles")],
            warmUp: { $0.window - 1 }, kernel: { QuantileBucket(window: $0.window, buckets: $0.int("buckets")) }),
        TransformDefinition(
            "expanding_percentile_rank", .normalisation,
            "rank of x among all rows so far / how many; equal values share the mean of their ranks; missing rows do not count. "
                + "Keeps every value: O(n) memory and O(log^2 n) time a row",
            source: "pandas expanding.rank(pct=True)", units: "0..1",
            parameters: [.rows("min_rows", atLeast: 1, default: 1, "values before the first result, the present one included")],
            warmUp: { $0.int("min_rows") - 1 }, kernel: { ExpandingRank(least: $0.int("min_rows")) }),
        TransformDefinition(
            "minmax_scale", .normalisation,
            "(x - least) / (largest - least) of the last window rows; 0 where they are all equal",
            source: "scikit-learn MinMaxScaler over a window", units: "0..1", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { RangeScale(window: $0.window) }),
        TransformDefinition(
            "winsorize", .normalisation,
            "x, but no less than the low and no more than the high quantile of the last window rows, x included; quantiles are "
                + "interpolated linearly",
            source: "pandas clip by rolling.quantile", units: "as the input",
            parameters: [
                .window(atLeast: 1), .number("low", in: .fraction, default: 0.05, "quantile"),
                .number("high", in: .fraction, default: 0.95, "quantile, >= low"),
            ],
            warmUp: { $0.window - 1 },
            kernel: {
                guard $0.double("low") <= $0.double("high") else { throw $0.refusal("low", "must be <= high") }
                return Winsorizer(window: $0.window, low: $0.double("low"), high: $0.double("high"))
            }),
    ]

    private static let scaleNormalisation: [TransformDefinition] = [
        TransformDefinition(
            "robust_zscore", .normalisation,
            "(x - median) / (1.4826 x median absolute deviation from the median) of the last window rows; where more "
                + "than half of "
                + "them are equal and the deviation is 0: 0 if x is the median, else NaN",
            source: "Iglewicz and Hoaglin 1993; scipy.stats.median_abs_deviation", units: "standard deviations",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { RobustScore(window: $0.window) }),
        TransformDefinition(
            "demean", .normalisation, "x - mean of the last window rows", source: "pandas rolling.mean", units: "as the input",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { Demeaned(window: $0.window) }),
        TransformDefinition(
            "expanding_zscore", .normalisation,
            "(x - mean) / sample standard deviation of all rows so far; missing rows do not count; 0 where they are all equal",
            source: "pandas expanding, ddof 1", units: "standard deviations",
            parameters: [.rows("min_rows", atLeast: 2, default: 2, "values before the first result, the present one included")],
            warmUp: { $0.int("min_rows") - 1 }, kernel: { ExpandingScore(least: $0.int("min_rows")) }),
        TransformDefinition(
            "ewma_zscore", .normalisation,
            "(x - mean) / standard deviation, both exponentially weighted: mean += a d and variance = (1 - a)(variance "
                + "+ a d^2) with "
                + "d = x - mean and a = 1 - 2^(-1 / halflife), begun with the first x and 0; 0 where the deviation is 0",
            source: "pandas ewm(halflife, adjust=False), bias=True", units: "standard deviations",
            parameters: [.halflife], warmUp: { _ in 0 },
            kernel: { ExponentialScore(alpha: 1 - exp2(-1 / $0.double("halflife"))) }),
    ]
}

extension ParameterSpec {
    static let halflife = ParameterSpec.number("halflife", in: .positive, "rows after which a weight has halved")
}
