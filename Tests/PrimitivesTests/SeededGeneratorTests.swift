import Primitives
import TestKit
import Testing

@Suite struct SeededGeneratorTests {
    @Test(.enabled(if: Oracle.isInstalled), arguments: [UInt64(0), 1, 42, 0xDEAD_BEEF, .max])
    func sequenceEqualsTheReference(_ seed: UInt64) throws {
        let text = try Oracle.run(script: "primitives.py", arguments: ["random", String(seed), "1000"])
        let lines = text.split(separator: "\n")
        try #require(lines.count == 1000)
        var raw = SeededGenerator(seed: seed), unit = SeededGenerator(seed: seed)
        for line in lines {
            let parts = line.split(separator: " ")
            #expect(raw.next() == UInt64(parts[0]))
            #expect(unit.nextUnit() == Double(parts[1]))
        }
    }

    /// The first outputs, so that a change shows where no Python is.
    @Test func firstOutputs() {
        var generator = SeededGenerator(seed: 0)
        let first = (0..<3).map { _ in generator.next() }
        #expect(first == [11_091_344_671_253_066_420, 13_793_997_310_169_335_082, 1_900_383_378_846_508_768])
    }

    @Test func unitsFillTheirInterval() {
        var generator = SeededGenerator(seed: 1)
        let units = (0..<100_000).map { _ in generator.nextUnit() }
        #expect(units.allSatisfy { (0..<1).contains($0) })
        // Standard error of the mean is 0.0009.
        #expect(abs(units.reduce(0, +) / 100_000 - 0.5) < 0.005)
    }

    @Test func normalsHaveTheirMoments() {
        var generator = SeededGenerator(seed: 2)
        let values = (0..<100_000).map { _ in generator.nextNormal() }
        let mean = values.reduce(0, +) / 100_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 99_999
        let fourth = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) } / 100_000
        #expect(values.allSatisfy { $0.isFinite })
        #expect(abs(mean) < 0.016 && abs(variance - 1) < 0.023 && abs(fourth - 3) < 0.16, "\(mean) \(variance) \(fourth)")
    }

    @Test func exponentialsHaveTheirMean() {
        var generator = SeededGenerator(seed: 3)
        let values = (0..<100_000).map { _ in generator.nextExponential(mean: 4) }
        #expect(values.allSatisfy { $0 >= 0 && $0.isFinite })
        let mean = values.reduce(0, +) / 100_000
        #expect(abs(mean - 4) < 0.065, "\(mean)")
    }
}
