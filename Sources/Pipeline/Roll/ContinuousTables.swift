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

    private static func dates(_ name: String, _ values: [CivilDate]) -> Column {
        Column(ColumnSpec(name, .date), .ints(values.map { Int64($0.daysSinceEpoch) }))
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
            dates("session", rolls.map(\.session)),
            Column(
                ColumnSpec("decided", .date, nullable: true), .ints(decided.map { Int64($0?.daysSinceEpoch ?? 0) }),
                validity: decided.allSatisfy { $0 != nil } ? nil : decided.map { $0 != nil }),
            texts("reason", rolls.map(\.reason.rawValue)),
            texts("from_contract", rolls.map(\.from.code)), texts("to_contract", rolls.map(\.to.code)),
            dates("from_last_trade_date", rolls.map(\.from.lastTradeDate)),
            dates("to_last_trade_date", rolls.map(\.to.lastTradeDate)),
            prices("old_price", rolls.map(\.oldPrice)), prices("new_price", rolls.map(\.newPrice)),
            prices("ratio", rolls.map(\.ratio)), prices("difference", rolls.map(\.difference)),
        ])
    }

    /// Reads back the rolls that `write` put beside a series, so that a position in the series can be booked on the contracts.
    /// Nil where the series has no roll: then all of it is the contract that its rows name.
    /// - Throws: `ApusError` `parquet.*`, `futures.rolls` naming file and row.
    public static func schedule(_ path: String) throws -> RollSchedule? {
        let names = [
            "ts", "symbol", "session", "decided", "reason", "from_contract", "to_contract", "from_last_trade_date",
            "to_last_trade_date", "old_price", "new_price",
        ]
        let table = try ParquetReader.table(path, columns: names)
        func failure(_ row: Int, _ message: String) -> ApusError {
            ApusError("futures.rolls", message, context: ["file": path, "row": "\(row + 1)"])
        }
        let types = names.compactMap { table[$0]?.spec.type }
        let wanted = [.timestampMicros(utc: true), .string, .date, .date] + Array(repeating: ColumnType.string, count: 3)
        guard types == wanted + [.date, .date, .double, .double] else {
            throw failure(0, "the columns are not of the types that a table of rolls has")
        }
        let ints = table.columns.map(\.ints), texts = table.columns.map(\.strings), prices = table.columns.map(\.doubles)
        func date(_ column: Int, _ row: Int) -> CivilDate { CivilDate(daysSinceEpoch: Int32(clamping: ints[column][row])) }
        let rolls = try (0..<table.rowCount).map { row in
            func contract(_ name: Int, _ date: CivilDate) throws -> FuturesContract {
                do {
                    return try FuturesContract(texts[name][row], lastTradeDates: [texts[name][row]: date])
                } catch let error as FuturesError { throw failure(row, "\(error)") }
            }
            guard let reason = Roll.Reason(rawValue: texts[4][row]) else { throw failure(row, "the reason is not known") }
            return Roll(
                from: try contract(5, date(7, row)), to: try contract(6, date(8, row)), reason: reason,
                decided: table.columns[3].validity?[row] == false ? nil : date(3, row), session: date(2, row),
                time: UnixNanos(ints[0][row] * UnixNanos.perMicrosecond), oldPrice: prices[9][row], newPrice: prices[10][row])
        }
        guard let first = rolls.first else { return nil }
        let parts = texts[1][0].split(separator: ".")
        guard parts.count == 3, let rule = RollRule(String(parts[1])) else {
            throw failure(0, "the symbol is not ROOT.RULE.ADJUSTMENT")
        }
        for (row, (a, b)) in zip(rolls, rolls.dropFirst()).enumerated() where a.to != b.from || a.time >= b.time {
            throw failure(row + 1, "the roll does not follow the one before")
        }
        return RollSchedule(rule: rule, first: first.from, rolls: rolls)
    }

    /// Where the rolls of a series go: `es.rolls.parquet` beside `es.parquet`.
    public static func rollsPath(beside path: String) -> String {
        (path.hasSuffix(".parquet") ? String(path.dropLast(8)) : path) + ".rolls.parquet"
    }

    /// Writes the series to a path and its rolls beside it. Neither appears before both are whole.
    /// - Throws: `ApusError` `file.write`, `parquet.*`.
    public static func write(_ series: ContinuousSeries, to path: String, protecting inputs: [String] = []) throws
        -> [ParquetSummary]
    {
        let metadata = [
            (key: "apus.series", value: series.name), (key: "apus.rule", value: "\(series.schedule.rule)"),
            (key: "apus.adjustment", value: "\(series.adjustment)"),
        ]
        let tables = [(path, Self.series(series)), (rollsPath(beside: path), rolls(series))]
        for (path, _) in tables { try FileBytes.protect(inputs, from: path) }
        let writers = try tables.map { path, table in
            let writer = try ParquetWriter(path, schema: table.schema, options: .init(metadata: metadata))
            try writer.append(table)
            return writer
        }
        return try writers.map { try $0.finish() }
    }
}
