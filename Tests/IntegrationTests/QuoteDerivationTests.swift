import Ingest
import Lake
import Market
import OrderFlow
import Pipeline
import Primitives
import TestKit
import Testing

/// Tables of quotes, from files to Parquet, against a plain program.
@Suite("Tables of quotes equal the oracle's", .enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
struct QuoteDerivationTests {
    private static func compare(
        _ file: String, _ intervals: [String], _ session: SessionKind = .full, calendar: String = "CME_EQUITY"
    ) throws -> String {
        let folder = try TemporaryFolder()
        let request = QuoteRequest(
            calendar: calendar, session: session, intervals: intervals.compactMap { BarInterval($0) })
        let output = try QuoteDerivation.run(file: file, request: request, folder: folder.path)
        // The canonical form gives the same bytes.
        let canonical = folder.file("canonical.parquet")
        _ = try FileConversion.run(file, to: .canonicalQuotes, output: canonical, options: DBNConverter.Options())
        let again = try QuoteDerivation.run(file: canonical, request: request, folder: folder.file("again"))
        #expect(output.files.map(\.digest) == again.files.map(\.digest) && output.statistics == again.statistics)
        return try Oracle.run(script: "flow_quotes.py", arguments: [file, folder.path, session.rawValue, calendar])
    }

    /// A canonical file may be called like a table and lie where the tables go.
    @Test(.enabled(if: SharedData.has("dbn/test_data.bbo-1m.dbn"), "../shared/data is absent"))
    func aTableDoesNotReplaceTheFileItIsMadeFrom() throws {
        let folder = try TemporaryFolder()
        let quotes = folder.file("quotes_1s.parquet"), trades = folder.file("bars.parquet")
        for (name, format, path) in [("bbo-1m", FileConversion.Format.canonicalQuotes, quotes), ("trades", .canonical, trades)] {
            let file = try #require(SharedData.path("dbn/test_data.\(name).dbn"))
            _ = try FileConversion.run(file, to: format, output: path, options: DBNConverter.Options())
        }
        let before = try [quotes, trades].map { try Digest.ofFile($0) }
        let interval = try #require(BarInterval("1s"))
        let refusals = [
            #expect(throws: ApusError.self) {
                try QuoteDerivation.run(
                    file: quotes, request: QuoteRequest(calendar: "CME_EQUITY", session: .full, intervals: [interval]),
                    folder: folder.path)
            },
            #expect(throws: ApusError.self) {
                try FileDerivation.run(
                    file: trades,
                    request: FlowRequest(
                        calendar: "CME_EQUITY", session: .full, barIntervals: [interval], footprintInterval: nil,
                        cvdInterval: nil, bigTradeRules: [], tradeBars: []),
                    folder: folder.path)
            },
            #expect(throws: ApusError.self) {
                _ = try FileConversion.run(trades, to: .canonical, output: trades, options: DBNConverter.Options())
            },
        ]
        #expect(refusals.map { $0?.code } == ["input.overwrite", "input.overwrite", "input.overwrite"])
        #expect(try [quotes, trades].map { try Digest.ofFile($0) } == before)
        #expect(folder.names().sorted() == ["bars.parquet", "quotes_1s.parquet"])
    }

    @Test(.enabled(if: SharedData.has("es/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst"), "../shared/data is absent"))
    func es() throws {
        let file = try #require(SharedData.path("es/futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst"))
        #expect(try Self.compare(file, ["1s", "5s", "1m", "1d"]) == "ok 288 rows, 67 carried, 0 one-sided, 0 crossed\n")
        #expect(try Self.compare(file, ["1s"], .rth) == "ok 0 rows, 0 carried, 0 one-sided, 0 crossed\n")
    }

    @Test(
        .enabled(if: SharedData.has("dbn/test_data.bbo-1m.dbn"), "../shared/data is absent"),
        arguments: ["tbbo", "bbo-1s", "bbo-1m", "cmbp-1"])
    func vectors(schema: String) throws {
        let file = try #require(SharedData.path("dbn/test_data.\(schema).dbn"))
        #expect(try Self.compare(file, ["1s", "1m"]).hasPrefix("ok "))
    }

    @Test(arguments: [SessionKind.full, .rth]) func simulated(session: SessionKind) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("es.dbn.zst")
        let start = try #require(CivilDate("2024-09-12"))
        _ = try Simulation.write(
            SimulationParameters(seed: 5, startDate: start, days: 2, tradesPerDay: 3_000), schema: .quotes, to: file)
        let answer = try Self.compare(file, ["1m", "4h", "1d"], session)
        #expect(answer.hasPrefix("ok ") && !answer.contains(" 0 carried"), "\(answer)")
    }

    /// Books without a side, crossed and locked ones, disorder, several symbols, session ends.
    @Test(arguments: 0..<8) func random(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let gap = [0.2, 5, 60, 300][seed % 4]
        let quotes = RandomQuotes.stream(&random, count: 1_500, gap: gap)
        let folder = try TemporaryFolder()
        let file = folder.file("random.dbn")
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: .mbp1, start: quotes[0].time, symbols: ["A", "B", "C"])
        let dates = (try #require(CivilDate("2024-09-01")), try #require(CivilDate("2024-10-30")))
        metadata.mappings = zip(["B", "C", "A"], 10...12).map { name, id in
            DBNSymbolMapping(
                rawSymbol: name, intervals: [DBNMappingInterval(start: dates.0, end: dates.1, symbol: String(id))])
        }
        let writer = try DBNWriter(path: file, metadata: metadata, compress: false)
        try writer.append(quotes)
        try writer.finish()
        let calendar = seed % 3 == 2 ? "US_EQUITY" : "CME_EQUITY"
        let answer = try Self.compare(
            file, gap < 1 ? ["1s", "1m"] : gap < 100 ? ["1m", "5m", "1d"] : ["1h", "4h", "1d"], seed % 2 == 0 ? .full : .rth,
            calendar: calendar)
        #expect(answer.hasPrefix("ok "), "seed \(seed): \(answer)")
    }
}
