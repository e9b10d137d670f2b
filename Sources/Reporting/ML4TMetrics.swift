public import Contracts
public import Primitives
import Statistics

/// metrics.json as ml4t-backtest 0.2.0 writes it: its 56 keys with its meanings, which are not all ours
/// (docs/contracts/results.md says where they differ). What is not defined is 0, or an infinity where only gains are; nothing is
/// null.
public enum ML4TMetrics {
    /// - Parameters:
    ///   - recording: trades still open at the end have the status `open` and count for slippage only.
    ///   - curve: of all its bars; its initial equity is the configuration's capital.
    ///   - configuration: config.yaml in ML4T's vocabulary; capital, calendar and data frequency come from it.
    public static func compute(
        _ recording: BacktestRecording, curve: CurveSummary, configuration: JSONValue
    ) -> [String: JSONValue] {
        guard curve.count > 0 else { return withoutBars(recording, configuration) }
        let year = ML4TYear(configuration)
        let realized = recording.trades.filter { $0.status != .open }
        let parts = [
            wealth(curve, year), outcomes(realized), costs(recording, realized), activity(recording, curve),
            evidence(bars: curve.count, configuration),
        ]
        return parts.reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
    }

    /// The same of a recording that holds its whole curve.
    public static func compute(_ recording: BacktestRecording, configuration: JSONValue) -> [String: JSONValue] {
        let capital = ML4TYear(configuration).initialCash
        let equity = recording.equity.withAccounts(recording.fills, initialCapital: capital)
        let curve = CurveSummary(equity, fills: recording.fills, initialEquity: capital)
        return compute(recording, curve: curve, configuration: configuration)
    }

    private static func withoutBars(_ recording: BacktestRecording, _ configuration: JSONValue) -> [String: JSONValue] {
        [
            "skipped_bars": count(recording.skippedBars), "num_orders": count(orders(recording)),
            "num_rejected_orders": count(recording.rejectedOrders.count), "total_funding": 0.0, "num_funding_events": 0,
        ].merging(evidence(bars: 0, configuration)) { first, _ in first }
    }

    static func count(_ value: Int) -> JSONValue { .int(Int64(value)) }

    static func orders(_ recording: BacktestRecording) -> Int {
        recording.orderCount
            ?? Set(recording.fills.map(\.orderID)).union(recording.rejectedOrders.map(\.orderID)).count
    }

    /// All of the capital, bar by bar; the first return is that on the initial capital.
    private static func wealth(_ curve: CurveSummary, _ year: ML4TYear) -> [String: JSONValue] {
        let (initial, final, deepest) = (curve.initialEquity, curve.finalEquity, curve.deepestFall)
        let total = initial == 0 ? 0 : final / initial - 1
        let growth = growth(initial, initial * (1 + total), years: year.years(curve))
        let scale = year.periodsPerYear(curve).squareRoot()
        return [
            "initial_cash": .double(initial), "final_value": .double(final), "total_return": .double(total),
            "total_return_pct": .double(total * 100), "max_drawdown": .double(abs(deepest)),
            "max_drawdown_pct": .double(abs(deepest) * 100), "sharpe": .double(sharpe(curve) * scale),
            "sortino": .double(sortino(curve) * scale), "cagr": .double(growth),
            "calmar": .double(deepest < 0 ? growth / abs(deepest) : (growth > 0 ? .infinity : 0)),
            "volatility": .double((curve.returns.standardDeviation ?? 0) * scale),
        ]
    }

    private static func growth(_ initial: Double, _ final: Double, years: Double) -> Double {
        guard initial > 0, years > 0 else { return 0 }
        // Beyond the range of a number: a gain of hours taken for a year.
        return Performance.annualised(totalReturn: final / initial - 1, periods: 1, periodsPerYear: 1 / years) ?? .infinity
    }

    private static func sharpe(_ curve: CurveSummary) -> Double {
        guard let deviation = curve.returns.standardDeviation, deviation != 0 else { return 0 }
        return (curve.returns.mean ?? 0) / deviation
    }

    /// Over the deviation of the losses alone, which fewer than two of them do not have.
    private static func sortino(_ curve: CurveSummary) -> Double {
        guard curve.returns.count > 1, let mean = curve.returns.mean else { return 0 }
        guard let deviation = curve.losses.standardDeviation, deviation != 0 else { return mean > 0 ? .infinity : 0 }
        return mean / deviation
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Realised closings, partial ones too. Money is net of fees, fractions are gross.
    private static func outcomes(_ trades: [TradeRecord]) -> [String: JSONValue] {
        let profits = trades.map(\.pnl)
        let fractions = trades.map(\.grossReturn)
        let (gains, losses) = (fractions.filter { $0 > 0 }, fractions.filter { $0 < 0 })
        let winRate = trades.isEmpty ? 0 : Double(profits.count { $0 > 0 }) / Double(trades.count)
        let (gain, loss) = (gains.isEmpty ? 0 : mean(gains), losses.isEmpty ? 0 : mean(losses))
        return [
            "num_trades": count(trades.count), "winning_trades": count(profits.count { $0 > 0 }),
            "losing_trades": count(profits.count { $0 < 0 }), "win_rate": .double(winRate),
            "profit_factor": .double(factor(profits)), "gross_profit_factor": .double(factor(trades.map(\.grossPnL))),
            "expectancy": .double(winRate * gain + (1 - winRate) * loss),
            "avg_trade": .double(fractions.isEmpty ? 0 : mean(fractions)), "avg_win": .double(gain), "avg_loss": .double(loss),
            "largest_win": .double(gains.max() ?? 0), "largest_loss": .double(losses.min() ?? 0),
            "payoff_ratio": .double(ratio(gain, abs(loss))),
        ]
    }

    private static func factor(_ profits: [Double]) -> Double {
        ratio(profits.reduce(0) { $0 + max($1, 0) }, abs(profits.reduce(0) { $0 + min($1, 0) }))
    }

    private static func ratio(_ gain: Double, _ loss: Double) -> Double {
        loss == 0 ? (gain > 0 ? .infinity : 0) : gain / loss
    }

    private static func costs(_ recording: BacktestRecording, _ realized: [TradeRecord]) -> [String: JSONValue] {
        let fees = realized.reduce(0) { $0 + $1.commission }
        let slippage = realized.reduce(0) { $0 + $1.slippageOfParts }
        let drags = realized.map { trade in
            let notional = trade.entryNotional
            return notional == 0 ? 0 : (trade.commission + trade.slippageOfParts) / notional
        }
        return [
            "total_commission": .double(recording.fills.reduce(0) { $0 + $1.commission }),
            "total_slippage": .double(recording.trades.reduce(0) { $0 + $1.slippageOfParts }),
            "total_funding": .double(recording.cashEvents.total(.funding)), "total_external_flow": 0.0, "num_capital_changes": 0,
            "num_funding_events": count(recording.cashEvents.count { $0.kind == .funding }),
            "total_gross_pnl": .double(realized.reduce(0) { $0 + $1.grossPnL }), "total_costs": .double(fees + slippage),
            "avg_cost_drag": .double(drags.isEmpty ? 0 : mean(drags)), "skipped_bars": count(recording.skippedBars),
        ]
    }
}

extension TradeRecord {
    fileprivate var grossPnL: Double { (exitPrice - entryPrice) * units }
    fileprivate var grossReturn: Double {
        let change = entryPrice == 0 ? 0 : (exitPrice - entryPrice) / entryPrice
        return quantity > 0 ? change : -change
    }
    fileprivate var slippageOfParts: Double { (entrySlippage + exitSlippage) * abs(units) }
}
