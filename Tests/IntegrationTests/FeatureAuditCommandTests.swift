import Contracts
import Primitives
import TestKit
import Testing

@testable import Features
@testable import Pipeline
@testable import apus

/// A careless kernel: it gets its rows in one piece and looks at the next one.
private struct NextRow: Kernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count { output[row] = rows[0][min(row + 1, rows.count - 1)] }
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

@Suite(.enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct FeatureAuditCommandTests {
    private static let leaky = TransformDefinition(
        "next_value", .basics, inputs: [.column("x")], "the next row's value", source: "this test", units: "as x",
        warmUp: { _ in 0 }, kernel: { _ in NextRow() })

    /// `apus features audit` over the features of `rows` in a workspace whose VIX is ingested.
    private func audit(
        _ rows: [JSONValue], engineered: [JSONValue] = [], ids: [String] = [], thorough: Bool = false, json: Bool = false,
        allowsUntested: Bool = false
    ) throws -> (ExitCode, String) {
        let folder = try TemporaryFolder()
        let root = folder.file("w")
        try WorkspaceFixture.make(root)
        for id in ["VIX", "SP500"] { try #require(try BuiltProgram.run(["ingest", id, "--workspace", root]).exitCode == 0) }
        let exports = root + "/config/exports"
        let exported = try #require(Folder.names(in: exports).first)
        var snapshot = try #require(try JSONParser.parse(FileBytes.readText(exports + "/" + exported)).objectValue)
        var sheets = try #require(snapshot["sheets"]?.objectValue)
        sheets["FEATURE_LIBRARY"] = .array(rows)
        sheets["ENGINEERED_FEATURES"] = .array(engineered)
        snapshot["sheets"] = .object(sheets)
        let workspace = Workspace(
            root: root, configuration: try Configuration(snapshot: .object(snapshot), workspace: root), snapshotPath: "",
            clock: FixedClock(UnixNanos(0)), threads: 1)
        let library = TransformLibrary(composed: [Self.leaky])
        let command = Command(
            name: "apus", summary: "",
            subcommands: [
                Command(name: "audit", summary: "", examples: [.init("apus audit", "")]) { context in
                    let stage = FeatureStage(workspace, registry: try workspace.registry(), library: library)
                    try StageRunner.featureAudit(
                        context, stage, ids: ids, thorough: thorough, allowsUntested: allowsUntested)
                }
            ])
        let output = OutputWriter()
        let runner = CommandRunner(
            root: command, version: "1", output: output, errorOutput: OutputWriter(), terminal: .none,
            clock: FixedClock(UnixNanos(0)))
        return (runner.run(["audit"] + (json ? ["--json"] : [])), output.text)
    }

    private func feature(_ id: String, _ columns: String, _ transform: String, _ parameters: JSONValue? = nil) -> JSONValue {
        var row: [String: JSONValue] = [
            "feature_id": .string(id), "dataset_id": "VIX", "input_col": .string(columns), "transform": .string(transform),
            "missing_policy": "drop",
        ]
        row["params_json"] = parameters
        return .object(row)
    }

    @Test func aLeakEndsWithOneAndNamesFeatureTimeAndInput() throws {
        let (code, output) = try audit([feature("honest", "vix", "sma", ["window": 5]), feature("tomorrow", "vix", "next_value")])
        #expect(code == .failure)
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("honest") && $0.contains("no leak") }, "\(output)")
        #expect(lines.contains { $0.hasPrefix("tomorrow") && $0.contains("LEAKS") })
        let leak = try #require(lines.first { $0.hasPrefix("tomorrow leaks: at 20") })
        #expect(leak.contains("input: VIX!vix") && leak.contains("claimed known at"))
        #expect(!output.contains("honest leaks"))
    }

    @Test func honestFeaturesEndWithZeroAndTellWhatLaterPublicationChanges() throws {
        let rows = [
            feature("level", "vix", "level"), feature("slow", "vix", "sma", ["window": 200]),
            feature("pair", "vix, SP500!Close", "rolling_correlation", ["window": 20]),
        ]
        let (code, output) = try audit(rows, thorough: true, json: true)
        #expect(code == .success)
        let items = try JSONParser.parse(output).arrayValue ?? []
        let late = Dictionary(
            uniqueKeysWithValues: items.map { ($0["feature_id"]?.stringValue ?? "", $0["published_late"] ?? .null) })
        // Nearly every day brings another value; how far it is away says which feature suffers.
        let level = try #require(late["level"]), slow = try #require(late["slow"]), pair = try #require(late["pair"])
        #expect(try #require(level["changed_share"]?.doubleValue) > 0.9)
        #expect(try #require(pair["changed_share"]?.doubleValue) > 0.9)
        let change = try [level, slow, pair].map { try #require($0["mean_change"]?.doubleValue) }
        #expect(change[0] > 0.1 && change[1] < change[0] / 10 && change[2] > change[1], "\(change)")
        #expect(items.allSatisfy { $0["revised"] == .null && $0["leaks"]?.arrayValue?.isEmpty == true })
        let (_, quick) = try audit([rows[0]], json: true)
        #expect(try JSONParser.parse(quick).arrayValue?.first?["published_late"] == .null)
    }

    private func made(_ id: String, of parents: [JSONValue], _ transform: String, _ parameters: JSONValue) -> JSONValue {
        [
            "eng_feature_id": .string(id), "input_feature_ids": .array(parents), "combine_transform": .string(transform),
            "params_json": parameters, "missing_policy": "drop",
        ]
    }

    /// What is made of a leaking feature leaks itself, however many features lie between, and the input is the data.
    @Test func aLeakTwoLevelsUpIsFound() throws {
        let library = [feature("tomorrow", "vix", "next_value"), feature("level", "vix", "level")]
        let engineered = [
            made("smooth", of: ["tomorrow"], "sma", ["window": 3]),
            made("mixed", of: ["level", "smooth"], "linear", ["weights": [1, 0.5]]),
            made("honest", of: ["level"], "sma", ["window": 3]),
        ]
        let (code, output) = try audit(library, engineered: engineered, json: true)
        #expect(code == .failure)
        let found = try #require(try JSONParser.parse(output).arrayValue)
        let leaks = found.filter { $0["verdict"] == "LEAKS" }
        #expect(leaks.compactMap { $0["feature_id"]?.stringValue } == ["tomorrow", "smooth", "mixed"])
        #expect(
            leaks.allSatisfy { $0["leaks"]?.arrayValue?.allSatisfy { $0["inputs"] == ["VIX!vix"] } == true }, "\(output)")
        let (only, text) = try audit(library, engineered: engineered, ids: ["mixed"])
        #expect(only == .failure && text.contains("mixed leaks: at ") && text.contains("input: VIX!vix"), "\(text)")
    }

    /// A feature whose warm-up is longer than its data proves nothing, and says so.
    @Test func aFeatureWithoutValuesIsUntested() throws {
        let rows = [feature("level", "vix", "level"), feature("long", "vix", "sma", ["window": 100_000])]
        let (code, text) = try audit(rows)
        #expect(code == .failure && text.contains("long is untested: none of its "), "\(text)")
        let (allowed, json) = try audit(rows, json: true, allowsUntested: true)
        #expect(allowed == .success)
        let items = try #require(try JSONParser.parse(json).arrayValue)
        #expect(items.map { $0["verdict"] } == ["no leak", "untested"])
        #expect(items[1]["rows_compared"] == 0 && items[1]["rows_with_value"] == 0)
        let compared = try #require(items[0]["rows_compared"]?.doubleValue), rows0 = try #require(items[0]["rows"]?.doubleValue)
        #expect(compared > 0.9 * rows0 && compared < rows0 && items[0]["times_compared"] == 5)
    }
}
