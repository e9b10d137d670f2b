import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled312, "the Python 3.12 oracles are not installed"))
func smoothingTransformsAgreeWithTheOracles() throws {
    try compare(
        [
            TransformCase("savitzky_golay", ["window": 7]), TransformCase("savitzky_golay", ["window": 40, "polyorder": 4]),
            TransformCase("savitzky_golay", ["window": 5, "polyorder": 0]),
            TransformCase("savitzky_golay", ["window": 2, "polyorder": 1]),
            TransformCase("fractional_difference", ["order": 0.4]),
            TransformCase("fractional_difference", ["order": 0.5, "threshold": 0.01]),
            TransformCase("fractional_difference", ["order": 0]), TransformCase("fractional_difference", ["order": 1]),
            TransformCase("fractional_difference", ["order": 1.3, "threshold": 0.001]),
            TransformCase("hampel", ["window": 7]), TransformCase("hampel", ["window": 20, "threshold": 1]),
            TransformCase("ewma", ["halflife": 3]), TransformCase("ewma", ["halflife": 40.5]),
            TransformCase("kalman_level", ["signal_to_noise": 0.1]), TransformCase("kalman_level", ["signal_to_noise": 3]),
            TransformCase("kalman_trend_level", ["level_to_noise": 0.1, "slope_to_noise": 0.01]),
            TransformCase("kalman_trend_slope", ["level_to_noise": 0.1, "slope_to_noise": 0.01]),
            TransformCase("kalman_trend_slope", ["level_to_noise": 0, "slope_to_noise": 0.5]),
            TransformCase("super_smoother"), TransformCase("super_smoother", ["period": 3]), TransformCase("decycler"),
            TransformCase("decycler", ["period": 10]),
        ], with: "features_smoothing.py", python312: true)
}

@Test func filtersThatCannotBeMadeAreRefused() throws {
    let polynomial = try #require(TransformCatalogue.named("savitzky_golay"))
    #expect(throws: FeatureError.self) { try polynomial.makeKernel(["window": 3, "polyorder": 3]) }
    let fractional = try #require(TransformCatalogue.named("fractional_difference"))
    #expect(throws: FeatureError.self) { try fractional.makeKernel(["order": 0.1, "threshold": 1e-9]) }
}

/// A lone spike is taken out, and what follows is left alone.
@Test func theHampelFilterTakesOutASpike() {
    var kernel = HampelFilter(window: 5, threshold: 3)
    #expect(kernel.apply([[1, 2, 3, 2, 1, 90, 2, 3]]).suffix(4) == [1, 2, 2, 3])
}

/// Two neighbouring values begin the trend: a missing one before the second begins it anew.
@Test func theKalmanTrendBeginsWithTwoNeighbours() throws {
    let definition = try #require(TransformCatalogue.named("kalman_trend_slope"))
    var kernel = try definition.makeKernel(["level_to_noise": 1, "slope_to_noise": 1])
    let slopes = kernel.apply([[1, .nan, 5, 8]])
    #expect(slopes[..<3].allSatisfy(\.isNaN) && slopes[3] == 3)
}
