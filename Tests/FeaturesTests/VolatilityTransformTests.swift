import Primitives
import TestKit
import Testing

@testable import Features

private let year: JSONValue = 252

@Test(.enabled(if: Oracle.isInstalled312, "the Python 3.12 oracles are not installed"))
func volatilityTransformsAgreeWithTheOracles() throws {
    var cases: [TransformCase] = []
    for window: JSONValue in [5, 30] {
        for name in ["parkinson", "garman_klass", "rogers_satchell", "yang_zhang", "realised_volatility"] {
            cases.append(TransformCase(name, ["window": window, "periods_per_year": year]))
        }
        for name in [
            "realised_range", "realised_variance", "bipower_variation", "jump_variation", "upside_semivariance",
            "downside_semivariance", "volatility_percentile",
        ] {
            cases.append(TransformCase(name, ["window": window]))
        }
    }
    cases += [
        TransformCase("parkinson", ["window": 1, "periods_per_year": 1]), TransformCase("bipower_variation", ["window": 2]),
        TransformCase("volatility_of_volatility", ["window": 15, "periods_per_year": year]),
        TransformCase("volatility_of_volatility", ["window": 7, "volatility_window": 5, "periods_per_year": year]),
        TransformCase("volatility_ratio", ["short_window": 5, "long_window": 60]),
        TransformCase("ewma_volatility", ["periods_per_year": year]),
        TransformCase("ewma_volatility", ["lambda": 0.8, "periods_per_year": year]), TransformCase("return_z"),
        TransformCase("garch_volatility", ["omega": 0.000002, "periods_per_year": year]),
        TransformCase("garch_volatility", ["omega": 0.00001, "alpha": 0.3, "beta": 0.6, "periods_per_year": 1]),
    ]
    try compare(
        cases, with: "features_volatility.py", samples: [.market(), .holes(), .constant(), .oddPrices()], python312: true)
}

@Test func aConstantPriceHasNoVolatility() throws {
    let flat = TransformSample.constant()
    for name in [
        "realised_variance", "bipower_variation", "jump_variation", "upside_semivariance", "downside_semivariance", "return_z",
    ] {
        let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
        var kernel = try item.kernel()
        #expect(kernel.apply(try item.inputs(flat)).last == 0, "\(name)")
    }
}

@Test func volatilityParametersThatContradictEachOtherAreRefused() throws {
    let ratio = try #require(TransformCatalogue.named("volatility_ratio"))
    #expect(throws: FeatureError.self) { try ratio.makeKernel(["short_window": 9, "long_window": 8]) }
    let garch = try #require(TransformCatalogue.named("garch_volatility"))
    #expect(throws: FeatureError.self) {
        try garch.makeKernel(["omega": 0.1, "alpha": 0.2, "beta": 0.8, "periods_per_year": 1])
    }
}
