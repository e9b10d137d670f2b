import Contracts
import Lake
import Market
import Primitives
import Reporting

/// The bars and rolls that a run is judged by.
enum DoctorPrices {
    /// A price file such as `apus backtest signals` reads, in the columns that the run's own configuration names.
    static func read(_ path: String, for result: BacktestResult) throws -> PriceHistory {
        let traded = Set(result.fills.map(\.asset)).union(result.trades.map(\.asset))
        // A configuration of another program, or of a workspace, has no feed of ours.
        let feed = (try? EngineConfiguration(json: result.configuration))?.feed ?? EngineConfiguration.Feed()
        let reader = try PanelReader(
            prices: path, signals: nil, feed: feed, strategy: SignalStrategySpec(), asset: traded.min() ?? "asset")
        let wanted = reader.assets.indices.filter { traded.contains(reader.assets[$0]) }
        var bars: [String: [Bar]] = [:]
        while try reader.next({ panel, _ in
            for (row, time) in panel.times.enumerated() {
                for asset in wanted {
                    let index = row * panel.assets.count + asset
                    guard !panel.close[index].isNaN else { continue }
                    bars[panel.assets[asset], default: []].append(
                        Bar(
                            openTime: time, closeTime: time, open: panel.open[index], high: panel.high[index],
                            low: panel.low[index], close: panel.close[index], volume: panel.volume[index]))
                }
            }
        }) {}
        return PriceHistory(bars)
    }

    /// The bars of the instruments that the run traded, if they are still those that it read.
    /// - Throws: `ApusError`, `CalendarError`.
    static func ofWorkspace(_ workspace: Workspace, _ result: BacktestResult, _ manifest: JSONValue) throws -> PriceHistory {
        let own = result.configuration["metadata"]?["apus"]
        let members = own?["members"]?.arrayValue ?? [own ?? .null]
        let instruments = members.compactMap { $0["instrument"]?["id"]?.stringValue }.compactMap {
            workspace.configuration.instrument($0)
        }
        guard instruments.count == members.count else {
            throw ApusError("config.unknown", "INSTRUMENTS has no enabled row of the run's instrument")
        }
        let data = DataAccess(workspace, registry: try workspace.registry())
        func date(_ key: String) -> CivilDate? { own?["backtest"]?[key]?.stringValue.flatMap { CivilDate($0) } }
        let end = [date("end_date"), date("as_of_date")].compactMap { $0 }.min()
        let known = Set((manifest["inputs"]?.arrayValue ?? []).compactMap { $0["sha256"]?.stringValue })
        var history: [String: [Bar]] = [:]
        for instrument in instruments {
            let loaded = try InstrumentBars.load(instrument, data, from: date("start_date"), through: end)
            guard loaded.inputs.allSatisfy({ known.contains($0.digest.hex) }) else {
                throw ApusError(
                    "run.inputs", "the workspace's prices are no longer those that the run read",
                    context: ["instrument": instrument.id])
            }
            let volumes = try volumes(
                instrument, data, wanted: loaded.lane.bars.count, from: date("start_date"), through: end)
            history[instrument.id] = loaded.lane.bars.enumerated().map { index, bar in
                var bar = bar
                if let volumes { bar.volume = volumes[index] }
                return bar
            }
        }
        return PriceHistory(history)
    }

    /// A column `volume` beside the prices, in their rows; nil where there is none.
    private static func volumes(
        _ instrument: InstrumentSpec, _ data: DataAccess, wanted: Int, from start: CivilDate?, through end: CivilDate?
    ) throws -> [Double]? {
        let (dates, names, columns): ([CivilDate], [String], [[Double]])
        if let series = try data.intraday(instrument.prices, symbol: instrument.id)?.0 {
            (dates, names, columns) = (series.tradeDates, series.names, series.columns)
        } else {
            let table = try data.daily(instrument.prices.datasetID).0
            (dates, names, columns) = (table.dates, table.names, table.columns)
        }
        guard let column = names.firstIndex(of: "volume") else { return nil }
        let kept = dates.indices.filter { row in
            (start.map { dates[row] >= $0 } ?? true) && (end.map { dates[row] <= $0 } ?? true)
        }
        return kept.count == wanted ? kept.map { columns[column][$0] } : nil
    }

    /// The rolls of one continuous series, which is the run's only asset or is named as it or its root.
    /// - Throws: `ApusError` `parquet.*`, `futures.rolls`.
    static func rolls(_ path: String, assets: Set<String>) throws -> [PriceRoll] {
        guard let schedule = try ContinuousTables.schedule(path) else { return [] }
        let symbol = try ParquetReader.table(path, columns: ["symbol"])["symbol"]?.strings.first ?? ""
        let parts = symbol.split(separator: ".").map(String.init)
        let named = assets.filter { $0 == symbol || $0 == parts.first }
        guard let asset = named.min() ?? (assets.count == 1 ? assets.first : nil) else {
            throw ApusError(
                "futures.rolls", "the run trades several assets and none is the series of the rolls",
                context: ["file": path, "symbol": symbol, "assets": assets.sorted().joined(separator: ", ")])
        }
        return schedule.rolls.map { roll in
            PriceRoll(
                time: roll.time, asset: asset, oldPrice: roll.oldPrice, newPrice: roll.newPrice,
                isUnadjusted: parts.last == "none")
        }
    }
}
