import Contracts
import Primitives
import Statistics

extension BacktestMetrics {
    /// What became of the capital.
    static func wealth(_ curve: CurveSummary, daily: [DailyPnL], periodsPerYear: Double) -> [String: JSONValue] {
        let initialCash = curve.initialEquity
        let final = curve.finalEquity
        let total = Performance.totalReturn(initial: initialCash, final: final)
        let growth = total.flatMap {
            Performance.annualised(totalReturn: $0, periods: daily.count, periodsPerYear: periodsPerYear)
        }
        let worst = curve.maximumDrawdown
        let days = Drawdown.episodes(equity: [initialCash] + daily.map(\.closeEquity))
        return [
            "final_value": number(final),
            "total_pnl": number(final - initialCash),
            "total_return": number(total),
            "total_return_pct": number(total.map { $0 * 100 }),
            "cagr": number(growth),
            "max_drawdown": number(worst),
            "max_drawdown_pct": number(worst.map { $0 * 100 }),
            "longest_drawdown_days": count(days.map(\.length).max() ?? 0),
            "calmar": number(growth.flatMap { cagr in worst.flatMap { Performance.calmar(cagr: cagr, maxDrawdown: $0) } }),
        ]
    }

    /// Ratios and moments of the daily returns.
    static func risk(returns: [Double], periodsPerYear: Double, riskFreeRate: Double) -> [String: JSONValue] {
        let riskFree = Performance.perPeriod(annualRate: riskFreeRate, periodsPerYear: periodsPerYear)
        return [
            "volatility": number(Performance.volatility(returns, periodsPerYear: periodsPerYear)),
            "downside_deviation": number(
                Performance.downsideDeviation(returns, requiredReturn: riskFree, periodsPerYear: periodsPerYear)),
            "sharpe": number(Performance.sharpe(returns, riskFreePerPeriod: riskFree, periodsPerYear: periodsPerYear)),
            "sortino": number(Performance.sortino(returns, requiredReturn: riskFree, periodsPerYear: periodsPerYear)),
            "omega": number(Performance.omega(returns, threshold: riskFree)),
            "tail_ratio": number(Performance.tailRatio(returns)),
            "skew": number(Distribution.skewness(returns)),
            "kurtosis": number(Distribution.kurtosis(returns)),
            "var_95": number(Performance.valueAtRisk(returns)),
            "cvar_95": number(Performance.conditionalValueAtRisk(returns)),
            "best_day": number(returns.max()),
            "worst_day": number(returns.min()),
            "positive_days": number(TradeOutcomes.winRate(returns)),
        ]
    }
}
