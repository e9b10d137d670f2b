"""Recomputes the basic transforms with pandas."""
import numpy as np

from features_common import check


def zscore(p, c):
    window = c[0].rolling(p["window"])
    result = (c[0] - window.mean()) / window.std(ddof=1)
    result[window.max() == window.min()] = 0.0
    return result


def ema(p, c):
    result = c[0].ewm(span=p["window"], adjust=False, ignore_na=True).mean()
    result[c[0].isna() | (c[0].notna().cumsum() < p["window"])] = np.nan
    return result


def volatility(p, c):
    returns = np.log(c[0] / c[0].shift(1))
    return [
        np.nan if i < p["window"] else np.std(returns[i + 1 - p["window"] : i + 1].to_numpy(), ddof=1) * np.sqrt(p["periods_per_year"])
        for i in range(len(returns))
    ]


check(
    {
        "level": lambda p, c: c[0],
        "return": lambda p, c: c[0] / c[0].shift(p["periods"]) - 1,
        "log_return": lambda p, c: np.log(c[0] / c[0].shift(p["periods"])),
        "difference": lambda p, c: c[0] - c[0].shift(p["periods"]),
        "momentum": lambda p, c: c[0] / c[0].shift(p["window"]) - 1,
        "sma": lambda p, c: c[0].rolling(p["window"]).mean(),
        "ema": ema,
        "sma_ratio": lambda p, c: c[0] / c[0].rolling(p["window"]).mean() - 1,
        "rolling_sum": lambda p, c: c[0].rolling(p["window"]).sum(),
        "zscore": zscore,
        "volatility": volatility,
    },
    absolute={"zscore": 1e-9, "sma_ratio": 1e-12, "volatility": 1e-9},
)
