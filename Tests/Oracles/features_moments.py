"""Recomputes the statistics of windows with pandas, scipy, statsmodels, arch, TA-Lib and empyrical, window by window.

pandas' running sums leave noise behind large values and in constant windows, so its rolling statistics are replaced by the same
functions of each window: numpy's or scipy's. Where a window is constant: skewness, kurtosis, correlation, Sharpe ratio, Ljung-Box,
variance ratio and Hurst exponent are missing, entropy, R squared and t statistic are 0.
"""
import math
import warnings

import empyrical
import numpy as np
import pandas as pd
import talib
from arch.unitroot import VarianceRatio
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox

from features_common import check
from features_windows import all_windows, constant, log_returns, simple_returns, windows

warnings.simplefilter("ignore")


def of(function, column=lambda p, c: c[0]):
    """function(window values, parameters) over windows of a column."""
    return lambda p, c: windows(column(p, c), p["window"], lambda w: function(w, p))


def of_returns(function):
    return of(function, returns)


def of_simple_returns(function):
    return of(function, lambda p, c: simple_returns(c[0]))


def rows_of(function, column=lambda p, c: c[0]):
    """function(matrix of windows, parameters), one result a window, in one call."""
    return lambda p, c: all_windows(column(p, c), p["window"], lambda rows: function(rows, p))


def returns(p, c):
    return log_returns(c[0])


def skewness(rows, p):
    return np.where(constant(rows, 1), np.nan, stats.skew(rows, axis=1, bias=False))


def kurtosis(rows, p):
    return np.where(constant(rows, 1), np.nan, stats.kurtosis(rows, axis=1, bias=False))


def mean_absolute_deviation(p, c):
    values = windows(c[0], p["window"], lambda w: np.mean(np.abs(w - w.mean())))
    if c[0].notna().all():
        np.testing.assert_allclose(values, talib.AVGDEV(c[0].to_numpy(), p["window"]), rtol=1e-9, atol=1e-12)
    return values


def sharpe(w, p):
    return np.nan if constant(w) else empyrical.sharpe_ratio(w, annualization=p["periods_per_year"])


def autocorrelation(x, p):
    """A pair per row: x[t] and x[t-lag], the last window pairs."""
    pairs = pd.DataFrame({"a": x.shift(p["lag"]), "b": x})
    pairs[pairs.isna().any(axis=1)] = np.nan
    result = []
    for i in range(len(pairs)):
        rows = pairs.iloc[max(0, i + 1 - p["window"]) : i + 1].to_numpy()
        bad = len(rows) < p["window"] or np.isnan(rows).any() or constant(rows[:, 0]) or constant(rows[:, 1])
        result.append(np.nan if bad else np.corrcoef(rows.T)[0, 1])
    return result


def ljung_box(w, p):
    return np.nan if constant(w) else acorr_ljungbox(w, lags=[p["lags"]])["lb_stat"].iloc[0]


def variance_ratio(attribute):
    def compute(p, c):
        def one(w):
            if constant(np.diff(w)):
                return np.nan
            return getattr(VarianceRatio(w, lags=p["periods"], robust=False), attribute)

        return windows(np.log(c[0]), p["window"] + 1, one)

    return compute


def hurst(p, c):
    """A line through ln(deviation of the lag's differences) against ln(lag); numpy alone, for want of an outside function."""
    lags = [1]
    while lags[-1] * 2 <= p["max_lag"]:
        lags.append(lags[-1] * 2)
    x = np.log(c[0])
    deviations = [windows(x - x.shift(lag), p["window"], lambda w: 0.0 if constant(w) else np.std(w, ddof=1)) for lag in lags]
    logs = np.log(np.array(deviations))
    return [np.polyfit(np.log(lags), row, 1)[0] if np.isfinite(row).all() else np.nan for row in logs.T]


def shannon(rows, p):
    counts = np.array([np.histogram(row, bins=p["bins"])[0] for row in rows])
    return np.where(constant(rows, 1), 0.0, stats.entropy(counts, axis=1))


