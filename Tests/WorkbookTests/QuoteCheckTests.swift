import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// What the check says of datasets of quotes and of the tables that come from them.
struct QuoteCheckTests {
    private static func problems(_ sheet: String, _ id: (String, String), _ changes: [String: JSONValue?]) throws -> [String] {
        var rows = SampleWorkbook.rows
        let index = try #require(rows[sheet]?.firstIndex { $0[id.0]?.stringValue == id.1 })
        for (column, value) in changes { rows[sheet]?[index][column] = value }
        let folder = try TemporaryFolder("quotes")
        try WorkbookTemplate.write(to: folder.file("x.xlsx"), sample: rows)
        return try ConfigurationFile.load(folder.file("x.xlsx")).problems.map(\.description)
    }

    @Test(
        arguments: [
            ("ES_QUOTES_FULL", "quote_intervals", nil, "quote_intervals is required for a dataset of quotes"),
            ("ES_QUOTES_FULL", "bar_intervals", ["1m"], "bar_intervals must be blank for a dataset of quotes"),
            ("ES_QUOTES_FULL", "flow_interval", "1m", "flow_interval must be blank for a dataset of quotes"),
            ("ES_QUOTES_FULL", "big_trade_rule", "fixed", "big_trade_rule must be blank for a dataset of quotes"),
            ("ES_QUOTES_FULL", "dataset_id", "SP500", "is a daily series; sessions are for trades and quotes"),
            ("ES_FULL", "quote_intervals", ["1s"], "quote_intervals must be blank for a dataset of trades"),
            ("ES_FULL", "bar_intervals", nil, "bar_intervals is required for a dataset of trades"),
        ] as [(String, String, JSONValue?, String)])
    func sessions(row: String, column: String, value: JSONValue?, words: String) throws {
        let found = try Self.problems("SESSIONS", ("session_id", row), [column: value])
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test(
        arguments: [
            ("dataset_id", "ES_QUOTES", "\"ES_QUOTES\" holds quotes; name a table derived from it"),
            ("dataset_id", "ES_QUOTES:bars_1m:FULL", "holds quotes, from which no bars_1m is derived"),
            ("dataset_id", "ES_TRADES:quotes_1s:FULL", "holds trades, from which no quotes_1s is derived"),
            ("dataset_id", "ES_QUOTES:quotes_5s:FULL", "it builds quotes_1s, quotes_1m"),
            ("dataset_id", "ES_QUOTES:quotes_1s:RTH", "no enabled row of SESSIONS builds the session RTH of ES_QUOTES"),
            ("input_col", "order_flow_imbalanse", "did you mean \"order_flow_imbalance\"?"),
            ("input_col", "ES_TRADES:quotes_1s:FULL!mid", "holds trades, from which no quotes_1s is derived"),
            ("instrument_scope", "", "instrument_scope is required for a derived table"),
        ])
    func features(column: String, value: String, words: String) throws {
        let found = try Self.problems(
            "FEATURE_LIBRARY", ("feature_id", "es_ofi"), [column: value.isEmpty ? nil : .string(value)])
        #expect(found.count == 1 && found.first?.contains(words) == true, "\(found)")
    }

    @Test func datasets() throws {
        let found = try Self.problems("DATASETS", ("dataset_id", "ES_QUOTES"), ["bar_frequency": "trade"])
        #expect(found.count == 1 && found.first?.contains("use quote") == true, "\(found)")
        let daily = try Self.problems("DATASETS", ("dataset_id", "ES_QUOTES"), ["known_time_rule": "18:00@US_EQUITY"])
        #expect(daily.count == 1 && daily.first?.contains("for quotes, which carry their own times") == true, "\(daily)")
        let csv = try Self.problems("DATASETS", ("dataset_id", "ES_QUOTES"), ["source_type": "csv"])
        #expect(csv.count == 1 && csv.first?.contains("csv cannot hold quotes") == true, "\(csv)")
    }

    /// A feature of quotes may be of an instrument whose prices are elsewhere.
    @Test func anInstrumentsQuotesMayBeInAnotherDataset() throws {
        #expect(try Self.problems("FEATURE_LIBRARY", ("feature_id", "es_ofi"), ["instrument_scope": "ESH4"]).isEmpty)
    }
}
