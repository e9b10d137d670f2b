import Features
import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func relationsOfTwoSeriesAgreeWithPandasAndScipy() throws {
    try compare(
        [
            TransformCase("lag"), TransformCase("lag", ["periods": 5]), TransformCase("spread"),
            TransformCase("spread", ["beta": 1.7, "alpha": -3]), TransformCase("ratio"), TransformCase("log_ratio"),
            TransformCase("ratio", columns: ["x", "zeroes"]), TransformCase("log_ratio", columns: ["x", "funding_rate"]),
            TransformCase("relative_strength", ["window": 5]), TransformCase("excess_return"),
            TransformCase("excess_return", ["periods": 4]),
            TransformCase("tracking_error", ["window": 7, "periods_per_year": 252]),
            TransformCase("relative_volatility", ["window": 7]), TransformCase("distance", ["window": 20]),
            TransformCase("rolling_beta", ["window": 7]), TransformCase("rolling_beta", ["window": 120]),
            TransformCase("rolling_alpha", ["window": 7]), TransformCase("rolling_correlation", ["window": 7]),
            TransformCase("rolling_covariance", ["window": 7]), TransformCase("regression_residual", ["window": 7]),
            TransformCase("residual_zscore", ["window": 7]), TransformCase("residual_zscore", ["window": 60]),
            TransformCase("lead_lag_correlation", ["window": 7, "lag": 3]),
            TransformCase("downside_beta", ["window": 9]), TransformCase("downside_beta", ["window": 30, "threshold": -0.005]),
            TransformCase("half_life", ["window": 7]), TransformCase("half_life", ["window": 60]),
        ], with: "features_relations.py", samples: samplesWithZeroes())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func rankAndUnitRootRelationsAgreeWithScipyAndStatsmodels() throws {
    try compare(
        [
            TransformCase("rank_correlation", ["window": 2]), TransformCase("rank_correlation", ["window": 21]),
            // Whole numbers of few kinds: ties.
            TransformCase("rank_correlation", ["window": 21], columns: ["bid_size", "ask_size"]),
            TransformCase("cointegration_adf", ["window": 30]), TransformCase("cointegration_adf", ["window": 60, "lags": 0]),
            TransformCase("cointegration_adf", ["window": 60, "lags": 4]),
            TransformCase("kalman_alpha"), TransformCase("kalman_beta"), TransformCase("kalman_residual"),
            TransformCase("kalman_beta", ["process_variance": 0, "noise_variance": 0.5, "prior_variance": 10]),
        ], with: "features_relations.py")
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func crossSectionsAgreeWithPandas() throws {
    let members = ["x", "y", "mark_price", "volume", "close", "zeroes"]
    try compare(
        ["rank", "zscore", "demean", "dispersion"].flatMap { kind in
            [
                TransformCase("cross_sectional_" + kind, columns: members),
                TransformCase("cross_sectional_" + kind, columns: ["bid_size", "ask_size"]),
                TransformCase("cross_sectional_" + kind, columns: ["sparse", "x", "y"]),
                TransformCase("cross_sectional_" + kind, columns: ["x", "sparse", "sparse"]),
            ]
        }, with: "features_relations.py", samples: samplesWithZeroes())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func relationsAgreeWithMl4t() throws {
    try compare(
        [
            TransformCase("rolling_beta", ["window": 20]), TransformCase("rolling_alpha", ["window": 20]),
            TransformCase("rank_correlation", ["window": 20]),
        ], with: "features_relations_ml4t.py", python312: true)
}

/// Beside the usual columns `zeroes`, which is 0 here and there, and `sparse`, which misses two rows of three.
private func samplesWithZeroes() -> [TransformSample] {
    [TransformSample.market(), .holes(), .constant()].map { (sample: TransformSample) -> TransformSample in
        var sample = sample
        let x = sample.columns["x"] ?? []
        sample.columns["zeroes"] = x.indices.map { $0 % 5 == 0 ? 0 : Double($0 % 3) - 1 }
        sample.columns["sparse"] = x.indices.map { $0 % 3 == 0 ? x[$0] : .nan }
        return sample
    }
}

@Test func aCointegrationWindowMustHoldItsLags() throws {
    let definition = try #require(TransformCatalogue.named("cointegration_adf"))
    #expect(throws: FeatureError.self) { try definition.makeKernel(["window": 12, "lags": 4]) }
}
