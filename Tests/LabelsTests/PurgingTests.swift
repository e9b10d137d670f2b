import Labels
import Primitives
import Testing

struct PurgingTests {
    /// Random labels, test rows and embargoes: no outcome of a training row touches a test span, nothing follows within the
    /// embargo, and no row is left out without one of these reasons.
    @Test(arguments: [Int64(0), 3 * UnixNanos.perMinute, UnixNanos.perDay]) func trainingNeverMeetsTheTest(embargo: Int64) throws
    {
        let sample = try LabelSample.sessions(seed: 21, delayed: true, holes: true)
        for (seed, item) in LabelCase.all.enumerated() where item.name == "triple_barrier" || item.name == "zigzag_swing" {
            let labels = try item.build(sample)
            var random = SeededGenerator(seed: UInt64(seed))
            let tests = (0..<3).flatMap { _ in
                let start = Int(random.nextUnit() * Double(labels.count))
                return Array(start..<min(labels.count, start + 12))
            }
            let spans = Purging.spans(of: tests, in: labels)
            let train = Set(labels.trainIndices(outside: spans, embargo: embargo))
            #expect(!train.isEmpty || item.name == "zigzag_swing")
            let wrong = (0..<labels.count).first { row in
                let isClear = labels.span(row).map { own in
                    spans.allSatisfy { test in
                        own.upperBound <= test.lowerBound || own.lowerBound >= test.upperBound + embargo
                    }
                }
                return train.contains(row) != (isClear ?? false)
            }
            #expect(wrong == nil, "\(item)")
            #expect(train.isDisjoint(with: tests))
        }
    }

    /// Of rows 0...9 with a horizon of 2 bars, testing on 5 and 6 leaves those that end by row 5 and those after row 8.
    @Test func purgesByTheLastBarLookedAt() throws {
        let times = (0..<12).map { UnixNanos(Int64($0) * UnixNanos.perMinute) }
        let prices = try LabelPrices(
            labels: times, availableAt: times.map { $0 + UnixNanos.perMinute }, close: (0..<12).map { 100 + Double($0) })
        let labels = try LabelBuilder.build("forward_return", ["horizon": 2], prices: prices)
        let test = Purging.spans(of: [5, 6], in: labels)
        #expect(test == [times[6]...times[9]])
        #expect(labels.trainIndices(outside: test) == [0, 1, 2, 3, 8, 9])
        #expect(labels.trainIndices(outside: test, embargo: UnixNanos.perMinute) == [0, 1, 2, 3, 9])
        #expect(labels.trainIndices(outside: test, embargo: .max) == [0, 1, 2, 3])
        #expect(labels.trainIndices(outside: []) == Array(0..<10))
    }
}
