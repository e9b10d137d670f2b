import Glibc
import Lake
import Primitives
import TestKit
import Testing

@Suite struct RegistryTests {
    private static func file(_ name: String, dataset: String = "ES", rows: Int64 = 10) -> FileRecord {
        FileRecord(
            datasetID: dataset, sourceName: name, rawPath: "raw/\(name)", canonicalPath: rows == 0 ? nil : "canonical/\(name)",
            canonicalSHA256: rows == 0 ? nil : Digest.of(name + "c").hex, canonicalKey: rows == 0 ? nil : "k\(name)",
            sha256: Digest.of(name).hex, bytes: 100, rows: rows, firstTime: rows == 0 ? nil : UnixNanos(1),
            lastTime: rows == 0 ? nil : UnixNanos(1_703_545_200_123_456_789), schema: "trades", ingestTime: UnixNanos(5))
    }

    @Test func everyKindOfRecordComesBack() throws {
        let folder = try TemporaryFolder("registry")
        let path = folder.file("duckdb/research.duckdb")
        let day = try #require(CivilDate("2023-12-25"))
        let datasets = [
            DatasetRecord(
                datasetID: "ES", market: "CME", symbol: "ES", tableName: "trades", source: "databento", isRevisable: false,
                details: ["tick": 0.25])
        ]
        // In the order of their keys: dataset and content.
        let files = [Self.file("a"), Self.file("b", rows: 0)].sorted { $0.sha256 < $1.sha256 }
        let coverage = [
            CoverageRecord(
                datasetID: "ES", sha256: "ab", symbol: "ESH4", utcDate: day, rows: 3, firstTime: UnixNanos(1),
                lastTime: UnixNanos(2))
        ]
        let vintages = [
            VintageRecord(
                datasetID: "VIX", vintage: 1, sourceName: "vix.csv", sha256: "00", rows: 4, firstRevision: nil,
                ingestTime: UnixNanos(1)),
            VintageRecord(
                datasetID: "VIX", vintage: 2, sourceName: "vix.csv", sha256: "01", rows: 5, firstRevision: day,
                ingestTime: UnixNanos(2)),
        ]
        let derived = [
            DerivedRecord(
                tableID: "bars/ES/1m/RTH", datasetID: "ES", parameters: ["interval": "1m"], inputsDigest: "ab",
                path: "d/bars.parquet",
                rows: 7, digest: "cd")
        ]
        let runs = [
            RunRecord(
                runID: "r1", backtestID: "B1", folder: "runs/r1", snapshotDigest: "s", costDigest: "c", dataDigest: "d",
                resultDigest: "m", startTime: UnixNanos(9), metrics: ["sharpe": 1.5, "trades": 3])
        ]
        let registry = try Registry(path)
        #expect(try registry.records(FileRecord.self).isEmpty)
        #expect(!FileBytes.exists(path))
        try registry.upsert(datasets)
        try registry.upsert(Array(files.reversed()))
        try registry.upsert(coverage)
        try registry.upsert(vintages)
        try registry.upsert(derived)
        try registry.upsert(runs)
        try registry.close()
        let other = try Registry(path)
        #expect(try other.records() == datasets)
        #expect(try other.records() == files)
        #expect(try other.records() == coverage)
        #expect(try other.records() == vintages)
        #expect(try other.records() == derived)
        #expect(try other.records() == runs)
        #expect(try other.records(FileRecord.self, where: ["source_name": .text("b")]) == files.filter { $0.sourceName == "b" })
        #expect(folder.names(in: "duckdb") == ["research.duckdb"])
    }

    /// Writing what is there already, and reading, leave every byte of the file alone.
    @Test func aWriteThatChangesNothingTouchesNothing() throws {
        let folder = try TemporaryFolder("registry")
        let path = folder.file("r.duckdb")
        let files = (0..<100).map { Self.file("f\($0)") }
        #expect(try Registry(path).upsert(files) == 100)
        let before = try FileBytes.read(path)
        func isUntouched() throws -> Bool { try FileBytes.read(path) == before && folder.names() == ["r.duckdb"] }
        #expect(try isUntouched())
        do {
            let registry = try Registry(path)
            #expect(try registry.upsert(files) == 0)
            #expect(try registry.upsert([files[3]]) == 0)
            #expect(try registry.upsert([FileRecord]()) == 0)
            #expect(try !registry.replace(files, where: "dataset_id", is: .text("ES")))
            #expect(try registry.records(FileRecord.self).count == 100)
            try registry.close()
            #expect(try registry.transaction { try registry.upsert(files) } == 0)
        }
        #expect(try isUntouched())
        do {
            let registry = try Registry(path)
            #expect(try registry.upsert([Self.file("f3", rows: 11), files[4]]) == 1)
        }
        #expect(try FileBytes.read(path) != before)
        #expect(try Registry(path).records(FileRecord.self, where: ["source_name": .text("f3")]).map(\.rows) == [11])
    }

