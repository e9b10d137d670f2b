import Contracts
import Lake
import Market
import OrderFlow
import Primitives

/// The Parquet form of the derived tables.
enum FlowTables {
    private static let time = ColumnSpec("ts", .timestampMicros(utc: true))
    private static let symbol = ColumnSpec("symbol", .string)

    static let bars =
        [time, symbol] + ["open", "high", "low", "close"].map { ColumnSpec($0, .double) }
        + ["volume", "buy_volume", "sell_volume", "unknown_volume", "trade_count"].map { ColumnSpec($0, .int64) }

    static let tradeBars =
        [time, ColumnSpec("ts_end", .timestampMicros(utc: true)), symbol]
        + ["open", "high", "low", "close"].map { ColumnSpec($0, .double) }
        + ["volume", "buy_volume", "sell_volume", "unknown_volume", "trade_count"].map { ColumnSpec($0, .int64) }
        + ["vwap", "dollar_volume"].map { ColumnSpec($0, .double) }

    static let flow =
        [time, symbol] + ["vwap", "dollar_volume"].map { ColumnSpec($0, .double) }
        + ["delta", "min_delta", "max_delta", "buy_trades", "sell_trades"].map { ColumnSpec($0, .int64) }
        + [ColumnSpec("mean_size", .double)]
        + ["max_size", "median_size", "p90_size", "p99_size"].map { ColumnSpec($0, .int64) }
        + [
            "signed_root_volume", "signed_root_dollar_volume", "point_of_control", "value_area_high", "value_area_low",
        ].map { ColumnSpec($0, .double) }
        + [
            "buy_imbalances", "sell_imbalances", "buy_imbalance_stack", "sell_imbalance_stack", "big_trades", "big_volume",
        ].map { ColumnSpec($0, .int64) }

    static let footprint =
        [time, symbol, ColumnSpec("price", .double)]
        + ["buy_volume", "sell_volume", "unknown_volume", "trade_count"].map { ColumnSpec($0, .int64) }

    static let cvd =
        [time, symbol] + ["buy_volume", "sell_volume", "delta", "cvd", "cvd_session"].map { ColumnSpec($0, .int64) }

    static let bigTrades = [
        time, symbol, ColumnSpec("price", .double), ColumnSpec("size", .int64), ColumnSpec("side", .string),
        ColumnSpec("rule", .string), ColumnSpec("threshold", .double),
    ]
}

/// Writes the derived tables of one pass into Parquet files, which appear when the pass is complete.
final class ParquetFlowSink: FlowSink, TradeBarSink, FlowDetailSink {
    /// File name without `.parquet` of each table.
    struct Names {
        let bars: [(interval: BarInterval, name: String)]
        /// nil where the table is not wanted.
        var footprint: String?
        var cvd: String?
        var bigTrades: String?
        var tradeBars: [TradeBarRule] = []
        var flow: String?
    }

    /// The aggregator's symbols, set before the first rows arrive and read when they do: the list grows with the stream.
    var symbols: () -> [String] = { [] }
    private let barWriters: [(interval: BarInterval, writer: ParquetWriter)]
    private let footprint: ParquetWriter?
    private let cvd: ParquetWriter?
    private let bigTrades: ParquetWriter?
    private let tradeBarWriters: [(rule: TradeBarRule, writer: ParquetWriter)]
    private let flow: ParquetWriter?
    private let rules: [String]

    /// - Parameter input: the file that is read, which no table may replace.
    /// - Throws: `ApusError` `file.write`, `input.overwrite`.
    init(folder: String, names: Names, rules: [BigTradeRule], input: String? = nil) throws {
        func writer(_ name: String, _ schema: [ColumnSpec]) throws -> ParquetWriter {
            let path = "\(folder)/\(name).parquet"
            if let input { try FileBytes.protect([input], from: path) }
            return try ParquetWriter(path, schema: schema)
        }
        barWriters = try names.bars.map { ($0.interval, try writer($0.name, FlowTables.bars)) }
        footprint = try names.footprint.map { try writer($0, FlowTables.footprint) }
        cvd = try names.cvd.map { try writer($0, FlowTables.cvd) }
        bigTrades = try names.bigTrades.map { try writer($0, FlowTables.bigTrades) }
        tradeBarWriters = try names.tradeBars.map { ($0, try writer($0.table, FlowTables.tradeBars)) }
        flow = try names.flow.map { try writer($0, FlowTables.flow) }
        self.rules = rules.map(\.description)
    }

