import Contracts
import Primitives
import Reporting
import TestKit
import Testing

private func compute(_ result: BacktestResult, capital: Double = SampleRun.capital) -> [String: JSONValue] {
    BacktestMetrics.compute(
        trades: result.trades, equity: result.equity, daily: result.dailyPnL, fills: result.fills, initialCash: capital,
        periodsPerYear: 252, riskFreeRate: 0.01)
}

private func document(_ result: BacktestResult) -> JSONValue {
    [
        "initial_cash": .double(SampleRun.capital), "periods_per_year": 252, "risk_free_rate": 0.01,
        "equity": .array(
            result.equity.map {
                ["time": .int($0.timestamp.rawValue), "equity": .double($0.equity), "exposure": .double($0.netExposure)]
            }),
        "daily": .array(result.dailyPnL.map { ["close": .double($0.closeEquity)] }),
        "trades": .array(
            result.trades.map {
                [
                    "quantity": .double($0.quantity), "entry_price": .double($0.entryPrice), "asset": .string($0.asset),
                    "entry_time": .int($0.entryTime.rawValue), "pnl": .double($0.pnl),
                    "pnl_percent": .double($0.pnlPercent), "bars_held": .int(Int64($0.barsHeld)),
                    "commission": .double($0.commission),
                    "slippage": .double($0.slippage), "mfe": .double($0.mfe), "mae": .double($0.mae),
                ]
            }),
        "fills": .array(
            result.fills.map {
                [
                    "time": .int($0.time.rawValue), "asset": .string($0.asset), "signed_quantity": .double($0.signedQuantity),
                    "price": .double($0.price), "multiplier": .double($0.multiplier), "commission": .double($0.commission),
                    "spread_cost": .double($0.spreadCost), "slippage_cost": .double($0.slippageCost),
                ]
            }),
    ]
}

@Test(
    .enabled(if: Oracle.isInstalled && SharedData.has(SampleRun.file), "needs the oracles and ../shared/data"),
    arguments: [(12, 60), (5, 20)])
func metricsAgreeWithPandas(fast: Int, slow: Int) throws {
    let run = try SampleRun(fast: fast, slow: slow)
    let text = try Oracle.run(script: "stats_metrics.py", input: try CanonicalJSON.text(document(run.result)))
    let expected = try #require(try JSONParser.parse(text).objectValue)
    let ours = run.result.metrics
    #expect(expected.keys.sorted() == ours.keys.sorted())
    for key in expected.keys.sorted() {
        guard let a = ours[key]?.doubleValue, let b = expected[key]?.doubleValue else {
            #expect(ours[key]?.isNull == expected[key]?.isNull, "\(key)")
            continue
        }
        #expect(abs(a - b) <= max(1e-9 * max(abs(a), abs(b)), 1e-12), "\(key): \(a) is not \(b)")
    }
}

/// The names that ml4t-backtest 0.2.0 gives to the quantities that we have too.
private let sharedNames = [
    "initial_cash", "final_value", "total_return", "total_return_pct", "max_drawdown", "max_drawdown_pct", "num_trades",
    "winning_trades",
    "losing_trades", "win_rate", "total_commission", "total_slippage", "sharpe", "sortino", "calmar", "cagr", "volatility",
    "profit_factor", "expectancy", "avg_trade", "avg_win", "avg_loss", "largest_win", "largest_loss", "payoff_ratio",
    "total_gross_pnl",
    "total_costs", "avg_cost_drag", "gross_profit_factor", "num_fills", "unique_symbols_traded", "total_filled_notional",
    "avg_turnover", "max_turnover",
]

@Test func aRunWithoutBarsHasEveryKeyAndNoNaN() throws {
    let empty = BacktestResult(trades: [], equity: [], dailyPnL: [], fills: [], metrics: [:], configuration: [:])
    let metrics = compute(empty)
    for key in sharedNames { #expect(metrics[key] != nil, "\(key)") }
    _ = try CanonicalJSON.text(.object(metrics))
    #expect(metrics["final_value"] == .double(SampleRun.capital))
    #expect(metrics["total_return"] == .double(0))
    #expect(metrics["num_trades"] == .int(0))
    for key in ["win_rate", "profit_factor", "sharpe", "cagr", "max_drawdown", "best_day", "exposure", "cost_per_trade"] {
        #expect(metrics[key] == .null, "\(key)")
    }
}

@Test func ratiosOfARunWithoutLossesAreNull() {
    let bars = [100.0, 101, 102].enumerated().map { index, value in
        EquityPoint(
            timestamp: UnixNanos(CivilDate(daysSinceEpoch: Int32(index))), equity: value * 1000, periodReturn: 0,
            cumulativeReturn: 0,
            drawdown: 0, highWaterMark: value * 1000, netExposure: 1)
    }
    let daily = DailyAggregation.daily(equity: bars, initialEquity: SampleRun.capital) { $0.utcDate }
    let result = BacktestResult(trades: [], equity: bars, dailyPnL: daily, fills: [], metrics: [:], configuration: [:])
    let metrics = compute(result)
    #expect(metrics["max_drawdown"] == .double(0))
    #expect(metrics["calmar"] == .null)
    #expect(metrics["longest_drawdown_days"] == .int(0))
    #expect(metrics["exposure"] == .double(1))
}

@Test func daysAreBuiltFromBars() {
    let values: [(day: Int32, hour: Int64, equity: Double)] = [
        (0, 10, 101), (0, 11, 99), (0, 12, 100), (1, 10, 103), (4, 10, 98), (4, 11, 97),
    ]
    let bars = values.map { day, hour, equity in
        EquityPoint(
            timestamp: UnixNanos(CivilDate(daysSinceEpoch: day)) + hour * UnixNanos.perHour, equity: equity, periodReturn: 0,
            cumulativeReturn: 0, drawdown: 0, highWaterMark: 0, netExposure: 0)
    }
    let days = DailyAggregation.daily(equity: bars, initialEquity: 98) { $0.utcDate }
    #expect(days.map(\.date.daysSinceEpoch) == [0, 1, 4])
    #expect(days.map(\.openEquity) == [98, 100, 103])
    #expect(days.map(\.closeEquity) == [100, 103, 97])
    #expect(days.map(\.highEquity) == [101, 103, 98])
    #expect(days.map(\.lowEquity) == [99, 103, 97])
    #expect(days.map(\.pnl) == [2, 3, -6])
    let ratios: [(Double, Double)] = [(100, 98), (103, 100), (97, 103)]
    #expect(days.map(\.returnPct) == ratios.map { close, open in close / open - 1 })
    let closes: [Double] = [100, 103, 97]
    #expect(days.map(\.cumulativeReturn) == closes.map { $0 / 98 - 1 })
    #expect(days.map(\.numBars) == [3, 1, 2])
    #expect(DailyAggregation.daily(equity: [], initialEquity: 98) { $0.utcDate }.isEmpty)
}

@Test func everyKeyIsInTheContract() throws {
    let contract = try FileBytes.readText(PackageRoot.appending("docs/contracts/results.md"))
    let empty = BacktestResult(trades: [], equity: [], dailyPnL: [], fills: [], metrics: [:], configuration: [:])
    for key in compute(empty).keys.sorted() { #expect(contract.contains("`\(key)`"), "\(key)") }
}
