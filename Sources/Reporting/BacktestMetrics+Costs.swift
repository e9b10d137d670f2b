import Contracts
import Primitives
import Statistics

extension BacktestMetrics {
    /// Costs over all fills. Spread and slippage are already inside prices and profits; commission is subtracted from profits.
    /// `pnl` is the account's net profit, open positions included.
    static func costs(trades: [TradeRecord], fills: [FillRecord], pnl: Double) -> [String: JSONValue] {
        let totals = CostTotals(fills)
        let net = trades.reduce(0) { $0 + $1.pnl }
        let commission = trades.reduce(0) { $0 + $1.commission }
        let drags = trades.map { ($0.commission + $0.slippage) / $0.entryNotional }
        let traded = totals.notional > 0 ? totals.notional : nil
        return [
            "total_commission": number(totals.commission),
            "total_spread_cost": number(totals.spread),
            "total_slippage_cost": number(totals.slippage),
            "total_slippage": number(totals.execution),
            "total_costs": number(totals.all),
            "total_gross_pnl": number(net + commission),
            "avg_cost_drag": number(Distribution.mean(drags)),
            "cost_per_trade": number(trades.isEmpty ? nil : totals.all / Double(trades.count)),
            "cost_bps_of_notional": number(traded.map { totals.all / $0 * 10_000 }),
            "gross_pnl": number(pnl + totals.all),
            "break_even_cost_multiple": number(totals.all > 0 && pnl + totals.all > 0 ? (pnl + totals.all) / totals.all : nil),
        ]
    }

    /// How much was traded and held.
    static func activity(
        _ curve: CurveSummary, fills: [FillRecord], days: Int, periodsPerYear: Double
    ) -> [String: JSONValue] {
        let turnover = curve.turnover.total
        let annual = days > 0 ? (turnover?.sum ?? 0) / Double(days) * periodsPerYear : nil
        return [
            "num_fills": count(fills.count),
            "unique_symbols_traded": count(Set(fills.map(\.asset)).count),
            "total_filled_notional": number(CostTotals(fills).notional),
            "avg_turnover": number(turnover?.mean),
            "max_turnover": number(turnover?.maximum),
            "turnover": number(annual),
            "exposure": number(curve.timeInMarket),
            "avg_net_exposure": number(curve.meanExposure),
            "max_abs_exposure": number(curve.maximumExposure),
        ]
    }
}
