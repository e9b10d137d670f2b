import Contracts
import Primitives
import TestKit
import Testing

@testable import Features
@testable import Pipeline
@testable import apus

/// A kernel that gets its rows in one piece and looks at the next one.
private struct Tomorrow: Kernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count { output[row] = rows[0][min(row + 1, rows.count - 1)] }
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

/// `apus run` audits the features that it reads, once.
@Suite("Audits before runs", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct RunAuditTests {
    private static let backtest = "SPX_MOMENTUM_DAILY"

    private func apus(_ root: String, _ words: String...) throws -> ChildProcess.Result {
        try BuiltProgram.run(words + ["--workspace", root])
    }

    /// How many features were audited at this run, and how many had been before.
    private func audited(_ root: String, _ options: String...) throws -> (now: Int64?, before: Int64?, document: JSONValue) {
        let result = try BuiltProgram.run(["run", Self.backtest, "--json", "--workspace", root] + options)
        try #require(result.exitCode == 0, "\(result.error)")
        let run = try #require(try JSONParser.parse(result.output).arrayValue?.first)
        return (run["audit"]?["audited_now"]?.intValue, run["audit"]?["audited_before"]?.intValue, run["audit"] ?? .null)
    }

    private func workspace(_ folder: TemporaryFolder) throws -> String {
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        for id in ["SP500", "VIX", "WTI", "CREDIT", "NASDAQ", "TREASURY"] {
            try #require(try apus(root, "ingest", id).exitCode == 0)
        }
        return root
    }

    @Test func featuresAreAuditedOnceForTheSameData() throws {
        let folder = try TemporaryFolder()
        let root = try workspace(folder)
        #expect(try audited(root, "--no-audit").document == "off")
        let first = try audited(root)
        let count = try #require(first.now)
        #expect(count >= 4 && first.before == 0)
        let second = try audited(root)
        #expect(second.now == 0 && second.before == count)
        // One series goes on: what reads it is audited again, and nothing else.
        let path = root + "/inbox/vix.csv"
        try AtomicFile.write(try FileBytes.readText(path) + "1/4/2019,21.38\n", to: path)
        try #require(try apus(root, "ingest", "VIX").exitCode == 0)
        let third = try audited(root)
        #expect(third.now == 1 && third.before == count - 1)
    }

    @Test func aLeakStopsTheRun() throws {
        let folder = try TemporaryFolder()
        let root = try workspace(folder)
        let exported = try #require(Folder.names(in: root + "/config/exports").first)
        var snapshot = try #require(
            try JSONParser.parse(FileBytes.readText(root + "/config/exports/" + exported)).objectValue)
        var sheets = try #require(snapshot["sheets"]?.objectValue)
        sheets["FEATURE_LIBRARY"] = .array(
            try #require(sheets["FEATURE_LIBRARY"]?.arrayValue).map { row in
                guard row["feature_id"] == "spx_momentum", var members = row.objectValue else { return row }
                members["transform"] = "next_value"
                members["params_json"] = nil
                return .object(members)
            })
        snapshot["sheets"] = .object(sheets)
        let configuration = try Configuration(snapshot: .object(snapshot), workspace: root)
        let workspace = Workspace(
            root: root, configuration: configuration, snapshotPath: "", clock: FixedClock(UnixNanos(0)), threads: 1)
        let library = TransformLibrary(composed: [
            TransformDefinition(
                "next_value", .basics, inputs: [.column("x")], "the next row's value", source: "this test", units: "as x",
                warmUp: { _ in 0 }, kernel: { _ in Tomorrow() })
        ])
        func run(audits: Bool) throws -> (ExitCode, String) {
            let command = Command(
                name: "apus", summary: "",
                subcommands: [
                    Command(name: "run", summary: "", examples: [.init("apus run", "")]) { context in
                        let stage = RunStage(workspace, registry: try workspace.registry(), library: library)
                        try StageRunner.run(context, stage, workspace, only: [Self.backtest], audits: audits)
                    }
                ])
            let error = OutputWriter()
            let runner = CommandRunner(
                root: command, version: "1", output: OutputWriter(), errorOutput: error, terminal: .none,
                clock: FixedClock(UnixNanos(0)))
            return (runner.run(["run"]), error.text)
        }
        let (code, error) = try run(audits: true)
        #expect(code == .failure)
        #expect(error.contains("spx_momentum leaks: at 20") && error.contains("input: SP500!Close"), "\(error)")
        #expect(Folder.names(in: root + "/data/runs").filter { !$0.hasPrefix(".") } == [], "nothing was written")
        // A finding is no verdict to remember.
        #expect(try run(audits: true).0 == .failure)
        #expect(try run(audits: false).0 == .success)
    }

    /// The runbook audits before it runs, and the run finds those verdicts.
    @Test func theRunFindsTheAuditOfTheRunbook() throws {
        let folder = try TemporaryFolder()
        let root = try workspace(folder)
        let audit = try apus(root, "features", "audit", "spx_momentum", "spx_vol", "vix_level", "wti_momentum", "credit_z")
        #expect(audit.exitCode == 0, "\(audit.error)")
        let run = try audited(root)
        #expect(try #require(run.before) >= 4 && run.now == 0, "\(run)")
        // What no enabled feature means any more is forgotten, and what cannot be read.
        let kept = root + "/data/features_cache/.audits"
        let hashes = try Folder.names(in: kept).map {
            try #require(try JSONParser.parse(FileBytes.readText(kept + "/" + $0))["spec_hash"]?.stringValue)
        }
        #expect(Set(hashes).count == 5)
        try AtomicFile.write("{", to: kept + "/damaged.json")
        let records = AuditRecords(try Workspace.open(root, exporting: false, clock: FixedClock(UnixNanos(0))))
        try records.sweep(keeping: Set(hashes.dropFirst()))
        #expect(Folder.names(in: kept).count == 4)
        let again = try audited(root)
        #expect(try #require(again.now) + #require(again.before) == run.before && again.now ?? 9 <= 1)
    }
}
