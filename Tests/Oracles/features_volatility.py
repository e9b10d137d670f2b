"""Recomputes the volatility transforms: ml4t-engineer's where they define the same, arch for GARCH, pandas and numpy otherwise.

The range estimators are computed from the formula; where no value is missing and prices move, ml4t-engineer's functions must agree
with it (their running sums leave noise behind missing and constant rows). arch starts GARCH from the whole sample's variance, which
looks ahead; it is given the unconditional variance instead.
"""
import numpy as np
import pandas as pd
import polars as pl
from arch.univariate import GARCH
from ml4t.engineer.features.volatility import (
    ewma_volatility,
    garman_klass_volatility,
    parkinson_volatility,
    rogers_satchell_volatility,
    yang_zhang_volatility,
)

from features_common import check
from features_windows import log_returns, windows


def deviation(values, window):
    return windows(values, window, lambda w: np.std(w, ddof=1))


def total(values, window):
    return windows(values, window, np.sum)


def mean(values, window):
    return windows(values, window, np.mean)


def agreeing(formula, expression, least):
    """The formula's values, having checked them against an outside function."""

    def compute(p, c):
        values = np.asarray(formula(p, c))
        clean = not any(s.isna().any() or s.nunique() < len(s) / 2 for s in c)
        if clean and p.get("window", least) >= least:
            outside = pl.DataFrame({n: s.to_numpy() for n, s in zip(c.names, c)}).select(expression(p).alias("v"))["v"].to_numpy()
            np.testing.assert_allclose(values, outside, rtol=1e-9)
        return values

    return compute


def parkinson(p, c):
    return np.sqrt(p["periods_per_year"] * mean(np.log(c["high"] / c["low"]) ** 2, p["window"]) / (4 * np.log(2)))


def garman_klass(p, c):
    bar = np.log(c["high"] / c["low"]) ** 2 / 2 - (2 * np.log(2) - 1) * np.log(c["close"] / c["open"]) ** 2
    return np.sqrt(p["periods_per_year"] * mean(bar, p["window"]))


def rogers_satchell_bar(c):
    return np.log(c["high"] / c["close"]) * np.log(c["high"] / c["open"]) + np.log(c["low"] / c["close"]) * np.log(
        c["low"] / c["open"]
    )


def rogers_satchell(p, c):
    return np.sqrt(p["periods_per_year"] * mean(rogers_satchell_bar(c), p["window"]))


def yang_zhang(p, c):
    n = p["window"]
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    overnight = deviation(np.log(c["open"] / c["close"].shift(1)), n) ** 2
    session = deviation(np.log(c["close"] / c["open"]), n) ** 2
    return np.sqrt(p["periods_per_year"] * (overnight + k * session + (1 - k) * mean(rogers_satchell_bar(c), n)))


def annual(function, *columns):
    return lambda p: function(*columns, p["window"], annualize=True, trading_periods=p["periods_per_year"])


def bipower(p, c):
    r = log_returns(c[0])
    n = p["window"]
    return np.pi / 2 * n / (n - 1) * total((r * r.shift(1)).abs(), n - 1)


def realised_variance(p, c):
    return total(log_returns(c[0]) ** 2, p["window"])


def volatility(p, c):
    return deviation(log_returns(c[0]), p["volatility_window"])


def volatility_ratio(p, c):
    r = log_returns(c[0])
    return deviation(r, p["short_window"]) / deviation(r, p["long_window"])


def ewma(p, c):
    r = log_returns(c[0])
    return np.sqrt((r**2).ewm(alpha=1 - p["lambda"], adjust=False, ignore_na=True).mean().where(r.notna()))


def return_z(p, c):
    r = log_returns(c[0]).dropna()
    result = r / np.sqrt((r**2).ewm(alpha=1 - p["lambda"], adjust=False).mean().shift(1))
    result[r.eq(0) & (r.index > r.index[0])] = 0.0
    return result.reindex(c[0].index)


def garch(p, c):
    r = log_returns(c[0]).dropna()
    unconditional = p["omega"] / (1 - p["alpha"] - p["beta"])
    # The forecast after the last row is the variance of a row beyond it.
    resids = np.append(r.to_numpy(), 0.0)
    bounds = np.tile([1e-300, 1e300], (len(resids), 1))
    sigma2 = np.empty(len(resids))
    GARCH(p=1, q=1).compute_variance(
        np.array([p["omega"], p["alpha"], p["beta"]]), resids, sigma2, unconditional, bounds
    )
    return pd.Series(np.sqrt(p["periods_per_year"] * sigma2[1:]), r.index).reindex(c[0].index)


check(
    {
        "parkinson": agreeing(parkinson, annual(parkinson_volatility, "high", "low"), 2),
        "garman_klass": agreeing(garman_klass, annual(garman_klass_volatility, "open", "high", "low", "close"), 2),
        "rogers_satchell": agreeing(rogers_satchell, annual(rogers_satchell_volatility, "open", "high", "low", "close"), 2),
        "yang_zhang": agreeing(yang_zhang, annual(yang_zhang_volatility, "open", "high", "low", "close"), 3),
        "realised_range": lambda p, c: total(np.log(c["high"] / c["low"]) ** 2, p["window"]) / (4 * np.log(2)),
        "realised_variance": realised_variance,
        "realised_volatility": lambda p, c: np.sqrt(p["periods_per_year"] / p["window"] * realised_variance(p, c)),
        "upside_semivariance": lambda p, c: total(log_returns(c[0]).clip(lower=0) ** 2, p["window"]),
        "downside_semivariance": lambda p, c: total(log_returns(c[0]).clip(upper=0) ** 2, p["window"]),
        "bipower_variation": bipower,
        "jump_variation": lambda p, c: np.maximum(0, realised_variance(p, c) - bipower(p, c)),
        "volatility_of_volatility": lambda p, c: np.sqrt(p["periods_per_year"]) * deviation(volatility(p, c), p["window"]),
        "volatility_percentile": lambda p, c: pd.Series(volatility(p, c)).rolling(p["window"]).rank(pct=True),
        "volatility_ratio": volatility_ratio,
        "ewma_volatility": lambda p, c: np.sqrt(p["periods_per_year"]) * ewma(p, c),
        "return_z": return_z,
        "garch_volatility": garch,
    },
    absolute={"volatility_of_volatility": 1e-11, "jump_variation": 1e-14},
)
