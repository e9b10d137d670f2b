import Glibc
import Primitives
import TestKit
import Testing

private func apus(_ root: String, _ words: String...) throws -> ChildProcess.Result {
    try BuiltProgram.run(words + ["--workspace", root])
}

private func expectSuccess(_ result: ChildProcess.Result) {
    #expect(result.exitCode == 0, "\(result.error)")
}

@Suite("A workspace", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct WorkspaceTests {
    /// The order in which files come in and the number of threads change no byte of any table or result.
    @Test func ingestOrderAndThreadsDoNotMatter() throws {
        let folder = try TemporaryFolder()
        let straight = folder.file("straight"), shuffled = folder.file("shuffled")
        try WorkspaceFixture.make(straight)
        try WorkspaceFixture.make(shuffled)
        expectSuccess(try apus(straight, "ingest"))

        // The last file alone, then the first, then the rest; the datasets backwards.
        for name in ["day0", "day1"] { rename("\(shuffled)/inbox/es/\(name).dbn.zst", "\(shuffled)/\(name)") }
        expectSuccess(try apus(shuffled, "ingest", "ES_TRADES"))
        for name in ["day0", "day1"] {
            rename("\(shuffled)/\(name)", "\(shuffled)/inbox/es/\(name).dbn.zst")
            expectSuccess(try apus(shuffled, "ingest", "ES_TRADES"))
        }
        for dataset in ["ES_QUOTES", "FLOWS", "TREASURY", "CREDIT", "WTI", "VIX", "NASDAQ", "SP500"] {
            expectSuccess(try apus(shuffled, "ingest", dataset))
        }

        for (root, threads) in [(straight, "1"), (shuffled, "2")] {
            expectSuccess(try apus(root, "derive", "--threads", threads))
            expectSuccess(try apus(root, "run", "--threads", threads))
            expectSuccess(try apus(root, "report"))
        }
        let first = try WorkspaceFixture.digests(straight), second = try WorkspaceFixture.digests(shuffled)
        #expect(first.count > 30)
        #expect(first == second)
    }

    /// A second pass over everything writes nothing, not even into the database.
    @Test func runningAgainChangesNoByte() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        try WorkspaceFixture.make(root)
        expectSuccess(try apus(root, "runbook"))
        let before = try WorkspaceFixture.digests(root)
        let database = try Digest.ofFile(root + "/data/duckdb/research.duckdb")
        let snapshots = Folder.names(in: root + "/config/exports")
        expectSuccess(try apus(root, "runbook"))
        #expect(try WorkspaceFixture.digests(root) == before)
        #expect(try Digest.ofFile(root + "/data/duckdb/research.duckdb") == database)
        #expect(Folder.names(in: root + "/config/exports") == snapshots)
    }

    @Test func revisedHistoryIsRefusedUnlessTheDatasetMayBeRevised() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        try WorkspaceFixture.make(root)
        expectSuccess(try apus(root, "ingest"))
        let file = root + "/inbox/vix.csv"
        let lines = try FileBytes.readText(file).split(whereSeparator: \.isNewline).map(String.init)

        // New rows at the end are welcome.
        try AtomicFile.write((lines + ["1/4/2019,21.38"]).joined(separator: "\n") + "\n", to: file)
        expectSuccess(try apus(root, "ingest", "VIX"))
        let before = try WorkspaceFixture.digests(root)

        var changed = lines + ["1/4/2019,21.38"]
        changed[10] = changed[10].split(separator: ",")[0] + ",99.5"
        try AtomicFile.write(changed.joined(separator: "\n") + "\n", to: file)
        let refused = try apus(root, "ingest", "VIX")
        #expect(refused.exitCode != 0)
        #expect(
            refused.error.contains("99.5") && refused.error.contains("append_only") && refused.error.contains("vix.csv"),
            "\(refused.error)")
        #expect(try WorkspaceFixture.digests(root) == before)
    }

    @Test func aRawFileThatChangedIsNoticed() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        try WorkspaceFixture.make(root)
        expectSuccess(try apus(root, "ingest", "VIX"))
        expectSuccess(try apus(root, "lake", "status", "--verify"))
        let raw = root + "/data/raw/daily/VIX/vix_daily"
        let file = raw + "/" + (try #require(Folder.names(in: raw).first))
        var bytes = try FileBytes.read(file)
        bytes[bytes.count / 2] ^= 1
        chmod(file, 0o644)
        try AtomicFile.write(bytes, to: file)
        let status = try apus(root, "lake", "status", "--verify")
        #expect(status.exitCode == 1)
        #expect(status.output.contains("changed"))
    }
}
