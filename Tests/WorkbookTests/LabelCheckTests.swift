import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// The sheet LABELS, and labels where a feature is wanted.
struct LabelCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("labels") }

    /// The problems of a new workbook whose rows were changed.
    private func problems(_ change: (inout [String: [[String: JSONValue]]]) -> Void) throws -> [WorkbookProblem] {
        var rows = SampleWorkbook.rows
        change(&rows)
        let path = folder.file("changed.xlsx")
        try WorkbookTemplate.write(to: path, sample: rows)
        return try ConfigurationFile.load(path).problems
    }

    @Test(
        arguments: [
            // row of LABELS, column, value, cell, words of the message or suggestion
            (0, "label", "forward_retrun", "D2", "did you mean \"forward_return\"?"),
            (0, "label", "fwd_ret_21", "D2", "after fwd_ret comes a horizon"),
            (0, "label", "p_up_15m", "D2", "a probability is what a model says"),
            (0, "member_label_ids", ["es_barrier"], "I2", "must be blank for the label forward_return"),
            (0, "label", "fwd_ret_15m", "E2", "horizon_time or session must be given, one of the three"),
            (0, "params_json", ["horizn": 21], "E2", "did you mean \"horizon\"?"),
            (0, "params_json", ["horizon": 0], "E2", "horizon must be from 1 to 1000000"),
            (0, "params_json", ["method": "log"], "E2", "horizon or horizon_time or session must be given"),
            (0, "params_json", ["horizon": 21, "method": "geometric"], "E2", "must be simple or log"),
            (0, "instrument_id", "SPXX", "C2", "did you mean \"SPX\"?"),
            (0, "instrument_id", "VIX_INDEX", "C2", "return_model is none"),
            (0, "volatility_feature_id", "spx_vol", "F2", "must be blank for the label forward_return"),
            (0, "side_feature_id", "spx_momentum", "G2", "must be blank for the label forward_return"),
            (0, "benchmark_instrument_id", "NDQ", "H2", "must be blank for the label forward_return"),
            (0, "label", "excess_return", "H2", "required by the label excess_return"),
            (1, "label", "meta_label", "G3", "required by the label meta_label"),
            (1, "params_json", ["horizon": 5, "upper": 0.01], "F3", "must be blank for the label triple_barrier"),
            (1, "volatility_feature_id", "es_volt", "F3", "did you mean \"es_vol\"?"),
            (1, "volatility_feature_id", "es_barrier", "F3", "is a label (LABELS row 3): it holds the future, and a feature"),
            (1, "label_id", "es_vol", "A3", "already the id of a feature (FEATURE_LIBRARY row 10)"),
            (1, "label_id", "spx_fwd_ret_21d", "A3", "already in row 2"),
            (1, "enabled", nil, "K3", "enabled is required"),
        ] as [(Int, String, JSONValue?, String, String)])
    func oneMistakeIsOneProblem(_ index: Int, _ column: String, _ value: JSONValue?, _ cell: String, _ words: String) throws {
        let problems = try problems { $0["LABELS"]?[index][column] = value }
        #expect(problems.count == 1 && problems.first?.sheet == "LABELS" && problems.first?.cell == cell, "\(problems)")
        #expect(problems.first?.description.contains(words) == true, "\(problems)")
    }

    @Test(
        arguments: [
            (["spx_fwd_ret_21d", "ndq"], []), ([], ["LABELS!I4: member_label_ids is required by the label cs_percentile"]),
            (["ndq", "es_barrier"], ["LABELS!I4: no label of SPX, the row's own instrument, is among them"]),
            (["spx_fwd_ret_21d"], ["LABELS!I4: one label cannot be compared with itself; name two or more"]),
            (
                ["spx_fwd_ret_21d", "ndq", "ndq2"],
                ["LABELS!I4: \"ndq2\" is a second label of NDQ; one of each instrument is compared"]
            ),
            (
                ["spx_fwd_ret_21d", "ranked"],
                ["LABELS!I4: \"ranked\" compares instruments itself; only labels of one can be compared"]
            ),
            (["spx_fwd_ret_21d", "nqd"], ["LABELS!I4: there is no id \"nqd\" in LABELS; did you mean \"ndq\"?"]),
        ] as [([JSONValue], [String])])
    func comparedLabelsAreOneAnInstrument(_ members: [JSONValue], _ expected: [String]) throws {
        let found = try problems { rows in
            func label(_ id: JSONValue, _ name: JSONValue, _ parameters: JSONValue?, _ members: [JSONValue]?) -> [String:
                JSONValue]
            {
                var row: [String: JSONValue] = ["label_id": id, "instrument_id": "NDQ", "label": name, "enabled": true]
                row["params_json"] = parameters
                row["member_label_ids"] = members.map { .array($0) }
                return row
            }
            var ranked = label("ranked", "cs_percentile", ["min_members": 2], members)
            ranked["instrument_id"] = "SPX"
            rows["LABELS"]? += [
                ranked, label("ndq", "forward_return", ["horizon": 21], nil),
                label("ndq2", "forward_return", ["horizon": 2], nil),
            ]
        }
        #expect(found.map(\.description) == expected)
    }

    @Test func whatALabelReadsMayBeLeftToIt() throws {
        let found = try problems { rows in
            // Multiples of a volatility without a feature: the label's own.
            rows["LABELS"]?[1]["volatility_feature_id"] = nil
            rows["LABELS"]?[0]["label"] = "ret_zscore_1d"
            rows["LABELS"]?[0]["params_json"] = ["root_time": true]
        }
        #expect(found == [])
        let ranges = try problems { rows in
            rows["LABELS"]?[1]["volatility_feature_id"] = nil
            rows["LABELS"]?[1]["params_json"] = ["horizon": 5, "upper": 1, "distance": "atr"]
        }
        #expect(ranges.map(\.cell) == ["F3"])
        let whole = try problems { rows in
            rows["LABELS"]?[0]["label"] = "excess_return"
            rows["LABELS"]?[0]["benchmark_instrument_id"] = "NDQ"
            rows["LABELS"]?[1]["label"] = "meta_label"
            rows["LABELS"]?[1]["side_feature_id"] = "es_delta"
        }
        #expect(whole == [])
        let own = try problems { rows in
            rows["LABELS"]?[0]["label"] = "excess_return"
            rows["LABELS"]?[0]["benchmark_instrument_id"] = "SPX"
        }
        #expect(own.map(\.description) == ["LABELS!H2: \"SPX\" cannot be its own benchmark"])
    }

    /// Every place that takes a feature says what a label is.
    @Test(
        arguments: [
            ("FEATURE_LIBRARY", 0, "input_col", "spx_fwd_ret_21d!value"),
            ("STRATEGIES", 0, "primary_feature_id", "spx_fwd_ret_21d"),
            ("STRATEGIES", 1, "secondary_feature_id", "spx_fwd_ret_21d"), ("SCALING", 0, "feature_id", "spx_fwd_ret_21d"),
            ("ENGINEERED_FEATURES", 0, "input_feature_ids", "spx_fwd_ret_21d,vix_level"),
            ("FEATURE_SETS", 0, "include_feature_ids", "nothing,spx_fwd_ret_21d"),
            ("GATES", 0, "expression", "vix_level < 30 OR spx_fwd_ret_21d < 0"),
            ("PORTFOLIOS", 0, "position_rules", "[{\"type\": \"VolatilityStop\", \"atr_key\": \"spx_fwd_ret_21d\"}]"),
            ("OPTIMIZATION_PARAMS", 0, "target_id", "spx_fwd_ret_21d"), ("LABELS", 1, "volatility_feature_id", "es_barrier"),
        ] as [(String, Int, String, String)])
    func aLabelIsNoFeature(_ sheet: String, _ index: Int, _ column: String, _ value: String) throws {
        let found = try problems { $0[sheet]?[index][column] = .string(value) }.filter { $0.sheet == sheet }
        #expect(found.contains { $0.message.contains("is a label (LABELS row ") }, "\(found)")
    }

    @Test func aRunbookBuildsLabelsOnly() throws {
        let step = SampleWorkbook.rows["RUNBOOK"]?.firstIndex { $0["CommandOrAction"] == "apus labels build" } ?? 0
        func found(_ command: String) throws -> [String] {
            try problems { $0["RUNBOOK"]?[step]["CommandOrAction"] = .string(command) }.map(\.description)
        }
        #expect(try found("apus labels audit es_barrier --thorough") == [])
        #expect(try found("apus labels build es_barier").first?.contains("did you mean \"es_barrier\"?") == true)
        #expect(try found("apus labels build es_vol").count == 1 && found("apus features build es_barrier").count == 1)
    }

    @Test func aDisabledFeatureOfALabelIsAProblem() throws {
        let found = try problems { rows in
            for index in rows["FEATURE_LIBRARY"]?.indices ?? 0..<0 where rows["FEATURE_LIBRARY"]?[index]["feature_id"] == "es_vol"
            {
                rows["FEATURE_LIBRARY"]?[index]["enabled"] = false
            }
        }
        #expect(found.map(\.description) == ["LABELS!F3: \"es_vol\" is not enabled in FEATURE_LIBRARY or ENGINEERED_FEATURES"])
    }

    /// A workbook of before has no such sheet, and says what one with an empty sheet says.
    @Test func aWorkbookWithoutTheSheetIsWhole() throws {
        let path = folder.file("empty.xlsx")
        var rows = SampleWorkbook.rows
        rows["LABELS"] = []
        rows["TRAINING"] = []
        try WorkbookTemplate.write(to: path, sample: rows)
        let (snapshot, problems) = try ConfigurationFile.load(path)
        #expect(problems == [] && snapshot["sheets"]?["LABELS"] == nil && SnapshotCheck.problems(snapshot) == [])
        #expect(try Configuration(snapshot: snapshot, workspace: "/w").labels == [])
        let old = try ConfigurationFile.load(XLSXReaderTests.libreOffice)
        #expect(old.problems == [] && old.snapshot["sheets"]?["LABELS"] == nil)
        #expect(SnapshotCheck.problems(old.snapshot) == [])
    }

    @Test func theSampleIsRead() throws {
        let path = folder.file("sample.xlsx")
        try WorkbookTemplate.write(to: path)
        let configuration = try Configuration(snapshot: try ConfigurationFile.load(path).snapshot, workspace: "/w")
        let label = try #require(configuration.label("es_barrier"))
        #expect(label.instrumentID == "ESH4" && label.label == "triple_barrier" && label.volatilityFeatureID == "es_vol")
        #expect(label.parameters["upper"] == 4 && label.tags == ["intraday"] && label.sideFeatureID == nil)
        #expect(configuration.feature("es_barrier") == nil)
        #expect(configuration.paths.labelsCache == "/w/data/labels_cache")
    }
}
