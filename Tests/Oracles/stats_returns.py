"""Return statistics of a real series by empyrical-reloaded, scipy, numpy and pandas.

usage: stats_returns.py KIND FILE     KIND: plain (date,return rows, no header) | close (Yahoo columns with a header)
Prints one JSON object: dates, returns and every expected statistic.
"""
import json
import math
import sys
import warnings

import empyrical as ep
import numpy as np
import pandas as pd
from scipy import stats

warnings.simplefilter("ignore")
YEAR = 252
RISK_FREE = 0.0001
WINDOW = 20


def load(kind, path):
    if kind == "plain":
        frame = pd.read_csv(path, header=None, index_col=0, names=["r"])
        frame.index = pd.to_datetime(frame.index)
        series = frame["r"].astype(float)
    else:
        frame = pd.read_csv(path)
        frame.index = pd.to_datetime(frame["Date"], format="mixed")
        series = frame["Adj Close"].astype(float).pct_change().dropna()
    return series


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def calendar(series, key):
    grouped = ep.aggregate_returns(series, key)
    if key == "monthly":
        return [[int(y), int(m), number(v)] for (y, m), v in grouped.items()]
    return [[int(y), 0, number(v)] for y, v in grouped.items()]


def main():
    r = load(sys.argv[1], sys.argv[2])
    a = r.to_numpy()
    wealth = np.concatenate([[1.0], np.cumprod(1 + a)])
    counts, edges = np.histogram(a, bins=37)
    expected = {
        "total_return": ep.cum_returns_final(r),
        "cagr": ep.cagr(r, annualization=YEAR),
        "volatility": ep.annual_volatility(r, annualization=YEAR),
        "sharpe": ep.sharpe_ratio(r, annualization=YEAR),
        "sharpe_rf": ep.sharpe_ratio(r, risk_free=RISK_FREE, annualization=YEAR),
        "sortino": ep.sortino_ratio(r, annualization=YEAR),
        "sortino_rf": ep.sortino_ratio(r, required_return=RISK_FREE, annualization=YEAR),
        "downside_deviation": ep.downside_risk(r, annualization=YEAR),
        "calmar": ep.calmar_ratio(r, annualization=YEAR),
        "max_drawdown": ep.max_drawdown(r),
        "omega": ep.omega_ratio(r),
        "omega_rf": ep.omega_ratio(r, required_return=RISK_FREE, annualization=1),
        "tail_ratio": ep.tail_ratio(r),
        "var_95": ep.value_at_risk(r),
        "cvar_95": ep.conditional_value_at_risk(r),
        "var_99": ep.value_at_risk(r, 0.01),
        "cvar_99": ep.conditional_value_at_risk(r, 0.01),
        "skew_population": stats.skew(a),
        "skew": r.skew(),
        "kurtosis_population": stats.kurtosis(a),
        "kurtosis": r.kurt(),
        "mean": np.mean(a),
        "deviation_population": np.std(a),
        "annual_from_wealth": (wealth[-1] / wealth[0]) ** (YEAR / len(a)) - 1,
    }
    probabilities = [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1.0]
    rolling = r.rolling(WINDOW)
    print(json.dumps({
        "dates": [d.strftime("%Y-%m-%d") for d in r.index],
        "returns": a.tolist(),
        "statistics": {k: number(v) for k, v in expected.items()},
        "probabilities": probabilities,
        "quantiles": np.quantile(a, probabilities).tolist(),
        "histogram_counts": counts.tolist(),
        "histogram_edges": edges.tolist(),
        "drawdown": ep.stats.drawdown_series(r).tolist(),
        "high_water": np.maximum.accumulate(wealth).tolist(),
        "rolling_sharpe": [None] * (WINDOW - 1) + [number(v) for v in ep.roll_sharpe_ratio(r, WINDOW, annualization=YEAR)],
        "rolling_volatility": [number(v) for v in rolling.std(ddof=1) * math.sqrt(YEAR)],
        "monthly": calendar(r, "monthly"),
        "yearly": calendar(r, "yearly"),
    }))


main()
