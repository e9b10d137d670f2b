import Contracts
import Primitives
import Testing

@testable import Features

/// One odd input, whichever it is, does not spoil the rows after it for good: where there are values without it, there are finite
/// ones again, and none that stands still.
@Test(arguments: TransformCatalogue.names)
func oneOddInputIsForgotten(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    let definition = try #require(item.definition)
    let inputs = try item.inputs(.market())
    let rows = inputs[0].count
    var whole = try item.kernel()
    let usual = whole.apply(inputs)[(rows - 60)...]
    let isConstant = Set(usual).count == 1
    for column in inputs.indices {
        if case .clock = definition.inputs[min(column, definition.inputs.count - 1)] { continue }
        for odd in [0, -inputs[column][120], .infinity, -.infinity] {
            var planted = inputs
            planted[column][120] = odd
            var kernel = try item.kernel()
            let values = kernel.apply(planted)[(rows - 60)...]
            #expect(
                zip(values, usual).allSatisfy { $0.isFinite || !$1.isFinite } && (isConstant || Set(values).count > 1),
                "\(name), \(odd) in column \(column)")
        }
    }
}

/// After missing rows these go on from the last row that was there: the values are those of the table without the missing rows.
/// docs/concepts/features.md lists them.
private let bridging = [
    "streak_length", "expanding_drawdown", "rsi", "cmo", "connors_rsi", "tsi", "trix", "macd", "ema", "kama", "atr", "natr",
    "supertrend", "keltner_upper", "adx", "plus_di", "parabolic_sar", "obv", "accumulation_distribution", "williams_accumulation",
    "volume_price_trend", "negative_volume_index", "positive_volume_index", "force_index", "elder_bull_power",
]

@Test(arguments: bridging)
func missingRowsAreBridged(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    let inputs = try item.inputs(.market())
    let gone: Set = [150, 151, 400]
    let kept = inputs[0].indices.filter { !gone.contains($0) }
    var whole = try item.kernel(), dropped = whole
    let values = whole.apply(inputs.map { column in column.indices.map { gone.contains($0) ? .nan : column[$0] } })
    let expected = dropped.apply(inputs.map { column in kept.map { column[$0] } })
    #expect(kept.map { values[$0].bitPattern } == expected.map(\.bitPattern))
    #expect(gone.allSatisfy { values[$0].isNaN })
}

