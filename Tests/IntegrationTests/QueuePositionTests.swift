import Contracts
import Lake
import Primitives
import TestKit
import Testing

/// Real quotes and trades of a future decide whether two limit orders fill.
@Suite struct QueuePositionTests {
    private static let folder = "es/"
    private static let window = "_2024-07-01T23-58_2024-07-02T00-02.dbn.zst"
    private static let quotes = SharedData.path(folder + "futures_mbp-1" + window)
    private static let trades = SharedData.path(folder + "futures_trades" + window)
    /// 2024-07-01T23:58:00Z; bars of one minute.
    private static let start: Int64 = 1_719_878_280_000_000_000

    /// Order, units and microseconds of every fill.
    private func run(_ folder: TemporaryFolder, queue: Bool, _ name: String) throws -> [(id: String, units: Double, time: Int64)]
    {
        let config = """
            cash: {initial: 1000000}
            account: {allow_short_selling: true}
            calendar: {data_frequency: 1m}
            apus:
              trades: \(folder.file("trades.parquet"))
              quotes: \(folder.file("quotes.parquet"))
              queue_position: \(queue)
            """
        try AtomicFile.write(config + "\n", to: folder.file(name + ".yaml"))
        let run = try BuiltProgram.run([
            "backtest", "signals", "--prices", folder.file("prices.parquet"), "--orders", folder.file("orders.parquet"),
            "--config", folder.file(name + ".yaml"), "--out", folder.file(name), "--json",
        ])
        try #require(run.exitCode == 0, "\(run.error)")
        #expect(try JSONParser.parse(bytes: Array(run.output.utf8))["bars_without_events"] == 0)
        let manifest = try FileBytes.readText(folder.file(name + "/run_manifest.json"))
        #expect(manifest.contains("quotes.parquet") && manifest.contains("trades.parquet"))
        let fills = try ParquetReader.table(folder.file(name + "/fills.parquet"))
        func column(_ name: String) throws -> Column { try #require(fills.columns.first { $0.spec.name == name }) }
        let ids = try column("order_id"), units = try column("quantity"), times = try column("timestamp")
        guard case .strings(let names) = ids.values, case .doubles(let sizes) = units.values else { return [] }
        return names.indices.map { (names[$0], sizes[$0].magnitude, times.ints[$0]) }
    }

    /// Order 1 buys one lot at the best bid, 5528.50, from 23:59 on: 29 lots are ahead, at least 17 at any time, and two trade.
    ///
    /// Order 2 sells three lots at the best ask, 5529.00, from midnight on: 23 are ahead. Nine trade and leave 14; the quote
    /// shrinks to 13; ten, one and three more trade, and the last lot of the three is ours. The next trade is one lot, ours. Then
    /// somebody bids 5529.00 and the rest fills.
    @Test(.enabled(if: quotes != nil && trades != nil, "needs ../shared/data/es")) func theQueueDecides() throws {
        let folder = try TemporaryFolder()
        for (source, name) in [(Self.quotes, "quotes"), (Self.trades, "trades")] {
            let run = try BuiltProgram.run([
                "dbn", "convert", "--to", "parquet", try #require(source), folder.file(name + ".parquet"),
            ])
            try #require(run.exitCode == 0, "\(run.error)")
        }
        let labels = (0..<3).map { Self.start + Int64($0) * UnixNanos.perMinute }
        let time = ColumnSpec("timestamp", .timestampNanos(utc: true))
        let flat = ColumnValues.doubles([5528.75, 5528.75, 5529])
        _ = try ParquetWriter.write(
            Table(
                [Column(time, .ints(labels)), Column(ColumnSpec("asset", .string), .strings(["ESU4", "ESU4", "ESU4"]))]
                    + ["open", "high", "low", "close"].map { Column(ColumnSpec($0, .double), flat) }),
            to: folder.file("prices.parquet"))
        _ = try ParquetWriter.write(
            Table([
                Column(time, .ints([labels[0], labels[1]])),
                Column(ColumnSpec("asset", .string), .strings(["ESU4", "ESU4"])),
                Column(ColumnSpec("id", .string), .strings(["buy", "sell"])),
                Column(ColumnSpec("action", .string), .strings(["submit", "submit"])),
                Column(ColumnSpec("side", .string), .strings(["buy", "sell"])),
                Column(ColumnSpec("type", .string), .strings(["limit", "limit"])),
                Column(ColumnSpec("quantity", .double), .doubles([1, 3])),
                Column(ColumnSpec("limit_price", .double), .doubles([5528.5, 5529])),
            ]), to: folder.file("orders.parquet"))
        let touched = try run(folder, queue: false, "touched")
        #expect(touched.map(\.id) == ["ORD-1", "ORD-2"])
        #expect(touched.map(\.units) == [1, 3])
        #expect(touched.map(\.time) == [1_719_878_353_644_276, 1_719_878_400_020_838])
        let queued = try run(folder, queue: true, "queued")
        #expect(queued.map(\.id) == ["ORD-2", "ORD-2", "ORD-2"])
        #expect(queued.map(\.units) == [1, 1, 1])
        #expect(queued.map(\.time) == [1_719_878_400_279_617, 1_719_878_400_279_936, 1_719_878_400_280_022])
    }
}