    @Test func replaceDropsWhatIsGone() throws {
        let folder = try TemporaryFolder("registry")
        let registry = try Registry(folder.file("r.duckdb"))
        try registry.upsert([Self.file("a"), Self.file("b"), Self.file("c", dataset: "NQ")])
        #expect(try registry.replace([Self.file("b", rows: 2), Self.file("d")], where: "dataset_id", is: .text("ES")))
        let names = try registry.records(FileRecord.self).map { "\($0.datasetID) \($0.sourceName) \($0.rows)" }
        #expect(names.sorted() == ["ES b 2", "ES d 10", "NQ c 10"])
        #expect(throws: ApusError.self) { try registry.upsert([Self.file("x"), Self.file("x", rows: 3)]) }
    }

    @Test func aTransactionThatFailsWritesNothing() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder("registry")
        let registry = try Registry(folder.file("r.duckdb"))
        #expect(throws: Stop.self) {
            try registry.transaction {
                try registry.upsert([Self.file("a")])
                throw Stop()
            }
        }
        #expect(try registry.records(FileRecord.self).isEmpty)
        let run = RunRecord(
            runID: "r", backtestID: "b", folder: "f", snapshotDigest: "s", costDigest: "c", dataDigest: "d", resultDigest: "m",
            startTime: UnixNanos(0), metrics: ["sharpe": .double(.nan)])
        let error = #expect(throws: ApusError.self) { try registry.upsert([run]) }
        #expect(error?.code == "registry.value")
    }

    @Test func aRegistryOfALaterVersionIsRefused() throws {
        let folder = try TemporaryFolder("registry")
        let path = folder.file("r.duckdb")
        try Registry(path).upsert([Self.file("a")])
        do { try Database(.file(path)).connect().execute("insert into schema_version values (999)") }
        let error = #expect(throws: ApusError.self) { try Registry(path) }
        #expect(error?.code == "registry.version")
    }

    /// Another process has the file open for writing.
    @Test(.enabled(if: Oracle.isInstalled)) func aLockedRegistrySaysSo() throws {
        let folder = try TemporaryFolder("registry")
        let path = folder.file("r.duckdb")
        try Registry(path).upsert([Self.file("a")])
        let fifo = folder.file("fifo")
        try #require(mkfifo(fifo, 0o600) == 0)
        let script = PackageRoot.appending("Tests/Oracles/lake_holder.py")
        let holder = try ChildProcess(
            ["python3", script, path, "hold", fifo], environment: ["PYTHONPATH": PackageRoot.appending(".deps/oracle")])
        // Returns when the other process has opened the database.
        #expect(try FileBytes.readText(fifo) == "open\n")
        let reading = #expect(throws: ApusError.self) { try Registry(path, waiting: 0) }
        #expect(reading?.code == "lake.locked")
        holder.kill()
        try holder.wait()
        #expect(try Registry(path).records(FileRecord.self).count == 1)
    }

    /// A writer that was killed loses what it had not committed and nothing else; reading does not need to write.
    @Test(.enabled(if: Oracle.isInstalled)) func aKilledWriterLosesOnlyWhatItHadNotCommitted() throws {
        let folder = try TemporaryFolder("registry")
        let path = folder.file("r.duckdb")
        try Registry(path).upsert([Self.file("a")])
        let script = PackageRoot.appending("Tests/Oracles/lake_holder.py")
        let copy =
            "insert into files by name select * replace ('%' as source_name, '%' as sha256) from files where source_name = 'a'"
        let statements = ["b", "c"].map { name in copy.split(separator: "%").joined(separator: name) }
        let result = try ChildProcess.run(
            ["python3", script, path, "die"] + statements, environment: ["PYTHONPATH": PackageRoot.appending(".deps/oracle")])
        #expect(result.exitCode == 128 + 9, "\(result.error)")
        #expect(folder.names() == ["r.duckdb", "r.duckdb.wal"])
        let before = try FileBytes.read(path)
        do {
            let registry = try Registry(path)
            #expect(try registry.records(FileRecord.self).map(\.sourceName).sorted() == ["a", "b"])
        }
        #expect(try FileBytes.read(path) == before)
        do { #expect(try Registry(path).upsert([Self.file("d")]) == 1) }
        #expect(try Registry(path).records(FileRecord.self).map(\.sourceName).sorted() == ["a", "b", "d"])
        #expect(folder.names() == ["r.duckdb"])
    }
}
