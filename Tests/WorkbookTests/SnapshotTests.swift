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
        #expect(backtest?["oos_last_x_months"] == 12)
        #expect(backtest?["allow_flip_same_day"] == true)
        #expect(backtest?["spread_value"] == nil)
        #expect(sheets["FEATURE_LIBRARY"]?.arrayValue?.first?["params_json"] == ["window": 126])
        #expect(sheets["STRATEGIES"]?.arrayValue?.first?["position_values"] == [-1, 0, 1])
        #expect(sheets["PORTFOLIOS"]?.arrayValue?.first?["sizing_value"] == .double(1))
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
