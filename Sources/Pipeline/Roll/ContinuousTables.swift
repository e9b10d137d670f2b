public import Contracts
public import Lake
public import Market
import Primitives

/// The Parquet form of a continuous series and of its rolls.
public enum ContinuousTables {
    private static func doubles(_ name: String, _ values: [Double]) -> Column {
        let validity = values.map { !$0.isNaN }
        let isWhole = validity.allSatisfy { $0 }
        return Column(ColumnSpec(name, .double, nullable: true), .doubles(values), validity: isWhole ? nil : validity)
    }

    private static func prices(_ name: String, _ values: [Double]) -> Column {
        Column(ColumnSpec(name, .double), .doubles(values))
    }

    private static func texts(_ name: String, _ values: [String]) -> Column {
        Column(ColumnSpec(name, .string), .strings(values))
    }

    private static func micros(_ times: [UnixNanos]) -> Column {
        Column(ColumnSpec("ts", .timestampMicros(utc: true)), .ints(times.map(\.microseconds)))
    }

    /// `ts, symbol, contract`, adjusted prices, volume and open interest, prices as traded, factor and offset:
    /// `open = raw_open x factor + offset`, and so for high, low and close.
    public static func series(_ series: ContinuousSeries) -> Table {
        func perRow<Value>(_ value: (Int) -> Value) -> [Value] {
            series.segments.enumerated().flatMap { index, rows in Array(repeating: value(index), count: rows.count) }
        }
        let raw = [
            ("open", series.rawOpen), ("high", series.rawHigh), ("low", series.rawLow), ("close", series.rawClose),
        ]
        return Table(
            [
                micros(series.times), texts("symbol", Array(repeating: series.name, count: series.count)),
                texts("contract", perRow { series.schedule.contracts[$0].code }),
            ] + raw.map { prices($0, series.adjusted($1)) } + [
                doubles("volume", series.volume), doubles("open_interest", series.openInterest),
            ] + raw.map { prices("raw_" + $0, $1) } + [
                prices("factor", perRow { series.scales[$0].factor }), prices("offset", perRow { series.scales[$0].offset }),
            ])
    }

    /// A row a roll: when, why, from which contract to which, and both prices.
    public static func rolls(_ series: ContinuousSeries) -> Table {
        let rolls = series.schedule.rolls
        let decided = rolls.map(\.decided)
        return Table([
            micros(rolls.map(\.time)), texts("symbol", Array(repeating: series.name, count: rolls.count)),
            Column(ColumnSpec("session", .date), .ints(rolls.map { Int64($0.session.daysSinceEpoch) })),
            Column(
                ColumnSpec("decided", .date, nullable: true), .ints(decided.map { Int64($0?.daysSinceEpoch ?? 0) }),
                validity: decided.allSatisfy { $0 != nil } ? nil : decided.map { $0 != nil }),
            texts("reason", rolls.map(\.reason.rawValue)),
            texts("from_contract", rolls.map(\.from.code)), texts("to_contract", rolls.map(\.to.code)),
            Column(
                ColumnSpec("from_last_trade_date", .date), .ints(rolls.map { Int64($0.from.lastTradeDate.daysSinceEpoch) })),
            prices("old_price", rolls.map(\.oldPrice)), prices("new_price", rolls.map(\.newPrice)),
            prices("ratio", rolls.map(\.ratio)), prices("difference", rolls.map(\.difference)),
        ])
    }

    /// Where the rolls of a series go: `es.rolls.parquet` beside `es.parquet`.
    public static func rollsPath(beside path: String) -> String {
        (path.hasSuffix(".parquet") ? String(path.dropLast(8)) : path) + ".rolls.parquet"
    }

    /// Writes the series to a path and its rolls beside it. Neither appears before both are whole.
    /// - Throws: `ApusError` `file.write`, `parquet.*`.
    public static func write(_ series: ContinuousSeries, to path: String) throws -> [ParquetSummary] {
        let metadata = [
            (key: "apus.series", value: series.name), (key: "apus.rule", value: "\(series.schedule.rule)"),
            (key: "apus.adjustment", value: "\(series.adjustment)"),
        ]
        let tables = [(path, Self.series(series)), (rollsPath(beside: path), rolls(series))]
        let writers = try tables.map { path, table in
            let writer = try ParquetWriter(path, schema: table.schema, options: .init(metadata: metadata))
            try writer.append(table)
            return writer
        }
        return try writers.map { try $0.finish() }
    }
}