def permutation(rows, p):
    size = p["order"]
    patterns = np.argsort(np.lib.stride_tricks.sliding_window_view(rows, size, axis=1), axis=2, kind="stable")
    numbers = patterns @ (size ** np.arange(size))
    counts = np.array([np.bincount(row, minlength=size**size) for row in numbers])
    return stats.entropy(counts, axis=1) / math.log(math.factorial(size))


def line(w):
    return stats.linregress(np.arange(len(w)), w)


def r_squared(w, p):
    return 0.0 if constant(w) else line(w).rvalue ** 2


def t_statistic(w, p):
    if constant(w):
        return 0.0
    fit = line(w)
    return fit.slope / fit.stderr


def positive(p, c):
    return c[0].where(c[0] > 0)


def streak(p, c):
    changes = np.sign(c[0].dropna().diff().dropna())
    runs = (changes != changes.shift()).cumsum()
    return (changes * (changes.groupby(runs).cumcount() + 1)).reindex(c[0].index)


check(
    {
        "rolling_std": of(lambda w, p: np.std(w, ddof=1)),
        "rolling_variance": of(lambda w, p: np.var(w, ddof=1)),
        "coefficient_of_variation": rows_of(lambda rows, p: stats.variation(rows, axis=1, ddof=1)),
        "rolling_skewness": rows_of(skewness),
        "rolling_kurtosis": rows_of(kurtosis),
        "return_skewness": rows_of(skewness, returns),
        "return_kurtosis": rows_of(kurtosis, returns),
        "mean_absolute_deviation": mean_absolute_deviation,
        "rolling_sharpe": of_simple_returns(sharpe),
        "rolling_min": lambda p, c: c[0].rolling(p["window"]).min(),
        "rolling_max": lambda p, c: c[0].rolling(p["window"]).max(),
        "rolling_range": lambda p, c: c[0].rolling(p["window"]).max() - c[0].rolling(p["window"]).min(),
        "rolling_median": lambda p, c: c[0].rolling(p["window"]).median(),
        "rolling_quantile": lambda p, c: c[0].rolling(p["window"]).quantile(p["quantile"]),
        "interquartile_range": rows_of(lambda rows, p: stats.iqr(rows, axis=1)),
        "tail_ratio": of_simple_returns(
            lambda w, p: np.abs(np.quantile(w, 1 - p["tail"])) / np.abs(np.quantile(w, p["tail"]))
            if p["tail"] != 0.05
            else empyrical.tail_ratio(w)
        ),
        "rolling_autocorrelation": lambda p, c: autocorrelation(c[0], p),
        "return_autocorrelation": lambda p, c: autocorrelation(log_returns(c[0]), p),
        "ljung_box": of_returns(ljung_box),
        "variance_ratio": variance_ratio("vr"),
        "variance_ratio_z": variance_ratio("stat"),
        "hurst_exponent": hurst,
        "shannon_entropy": rows_of(shannon),
        "return_entropy": rows_of(shannon, returns),
        "permutation_entropy": rows_of(permutation),
        "rolling_r_squared": of(r_squared),
        "rolling_trend_tstat": of(t_statistic),
        "drawdown_from_high": lambda p, c: c[0] / positive(p, c).rolling(p["window"]).max() - 1,
        "expanding_drawdown": lambda p, c: positive(p, c) / positive(p, c).cummax() - 1,
        "max_drawdown": of(lambda w, p: empyrical.max_drawdown(np.diff(w) / w[:-1]) if len(w) > 1 else 0.0, positive),
        "rows_since_high": of(lambda w, p: np.argmax(w[::-1])),
        "rows_since_low": of(lambda w, p: np.argmin(w[::-1])),
        "percent_positive": of(lambda w, p: np.mean(w > 0), lambda p, c: c[0].diff()),
        "streak_length": streak,
    },
    # Constant windows: the outside deviations of equal values are rounding noise about 0.
    absolute={
        "rolling_skewness": 1e-9, "rolling_kurtosis": 1e-9, "return_skewness": 1e-9, "return_kurtosis": 1e-9,
        "rolling_autocorrelation": 1e-9, "return_autocorrelation": 1e-9, "variance_ratio_z": 1e-8, "hurst_exponent": 1e-9,
        "rolling_trend_tstat": 1e-8, "rolling_std": 1e-11, "rolling_sharpe": 1e-9, "variance_ratio": 1e-9,
    },
)
