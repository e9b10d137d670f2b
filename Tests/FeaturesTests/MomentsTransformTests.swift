import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func windowStatisticsAgreeWithTheOracles() throws {
    var cases: [TransformCase] = []
    for name in [
        "rolling_std", "rolling_variance", "coefficient_of_variation", "rolling_skewness", "rolling_kurtosis", "return_skewness",
        "return_kurtosis", "mean_absolute_deviation", "interquartile_range", "rolling_range", "drawdown_from_high",
        "max_drawdown",
        "rows_since_high", "rows_since_low", "percent_positive", "rolling_min", "rolling_max", "rolling_median", "tail_ratio",
        "rolling_r_squared", "rolling_trend_tstat",
    ] {
        for window: JSONValue in [7, 60] { cases.append(TransformCase(name, ["window": window])) }
    }
    for quantile: JSONValue in [0, 0.25, 0.9, 1] {
        cases.append(TransformCase("rolling_quantile", ["window": 10, "quantile": quantile]))
    }
    cases += [
        TransformCase("rolling_skewness", ["window": 3]), TransformCase("rolling_kurtosis", ["window": 4]),
        TransformCase("max_drawdown", ["window": 1]), TransformCase("tail_ratio", ["window": 30, "tail": 0.2]),
        TransformCase("rolling_sharpe", ["window": 20, "periods_per_year": 252]), TransformCase("streak_length"),
        TransformCase("expanding_drawdown"),
    ]
    try compare(cases, with: "features_moments.py", samples: [.market(), .holes(), .constant(), .oddPrices()])
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func serialDependenceAgreesWithTheOracles() throws {
    try compare(
        [
            TransformCase("rolling_autocorrelation", ["window": 20]),
            TransformCase("rolling_autocorrelation", ["window": 7, "lag": 9]),
            TransformCase("return_autocorrelation", ["window": 20, "lag": 2]), TransformCase("ljung_box", ["window": 30]),
            TransformCase("ljung_box", ["window": 12, "lags": 11]), TransformCase("variance_ratio", ["window": 20]),
            TransformCase("variance_ratio", ["window": 50, "periods": 10]), TransformCase("variance_ratio_z", ["window": 20]),
            TransformCase("variance_ratio_z", ["window": 50, "periods": 10]), TransformCase("hurst_exponent", ["window": 80]),
            TransformCase("hurst_exponent", ["window": 30, "max_lag": 5]), TransformCase("shannon_entropy", ["window": 30]),
            TransformCase("shannon_entropy", ["window": 8, "bins": 3]),
            TransformCase("return_entropy", ["window": 50, "bins": 7]),
            TransformCase("permutation_entropy", ["window": 30]),
            TransformCase("permutation_entropy", ["window": 60, "order": 5]),
            TransformCase("permutation_entropy", ["window": 6, "order": 2]),
        ], with: "features_moments.py")
}

@Test func lagsMustFitTheWindow() throws {
    let box = try #require(TransformCatalogue.named("ljung_box"))
    #expect(throws: FeatureError.self) { try box.makeKernel(["window": 5, "lags": 5]) }
    let ratio = try #require(TransformCatalogue.named("variance_ratio"))
    #expect(throws: FeatureError.self) { try ratio.makeKernel(["window": 5, "periods": 5]) }
}

/// A straight line leaves no residual, and its direction is the sign.
@Test func theTStatisticOfAStraightLine() {
    var up = TimeTrend(window: 5, measure: .tStatistic), down = up, share = TimeTrend(window: 5, measure: .rSquared)
    let line = (0..<12).map(Double.init)
    #expect((up.apply([line]).last ?? 0) > 1e6)
    #expect((down.apply([line.map { -$0 }]).last ?? 0) < -1e6)
    #expect(share.apply([line]).last == 1)
}

/// Infinite values have no bin.
@Test func entropyOfInfiniteValues() {
    var kernel = ShannonEntropy(window: 3, bins: 4)
    let values = kernel.apply([[1, 2, .infinity, 3, 4, 5, -.infinity]])
    #expect(values[2].isNaN && values[3].isNaN && values[4].isNaN && !values[5].isNaN && values[6].isNaN)
}
