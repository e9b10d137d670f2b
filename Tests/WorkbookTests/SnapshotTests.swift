import Primitives
import TestKit
import Testing

@testable import Workbook

struct SnapshotTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder("snapshot")
        path = folder.file("run_config.xlsx")
        try WorkbookTemplate.write(to: path)
    }

    private static let noon = FixedClock(UnixNanos(iso8601: "2024-02-29T12:00:00Z") ?? UnixNanos(0))
    private static let later = FixedClock(UnixNanos(iso8601: "2024-03-01T08:30:15Z") ?? UnixNanos(0))

    @Test func theNameHoldsTimeAndDigest() throws {
        let export = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        #expect(export.wasWritten)
        #expect(export.path == folder.file("exports/20240229T120000Z_\(export.digest.short).json"))
        #expect(try Digest.ofFile(export.path) == export.digest)
        #expect(try Digest.of(try Snapshot.read(export.path)) == export.digest)
    }

    @Test func theSameContentIsWrittenOnce() throws {
        let first = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        let second = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.later)
        #expect(second.path == first.path)
        #expect(!second.wasWritten)
        #expect(folder.names(in: "exports").count == 1)
    }

    @Test func aDamagedSnapshotIsNotReused() throws {
        let first = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        try AtomicFile.write("{}", to: first.path)
        let second = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.later)
        #expect(second.wasWritten && second.path != first.path)
        #expect(throws: ApusError.self) { _ = try Snapshot.read(first.path) }
    }

    @Test func aChangedCellChangesTheDigest() throws {
        let first = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        var rows = SampleWorkbook.rows
        rows["SCALING"]?[0]["target_vol"] = 0.11
        try WorkbookTemplate.write(to: path, sample: rows)
        let second = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        #expect(second.digest != first.digest)
        #expect(folder.names(in: "exports").count == 2)
    }

    @Test func valuesAreTyped() throws {
        let sheets = try #require(try ConfigurationFile.load(path).snapshot["sheets"])
        let backtest = sheets["BACKTESTS"]?.arrayValue?.first
        #expect(backtest?["start_date"] == "2014-02-03")
        #expect(backtest?["min_hold_days"] == 2)
        #expect(backtest?["allow_flip_same_day"] == true)
        #expect(backtest?["spread_value"] == nil)
        #expect(sheets["FEATURE_LIBRARY"]?.arrayValue?.first?["params_json"] == ["window": 126])
        #expect(sheets["STRATEGIES"]?.arrayValue?.first?["position_values"] == [-1, 0, 1])
        #expect(sheets["PORTFOLIOS"]?.arrayValue?.first?["sizing_value"] == .double(1))
    }

    /// The snapshot of the sample with one row changed.
    private func changed(_ sheet: String, _ index: Int, _ change: (inout [String: JSONValue]) -> Void) throws -> JSONValue {
        var root = try #require(try ConfigurationFile.load(path).snapshot.objectValue)
        var sheets = try #require(root["sheets"]?.objectValue)
        var rows = try #require(sheets[sheet]?.arrayValue)
        var row = try #require(rows[index].objectValue)
        change(&row)
        rows[index] = .object(row)
        sheets[sheet] = .array(rows)
        root["sheets"] = .object(sheets)
        return .object(root)
    }

    @Test func aSnapshotIsCheckedLikeItsWorkbook() throws {
        #expect(SnapshotCheck.problems(try ConfigurationFile.load(path).snapshot) == [])
        for (sheet, index, column, value, expected) in [
            ("STRATEGIES", 0, "instrument_id", "SPXX", "STRATEGIES!SPX_MOMENTUM instrument_id: there is no id \"SPXX\""),
            ("RUNBOOK", 1, "CommandOrAction", "apus ingst", "RUNBOOK!row 3 CommandOrAction: apus has no command \"ingst\""),
            ("PORTFOLIOS", 0, "initial_cash", "1000", "PORTFOLIOS!spx_account initial_cash: a number is expected"),
            ("PORTFOLIOS", 0, "initial_cash", nil, "PORTFOLIOS!spx_account initial_cash: initial_cash is required"),
            ("PORTFOLIOS", 0, "initial_cash", .null, "PORTFOLIOS!spx_account initial_cash: no cell holds such a value"),
            ("STRATEGIES", 0, "position_values", "-1, 0", "STRATEGIES!SPX_MOMENTUM position_values: the value is not written as"),
            ("BACKTESTS", 0, "allow_flip_same_day", 1, "BACKTESTS!SPX_MOMENTUM_DAILY allow_flip_same_day: the value is not"),
            ("BACKTESTS", 0, "min_hold_day", 1, "BACKTESTS!row 2: BACKTESTS has no column \"min_hold_day\""),
            ("PATHS", 0, "IsActive", false, "PATHS!IsActive: no profile is active"),
        ] as [(String, Int, String, JSONValue?, String)] {
            let problems = SnapshotCheck.problems(try changed(sheet, index) { $0[column] = value })
            #expect(problems.count == (value == .null ? 2 : 1), "\(problems)")
            #expect(problems.contains { $0.description.hasPrefix(expected) }, "\(problems)")
        }
    }

    @Test func aSnapshotWithUnknownPartsIsRefused() throws {
        var root = try #require(try ConfigurationFile.load(path).snapshot.objectValue)
        var sheets = try #require(root["sheets"]?.objectValue)
        sheets["PORTFOLIO"] = []
        sheets["LIVE"] = nil
        root["sheets"] = .object(sheets)
        root["comment"] = "by hand"
        #expect(
            SnapshotCheck.problems(.object(root)).map(\.description) == [
                "-: a snapshot has no member \"comment\"", "LIVE: the sheet is missing",
                "PORTFOLIO: the workbook has no sheet of this name",
            ])
        #expect(SnapshotCheck.problems(["sheets": [:]]).count == 1)
        let file = folder.file("by_hand.json")
        try AtomicFile.write(try CanonicalJSON.text(.object(root)), to: file)
        let error = #expect(throws: ApusError.self) { _ = try Snapshot.read(file) }
        #expect(error?.code == "config.problems")
        #expect(error?.description.contains("3 problems") == true && error?.description.contains("comment") == true)
    }

    @Test func aWorkbookWithProblemsIsNotExported() throws {
        var rows = SampleWorkbook.rows
        rows["RUNBOOK"]?[0]["Task"] = nil
        try WorkbookTemplate.write(to: path, sample: rows)
        let error = #expect(throws: ApusError.self) {
            _ = try Snapshot.export(workbook: path, folder: folder.file("exports"), clock: Self.noon)
        }
        #expect(error?.code == "config.problems")
        #expect(error?.description.contains("RUNBOOK!B2") == true)
        #expect(folder.names(in: "exports") == [])
    }
}
