import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func bandsAndRangesAgreeWithTALib() throws {
    let windowed = [
        "atr", "natr", "average_day_range", "bollinger_upper", "bollinger_middle", "bollinger_lower", "bollinger_percent_b",
        "bollinger_bandwidth", "keltner_upper", "keltner_middle", "keltner_lower", "donchian_upper", "donchian_middle",
        "donchian_lower", "donchian_position", "acceleration_band_upper", "acceleration_band_lower", "choppiness", "mass_index",
        "ulcer_index", "chaikin_volatility",
    ]
    let cases =
        windowed.flatMap { name in [TransformCase(name)] + [2, 8, 33].map { TransformCase(name, ["window": .int($0)]) } }
        + [
            TransformCase("true_range"), TransformCase("atr", ["window": 1]), TransformCase("ulcer_index", ["window": 1]),
            TransformCase("bollinger_upper", ["deviations": 1.5]), TransformCase("bollinger_percent_b", ["deviations": 0.5]),
            TransformCase("keltner_lower", ["window": 5, "atr_window": 30, "multiplier": 1.25]),
            TransformCase("mass_index", ["window": 10, "smoothing": 4]),
            TransformCase("chaikin_volatility", ["window": 4, "rows": 3]),
        ]
    try compare(cases, with: "features_bands.py")
    try compare(
        [TransformCase("ulcer_index"), TransformCase("ulcer_index", ["window": 3])], with: "features_bands.py",
        samples: [.oddPrices()])
}

/// Bars without any range: the limits that the formulas promise.
@Test func bandsOfBarsWithoutRange() throws {
    let flat = [Double](repeating: 0.1, count: 60)
    let promised: [(String, Double)] = [
        ("true_range", 0), ("atr", 0), ("natr", 0), ("bollinger_upper", 0.1), ("bollinger_percent_b", 0.5),
        ("bollinger_bandwidth", 0), ("donchian_position", 0.5), ("choppiness", 100), ("ulcer_index", 0),
        ("chaikin_volatility", 0), ("mass_index", 25), ("stochastic_fast_k", 0), ("williams_r", 0), ("cci", 0), ("dx", 0),
        ("balance_of_power", 0), ("ultimate_oscillator", 0), ("vortex_plus", 0), ("plus_di", 0),
    ]
    for (name, value) in promised {
        let item = TransformCase(name)
        let width = try #require(item.definition).inputs.count
        var kernel = try item.kernel()
        #expect(kernel.apply([[Double]](repeating: flat, count: width)).last == value, "\(name)")
    }
}
