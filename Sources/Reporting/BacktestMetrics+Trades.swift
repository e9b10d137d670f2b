import Contracts
import Primitives
import Statistics

extension BacktestMetrics {
    /// Statistics of closed trades. Fractions are of `pnlPercent` (net, of the entry notional); `_pnl` keys are account currency.
    static func outcomes(_ trades: [TradeRecord]) -> [String: JSONValue] {
        let profits = trades.map(\.pnl)
        let fractions = trades.map(\.pnlPercent)
        let bars = DurationSummary.of(trades.map { Double($0.barsHeld) })
        return [
            "num_trades": count(trades.count),
            "winning_trades": count(profits.count { $0 > 0 }),
            "losing_trades": count(profits.count { $0 < 0 }),
            "win_rate": number(TradeOutcomes.winRate(profits)),
            "profit_factor": number(TradeOutcomes.profitFactor(profits)),
            "gross_profit_factor": number(TradeOutcomes.profitFactor(trades.map { $0.pnl + $0.commission })),
            "expectancy": number(TradeOutcomes.expectancy(fractions)),
            "avg_trade": number(Distribution.mean(fractions)),
            "avg_win": number(TradeOutcomes.averageWin(fractions)),
            "avg_loss": number(TradeOutcomes.averageLoss(fractions)),
            "largest_win": number(TradeOutcomes.largestWin(fractions)),
            "largest_loss": number(TradeOutcomes.largestLoss(fractions)),
            "payoff_ratio": number(TradeOutcomes.payoffRatio(fractions)),
            "avg_trade_pnl": number(Distribution.mean(profits)),
            "avg_win_pnl": number(TradeOutcomes.averageWin(profits)),
            "avg_loss_pnl": number(TradeOutcomes.averageLoss(profits)),
            "largest_win_pnl": number(TradeOutcomes.largestWin(profits)),
            "largest_loss_pnl": number(TradeOutcomes.largestLoss(profits)),
            "longest_win_streak": count(TradeOutcomes.longestWinStreak(profits)),
            "longest_loss_streak": count(TradeOutcomes.longestLossStreak(profits)),
            "avg_mfe": number(Distribution.mean(trades.map(\.mfe))),
            "avg_mae": number(Distribution.mean(trades.map(\.mae))),
            "avg_bars_held": number(bars?.mean),
            "median_bars_held": number(bars?.median),
            "max_bars_held": number(bars?.maximum),
        ].merging(positions(trades)) { first, _ in first }
    }

    /// A position lasts from flat to flat; scaling it down on the way makes several trades of it.
    private static func positions(_ trades: [TradeRecord]) -> [String: JSONValue] {
        var order: [PositionKey] = []
        var profits: [PositionKey: Double] = [:]
        for trade in trades {
            let key = PositionKey(asset: trade.asset, entryTime: trade.entryTime, isLong: trade.quantity > 0)
            if profits[key] == nil { order.append(key) }
            profits[key, default: 0] += trade.pnl
        }
        let closed = order.map { profits[$0] ?? 0 }
        return [
            "num_positions": count(closed.count),
            "position_win_rate": number(TradeOutcomes.winRate(closed)),
            "position_profit_factor": number(TradeOutcomes.profitFactor(closed)),
            "avg_position_pnl": number(Distribution.mean(closed)),
        ]
    }

    private struct PositionKey: Hashable {
        let asset: String
        let entryTime: UnixNanos
        let isLong: Bool
    }

    static func sides(_ trades: [TradeRecord]) -> [String: JSONValue] {
        let long = trades.filter { $0.quantity > 0 }.map(\.pnl)
        let short = trades.filter { $0.quantity < 0 }.map(\.pnl)
        return [
            "long_trades": count(long.count),
            "short_trades": count(short.count),
            "long_pnl": number(long.reduce(0, +)),
            "short_pnl": number(short.reduce(0, +)),
            "long_win_rate": number(TradeOutcomes.winRate(long)),
            "short_win_rate": number(TradeOutcomes.winRate(short)),
        ]
    }
}
