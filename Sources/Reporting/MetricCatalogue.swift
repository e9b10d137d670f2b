import Primitives

/// How a metric of metrics.json is shown, and what it means in one sentence.
struct MetricEntry {
    enum Unit { case money, percent, ratio, count, bps, multiple, bars }

    let key: String
    let label: String
    let unit: Unit
    let definition: String

    init(_ key: String, _ label: String, _ unit: Unit, _ definition: String) {
        self.key = key
        self.label = label
        self.unit = unit
        self.definition = definition
    }

    /// - Parameter exact: money to the cent however large, for columns of it.
    func text(_ value: JSONValue?, exact: Bool = false) -> String {
        let number = value?.doubleValue
        switch unit {
        case .money: return exact ? Format.fixed(number, 2) : Format.money(number)
        case .percent: return Format.percent(number)
        case .ratio: return Format.fixed(number, 2)
        case .count: return Format.fixed(number, 0)
        case .bps: return Format.fixed(number, 2) + (number == nil ? "" : " bp")
        case .multiple: return number == nil ? Format.undefined : Format.fixed(number, 2) + "\u{00D7}"
        case .bars: return Format.fixed(number, 1)
        }
    }
}

enum MetricCatalogue {
    static let performance: [MetricEntry] = [
        .init("initial_cash", "Initial capital", .money, "Account value before the first bar."),
        .init("final_value", "Final value", .money, "Account value after the last bar."),
        .init("total_pnl", "Net P&L", .money, "Final value less initial capital; net of every cost."),
        .init("total_return", "Total return", .percent, "Final value / initial capital \u{2212} 1."),
        .init(
            "cagr", "CAGR", .percent,
            "Compound annual growth rate: (1 + total return) to the power of periods per year / days, \u{2212} 1."),
        .init("best_day", "Best day", .percent, "Highest close-to-close daily return."),
        .init("worst_day", "Worst day", .percent, "Lowest close-to-close daily return."),
        .init("positive_days", "Positive days", .percent, "Share of days whose return is above 0."),
    ]

    static let risk: [MetricEntry] = [
        .init(
            "sharpe", "Sharpe", .ratio,
            "Mean excess daily return / its standard deviation (ddof 1), \u{00D7} square root of periods per year."),
        .init(
            "sortino", "Sortino", .ratio, "Mean excess daily return \u{00D7} periods per year / annualised downside deviation."),
        .init("calmar", "Calmar", .ratio, "CAGR / |maximum drawdown|."),
        .init("omega", "Omega", .ratio, "Sum of daily gains above the risk-free rate / sum of shortfalls below it."),
        .init(
            "volatility", "Volatility", .percent,
            "Standard deviation of daily returns (ddof 1), \u{00D7} square root of periods per year."),
        .init(
            "downside_deviation", "Downside deviation", .percent,
            "Root mean square of the shortfalls below the risk-free rate over all days, annualised."),
        .init("max_drawdown", "Max drawdown", .percent, "Deepest fall of the bar-by-bar equity below its high-water mark."),
        .init(
            "longest_drawdown_days", "Longest drawdown, days", .count,
            "Most days of the run from a high to its recovery or the end."),
        .init("var_95", "VaR 95%", .percent, "Historical: 5% of days are worse than this return."),
        .init("cvar_95", "CVaR 95%", .percent, "Mean return of the worst 5% of days."),
        .init("tail_ratio", "Tail ratio", .ratio, "|95th percentile| / |5th percentile| of daily returns."),
        .init("skew", "Skew", .ratio, "Sample skewness of daily returns; negative means a longer loss tail."),
        .init("kurtosis", "Excess kurtosis", .ratio, "Sample excess kurtosis of daily returns; 0 for a normal distribution."),
    ]

    static let trades: [MetricEntry] = [
        .init("num_trades", "Trades", .count, "Closings of all or a part of a position, those at the end of the data too."),
        .init("num_positions", "Positions", .count, "From flat to flat; scaling one down makes several trades of it."),
        .init("position_win_rate", "Positions won", .percent, "Positions with P&L above 0 / all positions."),
        .init("position_profit_factor", "Profit factor of positions", .ratio, "As for trades, with each position as one."),
        .init("avg_position_pnl", "Average position", .money, "Mean net P&L of a position."),
        .init("win_rate", "Win rate", .percent, "Trades with P&L above 0 / all trades."),
        .init("profit_factor", "Profit factor", .ratio, "Sum of winning P&L / |sum of losing P&L|; undefined without a loss."),
        .init("payoff_ratio", "Payoff ratio", .ratio, "Average win / |average loss|, as returns on entry notional."),
        .init("expectancy", "Expectancy", .percent, "Mean net return of a trade on its entry notional."),
        .init("avg_trade_pnl", "Average trade", .money, "Mean net P&L of a trade."),
        .init("avg_win_pnl", "Average win", .money, "Mean P&L of the winning trades."),
        .init("avg_loss_pnl", "Average loss", .money, "Mean P&L of the losing trades."),
        .init("largest_win_pnl", "Largest win", .money, "Highest P&L of a trade."),
        .init("largest_loss_pnl", "Largest loss", .money, "Lowest P&L of a trade."),
        .init("longest_win_streak", "Win streak", .count, "Most winning trades in a row."),
        .init("longest_loss_streak", "Loss streak", .count, "Most losing trades in a row."),
        .init("avg_bars_held", "Average bars held", .bars, "Mean number of bars from entry to exit."),
        .init("avg_mfe", "Average MFE", .percent, "Mean maximum favourable excursion, of the entry price."),
        .init("avg_mae", "Average MAE", .percent, "Mean maximum adverse excursion, of the entry price."),
        .init("long_trades", "Long trades", .count, "Round trips that bought first."),
        .init("long_pnl", "Long P&L", .money, "Net P&L of the long trades."),
        .init("short_trades", "Short trades", .count, "Round trips that sold first."),
        .init("short_pnl", "Short P&L", .money, "Net P&L of the short trades."),
    ]

    static let activity: [MetricEntry] = [
        .init("num_fills", "Fills", .count, "Executions."),
        .init("unique_symbols_traded", "Instruments traded", .count, "Distinct assets among the fills."),
        .init("exposure", "Time in market", .percent, "Share of bars with a net position."),
        .init("avg_net_exposure", "Average net exposure", .percent, "Mean signed notional / equity over all bars."),
        .init("max_abs_exposure", "Peak exposure", .percent, "Largest |net notional| / equity."),
        .init("turnover", "Annual turnover", .multiple, "Notional traded, buys and sales, in multiples of equity per year."),
        .init(
            "total_filled_notional", "Notional traded", .money,
            "Sum of |quantity| \u{00D7} price \u{00D7} multiplier over all fills."),
        .init("total_costs", "Total costs", .money, "Commission, fees, spread and slippage over all fills."),
        .init("cost_bps_of_notional", "Costs of notional", .bps, "Total costs / notional traded, in basis points."),
        .init("avg_cost_drag", "Cost drag", .percent, "Mean of a trade's costs / its entry notional."),
    ]

    static let all = performance + risk + trades + activity
    static func entry(_ key: String) -> MetricEntry? { all.first { $0.key == key } }
}
