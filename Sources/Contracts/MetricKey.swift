/// The names in metrics.json; docs/contracts/results.md says what they mean.
public enum MetricKey {
    /// In the order of the contract.
    public static let all = [
        "initial_cash", "final_value", "total_pnl", "total_return", "total_return_pct", "periods_per_year", "risk_free_rate",
        "num_bars", "num_days", "cagr", "max_drawdown", "max_drawdown_pct", "longest_drawdown_days", "calmar", "volatility",
        "downside_deviation", "sharpe", "sortino", "omega", "tail_ratio", "skew", "kurtosis", "var_95", "cvar_95",
        "best_day", "worst_day", "positive_days", "num_trades", "num_positions", "position_win_rate",
        "position_profit_factor", "avg_position_pnl", "winning_trades", "losing_trades", "win_rate", "profit_factor",
        "gross_profit_factor", "expectancy", "avg_trade", "avg_win", "avg_loss", "largest_win", "largest_loss",
        "payoff_ratio", "avg_trade_pnl", "avg_win_pnl", "avg_loss_pnl", "largest_win_pnl", "largest_loss_pnl",
        "longest_win_streak", "longest_loss_streak", "avg_mfe", "avg_mae", "avg_bars_held", "median_bars_held",
        "max_bars_held", "long_trades", "short_trades", "long_pnl", "short_pnl", "long_win_rate", "short_win_rate",
        "total_commission", "total_spread_cost", "total_slippage_cost", "total_slippage", "total_costs", "gross_pnl",
        "total_gross_pnl", "avg_cost_drag", "cost_per_trade", "cost_bps_of_notional", "break_even_cost_multiple",
        "num_fills", "unique_symbols_traded", "total_filled_notional", "avg_turnover", "max_turnover", "turnover",
        "exposure", "avg_net_exposure", "max_abs_exposure",
    ]

    /// Those that a METRICS row's annualization_factor applies to.
    public static let annualized = ["sharpe", "sortino", "volatility", "cagr"]
    /// Those that a METRICS row's risk_free_rate applies to.
    public static let excess = ["sharpe", "sortino"]
}
