import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// Rows of DATASETS that are timed series, and what refers to them.
struct TimedCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("timed") }

    private static let dataset: [String: JSONValue] = [
        "dataset_id": "PERP", "dataset_type": "timed_series", "source_type": "csv", "source_path_or_id": "inbox/p.csv",
        "update_mode": "append_only", "date_col": "timestamp", "bar_frequency": "5m",
        "known_time_rule": "bar_close+5s@ALWAYS_OPEN", "canonical_table_name": "perp_5m",
    ]
    private static let instrument: [String: JSONValue] = [
        "instrument_id": "XRP", "instrument_type": "crypto", "prices_dataset_id": "PERP", "close_col": "close",
        "return_model": "price", "currency": "USD", "calendar": "ALWAYS_OPEN", "default_execution_time": "09:30",
    ]
    private static let feature: [String: JSONValue] = [
        "feature_id": "x", "dataset_id": "PERP", "input_col": "close, FLOWS!Total Equity", "transform": "spread", "lag_days": 0,
        "availability_lag_days": 1, "missing_policy": "error", "tags": ["t"], "enabled": true,
    ]

    /// A cell of the row behind the sample's own; row 1 holds the headers.
    private static func cell(_ letter: String, _ sheet: String) -> String {
        letter + String((SampleWorkbook.rows[sheet]?.count ?? 0) + 2)
    }

    /// The problems of a new workbook with these rows behind its own.
    private func problems(
        _ dataset: [String: JSONValue?] = [:], instrument: [String: JSONValue] = [:], feature: [String: JSONValue] = [:],
        sessions: String? = nil
    ) throws -> [WorkbookProblem] {
        var rows = SampleWorkbook.rows
        var own = Self.dataset
        for (key, value) in dataset { own.updateValue(value ?? .null, forKey: key) }
        own = own.filter { $0.value != .null }
        rows["DATASETS"]?.append(own)
        rows["INSTRUMENTS"]?.append(Self.instrument.merging(instrument) { $1 })
        rows["FEATURE_LIBRARY"]?.append(Self.feature.merging(feature) { $1 })
        if let sessions { rows["SESSIONS"]?[0]["dataset_id"] = .string(sessions) }
        let path = folder.file("w.xlsx")
        try WorkbookTemplate.write(to: path, sample: rows)
        return try ConfigurationFile.load(path).problems
    }

    @Test func aTimedSeriesIsRight() throws {
        #expect(try problems().map(\.description) == [])
        for (rule, frequency) in [
            ("label@US_EQUITY", "irregular"), ("label+250ms@ALWAYS_OPEN", "8h"), ("close_label@ALWAYS_OPEN", "1d"),
        ] {
            let calendar = rule.split(separator: "@").last.map(String.init) ?? ""
            let found = try problems(
                ["known_time_rule": .string(rule), "bar_frequency": .string(frequency), "timestamp_tz": "America/New_York"],
                instrument: ["return_model": "none", "calendar": .string(calendar)])
            #expect(found.map(\.description) == [], "\(rule)")
        }
    }

    @Test(
        arguments: [
            ("known_time_rule", nil, "I", "known_time_rule is required for timed_series"),
            ("known_time_rule", "session_close@US_EQUITY", "I", "is for a daily_series"),
            ("known_time_rule", "bar_close", "I", "bar_close@CALENDAR, close_label@CALENDAR or label@CALENDAR"),
            ("known_time_rule", "bar_close+5@ALWAYS_OPEN", "I", "with a delay such as bar_close+5s@CALENDAR"),
            ("known_time_rule", "bar_close@ALWAYSOPEN", "I", "did you mean \"ALWAYS_OPEN\"?"),
            ("date_col", nil, "F", "date_col is required for timed_series"),
            ("source_type", "dbn", "C", "use csv, xlsx or parquet"),
            ("bar_frequency", "trade", "H", "trade does not go with timed_series"),
            ("bar_frequency", "irregular", "H", "bar_close counts from the length of an interval"),
            ("bar_frequency", "60m", "H", "write 1h"), ("bar_frequency", "7m", "H", "is not a bar length"),
            ("canonical_partition_keys", "symbol", "L", "must be blank for timed_series"),
            ("timestamp_tz", "Europe/Berlin", "G", "not one of UTC, America/New_York, America/Chicago"),
        ] as [(String, String?, String, String)])
    func whatIsWrongIsNamed(column: String, value: String?, letter: String, words: String) throws {
        let cell = Self.cell(letter, "DATASETS")
        let found = try problems([column: value.map { JSONValue.string($0) }])
        let report = found.map(\.description).joined(separator: "\n")
        #expect(found.contains { $0.sheet == "DATASETS" && $0.cell == cell && $0.description.contains(words) }, "\(report)")
        #expect(found.allSatisfy { $0.sheet == "DATASETS" }, "\(report)")
    }

    @Test func whatRefersToItIsChecked() throws {
        func expect(_ found: [WorkbookProblem], _ sheet: String, _ letter: String, _ words: String) {
            let cell = Self.cell(letter, sheet)
            let report = found.map(\.description).joined(separator: "\n")
            #expect(found.count == 1 && found[0].sheet == sheet && found[0].cell == cell, "\(report)")
            #expect(found.first?.description.contains(words) == true, "\(report)")
        }
        expect(
            try problems(["known_time_rule": "label@ALWAYS_OPEN"]), "INSTRUMENTS", "D", "prices are bars, which have a length")
        expect(
            try problems(instrument: ["calendar": "US_EQUITY"]), "INSTRUMENTS", "M",
            "has the calendar ALWAYS_OPEN, not US_EQUITY")
        expect(
            try problems(instrument: ["prices_dataset_id": "PERP:bars_5m:FULL"]), "INSTRUMENTS", "D",
            "is a timed series and has no derived tables")
        expect(try problems(feature: ["instrument_scope": "XRP"]), "FEATURE_LIBRARY", "D", "must be blank for a series")
        let sessions = try problems(sessions: "PERP")
        #expect(
            sessions.contains { $0.sheet == "SESSIONS" && $0.description.contains("is a timed series; sessions are for trades") })
    }

    @Test func dailyRowsTakeNoRuleOfATimedOne() throws {
        var rows = SampleWorkbook.rows
        rows["DATASETS"]?[0]["known_time_rule"] = "bar_close@US_EQUITY"
        rows["DATASETS"]?[1]["source_type"] = "parquet"
        rows["DATASETS"]?[2]["bar_frequency"] = "5m"
        rows["DATASETS"]?[7]["source_type"] = "parquet"
        let path = folder.file("d.xlsx")
        try WorkbookTemplate.write(to: path, sample: rows)
        let found = try ConfigurationFile.load(path).problems.map { "\($0.cell ?? "") \($0.description)" }
        #expect(found.count == 4, "\(found)")
        for (start, words) in [
            ("I2", "is for a timed_series"), ("C3", "parquet cannot hold daily_series"),
            ("H4", "5m does not go with daily_series"),
            ("C9", "parquet cannot hold trades"),
        ] { #expect(found.contains { $0.hasPrefix(start) && $0.contains(words) }, "\(start): \(found)") }
    }
}

struct TimedRuleTests {
    @Test(
        arguments: [
            ("bar_close@ALWAYS_OPEN", 0), ("bar_close+5s@X", 5_000_000_000), ("label+250ms@X", 250_000_000),
            ("close_label+2m@X", 120_000_000_000), ("label+8784h@X", 31_622_400_000_000_000),
        ] as [(String, Int64)]) func delays(text: String, delay: Int64) throws
    {
        let rule = try #require(TimedRule(text))
        #expect(rule.delay == delay && rule.description == text)
    }

    @Test(arguments: [
        "", "bar_close", "@X", "bar_close@", "bar_close@X@Y", "open@X", "bar_close+@X", "bar_close+5@X", "bar_close+s@X",
        "bar_close+-5s@X", "bar_close+0s@X", "bar_close+1d@X", "bar_close+5s+5s@X", "bar_close+8785h@X", "label+99999999999s@X",
        "label +5s@X", "bar_close+5S@X", "18:00@US_EQUITY",
    ]) func others(text: String) { #expect(TimedRule(text) == nil) }
}
