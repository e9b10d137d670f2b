import Contracts
import Lake
import Primitives
import TestKit
import Testing

@Suite struct TradeEnrichmentTests {
    private static let micros = ColumnType.timestampMicros(utc: false)

    private func signals(_ rows: [(Int64, String, Double?)], to path: String) throws {
        try ParquetWriter.write(
            Table([
                Column(ColumnSpec("timestamp", Self.micros), .ints(rows.map(\.0))),
                Column(ColumnSpec("asset", .string), .strings(rows.map(\.1))),
                Column(
                    ColumnSpec("score", .double, nullable: true), .doubles(rows.map { $0.2 ?? .nan }),
                    validity: rows.map { $0.2 != nil }),
            ]), to: path)
    }

    private func trades(_ rows: [(String, Int64, Int64)], to path: String) throws {
        try ParquetWriter.write(
            Table([
                Column(ColumnSpec("asset", .string), .strings(rows.map(\.0))),
                Column(ColumnSpec("entry_time", Self.micros), .ints(rows.map(\.1))),
                Column(ColumnSpec("exit_time", Self.micros), .ints(rows.map(\.2))),
                Column(ColumnSpec("entry_price", .double), .doubles(rows.map { _ in 1 })),
            ]), to: path)
    }

    @Test func takesTheLastKnownValueAndNeverALaterOne() throws {
        let folder = try TemporaryFolder("enrich")
        let (left, right, out) = (folder.file("t.parquet"), folder.file("s.parquet"), folder.file("o.parquet"))
        try trades([("B", 25, 30), ("A", 10, 19), ("A", 9, 20), ("C", 50, 60)], to: left)
        // Not in order; two values at 20, of which the second counts; a null is a value that is known to be missing.
        try signals(
            [("20", "A", 2.0), ("10", "A", 1.0), ("20", "A", 3.0), ("26", "B", 9.0), ("5", "B", nil)].map {
                (Int64($0.0) ?? 0, $0.1, $0.2)
            }, to: right)
        let summary = try TradeEnrichment.write(trades: left, signals: right, to: out)
        #expect(summary.columns == ["entry_score", "exit_score"])
        #expect(summary.trades == 4 && summary.withoutEntry == 2 && summary.withoutExit == 1)
        let table = try ParquetReader.table(out)
        #expect(table.schema.map(\.name) == ["asset", "entry_time", "exit_time", "entry_price", "entry_score", "exit_score"])
        #expect(table["asset"]?.strings == ["B", "A", "A", "C"])
        #expect(table["entry_score"]?.validity == [false, true, false, false])
        #expect(table["entry_score"]?.doubles[1] == 1)
        #expect(table["exit_score"]?.validity == [true, true, true, false])
        #expect(table["exit_score"]?.doubles.prefix(3) == [9, 1, 3])
        #expect(summary.digest == (try Digest.ofFile(out)))
    }

    /// Random signals of several types, unordered, with and without repeated times, against polars and ml4t-backtest.
    @Test(.enabled(if: Oracle.isInstalled312), arguments: [(true, true), (true, false), (false, false)], ResultSchema.allCases)
    func agreesWithPolars(kind: (byAsset: Bool, repeats: Bool), schema: ResultSchema) throws {
        let folder = try TemporaryFolder("enrich")
        let result = SampleResults.ml4t(seed: 3, bars: 300, trades: 200)
        var written = result
        written.metrics["profit_factor"] = nil
        try ResultFolder.write(written, manifest: [:], to: folder.file("run"), schema: schema)
        var generator = SeededGenerator(seed: 8)
        let start = try #require(result.equity.first).timestamp.microseconds
        let day = UnixNanos.perDay / UnixNanos.perMicrosecond
        // Without repeats the rows of one asset are days apart, in a random order.
        var keys: [(Int64, String)] = []
        for asset in kind.byAsset ? ["SPY", "QQQ", "ETH"] : [""] {
            for index in 0..<180 as Range<Int64> {
                let place = kind.repeats ? Int64(generator.next() % 150) : index * 2
                keys.append((start + (place + 10) * day + (index % 3 == 0 ? 0 : 1), asset))
            }
        }
        keys.shuffle(using: &generator)
        var columns = [Column(ColumnSpec("timestamp", Self.micros), .ints(keys.map(\.0)))]
        if kind.byAsset { columns.append(Column(ColumnSpec("asset", .string), .strings(keys.map(\.1)))) }
        columns += [
            Column(ColumnSpec("score", .double), .doubles(keys.map { _ in generator.nextNormal() })),
            Column(ColumnSpec("flag", .bool), .bools(keys.map { _ in generator.next() & 1 == 0 })),
            Column(ColumnSpec("regime", .string), .strings(keys.map { _ in ["bull", "bear"][Int(generator.next() % 2)] })),
            Column(
                ColumnSpec("rank", .int32, nullable: true), .ints(keys.indices.map { Int64($0) }),
                validity: keys.indices.map { $0 % 7 != 0 }),
        ]
        try ParquetWriter.write(Table(columns), to: folder.file("signals.parquet"))
        let names = ["rank", "score", "flag", "regime"]
        let trades = folder.file("run/trades.parquet")
        let summary = try TradeEnrichment.write(
            trades: trades, signals: folder.file("signals.parquet"), options: .init(columns: names),
            to: folder.file("out.parquet"))
        #expect(summary.withoutEntry > 0 && summary.withoutEntry < 200)
        let answer = try Oracle.run312(
            script: "lake_enrich.py",
            arguments: [trades, folder.file("signals.parquet"), folder.file("out.parquet"), kind.byAsset ? "asset" : "-"] + names)
        #expect(answer == (kind.repeats ? "" : "ml4t too\n") + "OK\n")
    }

    @Test func mistakesNameFileAndColumn() throws {
        let folder = try TemporaryFolder("enrich")
        let (left, right) = (folder.file("t.parquet"), folder.file("s.parquet"))
        try trades([("A", 10, 19)], to: left)
        try signals([(1, "A", 1)], to: right)
        func failure(_ options: TradeEnrichment.Options, trades: String? = nil) -> (String?, [String: String]) {
            let error = #expect(throws: ApusError.self) {
                try TradeEnrichment.write(trades: trades ?? left, signals: right, options: options, to: folder.file("o.parquet"))
            }
            return (error?.code, Dictionary((error?.context ?? []).map { ($0.key, $0.value) }) { first, _ in first })
        }
        for (options, column) in [
            (TradeEnrichment.Options(columns: ["rsi"]), "rsi"), (.init(timestampColumn: "time"), "time"),
            (.init(assetColumn: "ticker"), "ticker"),
        ] {
            let (code, context) = failure(options)
            #expect(code == "parquet.column" && context["file"] == right && context["column"] == column)
        }
        let (type, typeContext) = failure(.init(timestampColumn: "score", assetColumn: "asset"))
        #expect(type == "parquet.type" && typeContext["column"] == "score")
        let (missing, missingContext) = failure(.init(), trades: right)
        #expect(missing == "parquet.column" && missingContext["file"] == right && missingContext["column"] == "entry_time")
        // `entry_price` is a column of the trades.
        try ParquetWriter.write(
            Table([
                Column(ColumnSpec("timestamp", Self.micros), .ints([1])), Column(ColumnSpec("price", .double), .doubles([1])),
            ]), to: right)
        let (clash, clashContext) = failure(.init())
        #expect(clash == "enrich.column" && clashContext["column"] == "entry_price")
        #expect(folder.names() == ["s.parquet", "t.parquet"])
    }
}
