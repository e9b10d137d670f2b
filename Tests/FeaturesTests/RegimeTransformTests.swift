import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func regimeTransformsAgreeWithTheOracles() throws {
    let states: [String: JSONValue] = [
        "volatility_low": 0.006, "volatility_high": 0.015, "stay_low": 0.97, "stay_high": 0.9, "mean_low": 0.001,
        "mean_high": -0.002,
    ]
    try compare(
        [
            TransformCase("trend_state"), TransformCase("trend_state", ["fast_window": 3, "slow_window": 20, "band": 0.01]),
            TransformCase("volatility_state", ["lookback": 100]),
            TransformCase("volatility_state", ["window": 5, "lookback": 30, "enter": 0.9, "exit": 0.2]),
            TransformCase("cusum_event", ["threshold": 0.02]), TransformCase("cusum_state", ["threshold": 0.02]),
            TransformCase("cusum_state", ["threshold": 0.05]),
            TransformCase("compression_ratio", ["short_window": 5, "long_window": 20]),
            TransformCase("compression_state", ["short_window": 5, "long_window": 20, "threshold": 0.5]),
            TransformCase("compression_state", ["short_window": 15, "long_window": 20]), TransformCase("hmm_filter", states),
        ], with: "features_regime.py", samples: [.market(), .holes(), .constant(), .oddPrices()])
}

/// Returns that do come from two states, calm and wild in turn.
private func twoRegimes() -> TransformSample {
    var random = SeededGenerator(seed: 3)
    var price = 100.0
    let x = (0..<700).map { row in
        price *= 1 + (row / 60 % 2 == 0 ? 0.004 : 0.02) * random.nextNormal()
        return price
    }
    return TransformSample(name: "two regimes", columns: ["x": x])
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func hiddenStatesAreEstimatedAsByStatsmodels() throws {
    try compare(
        [
            TransformCase("hmm_two_state", ["fit_window": 200, "refit_every": 50, "iterations": 10]),
            TransformCase("hmm_two_state", ["fit_window": 100, "refit_every": 1000, "iterations": 40]),
        ], with: "features_regime.py", samples: [twoRegimes(), .holes(), .constant(), .oddPrices()])
}

/// The estimated model tells the two kinds of market apart.
@Test func hiddenStatesSeparateCalmFromWild() throws {
    let sample = twoRegimes()
    var kernel = try TransformCase("hmm_two_state", ["fit_window": 240, "refit_every": 20]).kernel()
    let values = kernel.apply([try #require(sample.columns["x"])])
    // Ten rows after each change the state must be known.
    let known = values.indices.filter { $0 > 240 && $0 % 60 >= 10 }
    let right = known.filter { (values[$0] > 0.5) == ($0 / 60 % 2 == 1) }
    #expect(Double(right.count) > 0.85 * Double(known.count))
}

@Test func statesWhoseParametersContradictEachOtherAreRefused() throws {
    func refused(_ name: String, _ parameters: [String: JSONValue]) throws {
        let definition = try #require(TransformCatalogue.named(name))
        #expect(throws: FeatureError.self, "\(name)") { try definition.makeKernel(parameters) }
    }
    try refused("trend_state", ["fast_window": 20, "slow_window": 10])
    try refused("volatility_state", ["enter": 0.5, "exit": 0.6])
    try refused("compression_ratio", ["short_window": 20, "long_window": 10])
    try refused("hmm_filter", ["volatility_low": 0.2, "volatility_high": 0.1, "stay_low": 0.9, "stay_high": 0.9])
}
