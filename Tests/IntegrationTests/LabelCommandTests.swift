import Primitives
import TestKit
import Testing

/// `apus labels` on a workspace of the demo's kind.
@Suite("Labels of a workspace", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct LabelCommandTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.file("w")
        try WorkspaceFixture.make(root)
        for stage in ["ingest", "derive"] {
            let result = try BuiltProgram.run([stage, "--quiet", "--workspace", root])
            #expect(result.exitCode == 0, "\(result.error)")
        }
    }

    private func json(_ words: String...) throws -> [JSONValue] {
        let result = try BuiltProgram.run(["labels"] + words + ["--json", "--workspace", root])
        #expect(result.exitCode == 0 && result.error.isEmpty, "\(words): \(result.error)")
        return try #require(try JSONParser.parse(result.output).arrayValue)
    }

    /// Built, found again, proved, and compared with pandas: the return of the index and the barriers of ES.
    @Test func labelsAreBuiltOnceAndAreThoseOfPandas() throws {
        let listed = try json("list")
        #expect(listed.map { $0["label_id"]?.stringValue } == ["spx_fwd_ret_21d", "es_barrier"])
        #expect(listed[1]["volatility_feature_id"] == "es_vol" && listed[0]["volatility_feature_id"] == .null)

        let built = try json("build")
        #expect(built.map { $0["action"]?.stringValue } == ["built", "built"])
        #expect(built[0]["pending"] == 21 && (built[1]["labelled"]?.intValue ?? 0) > 1000)
        let files = try WorkspaceFixture.digests(root)
        let again = try json("build", "es_barrier")
        #expect(again.count == 1 && again[0]["action"] == "up to date" && again[0]["sha256"] == built[1]["sha256"])
        #expect(try WorkspaceFixture.digests(root) == files, "nothing is written twice")

        let audited = try json("audit", "--thorough")
        #expect(audited.count == 2 && audited.allSatisfy { $0["leaks"] == [] })
        #expect(try WorkspaceFixture.digests(root) == files, "an audit writes nothing")

        guard Oracle.isInstalled else { return }
        let folders = built.compactMap { $0["folder"]?.stringValue }
        let text = try Oracle.run(script: "labels_files.py", arguments: [root] + folders)
        let found = try #require(try JSONParser.parse(text).arrayValue)
        #expect(found.count == 2)
        for (result, outcome) in zip(found, built) {
            let id = outcome["label_id"]?.stringValue ?? ""
            #expect(result["rows"] == outcome["rows"] && result["labelled"] == outcome["labelled"], "\(id)")
            #expect(result["known_differs"] == 0 && result["missing_differs"] == 0, "\(id): \(result)")
            #expect((result["worst_value"]?.doubleValue ?? 1) <= 1e-9, "\(id): \(result)")
            #expect((result["worst_weight"]?.doubleValue ?? 1) <= 1e-9, "\(id): \(result)")
        }
        // All three outcomes occur, or the comparison says little.
        #expect(found[1]["distinct"]?.arrayValue?.count == 3)
    }

    /// More data make another column; the one of before stays beside it, as do its bytes.
    @Test func newDataMakeANewColumn() throws {
        let first = try #require(try json("build", "spx_fwd_ret_21d").first)
        let path = root + "/inbox/sp500.csv"
        let lines = try FileBytes.readText(path).split(separator: "\n")
        let last = try #require(lines.last)
        let next = "1/2/2019," + last.split(separator: ",").dropFirst().joined(separator: ",")
        try AtomicFile.write((lines + [Substring(next)]).joined(separator: "\n") + "\n", to: path)
        #expect(try BuiltProgram.run(["ingest", "SP500", "--quiet", "--workspace", root]).exitCode == 0)
        let second = try #require(try json("build", "spx_fwd_ret_21d").first)
        #expect(second["action"] == "built" && second["spec_hash"] == first["spec_hash"])
        #expect(second["rows"]?.intValue == (first["rows"]?.intValue ?? 0) + 1 && second["pending"] == 21)
        #expect(second["folder"] != first["folder"])
        let old = (first["folder"]?.stringValue ?? "") + "/values.parquet"
        #expect(try Digest.ofFile(old).hex == first["sha256"]?.stringValue)

        // A damaged column counts as absent.
        let damaged = (second["folder"]?.stringValue ?? "") + "/values.parquet"
        try AtomicFile.write("damaged", to: damaged)
        let third = try #require(try json("build", "spx_fwd_ret_21d").first)
        #expect(third["action"] == "built" && third["sha256"] == second["sha256"] && third["folder"] == second["folder"])
    }
}
