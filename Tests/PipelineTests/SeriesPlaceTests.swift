import Contracts
import Features
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// Errors of series name the file and the cell, whatever the format; and no row is taken whose session no calendar knows.
struct SeriesPlaceTests {
    private static let calendar = "lies behind the calendar ALWAYS_OPEN, which knows 1970-01-01 to 2199-12-31 (dataset: S, file: "

    /// Refused, and nothing is kept of the file.
    private static func refusal(_ small: SmallWorkspace, _ id: String, _ file: String) throws -> String {
        small.daily["source_type"] = .string(String(file.split(separator: ".").last ?? ""))
        small.daily["source_path_or_id"] = .string("inbox/" + file)
        let error = #expect(throws: ApusError.self, "\(file)") { try small.ingest(id) }
        #expect(try DatasetFiles(try small.workspace.registry(), id).known.isEmpty)
        for pattern in ["raw/*/*/*/*", "canonical/*/*/*/*"] {
            #expect(FilePattern.expand("\(small.root)/data/\(pattern)").isEmpty)
        }
        return error.map { "\($0.code) \($0)" } ?? ""
    }

    @Test(.enabled(if: Oracle.isInstalled)) func timedSeriesNameTheCell() throws {
        let small = try TimedIngestTests.workspace()
        _ = try Oracle.run(script: "series_plants.py", arguments: [small.root + "/inbox"])
        for (file, code, words) in [
            ("late.xlsx", "calendar.coverage", "late.xlsx, sheet: Data, cell: B7, column: time)"),
            ("late.xlsx", "calendar.coverage", "2200-01-01T00:00:00Z " + Self.calendar),
            ("late.parquet", "calendar.coverage", "late.parquet, row: 5, column: time)"),
            ("number.xlsx", "timed.number", "\"x1\" is not a number (dataset: S, file: "),
            ("number.xlsx", "timed.number", "number.xlsx, sheet: Data, cell: C7, column: close)"),
            ("infinite.xlsx", "timed.number", "sheet: Data, cell: C6"), ("order.xlsx", "timed.order", "sheet: Data, cell: B5"),
            ("missing.xlsx", "timed.time", "the timestamp is missing"), ("missing.xlsx", "timed.time", "cell: B4"),
            ("truth.xlsx", "timed.cell", "the cell holds the error #DIV/0!"), ("truth.xlsx", "timed.cell", "cell: C5"),
            ("title.xlsx", "timed.column", "row 2 has it: remove what stands above"),
            ("number.parquet", "timed.number", "\"0x10\" is not a number"),
            ("number.parquet", "timed.number", "row: 3, column: close"),
            ("infinite.parquet", "timed.number", "row: 3, column: close"),
        ] {
            let refusal = try Self.refusal(small, "S", file)
            #expect(refusal.hasPrefix(code) && refusal.contains(words), "\(refusal)")
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func missingWordsAndTextsOfNumbersAreRead() throws {
        for (file, values) in [
            ("words.xlsx", [4.5, .nan, .nan, .nan, 2.5, 9.5]), ("texts.parquet", [1.5, .nan, .nan, -2000, 7, .nan]),
        ] as [(String, [Double])] {
            let small = try TimedIngestTests.workspace()
            _ = try Oracle.run(script: "series_plants.py", arguments: [small.root + "/inbox"])
            small.daily["source_type"] = .string(String(file.split(separator: ".").last ?? ""))
            small.daily["source_path_or_id"] = .string("inbox/" + file)
            let outcome = try #require(try small.ingest("S").first)
            let rows = try TimedIngestTests.rows(small)
            #expect(rows.names == ["close"] && outcome.leftOut == (file == "texts.parquet" ? ["symbol", "day"] : []))
            #expect(rows.columns[0].map(\.description) == values.map(\.description), "\(file)")
        }
    }

    @Test(.enabled(if: Oracle.isInstalled)) func dailySeriesNameTheCell() throws {
        let small = try SmallWorkspace()
        _ = try Oracle.run(script: "series_plants.py", arguments: [small.root + "/inbox"])
        for (file, code, words) in [
            (
                "daily-late.xlsx", "calendar.coverage",
                "2030-01-02 lies behind the calendar US_EQUITY, which knows 1990-01-01 to 2028-12-31"
            ),
            ("daily-late.xlsx", "calendar.coverage", "(dataset: D, file: "),
            ("daily-late.xlsx", "calendar.coverage", "cell: B6, column: day"),
            ("daily-number.xlsx", "daily.number", "sheet: Data, cell: C7, column: close"),
            ("daily-order.xlsx", "daily.order", "sheet: Data, cell: B5, column: day"),
        ] {
            let refusal = try Self.refusal(small, "D", file)
            #expect(refusal.hasPrefix(code) && refusal.contains(words), "\(refusal)")
        }
        small.daily["source_path_or_id"] = "inbox/daily-words.xlsx"
        #expect(try small.ingest("D").map(\.rows) == [5])
    }

    /// The last row that a calendar knows is taken, and the one behind it is not.
    @Test(arguments: [
        ("bar_close@ALWAYS_OPEN", "2199-12-31T23:55:00Z", "2200-01-01T00:00:00Z"),
        ("close_label@ALWAYS_OPEN", "2200-01-01T00:00:00Z", "2200-01-01T00:05:00Z"),
        ("label@ALWAYS_OPEN", "2199-12-31T23:59:59.999Z", "2200-01-01T00:00:00Z"),
        ("bar_close@CME_EQUITY", "2028-12-29T21:55:00Z", "2028-12-29T22:00:00Z"),
    ]) func theEndOfACalendar(rule: String, last: String, behind: String) throws {
        let small = try TimedIngestTests.workspace(["known_time_rule": .string(rule)])
        let error = #expect(throws: ApusError.self) {
            try TimedIngestTests.ingest(small, "time,close\n2024-03-11T00:00:00Z,1\n\(last),2\n\(behind),3\n")
        }
        let text = error.map { "\($0.code) \($0)" } ?? ""
        #expect(text.hasPrefix("calendar.coverage \(behind) lies behind the calendar"), "\(text)")
        #expect(text.contains("dataset: S") && text.contains("line: 4, column: time"), "\(text)")
        #expect(try TimedIngestTests.ingest(small, "time,close\n2024-03-11T00:00:00Z,1\n\(last),2\n") == .added)
        #expect(try TimedIngestTests.rows(small).labels.count == 2)
    }

    /// A lag that leads out of the calendar is no fault of the program: the error has a code and names the dataset.
    @Test func aLagBeyondTheCalendarNamesTheDataset() throws {
        let timed = try TimedIngestTests.workspace(["default_availability_lag_days": 1])
        try TimedIngestTests.ingest(timed, "time,close\n2199-12-31T00:00:00Z,1\n")
        timed.features = [["feature_id": "f", "dataset_id": "S", "input_col": "close", "transform": "level"]]
        let daily = try SmallWorkspace()
        daily.daily["default_availability_lag_days"] = 1
        try daily.ingest(daily: "day,close\n2028-12-29,1\n")
        daily.features = [["feature_id": "f", "dataset_id": "D", "input_col": "close", "transform": "level"]]
        for (small, id) in [(timed, "S"), (daily, "D")] {
            let workspace = try small.workspace
            let error = #expect(throws: ApusError.self) {
                try FeatureStore(DataAccess(workspace, registry: try workspace.registry())).feature("f")
            }
            #expect(error?.code == "calendar.coverage" && error?.description.contains("dataset: \(id), file: ") == true)
        }
    }

    /// Another calendar knows other rows: the file is held against it again.
    @Test func anotherCalendarWantsAnIngest() throws {
        let small = try TimedIngestTests.workspace()
        try TimedIngestTests.ingest(small, "time,close\n2024-03-11T00:00:00Z,1\n2030-03-11T00:05:00Z,2\n")
        small.daily["known_time_rule"] = "bar_close@CME_EQUITY"
        let stale = #expect(throws: ApusError.self) { try TimedIngestTests.rows(small) }
        let refused = #expect(throws: ApusError.self) { try small.ingest("S") }
        #expect(stale?.code == "ingest.stale" && refused?.code == "calendar.coverage")
    }
}
