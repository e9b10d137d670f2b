import Pipeline
import Primitives
import TestKit
import Testing

/// Every command on one workspace, as other programs call them.
@Suite("Commands on a workspace", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct WorkspaceCommandTests {
    private func json(_ root: String, _ words: String...) throws -> JSONValue {
        let result = try BuiltProgram.run(words + ["--json", "--workspace", root])
        #expect(result.exitCode == 0 && result.error.isEmpty, "\(words): \(result.error)")
        return try JSONParser.parse(result.output)
    }

    @Test func everyCommandPrintsOneDocument() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        #expect(try json(root, "config", "check")["problems"] == [])
        let exported = try json(root, "config", "export")
        #expect(try json(root, "ingest").arrayValue?.count == 11)
        #expect(try json(root, "derive").arrayValue?.isEmpty == false)
        let runs = try json(root, "run")
        #expect(runs.arrayValue?.isEmpty == false)
        #expect(try json(root, "report").arrayValue?.isEmpty == false)
        let id = try #require(runs.arrayValue?.first?["run_id"]?.stringValue)
        let written = try WorkspaceFixture.allDigests(root)
        #expect(try json(root, "report", id)["run_id"]?.stringValue == id, "one run, by its id")
        let run = try #require(RunFolder.all(in: root + "/data/runs").first { $0.contains("/\(id)/") })
        let refused = try BuiltProgram.run(["report", id, "--out", run + "/trades.parquet", "--workspace", root])
        #expect(refused.exitCode == 3 && refused.error.contains("would replace its own input"), "\(refused.error)")
        #expect(try WorkspaceFixture.allDigests(root) == written, "the same tear sheet")
        #expect(try json(root, "runs", "list").arrayValue?.count == runs.arrayValue?.count)
        #expect(try json(root, "lake", "status")["files"]?.arrayValue?.count == 11)

        // The runbook: each step with the document it would print alone; overrides reach the steps.
        let snapshot = try #require(exported["snapshot"]?.stringValue)
        let steps = try #require(
            try json(root, "runbook", "--snapshot", snapshot, "--threads", "1").arrayValue)
        #expect(steps.count > 4)
        for step in steps { #expect(step["result"] != .null && step["result"] != nil, "\(step)") }
        #expect(steps.first?["result"]?["snapshot"]?.stringValue == snapshot)
        let verbose = try BuiltProgram.run(["runbook", "-v", "--threads", "1", "--workspace", root])
        #expect(verbose.exitCode == 0 && verbose.error.contains("ingested") && verbose.error.contains("begin derive"))
    }

    /// Commands that only look leave no trace, not even an exported snapshot.
    @Test func readingWritesNothing() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        func all() throws -> [String: String] { try WorkspaceFixture.allDigests(root) }
        let fresh = try all()
        for words in [["lake", "status"], ["runs", "list"], ["config", "check"]] {
            #expect(try BuiltProgram.run(words + ["--workspace", root]).exitCode == 0)
            #expect(try all() == fresh, "\(words)")
        }
        #expect(try BuiltProgram.run(["ingest", "VIX", "--workspace", root]).exitCode == 0)
        let used = try all()
        for words in [["lake", "status", "--verify"], ["runs", "list"], ["config", "check"]] {
            #expect(try BuiltProgram.run(words + ["--workspace", root]).exitCode == 0)
            #expect(try all() == used, "\(words)")
        }
    }

    /// The log of a workspace: one JSON object a line, errors included, whatever the command line asked to see.
    @Test func commandsThatWriteAreLogged() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        let quiet = try BuiltProgram.run(["ingest", "VIX", "--quiet", "--workspace", root])
        #expect(quiet.exitCode == 0 && quiet.error.isEmpty)
        #expect(try BuiltProgram.run(["derive", "--workspace", root]).exitCode == 3)
        let lines = try FileBytes.readText(root + "/data/logs/apus.log").split(separator: "\n").map(String.init)
        let entries = try lines.map { try JSONParser.parse($0) }
        let messages = entries.compactMap { $0["message"]?.stringValue }
        #expect(messages.first == "ingested", "\(messages)")
        #expect(entries.last?["level"] == "error" && entries.last?["code"] == "derive.missing")
        for entry in entries { #expect(entry["time"]?.stringValue?.hasSuffix("Z") == true) }
    }

    /// One command at a time: the second one is told so, with the exit code of a failure that is nobody's input.
    @Test func aLockedWorkspaceIsNoInputError() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        #expect(try BuiltProgram.run(["ingest", "VIX", "--workspace", root]).exitCode == 0)
        let script = "exec 9>>data/.lock && flock 9 && '\(BuiltProgram.path)' ingest VIX --json --workspace ."
        let locked = try ChildProcess.run(["bash", "-c", script], folder: root)
        #expect(locked.exitCode == 1, "\(locked.error)")
        #expect(try JSONParser.parse(locked.error)["error"]?["code"] == "workspace.locked")
    }
}
