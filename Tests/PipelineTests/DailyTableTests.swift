import Contracts
import Primitives
import Testing

@testable import Pipeline

@Suite struct DailyTableTests {
    private func table(_ rows: [[String]], header: [String] = ["day", "x", "y"]) throws -> DailyTable {
        let cells = SourceCells(file: "x.csv", header: header, form: .lines)
        return try DailyTable(
            cells, dateField: try cells.field("day", "date column", code: "daily.column", beginning: { [] }),
            rows: rows.enumerated().map { ($0.offset + 2, $0.element) }, rule: KnownTimeRule("session_close@US_EQUITY"))
    }

    private func code(_ rows: [[String]], header: [String] = ["day", "x", "y"]) -> String? {
        do {
            _ = try table(rows, header: header)
            return nil
        } catch { return (error as? ApusError)?.code }
    }

    @Test func valuesAndGapsComeBackFromTheStoredForm() throws {
        let read = try table([["2020-01-02", "1.5", "."], ["1/3/2020", " 2 ", ""], ["2020-01-06T00:00:00Z", "NA", "-3e2"]])
        #expect(read.dates.map(\.description) == ["2020-01-02", "2020-01-03", "2020-01-06"])
        #expect(read.columns[0][0] == 1.5 && read.columns[0][1] == 2 && read.columns[0][2].isNaN)
        #expect(read.columns[1][0].isNaN && read.columns[1][1].isNaN && read.columns[1][2] == -300)
        #expect(DailyTable(read.table) == read)
    }

    @Test func damageIsRefused() {
        #expect(code([]) == "daily.empty")
        #expect(code([["2020-01-02", "1", "2"]], header: ["date", "x", "y"]) == "daily.column")
        #expect(code([["2020-01-02", "1", "2"]], header: ["day", "x", "X"]) == "daily.column")
        #expect(code([["2020-01-02", "1", "2"]], header: ["day", "x", "Date"]) == "daily.column")
        #expect(code([["2020-01-02", "1", "2"]], header: ["day", "x", ""]) == "daily.column")
        #expect(code([["2020-02-30", "1", "2"]]) == "daily.date")
        for date in ["0001-01-01", "1677-12-31", "2262-01-01", "9999-12-31"] {
            #expect(code([[date, "1", "2"]]) == "daily.date")
        }
        #expect(code([["1678-01-01", "1", "2"], ["2028-12-29", "1", "2"]]) == nil)
        #expect(code([["2028-12-30", "1", "2"]]) == "calendar.coverage")
        #expect(code([["2020-01-02", "1", "2"], ["2020-01-02", "1", "2"]]) == "daily.order")
        #expect(code([["2020-01-02", "1", "2"], ["2020-01-01", "1", "2"]]) == "daily.order")
        for text in ["x", "1,5", "inf", "0x10"] { #expect(code([["2020-01-02", "1", text]]) == "daily.number", "\(text)") }
    }

    @Test func theFirstChangeOfHistoryIsNamed() throws {
        let rows = [["2020-01-02", "1", ""], ["2020-01-03", "2", "7"], ["2020-01-07", "3", "8"]]
        let old = try table(rows)
        func revision(_ rows: [[String]]) throws -> String? { try table(rows).firstRevision(of: old)?.description }
        #expect(try revision(rows) == nil)
        #expect(try revision(rows + [["2020-01-08", "9", "9"]]) == nil)
        #expect(try revision(Array(rows.prefix(2))) == nil)
        #expect(try revision([rows[0], ["2020-01-03", "2", "7.5"], rows[2]]) == "y of 2020-01-03 was 7.0 and is 7.5")
        #expect(try revision([["2020-01-02", "1", "4"], rows[1], rows[2]])?.hasPrefix("y of 2020-01-02 was nan") == true)
        #expect(try revision([rows[0], rows[2]]) == "the row of 2020-01-03 is gone")
        #expect(try revision([rows[0], rows[1], ["2020-01-06", "3", "8"], rows[2]]) == "a row of 2020-01-06 was inserted")
        let renamed = try table(rows, header: ["day", "x", "z"]).firstRevision(of: old)
        #expect(renamed?.date == nil && renamed?.description == "its columns are x, z and were x, y")
    }
}
