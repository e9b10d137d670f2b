import Glibc
import Labels
import Primitives
import TestKit
import Testing

struct CrossSectionTests {
    /// Labels of seven series on the same bars, with ties, holes and a series that begins late.
    private func members(_ name: String, _ parameters: [String: JSONValue], rows: Int? = nil) throws -> [LabelColumn] {
        let base = try LabelSample.sessions(seed: 31).prices
        let cut = rows ?? base.count
        return try (0..<7).map { index in
            var random = SeededGenerator(seed: UInt64(50 + index))
            var close = 100.0
            let path = base.close.indices.map { row in
                close *= exp((2 * random.nextNormal()).rounded() / 500)
                return row % 43 == 7 * index || (index == 3 && row < 60) ? Double.nan : close
            }
            let prices = try LabelPrices(
                labels: Array(base.labels.prefix(cut)), availableAt: Array(base.availableAt.prefix(cut)),
                close: Array(path.prefix(cut)))
            return try LabelBuilder.build(name, parameters, prices: prices, column: "s\(index)")
        }
    }

    /// Outcomes that end at different bars.
    private func barriers(rows: Int? = nil) throws -> [LabelColumn] {
        try members("triple_barrier", ["horizon": 6, "upper": 0.01, "path": "close"], rows: rows)
    }

    @Test(.enabled(if: Oracle.isInstalled)) func agreesWithScipy() throws {
        let columns = try members("forward_return", ["horizon": 3])
        func table(_ columns: [LabelColumn]) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: columns.enumerated().map { ("\($0)", json($1.values)) }))
        }
        let ranks = try LabelBuilder.buildCrossSection("cs_percentile", ["min_members": 6], of: columns)
        #expect(ranks.map(\.name) == (0..<7).map { "s\($0)_cs_percentile" })
        let demeaned = try LabelBuilder.buildCrossSection("cs_percentile", ["min_members": 6, "demean": true], of: columns)
        let scores = try LabelBuilder.buildCrossSection("cs_zscore", ["min_members": 6], of: columns)
        let document: JSONValue = [
            "min_members": 6, "values": table(columns), "cs_percentile": table(ranks), "demeaned": table(demeaned),
            "cs_zscore": table(scores),
        ]
        let folder = try TemporaryFolder()
        try AtomicFile.write(try CanonicalJSON.text(document), to: folder.path + "/cross.json")
        let count = ranks.reduce(0) { $0 + $1.values.count { !$0.isNaN } }
        #expect(try Oracle.run(script: "labels_cross.py", arguments: [folder.path + "/cross.json"]) == "ok \(count)\n")
    }

    /// A rank is known when the last of its members is, and does not change afterwards: members end at different bars here.
    @Test(arguments: ["cs_percentile", "cs_zscore"]) func ranksAreKnownAtTheLastEnd(_ name: String) throws {
        let whole = try LabelBuilder.buildCrossSection(name, of: barriers())
        for cut in [5, 50, 101, whole[0].count - 1] {
            let part = try LabelBuilder.buildCrossSection(name, of: barriers(rows: cut))
            let time = whole[0].decisionTimes[cut - 1]
            for (a, b) in zip(whole, part) {
                for row in 0..<cut {
                    let isKnown = a.endTimes[row].map { $0 <= time } ?? false
                    #expect(b.endTimes[row] == (isKnown ? a.endTimes[row] : nil), "\(name) row \(row)")
                    let expected = isKnown ? a.values[row] : .nan
                    #expect(expected.isNaN ? b.values[row].isNaN : b.values[row] == expected, "\(name) row \(row)")
                }
            }
        }
    }

    @Test func equalMembersHaveEqualRanks() throws {
        let sample = try LabelSample.constant()
        let column = try LabelBuilder.build("forward_return", ["horizon": 1], prices: sample.prices)
        let ranks = try LabelBuilder.buildCrossSection("cs_percentile", of: [column, column, column])
        #expect(ranks.allSatisfy { $0.values[0] == 0.5 })
        #expect(try LabelBuilder.buildCrossSection("cs_zscore", of: [column, column])[1].values[3] == 0)
        #expect(try LabelBuilder.buildCrossSection("cs_zscore", of: [column])[0].values[3].isNaN)
        #expect(try LabelBuilder.buildCrossSection("cs_zscore", of: []).isEmpty)
    }

    /// Bars that another series lacks, has at other times, or has more of: only those with the same label and close take part,
    /// and an outcome that ends between two bars is known at the later one.
    @Test func anotherSeriesIsReadAtTheRowsOfTheJudgedOne() throws {
        func column(_ labels: [Int64], closes: [Int64]) throws -> LabelColumn {
            let prices = try LabelPrices(
                labels: labels.map { UnixNanos($0) }, availableAt: closes.map { UnixNanos($0) },
                close: labels.map { Double($0 + 1) })
            return try LabelBuilder.build("forward_return", ["horizon": 2], prices: prices)
        }
        let own = try column([0, 10, 20, 30, 40, 50], closes: [10, 20, 30, 40, 50, 60])
        let other = try column([0, 5, 20, 30, 35, 60], closes: [10, 15, 31, 40, 45, 70])
        let read = other.aligned(to: own)
        #expect(read.rows == own.rows && read.decisionTimes == own.decisionTimes && read.count == 6)
        // 0: known at 31, so at 40. 10: no such bar. 20: another close. 30: known at 70, beyond the data. 40, 50: no such bars.
        #expect(read.values[0] == 20 && read.endTimes[0] == UnixNanos(40) && read.endRows[0] == 3)
        for (row, time) in [(1, 20), (2, 30), (4, 50), (5, 60)] as [(Int, Int64)] {
            #expect(read.values[row].isNaN && read.endTimes[row] == UnixNanos(time) && read.endRows[row] == row)
        }
        #expect(read.values[3].isNaN && read.endTimes[3] == nil)
        let ranks = try LabelBuilder.buildCrossSection("cs_percentile", of: [own, read])
        #expect(ranks[0].values[0] == 0.5 && ranks[1].values[0] == 0.5 && ranks[0].endTimes[0] == UnixNanos(40))
        #expect(own.aligned(to: own).values.prefix(4) == own.values.prefix(4))
    }

    @Test func otherRowsAreRefused() throws {
        let a = try LabelBuilder.build("forward_return", ["horizon": 1], prices: LabelSample.constant().prices)
        let b = try LabelBuilder.build("forward_return", ["horizon": 1], prices: LabelSample.constant(count: 90).prices)
        #expect(
            throws: LabelError.badInput(
                label: "cs_zscore", input: "forward_return", reason: "has other rows than forward_return")
        ) { try LabelBuilder.buildCrossSection("cs_zscore", of: [a, b]) }
        #expect(throws: LabelError.self) { try LabelBuilder.buildCrossSection("mfe", of: [a]) }
        #expect(throws: LabelError.self) { try LabelBuilder.build("cs_zscore", prices: LabelSample.constant().prices) }
    }
}
