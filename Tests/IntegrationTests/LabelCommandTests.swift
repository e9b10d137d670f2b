import Contracts
import Lake
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

        let found = try expectAgreement(built)
        // All three outcomes occur, or the comparison says little.
        #expect(found.isEmpty || found[1]["distinct"]?.arrayValue?.count == 3)
    }

    /// The index goes on by a day.
    private func addADay() throws {
        let path = root + "/inbox/sp500.csv"
        let lines = try FileBytes.readText(path).split(separator: "\n")
        let last = try #require(lines.last)
        let next = "1/2/2019," + last.split(separator: ",").dropFirst().joined(separator: ",")
        try AtomicFile.write((lines + [Substring(next)]).joined(separator: "\n") + "\n", to: path)
        #expect(try BuiltProgram.run(["ingest", "SP500", "--quiet", "--workspace", root]).exitCode == 0)
    }

    /// The workbook's snapshot with other sheets.
    private func snapshot(_ change: (inout [String: JSONValue]) -> Void) throws -> String {
        let exported = try BuiltProgram.run(["config", "export", "--json", "--workspace", root])
        let path = try #require(try JSONParser.parse(exported.output)["snapshot"]?.stringValue)
        var snapshot = try #require(try JSONParser.parse(try FileBytes.readText(path)).objectValue)
        var sheets = try #require(snapshot["sheets"]?.objectValue)
        sheets["TRAINING"] = []
        change(&sheets)
        snapshot["sheets"] = .object(sheets)
        let changed = folder.file("changed.json")
        try AtomicFile.write(try CanonicalJSON.text(.object(snapshot)), to: changed)
        return changed
    }

    /// What pandas makes of the same files; nothing where it is not installed.
    private func expectAgreement(_ built: [JSONValue]) throws -> [JSONValue] {
        guard Oracle.isInstalled else { return [] }
        let folders = built.compactMap { $0["folder"]?.stringValue }
        let text = try Oracle.run(script: "labels_files.py", arguments: [root] + folders)
        let found = try #require(try JSONParser.parse(text).arrayValue)
        #expect(found.count == built.count)
        for (result, outcome) in zip(found, built) {
            let id = outcome["label_id"]?.stringValue ?? ""
            #expect(result["rows"] == outcome["rows"] && result["labelled"] == outcome["labelled"], "\(id): \(result)")
            #expect(result["known_differs"] == 0 && result["missing_differs"] == 0, "\(id): \(result)")
            #expect((result["worst_value"]?.doubleValue ?? 1) <= 1e-9, "\(id): \(result)")
        }
        return found
    }

    /// A training sample ends with what was known by then, and its weights know of no later label.
    @Test func aSampleIsPurgedAndWeighedByItself() throws {
        let built = try #require(try json("build", "es_barrier").first)
        let column = (built["folder"]?.stringValue ?? "") + "/values.parquet"
        let table = try ParquetReader.table(column)
        let decided = try #require(table["decision_at"]?.ints)
        let (first, last) = (decided[decided.count / 4], decided[decided.count / 2])
        let file = folder.file("train.parquet")
        let result = try BuiltProgram.run([
            "labels", "export", "es_barrier", "--from", UnixNanos(first).description, "--through", UnixNanos(last).description,
            "--out", file, "--json", "--workspace", root,
        ])
        #expect(result.exitCode == 0, "\(result.error)")
        let sample = try JSONParser.parse(result.output)
        #expect(sample["sha256"]?.stringValue == (try Digest.ofFile(file).hex))
        let manifest = try JSONParser.parse(try FileBytes.readText((built["folder"]?.stringValue ?? "") + "/manifest.json"))
        let source = root + "/" + (try #require(manifest["files"]?.arrayValue?.first?["path"]?.stringValue))
        let digest = try Digest.ofFile(source)
        let refused = try BuiltProgram.run([
            "labels", "export", "es_barrier", "--from", UnixNanos(first).description, "--through", UnixNanos(last).description,
            "--out", source, "--workspace", root,
        ])
        #expect(refused.exitCode == 3 && refused.error.contains("would replace its own input"), "\(refused.error)")
        #expect(try Digest.ofFile(source) == digest)
        #expect(table["weight"] == nil, "a weight among all labels would know of those to come")
        guard Oracle.isInstalled else { return }
        let text = try Oracle.run(script: "labels_files.py", arguments: ["weights", column, file, "\(first)", "\(last)"])
        let found = try JSONParser.parse(text)
        #expect(found["rows"] == sample["rows"] && (found["rows"]?.intValue ?? 0) > 100, "\(found)")
        #expect(found["rows_differ"] == false && (found["worst_weight"]?.doubleValue ?? 1) <= 1e-9, "\(found)")
        #expect((found["changed"]?.intValue ?? 0) > 0, "the sample's edges change weights, or the test says little")
    }

    /// What nothing asks for goes, and what was built last stays though revised data end earlier.
    @Test func collectionKeepsWhatIsInForce() throws {
        func kept() -> [String] {
            Folder.names(in: root + "/data/labels_cache").filter { !$0.hasPrefix(".") }
                .flatMap { hash in Folder.names(in: root + "/data/labels_cache/" + hash).map { hash + "/" + $0 } }
        }
        _ = try json("build")
        #expect(kept().count == 2)
        try addADay()
        _ = try json("build")
        #expect(kept().count == 3)
        func collect(_ words: String...) throws -> JSONValue {
            let result = try BuiltProgram.run(["labels", "gc", "--json", "--workspace", root] + words)
            #expect(result.exitCode == 0, "\(result.error)")
            return try JSONParser.parse(result.output)
        }
        #expect(try collect("--dry-run")["removed"]?.arrayValue?.count == 1 && kept().count == 3)
        #expect(try collect()["removed"]?.arrayValue?.count == 1 && kept().count == 2)
        #expect(try json("build").allSatisfy { $0["action"] == "up to date" })
    }

    /// A benchmark, and a side that is published two sessions after its date: each read as known at the decision.
    @Test func otherSeriesAreReadAsKnownAtTheDecision() throws {
        let changed = try snapshot { sheets in
            sheets["LABELS"] = [
                [
                    "label_id": "excess", "instrument_id": "SPX", "label": "excess_return", "enabled": true,
                    "params_json": ["horizon": 5, "beta": 1], "benchmark_instrument_id": "NDQ",
                ],
                [
                    "label_id": "bets", "instrument_id": "SPX", "label": "meta_label", "enabled": true,
                    "params_json": ["horizon": 10, "upper": 2, "lower": 2, "distance": "volatility", "cost": 0.001],
                    "side_feature_id": "wti_momentum",
                ],
                ["label_id": "later", "instrument_id": "SPX", "label": "fwd_ret_2d", "enabled": false],
            ]
        }

        let built = try json("build", "--snapshot", changed)
        #expect(built.map { $0["label_id"]?.stringValue } == ["excess", "bets"])
        #expect(try json("audit", "--thorough", "--snapshot", changed).allSatisfy { $0["leaks"] == [] })
        let found = try expectAgreement(built)
        #expect(found.isEmpty || found.allSatisfy { $0["distinct"]?.arrayValue?.count ?? 0 >= 2 })
    }

    /// An index is ranked among three series, one of which begins late and has holes.
    @Test func severalInstrumentsAreCompared() throws {
        let lines = try FileBytes.readText(root + "/inbox/nasdaq.csv").split(separator: "\n")
        let held = lines.enumerated().filter { row, _ in row == 0 || (row > 400 && row % 37 != 5) }.map(\.element)
        try AtomicFile.write(held.joined(separator: "\n") + "\n", to: root + "/inbox/other.csv")
        let changed = try snapshot { sheets in
            let five = ["SPX", "NDQ", "OTHER"]
            sheets["LABELS"] = .array(
                five.map { id in
                    [
                        "label_id": .string("five_" + id), "instrument_id": .string(id), "label": "forward_return",
                        "enabled": true, "params_json": ["horizon": 5],
                    ]
                } + [
                    [
                        "label_id": "ranked", "instrument_id": "SPX", "label": "cs_percentile", "enabled": true,
                        "member_label_ids": .array(five.map { .string("five_" + $0) }),
                    ]
                ])
            sheets["DATASETS"] = .array(
                (sheets["DATASETS"]?.arrayValue ?? []).flatMap { row -> [JSONValue] in
                    guard var other = row.objectValue, other["dataset_id"] == "NASDAQ" else { return [row] }
                    other["dataset_id"] = "OTHER"
                    other["canonical_table_name"] = "other_daily"
                    other["source_path_or_id"] = "inbox/other.csv"
                    return [row, .object(other)]
                })
            sheets["INSTRUMENTS"] = .array(
                (sheets["INSTRUMENTS"]?.arrayValue ?? []) + [
                    [
                        "instrument_id": "OTHER", "instrument_type": "indicator", "prices_dataset_id": "OTHER",
                        "close_col": "Close",
                        "return_model": "price", "currency": "USD", "calendar": "US_EQUITY",
                    ]
                ])
        }
        let ingested = try BuiltProgram.run(["ingest", "OTHER", "--quiet", "--workspace", root, "--snapshot", changed])
        #expect(ingested.exitCode == 0, "\(ingested.error)")
        let built = try json("build", "ranked", "--snapshot", changed)
        #expect(try json("audit", "ranked", "--thorough", "--snapshot", changed).allSatisfy { $0["leaks"] == [] })
        let found = try expectAgreement(built)
        #expect(found.isEmpty || found[0]["labelled"]?.intValue ?? 0 > 1000)
    }

    /// More data make another column; the one of before stays beside it, as do its bytes.
    @Test func newDataMakeANewColumn() throws {
        let first = try #require(try json("build", "spx_fwd_ret_21d").first)
        try addADay()
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
