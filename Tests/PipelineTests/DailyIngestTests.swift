import Glibc
import Lake
import Primitives
import Testing

@testable import Pipeline

@Suite struct DailyIngestTests {
    private static let a = "day,seen,x\n2020-01-02,5,1\n2020-01-03,6,2\n"
    private static let b = a.replacing("5,1", with: "5,9")

    private func values(_ small: SmallWorkspace) throws -> [Double] {
        let data = DataAccess(try small.workspace, registry: try small.workspace.registry())
        let (table, _) = try data.daily("D")
        return try data.column("x", of: table, "D")
    }

    @Test func aRevisionThatIsTakenBackIsInForceAgain() throws {
        let small = try SmallWorkspace()
        small.daily["update_mode"] = "revisable"
        #expect(try small.ingest(daily: Self.a) == .added)
        #expect(try small.ingest(daily: Self.b) == .revised)
        #expect(try values(small) == [9, 2])
        #expect(try small.ingest(daily: Self.a) == .revised)
        #expect(try values(small) == [1, 2])
        #expect(try small.ingest("D").map(\.action) == [.unchanged])
        let vintages = try small.files.vintages
        #expect(vintages.map(\.vintage) == [1, 2, 3])
        #expect(vintages[0].sha256 == vintages[2].sha256 && vintages[1].sha256 != vintages[0].sha256)
        #expect(vintages.map { $0.firstRevision?.description } == [nil, "2020-01-02", "2020-01-02"])
        #expect(try small.files.known.count == 2)
        // Rows that vanish from the end are a revision too.
        let shorter = Self.a.split(separator: "\n").prefix(2).joined(separator: "\n")
        #expect(try small.ingest(daily: shorter) == .revised)
        #expect(try values(small) == [1])
        #expect(try small.files.vintages.last?.firstRevision?.description == "2020-01-03")
    }

    /// Two files side by side do not take turns.
    @Test func filesOfferedTogetherSettle() throws {
        let small = try SmallWorkspace()
        small.daily["update_mode"] = "revisable"
        try small.write(Self.a, to: "d1.csv")
        try small.write(Self.a + "2020-01-06,7,3\n", to: "d2.csv")
        #expect(try small.ingest("D").map(\.action) == [.added, .added])
        #expect(try small.ingest("D").map(\.action) == [.unchanged, .unchanged])
        #expect(try values(small) == [1, 2, 3])
    }

    @Test func aDatasetThatBecomesRevisableKeepsItsFirstState() throws {
        let small = try SmallWorkspace()
        #expect(try small.ingest(daily: Self.a) == .added)
        let refused = #expect(throws: ApusError.self) { try small.ingest(daily: Self.b) }
        #expect(refused?.code == "ingest.revised")
        #expect(try small.files.vintages.isEmpty)
        #expect(try small.status().damage.isEmpty)
        small.daily["update_mode"] = "revisable"
        #expect(try small.ingest(daily: Self.b) == .revised)
        #expect(try small.files.vintages.map(\.rows) == [2, 2])
        #expect(try values(small) == [9, 2])
        // History is fixed again from here on.
        small.daily["update_mode"] = "append_only"
        #expect(throws: ApusError.self) { try small.ingest(daily: Self.a + "2020-01-06,7,3\n") }
        #expect(try small.ingest(daily: Self.b + "2020-01-06,7,3\n") == .added)
        #expect(try values(small) == [9, 2, 3])
    }

    @Test func settingsThatShapeTheCanonicalFormMakeItAnew() throws {
        let small = try SmallWorkspace()
        #expect(try small.ingest(daily: Self.a) == .added)
        var record = try #require(try small.files.known.first)
        // As an earlier form of the same file would stand there.
        record.canonicalKey = Digest.of("earlier").hex
        record.canonicalPath = "data/canonical/earlier.parquet"
        rename(
            try small.workspace.verified(try #require(try small.files.known.first)),
            small.root + "/data/canonical/earlier.parquet")
        try small.workspace.registry().upsert([record])
        let stale = #expect(throws: ApusError.self) { try values(small) }
        #expect(stale?.code == "ingest.stale", "what other settings made is not read")
        #expect(try small.ingest("D").map(\.action) == [.rebuilt])
        #expect(try small.ingest("D").map(\.action) == [.unchanged])
        #expect(try small.status().damage.isEmpty)
        #expect(try small.files.known.first?.canonicalPath != record.canonicalPath)
        #expect(try values(small) == [1, 2])
        // A setting that the file does not fit is refused, and what is there stays.
        let before = try small.files.known
        small.daily["date_col"] = "seen"
        #expect(throws: ApusError.self) { try small.ingest("D") }
        #expect(try small.files.known == before)
        small.daily["date_col"] = "day"
        #expect(try small.ingest("D").map(\.action) == [.unchanged])
    }

    @Test func aDamagedCanonicalFileIsNoticedAndMadeAgain() throws {
        let small = try SmallWorkspace()
        #expect(try small.ingest(daily: Self.a) == .added)
        let record = try #require(try small.files.known.first)
        let path = try small.workspace.verified(record)
        var bytes = try FileBytes.read(path)
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: path)
        #expect(try small.status(verify: false).damage.isEmpty)
        #expect(try small.status().damage.map { "\($0.kind) \($0.condition)" } == ["canonical changed"])
        let refused = #expect(throws: ApusError.self) { try values(small) }
        #expect(refused?.code == "lake.changed")
        #expect(try small.ingest("D").map(\.action) == [.repaired])
        #expect(try small.ingest("D").map(\.action) == [.unchanged])
        #expect(try small.files.known == [record])
        #expect(try small.status().damage.isEmpty)
        // Also where the source now has another name for another state, from the raw file.
        unlink(path)
        rename(small.root + "/inbox/d.csv", small.root + "/inbox/old")
        let first = try small.ingest(daily: String(Self.a.split(separator: "\n").prefix(2).joined(separator: "\n")), as: "d0.csv")
        #expect(first == .added)
        #expect(try values(small) == [1, 2])
    }
}
