import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func trendTransformsAgreeWithTALib() throws {
    let windowed = [
        "wma", "rma", "dema", "tema", "t3", "trima", "kama", "hma", "vwma", "alma", "zlema", "price_to_ema", "linear_regression",
        "linear_regression_slope", "linear_regression_angle", "linear_regression_intercept", "time_series_forecast", "midpoint",
        "midprice", "ichimoku_conversion", "ichimoku_base", "ichimoku_span_b", "trix", "dpo", "plus_dm", "minus_dm", "plus_di",
        "minus_di", "dx", "adx", "adxr", "aroon_up", "aroon_down", "aroon_oscillator", "vortex_plus", "vortex_minus",
        "supertrend", "supertrend_direction",
    ]
    let pairs = ["macd", "macd_signal", "macd_histogram", "apo", "ppo"]
    let cases =
        windowed.flatMap { name in [3, 8, 21].map { TransformCase(name, ["window": .int($0)]) } }
        + pairs.flatMap { [TransformCase($0), TransformCase($0, ["fast": 3, "slow": 11])] }
        + [
            TransformCase("wma", ["window": 1]), TransformCase("rma", ["window": 1]), TransformCase("hma", ["window": 2]),
            TransformCase("midpoint", ["window": 2]), TransformCase("t3", ["window": 4, "volume_factor": 0.3]),
            TransformCase("kama", ["window": 6, "fast": 3, "slow": 20]),
            TransformCase("alma", ["window": 12, "offset": 0.5, "sigma": 3]),
            TransformCase("median_price"), TransformCase("typical_price"), TransformCase("weighted_close"),
            TransformCase("average_price"), TransformCase("ichimoku_span_a"), TransformCase("parabolic_sar"),
            TransformCase("parabolic_sar", ["acceleration": 0.05, "maximum": 0.1]), TransformCase("dx"), TransformCase("adx"),
            TransformCase("supertrend", ["window": 7, "multiplier": 1]), TransformCase("linear_regression", ["window": 250]),
            TransformCase("macd_signal", ["fast": 5, "slow": 9, "signal": 4]),
        ]
    try compare(cases, with: "features_trend.py")
}

@Test func aSlowMeanMustBeTheLongerOne() {
    for name in ["macd", "macd_signal", "apo", "ppo", "kama"] {
        #expect(throws: FeatureError.self) { try TransformCase(name, ["fast": 9, "slow": 9]).kernel() }
    }
}

/// A value without any traded volume has no volume weighted mean.
@Test func volumeWeightedMeanWithoutVolumeIsMissing() throws {
    var kernel = try TransformCase("vwma", ["window": 2]).kernel()
    let values = kernel.apply([[1, 2, 3, 4], [0, 0, 5, 5]])
    #expect(values[1].isNaN && values[2] == 3 && values[3] == 3.5)
}
