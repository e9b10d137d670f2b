public import Contracts
import Primitives

extension ResultFolder {
    /// Reads a folder that `write` made. A folder of another program has no fills and no exposure: no fills and 0 are given then.
    /// Instants are whole microseconds. Quantities of trades are units, their multiplier 1; their slippage stands at the exit.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.column`, `result.value` naming file and row.
    public static func read(_ folder: String) throws -> BacktestResult {
        let base = FolderPath.trim(folder) + "/"
        return BacktestResult(
            trades: try trades(ResultRows(base + "trades.parquet", ResultSchema.trades)),
            equity: try equity(base), dailyPnL: try days(ResultRows(base + "daily_pnl.parquet", ResultSchema.dailyPnL)),
            fills: try FileBytes.exists(base + "fills.parquet")
                ? fills(ResultRows(base + "fills.parquet", ResultSchema.fills)) : [],
            metrics: try metrics(base + "metrics.json"),
            configuration: try configuration(base + "config.yaml"))
    }

    private static func configuration(_ path: String) throws -> JSONValue {
        guard FileBytes.exists(path) else { return .null }
        do { return try YAML.parse(FileBytes.readText(path)) } catch let error as YAML.Failure {
            throw ApusError("result.value", "the configuration is not YAML", context: ["file": path], underlying: error)
        }
    }

    private static func metrics(_ path: String) throws -> [String: JSONValue] {
        let value: JSONValue
        do { value = try JSONParser.parse(bytes: FileBytes.read(path)) } catch let error as JSONParser.Failure {
            throw ApusError("result.value", "the metrics are not JSON", context: ["file": path], underlying: error)
        }
        guard let members = value.objectValue else {
            throw ApusError("result.value", "the metrics are no object", context: ["file": path])
        }
        return members
    }

    private static func trades(_ rows: ResultRows) throws -> [TradeRecord] {
        try (0..<rows.count).map { row in
            guard let reason = ExitReason(rawValue: rows.text("exit_reason", row)),
                let held = Int32(exactly: rows.int("bars_held", row))
            else { throw rows.failure("exit_reason", row) }
            let (quantity, slippage) = (rows.double("quantity", row), rows.double("slippage", row))
            return TradeRecord(
                asset: rows.text("asset", row), entryTime: rows.time("entry_time", row), exitTime: rows.time("exit_time", row),
                entryPrice: rows.double("entry_price", row), exitPrice: rows.double("exit_price", row),
                quantity: quantity, pnl: rows.double("pnl", row), pnlPercent: rows.double("pnl_percent", row),
                barsHeld: held, commission: rows.double("commission", row), slippage: slippage,
                exitSlippage: quantity == 0 ? 0 : slippage / abs(quantity), mfe: rows.double("mfe", row),
                mae: rows.double("mae", row), exitReason: reason)
        }
    }

    private static func equity(_ base: String) throws -> [EquityPoint] {
        let rows = try ResultRows(base + "equity.parquet", ResultSchema.equity)
        let path = base + "exposure.parquet"
        let exposure = try FileBytes.exists(path) ? ResultRows(path, ResultSchema.exposure) : nil
        guard exposure?.count ?? rows.count == rows.count else {
            throw ApusError("result.value", "exposure and equity have different rows", context: ["file": path])
        }
        return (0..<rows.count).map { row in
            EquityPoint(
                timestamp: rows.time("timestamp", row), equity: rows.double("equity", row),
                periodReturn: rows.double("return", row), cumulativeReturn: rows.double("cumulative_return", row),
                drawdown: rows.double("drawdown", row), highWaterMark: rows.double("high_water_mark", row),
                netExposure: exposure?.double("net_exposure", row) ?? 0)
        }
    }

    private static func days(_ rows: ResultRows) throws -> [DailyPnL] {
        try (0..<rows.count).map { row in
            guard let bars = Int32(exactly: rows.int("num_bars", row)) else { throw rows.failure("num_bars", row) }
            return DailyPnL(
                date: CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: rows.int("date", row))),
                openEquity: rows.double("open_equity", row), closeEquity: rows.double("close_equity", row),
                highEquity: rows.double("high_equity", row), lowEquity: rows.double("low_equity", row),
                pnl: rows.double("pnl", row), returnPct: rows.double("return_pct", row),
                cumulativeReturn: rows.double("cumulative_return", row), numBars: bars)
        }
    }

    private static func fills(_ rows: ResultRows) throws -> [FillRecord] {
        (0..<rows.count).map { row in
            FillRecord(
                orderID: rows.text("order_id", row), fillSequence: rows.int("fill_sequence", row), asset: rows.text("asset", row),
                time: rows.time("timestamp", row), decisionTime: rows.time("decision_time", row),
                signedQuantity: rows.double("contracts", row), price: rows.double("price", row),
                referencePrice: rows.double("reference_price", row), multiplier: rows.double("contract_multiplier", row),
                commission: rows.double("commission", row), spreadCost: rows.double("spread_cost", row),
                slippageCost: rows.double("slippage_cost", row), priceSource: rows.text("price_source", row),
                sameBar: rows.bool("same_bar", row), reason: rows.text("exit_reason", row))
        }
    }
}

/// The columns of one result file by name.
private struct ResultRows {
    let path: String
    let count: Int
    private let columns: [String: Column]

    /// Reads the columns of `schema` and checks their types. A null or an instant outside of `UnixNanos` is an error.
    init(_ path: String, _ schema: [ColumnSpec]) throws {
        let table = try ParquetReader.table(path, columns: schema.map(\.name))
        self.path = path
        count = table.rowCount
        for (column, spec) in zip(table.columns, schema) {
            guard column.spec.type == spec.type, column.validity == nil else {
                throw ApusError(
                    "result.value", "a column has another type or a null", context: ["file": path, "column": spec.name])
            }
            if spec.type == .timestampMicros(utc: false),
                let row = column.ints.firstIndex(where: { $0.multipliedReportingOverflow(by: 1000).overflow })
            {
                throw ApusError(
                    "result.value", "an instant lies outside of 1677 to 2262",
                    context: ["file": path, "column": spec.name, "row": String(row)])
            }
        }
        columns = Dictionary(table.columns.map { ($0.spec.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func text(_ name: String, _ row: Int) -> String { columns[name]?.strings[row] ?? "" }
    func double(_ name: String, _ row: Int) -> Double { columns[name]?.doubles[row] ?? .nan }
    func int(_ name: String, _ row: Int) -> Int64 { columns[name]?.ints[row] ?? 0 }
    func time(_ name: String, _ row: Int) -> UnixNanos { UnixNanos(int(name, row) * UnixNanos.perMicrosecond) }
    func bool(_ name: String, _ row: Int) -> Bool {
        if case .bools(let values)? = columns[name]?.values { values[row] } else { false }
    }

    func failure(_ column: String, _ row: Int) -> ApusError {
        ApusError(
            "result.value", "a value that the contract does not know",
            context: ["file": path, "column": column, "row": String(row)])
    }
}
