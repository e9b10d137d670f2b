import Features
import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func fundingAndOpenInterestAgreeWithPandas() throws {
    try compare(
        [
            TransformCase("funding_annualised"), TransformCase("funding_annualised", ["periods_per_year": 8760]),
            TransformCase("funding_mean"), TransformCase("funding_mean", ["window": 7]),
            TransformCase("funding_cumulative", ["window": 21]), TransformCase("funding_zscore", ["window": 21]),
            TransformCase("funding_persistence"), TransformCase("funding_persistence", columns: ["zeroes"]),
            TransformCase("seconds_to_funding"), TransformCase("seconds_to_funding", ["interval_hours": 1]),
            TransformCase("oi_notional"), TransformCase("oi_delta"), TransformCase("oi_delta", ["periods": 3]),
            TransformCase("oi_log_change"), TransformCase("oi_zscore"), TransformCase("oi_zscore", ["window": 7]),
            TransformCase("oi_volume_ratio", ["window": 7]),
            TransformCase("oi_volume_ratio", ["window": 1], columns: ["x", "zeroes"]),
            TransformCase("price_oi_divergence", ["window": 30]), TransformCase("liquidation_imbalance"),
            TransformCase("liquidation_imbalance", ["window": 7]),
            TransformCase("liquidation_imbalance", ["window": 2], columns: ["idle", "idle"]),
        ], with: "features_funding.py", samples: samplesWithZeroes())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func basisAndRangesAgreeWithPandas() throws {
    try compare(
        [
            TransformCase("basis_bps"), TransformCase("basis_zscore"), TransformCase("basis_zscore", ["window": 7]),
            TransformCase("cross_exchange_spread_zscore", ["window": 20]), TransformCase("range"),
            TransformCase("range", ["window": 7]), TransformCase("range_median", ["window": 7, "median_window": 30]),
            TransformCase("range_ratio", ["window": 7, "median_window": 31]),
            // A range of no width.
            TransformCase("range_ratio", ["window": 1, "median_window": 7], columns: ["x", "x"]),
            TransformCase("rv_percentile", ["window": 7, "rank_window": 40]), TransformCase("rv_percentile", ["rank_window": 60]),
        ], with: "features_funding.py", samples: samplesWithZeroes())
}

@Test func fundingIntervalsDivideTheDay() throws {
    let definition = try #require(TransformCatalogue.named("seconds_to_funding"))
    #expect(throws: FeatureError.self) { try definition.makeKernel(["interval_hours": 7]) }
}

/// Beside the usual columns `zeroes`, of both signs with zeroes between, and `idle`, mostly 0.
private func samplesWithZeroes() -> [TransformSample] {
    [TransformSample.market(), .holes(), .constant()].map { (sample: TransformSample) -> TransformSample in
        var sample = sample
        let x = sample.columns["x"] ?? []
        sample.columns["zeroes"] = x.indices.map { $0 % 7 < 2 ? 0 : $0 % 7 < 5 ? 1 : -1 }
        sample.columns["idle"] = x.indices.map { $0 % 9 == 0 ? 5 : 0 }
        return sample
    }
}