/// These leave out the rows whose return is missing, from and to the missing price: the sum, or the variance, is that of the
/// returns that are there.
@Test(arguments: ["ewma_volatility", "return_z", "garch_volatility", "hmm_filter", "cusum_event", "cusum_state"])
func rowsWithoutAReturnAreLeftOut(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    let inputs = try item.inputs(.market())[0]
    for odd in [Double.nan, 0, -1, .infinity] {
        var planted = inputs
        planted[150] = odd
        // The same returns without the two: what follows is moved to where the price was before.
        let factor = inputs[149] / inputs[151]
        let joined = inputs[..<150] + inputs[152...].map { $0 * factor }
        var whole = try item.kernel(), without = whole
        let values = whole.apply([planted])
        let expected = without.apply([Array(joined)])
        #expect(values[150].isNaN && values[151].isNaN)
        for (value, other) in zip(values[152...], expected[150...]) { #expect(abs(value - other) <= 1e-9 * max(1, abs(other))) }
    }
}

private func values(_ name: String, _ columns: [[Double]], _ parameters: [String: JSONValue] = [:]) throws -> [Double] {
    var kernel = try #require(TransformCatalogue.named(name)).makeKernel(parameters)
    return kernel.apply(columns)
}

@Test func aStreakGoesOnFromTheLastValueBeforeAHole() throws {
    let streak = try values("streak_length", [[5, 6, .nan, 1, 1.5, 2]])
    #expect(streak[0].isNaN && streak[2].isNaN && [1, 3, 4, 5].map { streak[$0] } == [1, -1, 1, 2])
}

/// Only what is positive can lose a share of itself.
@Test func fallsOfValuesThatAreNotPositiveAreMissing() throws {
    let x = [1.0, -2, -9, -1, 0, -3, 4, 2, 3]
    #expect(try values("max_drawdown", [x], ["window": 3]).map { $0.isNaN ? 9 : $0 } == [9, 9, 9, 9, 9, 9, 9, 9, -0.5])
    #expect(try values("drawdown_from_high", [x], ["window": 3]).map { $0.isNaN ? 9 : $0 } == [9, 9, 9, 9, 9, 9, 9, 9, -0.25])
    #expect(try values("expanding_drawdown", [x]).map { $0.isNaN ? 9 : $0 } == [0, 9, 9, 9, 9, 9, 0, -0.5, -0.25])
    #expect(try values("ulcer_index", [[0, 0, 0, 0, 4, 2]], ["window": 1]).map { $0.isNaN ? 9 : $0 } == [9, 9, 9, 9, 0, 0])
}

/// A price of 0 neither ends a compounded index nor counts as a return of it.
@Test func volumeLinesSkipAPriceOfZero() throws {
    let close = [10.0, 11, 0, 12, 9, 10], volume = [5.0, 4, 3, 6, 2, 8]
    func without(_ column: [Double]) -> [Double] { Array(column[..<2] + column[3...]) }
    for name in ["negative_volume_index", "positive_volume_index", "volume_price_trend"] {
        let line = try values(name, [close, volume])
        let expected = try values(name, [without(close), without(volume)])
        #expect(line[2].isNaN && without(line) == expected, "\(name)")
    }
}

@Test func nothingIsDividedByZero() throws {
    for transform in [TransformCatalogue.named("ratio"), TransformCatalogue.combination("ratio")] {
        var kernel = try #require(transform).makeKernel(columns: 2)
        let ratio = kernel.apply([[1, 2, 0, 0], [0, 4, 0, 5]])
        #expect(ratio[0].isNaN && ratio[1] == 0.5 && ratio[2].isNaN && ratio[3] == 0)
    }
    #expect(try values("log_ratio", [[1, 2], [0, 2]])[0].isNaN)
    #expect(try values("return", [[0, 2, 3]]).map { $0.isNaN ? 9 : $0 } == [9, 9, 0.5])
    #expect(try values("log_return", [[2, 0, 3, 3]]).map { $0.isNaN ? 9 : $0 } == [9, 9, 9, 0])
}

/// An infinite input is missing to the rule for missing values too.
@Test func anInfiniteInputIsMissing() throws {
    let times = (1...4).map { UnixNanos(Int64($0)) }
    let series = Series(name: "x", labels: times, values: [1, .infinity, -.infinity, 2], availableAt: times)
    let rows = try FeatureRows.join([series, series])
    #expect(rows.columns.allSatisfy { $0[0] == 1 && $0[1].isNaN && $0[2].isNaN && $0[3] == 2 })
    let kept = try rows.applying(.drop, feature: "f")
    #expect(kept.count == 2)
    #expect(throws: FeatureError.self) { try rows.applying(.error, feature: "f") }
}

/// A step's infinite result is missing to the next step.
@Test func aStepHandsOnNothingInfinite() throws {
    let text = """
        name: smooth_strength
        formula: ema of relative_strength
        source: this test
        units: fraction
        inputs: [x, y]
        steps:
          - {id: strength, transform: relative_strength, inputs: [x, y], parameters: {window: 1}}
          - {id: smooth, transform: ema, inputs: [strength], parameters: {window: 3}}
        output: smooth
        """
    var kernel = try ComposedTransform.parse(YAML.parse(text)).makeKernel()
    let values = kernel.apply([[1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 0, 1, 1, 1, 1]])
    #expect(values[3].isNaN && values[4].isFinite && values[7].isFinite)
}
