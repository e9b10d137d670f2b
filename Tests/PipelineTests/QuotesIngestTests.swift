import Contracts
import Features
import Ingest
import Lake
import Market
import OrderFlow
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// Quotes from files in an inbox to features.
struct QuotesIngestTests {
    /// A workspace whose dataset `T` holds quotes of ESH4.
    private static func workspace(intervals: [JSONValue] = ["1m", "5m"]) throws -> SmallWorkspace {
        let small = try SmallWorkspace()
        small.trades["dataset_type"] = "quotes"
        small.trades["canonical_table_name"] = "t_quotes"
        small.quoteIntervals = intervals
        return small
    }

    private static func write(_ quotes: [RawQuote], to name: String, _ small: SmallWorkspace, schema: DBNSchema = .mbp1) throws {
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: schema, start: quotes[0].time, symbols: ["ESH4", "NQH4"])
        let first = try #require(CivilDate("2024-09-01")), last = try #require(CivilDate("2024-10-30"))
        metadata.mappings = zip(["ESH4", "NQH4"], [10, 11]).map { symbol, id in
            DBNSymbolMapping(rawSymbol: symbol, intervals: [DBNMappingInterval(start: first, end: last, symbol: "\(id)")])
        }
        let writer = try DBNWriter(path: "\(small.root)/inbox/t/\(name)", metadata: metadata, compress: false)
        try writer.append(quotes)
        try writer.finish()
    }

    private static func quotes(_ seed: UInt64, count: Int = 3_000, instruments: UInt64 = 1) -> [RawQuote] {
        var random = SeededGenerator(seed: seed)
        // In order of time, so that a cut at any record is one in time.
        return RandomQuotes.stream(&random, count: count, gap: 5, instruments: instruments).sorted { $0.tsRecv < $1.tsRecv }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func cutFilesAreOneRun(seed: UInt64) throws {
        let all = Self.quotes(seed)
        let whole = try Self.workspace()
        try Self.write(all, to: "all.dbn", whole)
        try whole.ingest("T")
        let digests = try whole.deriveDigests()
        #expect(digests.keys.sorted() == ["T_FULL.quotes_1m", "T_FULL.quotes_5m", "T_RTH.quotes_1m", "T_RTH.quotes_5m"])
        var random = SeededGenerator(seed: seed + 100)
        let cuts = [0, Int(random.next() % 3_000), Int(random.next() % 3_000), all.count].sorted()
        let parts = zip(cuts, cuts.dropFirst()).map { Array(all[$0..<$1]) }.filter { !$0.isEmpty }
        let cut = try Self.workspace()
        cut.threads = 2
        // The last part first.
        for index in parts.indices.reversed() {
            try Self.write(parts[index], to: "\(index).dbn", cut)
            try cut.ingest("T")
        }
        #expect(try cut.deriveDigests() == digests, "seed \(seed), cuts \(cuts)")
        #expect(try cut.status().coverage.map(\.rows).reduce(0, +) == 3_000)
        #expect(try cut.derive().allSatisfy { !$0.wasBuilt })
    }

    /// Two symbols in a file each, for the same hours, are one file with both.
    @Test func simultaneousFilesAreMerged() throws {
        let all = Self.quotes(7, instruments: 2)
        let apart = try Self.workspace(), together = try Self.workspace()
        try Self.write(all, to: "all.dbn", together)
        for (id, name) in [(10, "a"), (11, "b")] {
            try Self.write(all.filter { $0.instrumentID == id }, to: name + ".dbn", apart)
        }
        #expect(try together.ingest("T").count == 1 && apart.ingest("T").count == 2)
        #expect(try apart.deriveDigests() == together.deriveDigests())
    }

    @Test func aFileIsTakenOnceAndNeverChanged() throws {
        let small = try Self.workspace()
        try Self.write(Self.quotes(5), to: "a.dbn", small)
        #expect(try small.ingest("T").map(\.action) == [.added])
        #expect(try small.ingest("T").map(\.action) == [.unchanged])
        let record = try #require(try small.status().files.first?.record)
        #expect(record.schema == "quotes" && record.rows == 3_000 && record.rawPath.contains("GLBX.MDP3/T/t_quotes/"))
        try Self.write(Self.quotes(6), to: "a.dbn", small)
        let refused = #expect(throws: ApusError.self) { try small.ingest("T") }
        #expect(refused?.code == "ingest.revised")
        try Self.write(Self.quotes(5, count: 2_000), to: "b.dbn", small)
        try Folder.remove("\(small.root)/inbox/t/a.dbn")
        let overlap = #expect(throws: ApusError.self) { try small.ingest("T") }
        #expect(overlap?.code == "ingest.overlap" && overlap?.message.contains("hold quotes of one symbol") == true)
        #expect(try small.status().files.map(\.record.sourceName) == ["a.dbn"])
    }

    /// What a file does not hold is said by name, and nothing of it stays.
    @Test func filesOfAnotherSchemaAreRefused() throws {
        var random = SeededGenerator(seed: 1)
        let small = try Self.workspace()
        try small.write(SmallTrade.random("ESH4", 50, from: RandomQuotes.anchors[0], &random), to: "trades.dbn")
        let refused = #expect(throws: ApusError.self) { try small.ingest("T") }
        #expect(refused?.code == "dbn.schema" && refused?.description.contains("schema trades holds no quotes") == true)
        #expect(refused?.description.contains("trades.dbn") == true)
        #expect(try small.status().files.isEmpty && Folder.names(in: small.root + "/data/raw/GLBX.MDP3/T/t_quotes").isEmpty)
        guard let vector = SharedData.path("dbn/test_data.bbo-1s.dbn") else { return }
        let trades = try SmallWorkspace()
        try AtomicFile.write(try FileBytes.read(vector), to: trades.root + "/inbox/t/bbo.dbn")
        let other = #expect(throws: ApusError.self) { try trades.ingest("T") }
        #expect(other?.code == "dbn.schema" && other?.description.contains("schema bbo-1s holds no trades") == true)
    }

    /// The trades of an mbp-1 file fill a dataset of trades: the same bars as from the trades alone.
    @Test func tradesComeFromQuotesToo() throws {
        let parameters = SimulationParameters(startDate: try #require(CivilDate("2024-09-10")), tradesPerDay: 3_000)
        var tables: [[String: String]] = []
        for schema in Simulation.Schema.allCases {
            let small = try SmallWorkspace()
            _ = try Simulation.write(parameters, schema: schema, to: small.root + "/inbox/t/x.dbn")
            try small.ingest("T")
            tables.append(try small.deriveDigests())
        }
        #expect(tables[0] == tables[1] && tables[0].count == 8)
    }

    @Test func aSessionWithoutIntervalsIsNamed() throws {
        let small = try Self.workspace(intervals: [])
        try Self.write(Self.quotes(5), to: "a.dbn", small)
        try small.ingest("T")
        let error = #expect(throws: ApusError.self) { try small.derive() }
        #expect(error?.code == "config.value" && error?.description.contains("quote_intervals") == true)
    }

    /// Features of a table of quotes: built, without leaks, and explained down to the raw file.
    @Test func featuresReadTheTables() throws {
        let small = try Self.workspace(intervals: ["1m"])
        try Self.write(Self.quotes(9, count: 6_000), to: "a.dbn", small)
        try small.ingest("T")
        _ = try small.derive()
        func feature(_ id: String, _ column: JSONValue, _ transform: String, _ parameters: JSONValue = nil) -> JSONValue {
            [
                "feature_id": .string(id), "dataset_id": "T:quotes_1m:FULL", "input_col": column, "transform": .string(transform),
                "params_json": parameters, "instrument_scope": "ESH4", "missing_policy": "ffill",
            ]
        }
        small.features = [
            feature("micro", nil, "microprice"), feature("table_micro", "microprice", "level"),
            feature("queue", nil, "queue_imbalance"), feature("changes", nil, "order_flow_imbalance", ["window": 5]),
            feature("flow", "order_flow_imbalance", "rolling_sum", ["window": 5]), feature("bps", nil, "relative_spread_bps"),
            feature("paid", "effective_spread_bps", "sma", ["window": 10]),
        ]
        let workspace = try small.workspace
        func stage() throws -> FeatureStage { FeatureStage(workspace, registry: try workspace.registry()) }
        let built = try stage().build()
        #expect(built.count == 7 && built.allSatisfy { $0.rows > 100 })
        for outcome in try stage().audit() { #expect(outcome.leaks.isEmpty, "\(outcome.id)") }
        let time = try #require(built[0].asOf)
        let explained = try stage().explain("flow", at: time + -30_000_000_000)
        // Half a minute before the last row is known, the one before it is.
        #expect(try #require(explained.reading).availableAt <= time + -60_000_000_000)
        #expect(explained.sources.map(\.role) == ["T:quotes_1m:FULL", "raw"])
        #expect(explained.sources[1].path.hasSuffix("-a.dbn"))
        let micro = try stage().explain("micro", at: time), table = try stage().explain("table_micro", at: time)
        #expect(micro.reading?.value.isFinite == true && micro.reading?.value == table.reading?.value)
    }
}
