public import Contracts
import Primitives

extension ResultFolder {
    /// The layout of a folder, by the columns of its trades.
    /// - Throws: `ApusError` `parquet.read`.
    public static func schema(of folder: String) throws -> ResultSchema {
        let columns = try ParquetReader.schema(FolderPath.trim(folder) + "/trades.parquet")
        return columns.contains { $0.name == "symbol" } ? .ml4t02 : .v1
    }

    /// Reads a folder of either layout, ours or another program's.
    ///
    /// Instants are whole microseconds. What a layout has no column for is lost: 1.0.0 knows units but no multiplier (it is 1
    /// then), the slippage of both ends as one (it stands at the exit) and no rejected orders; 0.2.0 knows no time of decision
    /// (it is that of the fill) and spread and slippage of a fill as one. Written again in its own layout a result is the same.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.column`, `result.value` naming file and row.
    public static func read(_ folder: String) throws -> BacktestResult {
        let base = FolderPath.trim(folder) + "/"
        switch try schema(of: folder) {
        case .v1:
            return BacktestResult(
                trades: try trades(ResultFile(base + "trades.parquet", ResultColumns.trades)), equity: try equity(base),
                dailyPnL: try days(ResultFile(base + "daily_pnl.parquet", ResultColumns.dailyPnL)),
                fills: try FileBytes.exists(base + "fills.parquet")
                    ? fills(ResultFile(base + "fills.parquet", ResultColumns.fills, optional: ResultColumns.conversion)) : [],
                metrics: try metrics(base + "metrics.json"), configuration: try configuration(base + "config.yaml"))
        case .ml4t02:
            return BacktestResult(
                trades: try ML4TReader.trades(ResultFile(base + "trades.parquet", ML4TColumns.trades)),
                equity: try ML4TReader.equity(base),
                dailyPnL: try days(ResultFile(base + "daily_pnl.parquet", ResultColumns.dailyPnL)),
                fills: try FileBytes.exists(base + "fills.parquet")
                    ? ML4TReader.fills(
                        ResultFile(base + "fills.parquet", ML4TColumns.fills, optional: ML4TColumns.conversion)) : [],
                rejectedOrders: try FileBytes.exists(base + "rejected_orders.parquet")
                    ? ML4TReader.rejectedOrders(ResultFile(base + "rejected_orders.parquet", ML4TColumns.rejectedOrders)) : [],
                metrics: try metrics(base + "metrics.json").mapValues(ML4TArtifact.untagged),
                configuration: try configuration(base + "config.yaml"))
        }
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

    private static func trades(_ file: ResultFile) throws -> [TradeRecord] {
        let (assets, entryTimes, exitTimes) = (file.strings("asset"), file.times("entry_time"), file.times("exit_time"))
        let (entryPrices, exitPrices) = (file.doubles("entry_price"), file.doubles("exit_price"))
        let (quantities, pnls, fractions) = (file.doubles("quantity"), file.doubles("pnl"), file.doubles("pnl_percent"))
        let (held, commissions, slippages) = (try file.int32s("bars_held"), file.doubles("commission"), file.doubles("slippage"))
        let (mfes, maes) = (file.doubles("mfe"), file.doubles("mae"))
        let reasons = try file.words("exit_reason") { ExitReason(name: $0) }
        return (0..<file.count).map { row in
            let quantity = quantities[row]
            return TradeRecord(
                asset: assets[row], entryTime: entryTimes[row], exitTime: exitTimes[row], entryPrice: entryPrices[row],
                exitPrice: exitPrices[row], quantity: quantity, pnl: pnls[row], pnlPercent: fractions[row],
                barsHeld: held[row], commission: commissions[row], slippage: slippages[row],
                exitSlippage: quantity == 0 ? 0 : slippages[row] / abs(quantity), mfe: mfes[row], mae: maes[row],
                exitReason: reasons[row])
        }
    }

    private static func equity(_ base: String) throws -> [EquityPoint] {
        let file = try ResultFile(base + "equity.parquet", ResultColumns.equity)
        let exposure = try exposure(base, rows: file.count)
        let (times, values, returns) = (file.times("timestamp"), file.doubles("equity"), file.doubles("return"))
        let (cumulative, drawdowns) = (file.doubles("cumulative_return"), file.doubles("drawdown"))
        let highs = file.doubles("high_water_mark")
        return (0..<file.count).map { row in
            EquityPoint(
                timestamp: times[row], equity: values[row], periodReturn: returns[row], cumulativeReturn: cumulative[row],
                drawdown: drawdowns[row], highWaterMark: highs[row], netExposure: exposure?[row] ?? 0)
        }
    }

    /// Net exposure bar by bar; nil in a folder of another program.
    static func exposure(_ base: String, rows: Int) throws -> [Double]? {
        let path = base + "exposure.parquet"
        guard FileBytes.exists(path) else { return nil }
        let file = try ResultFile(path, ResultColumns.exposure)
        guard file.count == rows else {
            throw ApusError("result.value", "exposure and equity have different rows", context: ["file": path])
        }
        return file.doubles("net_exposure")
    }

    /// Both layouts have the same columns in another order.
    private static func days(_ file: ResultFile) throws -> [DailyPnL] {
        let (dates, opens, closes) = (try file.int32s("date"), file.doubles("open_equity"), file.doubles("close_equity"))
        let (highs, lows, pnls) = (file.doubles("high_equity"), file.doubles("low_equity"), file.doubles("pnl"))
        let (returns, cumulative) = (file.doubles("return_pct"), file.doubles("cumulative_return"))
        let bars = try file.int32s("num_bars")
        return (0..<file.count).map { row in
            DailyPnL(
                date: CivilDate(daysSinceEpoch: dates[row]), openEquity: opens[row], closeEquity: closes[row],
                highEquity: highs[row], lowEquity: lows[row], pnl: pnls[row], returnPct: returns[row],
                cumulativeReturn: cumulative[row], numBars: bars[row])
        }
    }

    private static func fills(_ file: ResultFile) throws -> [FillRecord] {
        let (orders, sequence, assets) = (file.strings("order_id"), file.ints("fill_sequence"), file.strings("asset"))
        let (times, decisions) = (file.times("timestamp"), file.times("decision_time"))
        let (contracts, multipliers) = (file.doubles("contracts"), file.doubles("contract_multiplier"))
        let (prices, references) = (file.doubles("price"), file.doubles("reference_price"))
        let (commissions, spreads) = (file.doubles("commission"), file.doubles("spread_cost"))
        let (slippages, sources) = (file.doubles("slippage_cost"), file.strings("price_source"))
        let (sameBars, reasons) = (file.bools("same_bar"), file.strings("exit_reason"))
        let isConverted = file.has("conversion_rate")
        let (currencies, rates) = (file.optionalStrings("currency"), file.doubles("conversion_rate"))
        return (0..<file.count).map { row in
            FillRecord(
                orderID: orders[row], fillSequence: sequence[row], asset: assets[row], time: times[row],
                decisionTime: decisions[row], signedQuantity: contracts[row], price: prices[row],
                referencePrice: references[row], multiplier: multipliers[row], commission: commissions[row],
                spreadCost: spreads[row], slippageCost: slippages[row], priceSource: sources[row], sameBar: sameBars[row],
                reason: reasons[row], currency: isConverted ? currencies[row] : nil, rate: isConverted ? rates[row] : 1)
        }
    }
}
