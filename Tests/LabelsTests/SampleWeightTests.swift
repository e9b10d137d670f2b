import Glibc
import Labels
import Primitives
import TestKit
import Testing

struct SampleWeightTests {
    /// Against ml4t-engineer, which draws with the same uniform numbers.
    @Test(.enabled(if: Oracle.isInstalled312)) func weightsAndDrawsAgree() throws {
        let sample = try LabelSample.sessions()
        let labels = try LabelBuilder.build(
            "triple_barrier", ["horizon": 12, "upper": 0.01, "lower": 0.01], prices: sample.prices)
        let (_, spans) = labels.outcomeSpans()
        let rows = sample.prices.count
        let close = sample.prices.close
        let returns = [0.0] + zip(close, close.dropFirst()).map { log($1 / $0) }
        let uniqueness = SampleWeights.averageUniqueness(spans, rows: rows)
        let moves = spans.map { $0.reduce(0) { $0 + returns[$1] } }
        var generator = SeededGenerator(seed: 42)
        let drawn = SequentialBootstrap.draw(spans, rows: rows, draws: 150, using: &generator)
        var again = SeededGenerator(seed: 42)
        let uniforms = drawn.map { _ in again.nextUnit() }
        let decay = [1, 0.5, 0, -0.3].map { ("\($0)", json(SampleWeights.timeDecay(uniqueness, oldest: $0))) }
        let document: JSONValue = [
            "starts": json(spans.map { Double($0.lowerBound) }).integers,
            "ends": json(spans.map { Double($0.upperBound) }).integers, "rows": .int(Int64(rows)), "log_returns": json(returns),
            "concurrency": json(SampleWeights.concurrency(spans, rows: rows).map(Double.init)), "uniqueness": json(uniqueness),
            "uniqueness_and_returns": json(SampleWeights.normalised(zip(uniqueness, moves).map { $0 * abs($1) })),
            "uniqueness_only": json(SampleWeights.normalised(uniqueness)),
            "attribution": json(SampleWeights.returnAttribution(spans, logReturns: returns)),
            "decay": .object(Dictionary(uniqueKeysWithValues: decay)), "uniforms": json(uniforms),
            "drawn": json(drawn.map(Double.init)).integers,
        ]
        let folder = try TemporaryFolder()
        try AtomicFile.write(try CanonicalJSON.text(document), to: folder.path + "/weights.json")
        #expect(try Oracle.run312(script: "labels_weights.py", arguments: [folder.path + "/weights.json"]) == "ok\n")
    }

    /// Two labels that follow on each other share nothing; with the row of the decision they share a bar.
    @Test func consecutiveOutcomesDoNotOverlap() throws {
        let sample = try LabelSample.daily()
        let labels = try LabelBuilder.build("forward_return", ["horizon": 1], prices: sample.prices)
        let (rows, spans) = labels.outcomeSpans()
        #expect(rows.count == sample.prices.count - 1)
        #expect(SampleWeights.averageUniqueness(spans, rows: labels.count).allSatisfy { $0 == 1 })
        let (_, wide) = labels.outcomeSpans(withDecisionRow: true)
        #expect(SampleWeights.averageUniqueness(wide, rows: labels.count)[10] == 0.5)
    }

    /// Lopez de Prado's own figures (2018), 4.5.3: three labels on six bars; after the second was drawn the chances are 5/14,
    /// 3/14 and 6/14.
    @Test func chancesFollowTheBook() {
        let spans = [0...2, 2...3, 4...5]
        var counts = [0, 0, 0]
        for seed in 0..<4_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let drawn = SequentialBootstrap.draw(spans, rows: 6, draws: 2, using: &generator)
            if drawn[0] == 1 { counts[drawn[1]] += 1 }
        }
        let total = Double(counts.reduce(0, +))
        for (count, share) in zip(counts, [5.0 / 14, 3.0 / 14, 6.0 / 14]) { #expect(abs(Double(count) / total - share) < 0.03) }
    }

    /// Overlapping labels: a sequential sample repeats itself less than one drawn evenly, in the experiment of
    /// Lopez de Prado (2018), 4.5.4: ten labels of up to five bars on a hundred.
    @Test func sequentialSamplesAreMoreUnique() {
        var sequential = 0.0, even = 0.0
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let spans = (0..<10).map { _ in
                let start = Int(generator.nextUnit() * 95)
                return start...(start + Int(generator.nextUnit() * 5))
            }
            func uniqueness(_ drawn: [Int]) -> Double {
                let values = SampleWeights.averageUniqueness(drawn.map { spans[$0] }, rows: 100)
                return values.reduce(0, +) / Double(values.count)
            }
            sequential += uniqueness(SequentialBootstrap.draw(spans, rows: 100, using: &generator)) / 300
            even += uniqueness(spans.map { _ in Int(generator.nextUnit() * 10) }) / 300
        }
        #expect(sequential > even + 0.03)
    }

    @Test func weightsOfNothingAndOfNoMoveAreDefined() {
        #expect(SampleWeights.averageUniqueness([], rows: 4) == [])
        #expect(SampleWeights.returnAttribution([0...1, 1...2], logReturns: [0, 0, 0]) == [1, 1])
        #expect(SampleWeights.timeDecay([], oldest: 0.5) == [])
        var generator = SeededGenerator(seed: 1)
        #expect(SequentialBootstrap.draw([], rows: 0, using: &generator) == [])
        #expect(SequentialBootstrap.draw([0...0], rows: 1, draws: 3, using: &generator) == [0, 0, 0])
    }
}

extension JSONValue {
    /// Whole numbers of an array as integers.
    fileprivate var integers: JSONValue { .array((arrayValue ?? []).compactMap { $0.intValue.map { .int($0) } }) }
}
