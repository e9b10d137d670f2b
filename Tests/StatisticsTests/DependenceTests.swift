import Primitives
import Statistics
import TestKit
import Testing

/// Series of every kind that a feature may be.
private func cases() -> [(name: String, x: [Double], y: [Double]?, lags: Int?)] {
    var random = SeededGenerator(seed: 11)
    func noise(_ count: Int) -> [Double] { (0..<count).map { _ in random.nextNormal() } }
    func walk(_ count: Int, keeping part: Double, from start: Double = 0) -> [Double] {
        var value = start
        return noise(count).map {
            value = part * value + $0
            return value
        }
    }
    let price = walk(1_500, keeping: 1, from: 4_000)
    return [
        ("noise", noise(300), noise(300), nil), ("a walk", walk(2_000, keeping: 1), walk(2_000, keeping: 0.9), nil),
        ("returning", walk(800, keeping: 0.95), nil, 4), ("a price", price, price.map { ($0 / 50).rounded() }, nil),
        ("exploding", walk(200, keeping: 1.05), nil, 1), ("ties", noise(400).map { ($0 * 2).rounded() }, noise(400), 0),
        ("tiny", noise(250).map { $0 * 1e-4 }, nil, nil), ("short", noise(12), noise(12), nil), ("shorter", noise(9), nil, 2),
        ("steps", (0..<600).map { Double($0 / 21 * 7 % 31) }, nil, nil),
    ]
}

@Suite(.enabled(if: Oracle.isInstalled, "run scripts/bootstrap --tests"))
struct DependenceOracleTests {
    @Test func agreesWithScipyAndStatsmodels() throws {
        let cases = cases()
        let input = cases.map { item -> JSONValue in
            [
                "x": .array(item.x.map { .double($0) }), "y": item.y.map { .array($0.map { .double($0) }) } ?? .null,
                "lags": item.lags.map { .int(Int64($0)) } ?? .null,
            ]
        }
        let answer = try JSONParser.parse(
            try Oracle.run(script: "stats_dependence.py", input: try CanonicalJSON.text(.array(input))))
        let expected = try #require(answer["cases"]?.arrayValue)
        try #require(expected.count == cases.count)
        for (item, theirs) in zip(cases, expected) {
            let test = AugmentedDickeyFuller(item.x, lags: item.lags)
            #expect(agrees(test?.statistic, theirs["statistic"]?.doubleValue), "\(item.name): statistic")
            #expect(agrees(test?.pValue, theirs["p_value"]?.doubleValue), "\(item.name): p-value")
            #expect(test?.lags == theirs["lags"]?.intValue.map(Int.init), "\(item.name): lags")
            #expect(test?.observations == theirs["observations"]?.intValue.map(Int.init), "\(item.name): observations")
            let lags = try OracleDocument.numbers(theirs["acf"])
            expectAgreement(Distribution.autocorrelation(item.x, lags: 40) ?? [], lags, "\(item.name): autocorrelation")
            guard let y = item.y else { continue }
            #expect(agrees(Distribution.rankCorrelation(item.x, y), theirs["rank"]?.doubleValue), "\(item.name): ranks")
            #expect(agrees(Distribution.correlation(item.x, y), theirs["pearson"]?.doubleValue), "\(item.name): Pearson")
        }
        let probabilities = try OracleDocument.numbers(answer["grid"]).map { Optional(AugmentedDickeyFuller.pValue($0)) }
        expectAgreement(probabilities, try OracleDocument.numbers(answer["p_values"]), "response surface")
    }
}

@Test func dependenceOfSeriesWithoutAny() {
    #expect(AugmentedDickeyFuller([]) == nil)
    #expect(AugmentedDickeyFuller([1, 2, 3, 4]) == nil)
    #expect(AugmentedDickeyFuller([Double](repeating: 5, count: 200)) == nil)
    #expect(AugmentedDickeyFuller((0..<200).map { $0 == 7 ? .nan : Double($0 % 5) }) == nil)
    // A straight line: every change is the same, so that nothing is left to test with.
    #expect(AugmentedDickeyFuller((0..<200).map { Double($0) }, lags: 2) == nil)
    #expect(Distribution.autocorrelation([2, 2, 2], lags: 1) == nil)
    #expect(Distribution.autocorrelation([1, .nan, 2], lags: 1) == nil)
    #expect(Distribution.autocorrelation([1, 2, 4], lags: 40)?.count == 2)
    #expect(Distribution.rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
    #expect(Distribution.rankCorrelation([1, 2], [1, .nan]) == nil)
    #expect(Distribution.rankCorrelation([1, 2, 3], [1, 2]) == nil)
    #expect(agrees(Distribution.rankCorrelation([1, 5, 1e9], [-3, 0, 0.1]), 1))
}
