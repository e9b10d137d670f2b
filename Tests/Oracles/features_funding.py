"""Recomputes the transforms of funding, open interest, basis and ranges with pandas and numpy."""
import math

import numpy as np
import pandas as pd
from scipy import stats

from features_common import check


def windows(function, window, *columns):
    """function of the last `window` values of each column; NaN where one is missing."""
    columns = [np.asarray(column, dtype=float) for column in columns]
    result = np.full(len(columns[0]), np.nan)
    for end in range(window, len(result) + 1):
        parts = [column[end - window : end] for column in columns]
        if not any(np.isnan(part).any() for part in parts):
            result[end - 1] = function(*parts)
    return result


def score(x):
    return 0.0 if np.ptp(x) == 0 else stats.zscore(x, ddof=1)[-1]


def deviation(x):
    return 0.0 if np.ptp(x) == 0 else np.std(x, ddof=1)


def with_time(x):
    return 0.0 if np.ptp(x) == 0 else stats.pearsonr(np.arange(len(x)), x)[0]


def persistence(p, c):
    result, run = [], 0
    for rate in c[0]:
        if math.isnan(rate):
            result.append(np.nan)
            continue
        sign = np.sign(rate)
        run = 0 if sign == 0 else run + sign if run * sign > 0 else sign
        result.append(run)
    return result


def to_funding(p, c):
    time = pd.to_datetime(c[0], unit="s", utc=True)
    step = pd.Timedelta(hours=p["interval_hours"])
    return [((t.floor(step) + step) - t).total_seconds() for t in time]


def high_low(p, c):
    return c[0].rolling(p["window"]).max() - c[1].rolling(p["window"]).min()


def median(p, c):
    return windows(np.median, p["median_window"], high_low(p, c))


def rank(p, c):
    volatility = pd.Series(windows(deviation, p["window"], np.log(c[0] / c[0].shift(1))))
    return windows(lambda x: stats.rankdata(x)[-1] / len(x), p["rank_window"], volatility)


def basis(c):
    return 1e4 * (c[0] / c[1] - 1)


def liquidations(p, c):
    longs, shorts = c[0].rolling(p["window"]).sum(), c[1].rolling(p["window"]).sum()
    return ((shorts - longs) / (shorts + longs)).where(shorts + longs != 0, 0.0).where((shorts + longs).notna())


def turnover(p, c):
    volume = windows(np.sum, p["window"], c[1])
    return np.where(volume == 0, np.nan, c[0] / volume)


check(
    {
        "funding_annualised": lambda p, c: c[0] * p["periods_per_year"],
        "funding_mean": lambda p, c: c[0].rolling(p["window"]).mean(),
        "funding_cumulative": lambda p, c: windows(np.sum, p["window"], c[0]),
        "funding_zscore": lambda p, c: windows(score, p["window"], c[0]),
        "funding_persistence": persistence,
        "seconds_to_funding": to_funding,
        "oi_notional": lambda p, c: c["open_interest"] * c["close"],
        "oi_delta": lambda p, c: c[0].diff(p["periods"]),
        "oi_log_change": lambda p, c: np.log(c[0]).diff(p["periods"]),
        "oi_zscore": lambda p, c: windows(score, p["window"], np.log(c[0] / c[0].shift(1))),
        "oi_volume_ratio": turnover,
        "liquidation_imbalance": liquidations,
        "price_oi_divergence": lambda p, c: windows(lambda x, y: with_time(x) - with_time(y), p["window"], c[0], c[1]),
        "basis_bps": lambda p, c: basis(c),
        "basis_zscore": lambda p, c: windows(score, p["window"], basis(c)),
        "cross_exchange_spread_zscore": lambda p, c: windows(score, p["window"], basis(c)),
        "range": high_low,
        "range_median": median,
        "range_ratio": lambda p, c: np.where(median(p, c) == 0, np.nan, high_low(p, c) / median(p, c)),
        "rv_percentile": rank,
    },
    absolute={
        "basis_bps": 1e-9, "basis_zscore": 1e-9, "cross_exchange_spread_zscore": 1e-9, "oi_log_change": 1e-11, "oi_zscore": 1e-9,
        "funding_zscore": 1e-9,
    },
)