    func take(_ rows: BarColumns, interval: BarInterval) throws {
        for (candidate, writer) in barWriters where candidate == interval {
            try writer.append([
                .int64(rows.start.map(Self.micros)), .coded(rows.symbol, texts: symbols()), .double(rows.open),
                .double(rows.high),
                .double(rows.low), .double(rows.close), .int64(rows.volume), .int64(rows.buyVolume), .int64(rows.sellVolume),
                .int64(rows.unknownVolume), .int64(rows.tradeCount),
            ])
        }
    }

    func take(_ rows: FootprintColumns) throws {
        try footprint?.append([
            .int64(rows.start.map(Self.micros)), .coded(rows.symbol, texts: symbols()), .double(rows.price),
            .int64(rows.buyVolume),
            .int64(rows.sellVolume), .int64(rows.unknownVolume), .int64(rows.tradeCount),
        ])
    }

    func take(_ rows: CVDColumns) throws {
        try cvd?.append([
            .int64(rows.start.map(Self.micros)), .coded(rows.symbol, texts: symbols()), .int64(rows.buyVolume),
            .int64(rows.sellVolume),
            .int64(rows.delta), .int64(rows.cvd), .int64(rows.cvdSession),
        ])
    }

    func take(_ rows: BigTradeColumns) throws {
        try bigTrades?.append([
            .int64(rows.time.map(Self.micros)), .coded(rows.symbol, texts: symbols()), .double(rows.price), .int64(rows.size),
            .character(rows.side), .coded(rows.rule, texts: rules), .double(rows.threshold),
        ])
    }

    func take(_ rows: TradeBarColumns, rule: TradeBarRule, symbols: [String]) throws {
        for (candidate, writer) in tradeBarWriters where candidate == rule {
            try writer.append([
                // The end is rounded up: what is known a part of a microsecond later was not known before.
                .int64(rows.start.map(Self.micros)), .int64(rows.end.map { Self.micros($0 + 999) }),
                .coded(rows.symbol, texts: symbols), .double(rows.open), .double(rows.high), .double(rows.low),
                .double(rows.close), .int64(rows.volume), .int64(rows.buyVolume), .int64(rows.sellVolume),
                .int64(rows.unknownVolume), .int64(rows.tradeCount), .double(rows.vwap), .double(rows.dollarVolume),
            ])
        }
    }

    func take(_ rows: [FlowDetailRow], symbols: [String]) throws {
        try flow?.append([
            .int64(rows.map { Self.micros($0.start) }), .coded(rows.map(\.symbol), texts: symbols), .double(rows.map(\.vwap)),
            .double(rows.map(\.dollarVolume)), .int64(rows.map(\.delta)), .int64(rows.map(\.minDelta)),
            .int64(rows.map(\.maxDelta)), .int64(rows.map(\.buyTrades)), .int64(rows.map(\.sellTrades)),
            .double(rows.map(\.meanSize)), .int64(rows.map(\.maxSize)), .int64(rows.map(\.medianSize)),
            .int64(rows.map(\.p90Size)), .int64(rows.map(\.p99Size)), .double(rows.map(\.signedRootVolume)),
            .double(rows.map(\.signedRootDollarVolume)), .double(rows.map(\.pointOfControl)),
            .double(rows.map(\.valueAreaHigh)), .double(rows.map(\.valueAreaLow)), .int64(rows.map(\.buyImbalances)),
            .int64(rows.map(\.sellImbalances)), .int64(rows.map(\.buyImbalanceStack)),
            .int64(rows.map(\.sellImbalanceStack)), .int64(rows.map(\.bigTrades)), .int64(rows.map(\.bigVolume)),
        ])
    }

    /// Makes the files visible, tables in a fixed order.
    func finish() throws -> [ParquetSummary] {
        try barWriters.map { try $0.writer.finish() } + [footprint, cvd, bigTrades].compactMap { try $0?.finish() }
            + tradeBarWriters.map { try $0.writer.finish() } + [flow].compactMap { try $0?.finish() }
    }

    private static func micros(_ nanos: Int64) -> Int64 { nanos.flooredDivision(by: 1_000) }
}
