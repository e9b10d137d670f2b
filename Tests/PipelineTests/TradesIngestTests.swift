import Glibc
import Lake
import Primitives
import TestKit
import Testing

@testable import Pipeline

@Suite struct TradesIngestTests {
    /// 15:00 UTC on a Wednesday.
    private static let start = UnixNanos(1_703_689_200_000_000_000)
    private static let hour: Int64 = 3_600_000_000_000

    @Test func filesOfOneSymbolMayNotOverlap() throws {
        var random = SeededGenerator(seed: 1)
        let small = try SmallWorkspace()
        try small.write(SmallTrade.random("ESH4", 100, from: Self.start, &random), to: "a.dbn")
        try small.ingest("T")
        let before = try small.status()
        try small.write(SmallTrade.random("ESH4", 100, from: Self.start + 30_000_000_000, &random), to: "b.dbn")
        let refused = #expect(throws: ApusError.self) { try small.ingest("T") }
        #expect(refused?.code == "ingest.overlap")
        let text = refused?.description ?? ""
        for part in ["a.dbn", "b.dbn", "ESH4", "15:00:0", "15:00:3"] { #expect(text.contains(part), "\(text)") }
        let after = try small.status()
        #expect(after.files.map(\.record) == before.files.map(\.record) && after.coverage == before.coverage)
        let raw = small.root + "/data/raw/GLBX.MDP3/T/t_trades"
        #expect(Folder.names(in: raw).count == 1)
        #expect(Folder.names(in: raw.replacing("raw", with: "canonical")).count == 1)
    }

    /// Files of different symbols for the same hours give the tables of one file with all trades in order of time.
    @Test(arguments: [2, 3, 4]) func simultaneousFilesAreMergedByTime(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let all = ["ESH4", "NQH4", "RTYH4"].enumerated().map { index, symbol in
            SmallTrade.random(symbol, 3_000, from: Self.start + Int64(index) * 300_000_000_000, &random)
        }
        let apart = try SmallWorkspace(), together = try SmallWorkspace()
        for (index, trades) in all.enumerated() { try apart.write(trades, to: "\(index).dbn") }
        let merged = all.joined().enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        try together.write(merged.map(\.element), to: "all.dbn")
        #expect(try apart.ingest("T").map(\.action) == [.added, .added, .added])
        try together.ingest("T")
        let first = try apart.deriveDigests(), second = try together.deriveDigests()
        #expect(first.count == 8)
        #expect(first == second, "seed \(seed)")
        // The same trades were counted, in whatever files they came.
        #expect(try apart.status().coverage == together.status().coverage)
    }

    @Test func aRevisedFileTakesThePlaceOfTheOldOne() throws {
        var random = SeededGenerator(seed: 5)
        let a = SmallTrade.random("ESH4", 500, from: Self.start, &random)
        let b = SmallTrade.random("ESH4", 400, from: Self.start, &random)
        let small = try SmallWorkspace()
        try small.write(a, to: "a.dbn")
        try small.ingest("T")
        let first = try small.deriveDigests()
        try small.write(b, to: "a.dbn")
        let refused = #expect(throws: ApusError.self) { try small.ingest("T") }
        #expect(refused?.code == "ingest.revised")
        small.trades["update_mode"] = "revisable"
        #expect(try small.ingest("T").map(\.action) == [.revised])
        #expect(try small.status().files.count == 2)
        #expect(try small.status().coverage.map(\.rows) == [400])
        let only = try SmallWorkspace()
        try only.write(b, to: "a.dbn")
        try only.ingest("T")
        #expect(try small.deriveDigests() == only.deriveDigests())
        // And back.
        try small.write(a, to: "a.dbn")
        #expect(try small.ingest("T").map(\.action) == [.revised])
        #expect(try small.ingest("T").map(\.action) == [.unchanged])
        #expect(try small.deriveDigests() == first)
        #expect(try small.status().damage.isEmpty)
    }

    @Test func theOrderOfIngestAndThreadsDoNotMatter() throws {
        var random = SeededGenerator(seed: 6)
        let parts = (0..<3).map { SmallTrade.random("ESH4", 800, from: Self.start + Int64($0) * Self.hour, &random) }
        let straight = try SmallWorkspace(), backwards = try SmallWorkspace()
        straight.threads = 4
        for (index, part) in parts.enumerated() { try straight.write(part, to: "\(index).dbn") }
        try straight.ingest("T")
        for index in parts.indices.reversed() {
            try backwards.write(parts[index], to: "\(index).dbn")
            try backwards.ingest("T")
        }
        #expect(try straight.deriveDigests() == backwards.deriveDigests())
        #expect(try straight.status().coverage == backwards.status().coverage)
        #expect(try straight.status().coverage.map(\.rows) == [2_400])
        #expect(try straight.derive().map(\.wasBuilt) == [false, false])
    }

    @Test func damagedTradesAreNotDerivedAndDamagedTablesAreSeen() throws {
        var random = SeededGenerator(seed: 7)
        let small = try SmallWorkspace()
        try small.write(SmallTrade.random("ESH4", 200, from: Self.start, &random), to: "a.dbn")
        try small.ingest("T")
        let record = try #require(try small.status().files.first?.record)
        let canonical = try small.workspace.verified(record)
        let bytes = try FileBytes.read(canonical)
        try AtomicFile.write(bytes + [0], to: canonical)
        let refused = #expect(throws: ApusError.self) { try small.derive() }
        #expect(refused?.code == "lake.changed")
        #expect(try small.ingest("T").map(\.action) == [.repaired])
        let outcome = try #require(try small.derive().first)
        let table = "\(outcome.folder)/cvd_1m.parquet"
        try AtomicFile.write(try FileBytes.read(table) + [0], to: table)
        #expect(try small.status().damage.map { "\($0.kind) \($0.condition)" } == ["derived changed"])
        #expect(try small.derive().map(\.wasBuilt) == [true, false])
        #expect(try small.status().damage.isEmpty)
    }
}
