public import Contracts
public import Primitives
import Statistics

/// The content of metrics.json. Every key is defined in docs/contracts/results.md; where ml4t-backtest 0.2.0 has the same
/// quantity it has the same name.
///
/// A value is a whole number (counts), a finite double, or null where the quantity is not defined (a profit factor without
/// losses, a Sharpe ratio of one day). Fractions are fractions; only the two `_pct` keys are percent.
public enum BacktestMetrics {
    /// - Parameters:
    ///   - trades: closed trades in order of exit.
    ///   - curve: of all bars; drawdown, exposure and turnover per bar come from it.
    ///   - daily: day by day; every ratio and moment is of its daily returns.
    ///   - fills: every execution; costs, notional and the contract multipliers come from it.
    ///   - periodsPerYear: days of `daily` in a year (252 for US markets, 365 for crypto).
    ///   - riskFreeRate: a fraction per year, compounded.
    public static func compute(
        trades: [TradeRecord], curve: CurveSummary, daily: [DailyPnL], fills: [FillRecord], periodsPerYear: Double,
        riskFreeRate: Double
    ) -> [String: JSONValue] {
        let initialCash = curve.initialEquity
        var metrics: [String: JSONValue] = [
            "initial_cash": number(initialCash),
            "periods_per_year": number(periodsPerYear),
            "risk_free_rate": number(riskFreeRate),
            "num_bars": count(curve.count),
            "num_days": count(daily.count),
        ]
        let parts = [
            wealth(curve, daily: daily, periodsPerYear: periodsPerYear),
            risk(returns: daily.map(\.returnPct), periodsPerYear: periodsPerYear, riskFreeRate: riskFreeRate),
            outcomes(trades),
            sides(trades),
            costs(trades: trades, fills: fills, pnl: curve.finalEquity - initialCash),
            activity(curve, fills: fills, days: daily.count, periodsPerYear: periodsPerYear),
        ]
        for part in parts { metrics.merge(part) { first, _ in first } }
        return metrics
    }

    /// The same of a curve that is at hand: bar by bar, ascending, with the capital before its first bar, > 0.
    public static func compute(
        trades: [TradeRecord], equity: [EquityPoint], daily: [DailyPnL], fills: [FillRecord], initialCash: Double,
        periodsPerYear: Double, riskFreeRate: Double
    ) -> [String: JSONValue] {
        compute(
            trades: trades, curve: CurveSummary(equity, fills: fills, initialEquity: initialCash), daily: daily, fills: fills,
            periodsPerYear: periodsPerYear, riskFreeRate: riskFreeRate)
    }

    static func number(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .double(value)
    }

    static func count(_ value: Int) -> JSONValue { .int(Int64(value)) }
}
