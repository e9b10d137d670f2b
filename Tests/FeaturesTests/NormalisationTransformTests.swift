import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func normalisationTransformsAgreeWithPandas() throws {
    var cases: [TransformCase] = []
    for name in [
        "percentile_rank", "rolling_rank", "quantile_bucket", "minmax_scale", "winsorize", "robust_zscore", "demean",
    ] {
        // Odd and even windows: their medians differ in kind.
        for window: JSONValue in [2, 7, 40] { cases.append(TransformCase(name, ["window": window])) }
    }
    cases += [
        TransformCase("winsorize", ["window": 21, "low": 0, "high": 0.5]),
        TransformCase("quantile_bucket", ["window": 30, "buckets": 10]),
        TransformCase("expanding_zscore"), TransformCase("expanding_zscore", ["min_rows": 20]),
        TransformCase("expanding_percentile_rank"), TransformCase("expanding_percentile_rank", ["min_rows": 20]),
        TransformCase("ewma_zscore", ["halflife": 5]), TransformCase("ewma_zscore", ["halflife": 20]),
    ]
    try compare(cases, with: "features_normalisation.py")
}

/// A window most of which is equal has no scale: its other values get no score.
@Test func aRobustScoreOfAMostlyConstantWindow() throws {
    var kernel = RobustScore(window: 4)
    let scores = kernel.apply([[1, 1, 1, 1, 1, 2, 1]])
    #expect(scores[3] == 0 && scores[4] == 0 && scores[5].isNaN && scores[6] == 0)
}

@Test func aWinsorizerWhoseQuantilesAreSwappedIsRefused() throws {
    let definition = try #require(TransformCatalogue.named("winsorize"))
    #expect(throws: FeatureError.self) { try definition.makeKernel(["window": 5, "low": 0.9, "high": 0.1]) }
}

/// No rounding is left where nothing moves.
@Test func aConstantPriceIsItsOwnMean() throws {
    let flat = [[Double](repeating: 100.1, count: 500)]
    var demeaned = Demeaned(window: 49)
    #expect(demeaned.apply(flat).suffix(400).allSatisfy { $0 == 0 })
    var state = try TransformCase("trend_state", ["fast_window": 7, "slow_window": 49]).kernel()
    #expect(state.apply(flat).suffix(400).allSatisfy { $0 == 0 })
}
