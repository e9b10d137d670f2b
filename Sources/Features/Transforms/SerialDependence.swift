import Contracts
import Primitives

// Whether a series trends, reverts or follows a pattern.
extension TransformCatalogue {
    static let serialDependence: [TransformDefinition] = autocorrelation + entropy + timeTrend

    private static let autocorrelation: [TransformDefinition] = [
        TransformDefinition(
            "rolling_autocorrelation", .statistics,
            "correlation of x[t] with x[t-lag] over the last window such pairs; NaN where either side is constant",
            source: "pandas rolling.corr with shift", units: "-1..1", parameters: [.window(atLeast: 2), lag],
            warmUp: { $0.window + $0.int("lag") - 1 }, kernel: { Autocorrelation(window: $0.window, lag: $0.int("lag")) }),
        TransformDefinition(
            "return_autocorrelation", .statistics,
            "correlation of the log return r[t] with r[t-lag] over the last window such pairs; NaN where either side is constant",
            source: "pandas rolling.corr with shift", units: "-1..1", parameters: [.window(atLeast: 2), lag],
            warmUp: { $0.window + $0.int("lag") },
            kernel: { OfReturns(Autocorrelation(window: $0.window, lag: $0.int("lag"))) }),
        TransformDefinition(
            "ljung_box", .statistics,
            "n (n + 2) x sum over k = 1...lags of r[k]^2 / (n - k), r the autocorrelations of the last n = window log "
                + "returns about "
                + "their mean; chi-squared with lags degrees of freedom without any; NaN where the returns are all "
                + "equal; O(lags) a row",
            source: "Ljung and Box 1978; statsmodels acorr_ljungbox", units: "none",
            parameters: [.window(atLeast: 3), lags], warmUp: { $0.window },
            kernel: {
                guard $0.int("lags") < $0.window else { throw $0.refusal("lags", "must be < window") }
                return OfReturns(LjungBox(window: $0.window, lags: $0.int("lags")))
            }),
        TransformDefinition(
            "variance_ratio", .statistics,
            "variance of periods-row log returns / (periods x variance of one-row log returns) over the last window returns, "
                + "overlapping, corrected for bias; 1 for a random walk; NaN for a constant",
            source: "Lo and MacKinlay 1988; arch VarianceRatio", units: "ratio", parameters: [.window(atLeast: 3), periods],
            warmUp: { $0.window }, kernel: { try varianceRatio($0, isStatistic: false) }),
        TransformDefinition(
            "variance_ratio_z", .statistics,
            "sqrt(window) (variance_ratio - 1) / sqrt(2 (2 q - 1)(q - 1) / (3 q)), q = periods; standard normal for a "
                + "random walk of "
                + "constant variance",
            source: "Lo and MacKinlay 1988; arch VarianceRatio(robust=False)", units: "standard deviations",
            parameters: [.window(atLeast: 3), periods], warmUp: { $0.window },
            kernel: { try varianceRatio($0, isStatistic: true) }),
        TransformDefinition(
            "hurst_exponent", .statistics,
            "slope of ln(standard deviation of ln(x[t] / x[t-lag]) over the last window rows) on ln(lag), lag = 1, 2, "
                + "4, ... up to "
                + "max_lag: 0.5 for a random walk, more for a trend; NaN where the price stands still; O(log max_lag) a row",
            source: "variance of lagged differences, Barabasi and Vicsek 1991", units: "none",
            parameters: [.window(atLeast: 2), .rows("max_lag", atLeast: 2, default: 16, "longest lag, rows")],
            warmUp: { $0.window - 1 + (HurstExponent.lags(upTo: $0.int("max_lag")).last ?? 0) },
            kernel: { HurstExponent(window: $0.window, lags: HurstExponent.lags(upTo: $0.int("max_lag"))) }),
    ]

    private static let lags = ParameterSpec("lags", .integer, required: false, in: 1...1_000, default: 5, "rows, < window")
    private static let lag = ParameterSpec.rows("lag", atLeast: 1, default: 1, "rows")
    private static let periods = ParameterSpec.rows("periods", atLeast: 2, default: 2, "rows of the long return, < window")

    private static func varianceRatio(_ parameters: TransformParameters, isStatistic: Bool) throws -> any Kernel {
        guard parameters.int("periods") < parameters.window else { throw parameters.refusal("periods", "must be < window") }
        return VarianceRatio(window: parameters.window, periods: parameters.int("periods"), isStatistic: isStatistic)
    }

    private static let entropy: [TransformDefinition] = [
        TransformDefinition(
            "shannon_entropy", .statistics,
            "-sum of p ln p over bins of equal width from the least to the largest of the last window rows, p the "
                + "share in a bin; 0 "
                + "where they are all equal; O(window) a row",
            source: "Shannon 1948; numpy.histogram, scipy.stats.entropy", units: "nats", parameters: [.window(atLeast: 2), bins],
            warmUp: { $0.window - 1 }, kernel: { ShannonEntropy(window: $0.window, bins: $0.int("bins")) }),
        TransformDefinition(
            "return_entropy", .statistics, "shannon_entropy of the last window log returns; O(window) a row",
            source: "Shannon 1948; numpy.histogram, scipy.stats.entropy", units: "nats", parameters: [.window(atLeast: 2), bins],
            warmUp: { $0.window }, kernel: { OfReturns(ShannonEntropy(window: $0.window, bins: $0.int("bins"))) }),
        TransformDefinition(
            "permutation_entropy", .statistics,
            "-sum of p ln p / ln(order!) over the orders in which `order` neighbours can stand, p its share of those "
                + "among the last "
                + "window rows; of equal values the earlier is the lower",
            source: "Bandt and Pompe 2002", units: "0..1",
            parameters: [
                .window(atLeast: 6),
                ParameterSpec("order", .integer, required: false, in: 2...5, default: 3, "neighbouring rows in a pattern"),
            ],
            warmUp: { $0.window - 1 }, kernel: { PermutationEntropy(window: $0.window, order: $0.int("order")) }),
    ]

    private static let bins = ParameterSpec(
        "bins", .integer, required: false, in: 2...1_000, default: 10, "how many")

    private static let timeTrend: [TransformDefinition] = [
        TransformDefinition(
            "rolling_r_squared", .statistics,
            "share of the squared deviations of the last window rows that a straight line in time explains; 0 where "
                + "they are all equal",
            source: "scipy.stats.linregress", units: "0..1", parameters: [.window(atLeast: 3)], warmUp: { $0.window - 1 },
            kernel: { TimeTrend(window: $0.window, measure: .rSquared) }),
        TransformDefinition(
            "rolling_trend_tstat", .statistics,
            "slope of the last window rows on time / its standard error; 0 where they are all equal, infinite on a straight line",
            source: "scipy.stats.linregress", units: "none", parameters: [.window(atLeast: 3)], warmUp: { $0.window - 1 },
            kernel: { TimeTrend(window: $0.window, measure: .tStatistic) }),
    ]
}
