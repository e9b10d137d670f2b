import Contracts
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// What a csv file may look like, and what is said of one that cannot be read.
struct DelimitedSeriesTests {
    private static func refusal(_ text: String, _ settings: [String: JSONValue] = [:]) throws -> String {
        let small = try TimedIngestTests.workspace(settings)
        let error = #expect(throws: ApusError.self) { try TimedIngestTests.ingest(small, text) }
        #expect(try DatasetFiles(try small.workspace.registry(), "S").known.isEmpty)
        for store in ["raw", "canonical"] {
            #expect(FilePattern.expand("\(small.root)/data/\(store)/timed/S/s_5m/*").isEmpty)
        }
        return error.map { "\($0.code) \($0)" } ?? ""
    }

    private static func rows(_ text: String) throws -> DataAccess.DerivedSeries {
        let small = try TimedIngestTests.workspace()
        try TimedIngestTests.ingest(small, text)
        return try TimedIngestTests.rows(small)
    }

    /// Four hundred files in the forms that programs write, and what pandas reads in them.
    @Test(.enabled(if: Oracle.isInstalled)) func readsWhatPandasReads() throws {
        let small = try TimedIngestTests.workspace(["bar_frequency": "irregular", "known_time_rule": "label@ALWAYS_OPEN"])
        let dataset = try #require(try small.workspace.configuration.dataset("S"))
        let lines = try Oracle.run(script: "delimited_files.py", arguments: [small.root, "400"]).split(separator: "\n")
        #expect(lines.count == 400)
        var numbers = 0
        for line in lines {
            let expected = try JSONParser.parse(String(line))
            func texts(_ key: String) -> [String] { (expected[key]?.arrayValue ?? []).compactMap(\.stringValue) }
            let name = try #require(expected["file"]?.stringValue)
            let table = try TimedSource.read("\(small.root)/\(name)", dataset)
            #expect(table.times.map(\.rawValue) == (expected["times"]?.arrayValue ?? []).compactMap(\.intValue), "\(name)")
            #expect(table.names == texts("names") && table.leftOut == texts("left_out"), "\(name)")
            let columns = table.columns.map { $0.map { $0.isNaN ? "nan" : Self.hex($0.bitPattern) } }
            let wanted = (expected["columns"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.stringValue) }
            #expect(columns == wanted, "\(name)")
            numbers += columns.joined().count { $0 != "nan" }
        }
        #expect(numbers > 20_000)
    }

    private static func hex(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test(arguments: ["0x10", "1e", "nan(1)", "inf", "-Infinity", "1e999", "0x1p4", "1,5", "--1", "1_000", "x"])
    func whatIsNoNumberIsRefused(cell: String) throws {
        let refusal = try Self.refusal("time,close\n2024-03-10T00:00:00Z,1\n2024-03-10T00:05:00Z,\"\(cell)\"\n")
        #expect(refusal.hasPrefix("timed.number \"\(cell)\" is "), "\(refusal)")
        #expect(refusal.contains("dataset: S") && refusal.contains("s.csv, line: 3, column: close"), "\(refusal)")
        #expect(refusal.contains("infinite") == ["inf", "-Infinity", "1e999"].contains(cell))
        #expect(refusal.contains("decimals have a point") == (cell == "1,5"))
    }

    @Test func infinitiesAreNoTexts() throws {
        #expect(try Self.refusal("time,a,b\n2024-03-10T00:00:00Z,inf,1\n").contains("\"inf\" is infinite"))
    }

    /// A file of texts alone, such as one with decimal commas, is not taken for one without values.
    @Test func aFileWithoutNumbersIsRefused() throws {
        let refusal = try Self.refusal("time;open;close\n2024-03-10T00:00:00Z;1,5;1,6\n")
        #expect(refusal.hasPrefix("timed.number \"1,5\" is not a number: decimals have a point"), "\(refusal)")
        #expect(refusal.contains("line: 2, column: open"))
        #expect(try Self.rows("time\n2024-03-10T00:00:00Z\n").names.isEmpty)
    }

    @Test func semicolonsAndTabsSeparateCells() throws {
        for delimiter in [";", "\t"] {
            let text = "time,close,volume\n2024-03-10T00:00:00Z,10,\n2024-03-10T00:05:00Z,11,7\n".replacing(",", with: delimiter)
            let rows = try Self.rows(text)
            #expect(rows.names == ["close", "volume"] && rows.columns[0] == [10, 11] && rows.columns[1][1] == 7)
        }
    }

    @Test(arguments: [
        ("My data,,\n\ntime,close,volume\n", "line 3 has it: remove what stands above"),
        ("# from an exchange\ntime;close\n", "line 2 has it"), ("time|close\n1|2\n", "separated in another way"),
        ("time;close,volume\n", "separated in another way"), ("Time,close\n", "did you mean \"Time\"?"),
        ("1710028800,10.5\n1710029100,11\n", "put a row of names above it"), ("stamp,close\n", "is missing (dataset"),
    ]) func theHeaderIsExplained(text: String, words: String) throws {
        let refusal = try Self.refusal(text)
        #expect(refusal.hasPrefix("timed.column the column of timestamps \"time\" is missing"), "\(refusal)")
        #expect(refusal.contains(words) && refusal.contains("columns: "), "\(refusal)")
    }

    @Test func leftOutColumnsAreNamed() throws {
        let small = try TimedIngestTests.workspace()
        try small.write("time,symbol,close,note\n2024-03-10T00:00:00Z,BTC,10,\n2024-03-10T00:05:00Z,BTC,11,x\n", to: "s.csv")
        #expect(try small.ingest("S").map(\.leftOut) == [["symbol", "note"]])
        #expect(try small.ingest("S").map(\.leftOut) == [[]])
    }

    /// Instants whose sums would leave the range of 64 bits are refused, not computed with.
    @Test(arguments: ["1677-09-21T00:12:44", "2262-04-11 23:47", "2262-01-01"]) func theEndsOfTime(time: String) throws {
        for zone in ["UTC", "America/New_York"] {
            let refusal = try Self.refusal("time,close\n\(time),1\n", ["timestamp_tz": .string(zone)])
            #expect(refusal.contains("lies outside the years 1678 to 2261"), "\(refusal)")
        }
        #expect(try Self.refusal("time,close\n1700-01-01,1\n2199-01-01,2\n2199-01-01,3\n").contains("occurs twice"))
    }
}
