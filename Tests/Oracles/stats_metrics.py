"""metrics.json recomputed with pandas and empyrical-reloaded from the four result tables.

usage: stats_metrics.py   (standard input: JSON with trades, equity, daily, fills, initial_cash, periods_per_year, risk_free_rate)
Prints a JSON object of every key this script knows.
"""
import json
import math
import sys

import empyrical as ep
import pandas as pd

doc = json.load(sys.stdin)
cash, year, rate = doc["initial_cash"], doc["periods_per_year"], doc["risk_free_rate"]
trades, equity, daily, fills = (pd.DataFrame(doc[k]) for k in ("trades", "equity", "daily", "fills"))
per = (1 + rate) ** (1 / year) - 1
r = daily["close"].pct_change()
r.iloc[0] = daily["close"].iloc[0] / cash - 1
value = equity["equity"]
high = value.cummax().clip(lower=cash)
total = value.iloc[-1] / cash - 1
growth = (1 + total) ** (year / len(daily)) - 1
closes = pd.concat([pd.Series([cash]), daily["close"]], ignore_index=True)
below = closes < closes.cummax()
runs = below.groupby((~below).cumsum()).sum()
open_end = bool(below.iloc[-1])
lengths = [int(n) + (0 if open_end and i == runs.index[-1] else 1) for i, n in runs.items() if n]
pnl, pct = trades["pnl"], trades["pnl_percent"]
gross = pnl + trades["commission"]
notional = fills["signed_quantity"].abs() * fills["price"] * fills["multiplier"]
costs = fills["commission"].sum() + fills["spread_cost"].sum() + fills["slippage_cost"].sum()
# fills at the open carry their bar's own label; those at the close come a nanosecond after it
bar = pd.Series(range(len(equity)), index=equity["time"])
position = [bar[t if t in bar.index else t - 1] for t in fills["time"]]
per_bar = notional.groupby(pd.Series(position)).sum().reindex(range(len(equity)), fill_value=0) / value
wins, losses = pct[pnl > 0], pct[pnl < 0]
streak = lambda flag: int(flag.astype(int).groupby((~flag).cumsum()).sum().max())
entry = trades["quantity"].abs() * trades["entry_price"]
held = trades.groupby(["asset", "entry_time", trades["quantity"] > 0])["pnl"].sum()
out = {
    "num_positions": len(held), "position_win_rate": (held > 0).mean(), "avg_position_pnl": held.mean(),
    "position_profit_factor": held[held > 0].sum() / -held[held < 0].sum(),
    "initial_cash": cash, "periods_per_year": year, "risk_free_rate": rate, "num_bars": len(equity), "num_days": len(daily),
    "final_value": value.iloc[-1], "total_pnl": value.iloc[-1] - cash, "total_return": total, "total_return_pct": total * 100,
    "cagr": growth, "max_drawdown": (value / high - 1).min(), "max_drawdown_pct": (value / high - 1).min() * 100,
    "longest_drawdown_days": max(lengths), "calmar": growth / abs((value / high - 1).min()),
    "volatility": ep.annual_volatility(r, annualization=year), "sharpe": ep.sharpe_ratio(r, per, annualization=year),
    "sortino": ep.sortino_ratio(r, per, annualization=year), "downside_deviation": ep.downside_risk(r, per, annualization=year),
    "omega": ep.omega_ratio(r, required_return=per, annualization=1), "tail_ratio": ep.tail_ratio(r),
    "skew": r.skew(), "kurtosis": r.kurt(), "var_95": ep.value_at_risk(r), "cvar_95": ep.conditional_value_at_risk(r),
    "best_day": r.max(), "worst_day": r.min(), "positive_days": (r > 0).mean(),
    "num_trades": len(trades), "winning_trades": int((pnl > 0).sum()), "losing_trades": int((pnl < 0).sum()),
    "win_rate": (pnl > 0).mean(), "profit_factor": pnl[pnl > 0].sum() / -pnl[pnl < 0].sum(),
    "gross_profit_factor": gross[gross > 0].sum() / -gross[gross < 0].sum(),
    "expectancy": pct.mean(), "avg_trade": pct.mean(), "avg_win": wins.mean(), "avg_loss": losses.mean(),
    "largest_win": pct.max(), "largest_loss": pct.min(), "payoff_ratio": wins.mean() / -losses.mean(),
    "avg_trade_pnl": pnl.mean(), "avg_win_pnl": pnl[pnl > 0].mean(), "avg_loss_pnl": pnl[pnl < 0].mean(),
    "largest_win_pnl": pnl.max(), "largest_loss_pnl": pnl.min(),
    "longest_win_streak": streak(pnl > 0), "longest_loss_streak": streak(pnl < 0),
    "avg_mfe": trades["mfe"].mean(), "avg_mae": trades["mae"].mean(),
    "avg_bars_held": trades["bars_held"].mean(), "median_bars_held": trades["bars_held"].median(),
    "max_bars_held": trades["bars_held"].max(),
    "long_trades": int((trades["quantity"] > 0).sum()), "short_trades": int((trades["quantity"] < 0).sum()),
    "long_pnl": pnl[trades["quantity"] > 0].sum(), "short_pnl": pnl[trades["quantity"] < 0].sum(),
    "long_win_rate": (pnl[trades["quantity"] > 0] > 0).mean(), "short_win_rate": (pnl[trades["quantity"] < 0] > 0).mean(),
    "total_commission": fills["commission"].sum(), "total_spread_cost": fills["spread_cost"].sum(),
    "total_slippage_cost": fills["slippage_cost"].sum(),
    "total_slippage": fills["spread_cost"].sum() + fills["slippage_cost"].sum(), "total_costs": costs,
    "total_gross_pnl": gross.sum(), "gross_pnl": value.iloc[-1] - cash + costs,
    "avg_cost_drag": ((trades["commission"] + trades["slippage"]) / entry).mean(), "cost_per_trade": costs / len(trades),
    "cost_bps_of_notional": costs / notional.sum() * 1e4,
    "break_even_cost_multiple": (value.iloc[-1] - cash + costs) / costs if value.iloc[-1] - cash + costs > 0 else math.nan,
    "num_fills": len(fills), "unique_symbols_traded": fills["asset"].nunique(), "total_filled_notional": notional.sum(),
    "avg_turnover": per_bar.mean(), "max_turnover": per_bar.max(), "turnover": per_bar.sum() / len(daily) * year,
    "exposure": (equity["exposure"] != 0).mean(), "avg_net_exposure": equity["exposure"].mean(),
    "max_abs_exposure": equity["exposure"].abs().max(),
}
print(json.dumps({k: float(v) if math.isfinite(v) else None for k, v in out.items()}))
