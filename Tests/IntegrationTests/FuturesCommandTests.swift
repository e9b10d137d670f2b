import Contracts
import Lake
import Pipeline
import Primitives
import TestKit
import Testing

/// `apus futures` as a user calls it, on ten days of ES minutes.
@Suite(.enabled(if: SharedData.has("es/minute_2013"), "../shared/data is absent"))
struct FuturesCommandTests {
    private static func run(_ line: String, _ folder: TemporaryFolder) throws -> ChildProcess.Result {
        let data = try #require(SharedData.path("es/minute_2013"))
        return try BuiltProgram.run(
            line.replacing("@", with: folder.path).replacing("DATA", with: data).split(separator: " ").map(String.init))
    }

    @Test func aSeriesAndItsRolls() throws {
        let folder = try TemporaryFolder()
        let line = "futures continuous --json --root es --contracts DATA --rule volume --adjust difference --out @/es.parquet"
        let result = try Self.run(line, folder)
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let document = try JSONParser.parse(result.output)
        #expect(document["series"] == "ES.volume-1.difference" && document["rows"] == 12_029 && document["files_read"] == 10)
        let roll = try #require(document["rolls"]?.arrayValue?.first)
        #expect(roll["time"] == "2013-12-18T23:00:00Z" && roll["from"] == "ESZ13" && roll["to"] == "ESH14")
        #expect(roll["difference"]?.doubleValue == -6)
        #expect(document["contracts"]?.arrayValue?.map { $0["offset"]?.doubleValue } == [-6, 0])
        #expect(folder.names() == ["es.parquet", "es.rolls.parquet"])
        let digest = try Digest.ofFile(folder.file("es.parquet"))
        #expect(document["files"]?.arrayValue?.first?["sha256"] == .string(digest.hex))
        #expect(try ParquetReader.table(folder.file("es.parquet")).rowCount == 12_029)
        // Again, from files named one by one in another order: the same bytes.
        let files = Folder.names(in: try #require(SharedData.path("es/minute_2013"))).filter { $0.hasSuffix("_trade.zip") }
        let options = files.reversed().map { "--contracts DATA/\($0)" }.joined(separator: " ")
        _ = try Self.run(line.replacing("--contracts DATA", with: options), folder)
        #expect(try Digest.ofFile(folder.file("es.parquet")) == digest)
    }

    @Test func peopleGetTables() throws {
        let folder = try TemporaryFolder()
        let rolls = try Self.run("futures rolls --root ES --contracts DATA --rule calendar --anchor month", folder)
        #expect(rolls.output.contains("2013-12-02T00:00:00Z  2013-12-02  -        calendar  ESZ13  ESH14     1805.5     1799.0"))
        let none = try Self.run("futures rolls --root ES --contracts DATA --rule volume --sessions 2", folder)
        #expect(none.output.contains("last_trade_date"))
        #expect(folder.names().isEmpty)
    }

    /// A failure leaves no file, nor does it touch the one that is there.
    @Test func whatFailsWritesNothing() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("as it was", to: folder.file("es.parquet"))
        for (line, code) in [
            ("--root NQ --rule volume --contracts DATA", "futures.contracts"),
            ("--root ES --rule open_interest --contracts DATA", "futures.activity"),
            ("--root ES --rule volume --contracts DATA/20131007_quote.zip", "futures.lean"),
        ] {
            let result = try Self.run("futures continuous --json --out @/es.parquet \(line)", folder)
            #expect(result.exitCode == 3)
            #expect(try JSONParser.parse(result.error)["error"]?["code"]?.stringValue == code)
        }
        #expect(folder.names() == ["es.parquet"])
        #expect(try FileBytes.readText(folder.file("es.parquet")) == "as it was")
    }
}
