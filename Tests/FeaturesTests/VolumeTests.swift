import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func volumeTransformsAgreeWithTALib() throws {
    let windowed = ["chaikin_money_flow", "money_flow_index", "force_index", "ease_of_movement", "relative_volume"]
    let whole = [
        "obv", "accumulation_distribution", "williams_accumulation", "volume_price_trend", "negative_volume_index",
        "positive_volume_index", "chaikin_oscillator", "market_facilitation", "volume_oscillator",
    ]
    let cases =
        windowed.flatMap { name in [TransformCase(name)] + [2, 8, 33].map { TransformCase(name, ["window": .int($0)]) } }
        + whole.map { TransformCase($0) } + [1, 8, 33].map { TransformCase("rolling_vwap", ["window": .int($0)]) }
        + [
            TransformCase("force_index", ["window": 1]), TransformCase("ease_of_movement", ["window": 3, "scale": 1]),
            TransformCase("chaikin_oscillator", ["fast": 5, "slow": 17]),
            TransformCase("volume_oscillator", ["fast": 5, "slow": 17]),
        ]
    var withoutVolume = TransformSample.market(seed: 8, count: 200)
    withoutVolume.columns["volume"] = withoutVolume.columns["volume"]?.enumerated().map { $0 % 50 < 3 ? 0 : $1 }
    try compare(cases, with: "features_volume.py")
    // Those with a mean over more rows than miss volume; a single bar without any has no box.
    let untraded = cases.filter { $0.name != "ease_of_movement" && $0.parameters["window"] != 1 && $0.parameters["window"] != 2 }
    try compare(untraded, with: "features_volume.py", samples: [withoutVolume])
}

/// Rows without any volume, as the formulas promise.
@Test func rowsWithoutVolume() throws {
    let prices = (0..<60).map { 100 + Double(($0 * 37) % 11) / 7 }
    let none = [Double](repeating: 0, count: 60)
    let promised: [(String, Double)] = [
        ("obv", 0), ("accumulation_distribution", 0), ("volume_price_trend", 0), ("chaikin_oscillator", 0),
        ("chaikin_money_flow", 0), ("money_flow_index", 0), ("force_index", 0), ("ease_of_movement", 0),
        ("market_facilitation", 0), ("volume_oscillator", 0), ("negative_volume_index", 1_000), ("positive_volume_index", 1_000),
        ("rolling_vwap", .nan), ("relative_volume", .nan),
    ]
    for (name, value) in promised {
        let item = TransformCase(name, name == "rolling_vwap" ? ["window": 5] : [:])
        let columns = try item.columnNames(#require(item.definition)).map { role in
            switch role {
            case "volume": none
            case "high": prices.map { $0 + 1 }
            case "low": prices.map { $0 - 1 }
            default: prices
            }
        }
        var kernel = try item.kernel()
        let last = try #require(kernel.apply(columns).last)
        #expect(last == value || (last.isNaN && value.isNaN), "\(name): \(last)")
    }
}
