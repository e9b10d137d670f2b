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
        let drags = trades.map { ($0.commission + $0.slippage) / (abs($0.units) * $0.entryPrice) }
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
        equity: [EquityPoint], fills: [FillRecord], days: Int, periodsPerYear: Double
    ) -> [String: JSONValue] {
        let turnover = Activity.turnover(
            tradedNotional: notionalByBar(equity: equity, fills: fills), equity: equity.map(\.equity))
        let exposure = equity.map(\.netExposure)
        let annual = days > 0 ? turnover.reduce(0, +) / Double(days) * periodsPerYear : nil
        return [
            "num_fills": count(fills.count),
            "unique_symbols_traded": count(Set(fills.map(\.asset)).count),
            "total_filled_notional": number(CostTotals(fills).notional),
            "avg_turnover": number(Distribution.mean(turnover)),
            "max_turnover": number(turnover.max()),
            "turnover": number(annual),
            "exposure": number(Activity.timeInMarket(exposure)),
            "avg_net_exposure": number(Distribution.mean(exposure)),
            "max_abs_exposure": number(exposure.map(abs).max()),
        ]
    }

    /// Traded notional of each bar. A fill belongs to the last bar that began at or before it; one at a closing price, whose
    /// time is the beginning of the next bar, to the last that began before it.
    static func notionalByBar(equity: [EquityPoint], fills: [FillRecord]) -> [Double] {
        var notional = [Double](repeating: 0, count: equity.count)
        guard !equity.isEmpty else { return notional }
        for fill in fills {
            let atClose = fill.priceSource == "close"
            var low = 0
            var high = equity.count
            while low < high {
                let middle = (low + high) / 2
                let began = equity[middle].timestamp
                if atClose ? began < fill.time : began <= fill.time { low = middle + 1 } else { high = middle }
            }
            notional[max(0, low - 1)] += fill.notional
        }
        return notional
    }
}
