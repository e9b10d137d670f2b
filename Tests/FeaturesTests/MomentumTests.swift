import Primitives
import TestKit
import Testing

@testable import Features

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func momentumTransformsAgreeWithTALib() throws {
    let windowed = [
        "rsi", "cmo", "stochastic_rsi_k", "stochastic_rsi_d", "connors_rsi", "stochastic_fast_k", "stochastic_fast_d",
        "stochastic_slow_k", "stochastic_slow_d", "williams_r", "fisher", "cci", "elder_bull_power", "elder_bear_power",
        "rate_of_change", "coppock", "intraday_momentum_index", "qstick", "forecast_oscillator", "relative_volatility_index",
    ]
    let others = ["ultimate_oscillator", "balance_of_power", "awesome_oscillator", "accelerator_oscillator", "tsi", "kst"]
    let cases =
        windowed.flatMap { name in [TransformCase(name)] + [3, 8, 21].map { TransformCase(name, ["window": .int($0)]) } }
        + others.map { TransformCase($0) }
        + [
            TransformCase("rsi", ["window": 2]), TransformCase("cci", ["window": 2]),
            TransformCase("stochastic_rsi_d", ["window": 9, "stochastic_window": 5, "d_window": 4]),
            TransformCase("stochastic_slow_d", ["window": 5, "k_window": 3, "d_window": 6]),
            TransformCase("ultimate_oscillator", ["short": 3, "medium": 5, "long": 9]),
            TransformCase("awesome_oscillator", ["fast": 3, "slow": 9]),
            TransformCase("accelerator_oscillator", ["fast": 3, "slow": 9, "signal": 7]),
            TransformCase("tsi", ["fast": 5, "slow": 8]), TransformCase("coppock", ["window": 4, "short": 9, "long": 3]),
            TransformCase("kst", ["roc_1": 3, "roc_4": 5, "sma_1": 7, "sma_3": 2]),
            TransformCase("relative_volatility_index", ["window": 5, "deviation_window": 4]),
            TransformCase("connors_rsi", ["streak_window": 5, "rank_window": 20]),
        ]
    try compare(cases, with: "features_momentum.py")
}

/// Prices that only rise or only fall give the ends of the scales.
@Test func strengthsReachTheEndsOfTheirScales() throws {
    let rising = (1...60).map(Double.init)
    for (name, up, down) in [("rsi", 100.0, 0.0), ("cmo", 100, -100)] {
        for (prices, end) in [(rising, up), (Array(rising.reversed()), down)] {
            var kernel = try TransformCase(name).kernel()
            #expect(kernel.apply([prices]).last == end, "\(name)")
        }
    }
}

/// An index that stands still has an empty range: 0, not a place within rounding errors.
@Test func stochasticStrengthOfAStandingPriceIsZero() throws {
    let prices = (0..<40).map { 100 + Double(($0 * 37) % 11) / 7 } + [Double](repeating: 101.3, count: 40)
    var kernel = try TransformCase("stochastic_rsi_k").kernel()
    #expect(kernel.apply([prices]).last == 0)
}

@Test func aFasterMeanIsTheShorterOne() {
    for name in ["awesome_oscillator", "accelerator_oscillator", "tsi"] {
        #expect(throws: FeatureError.self) { try TransformCase(name, ["fast": 9, "slow": 9]).kernel() }
    }
    #expect(throws: FeatureError.self) { try TransformCase("ultimate_oscillator", ["short": 9, "medium": 5]).kernel() }
}
