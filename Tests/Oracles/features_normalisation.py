"""Recomputes the normalising transforms with pandas and scipy.

Stated differences: a window of equal values scales to 0 (pandas: 0 / 0), and a robust z-score whose median absolute deviation is 0
is 0 at the median and missing elsewhere (the ratio would be infinite).
"""
import numpy as np
import pandas as pd
from scipy.stats import median_abs_deviation

from features_common import check


def minmax_scale(p, c):
    window = c[0].rolling(p["window"])
    least, largest = window.min(), window.max()
    result = (c[0] - least) / (largest - least)
    result[largest == least] = 0.0
    return result


def robust_zscore(p, c):
    window = c[0].rolling(p["window"])
    median = window.median()
    deviation = window.apply(lambda values: median_abs_deviation(values), raw=True)
    result = (c[0] - median) / (1.4826 * deviation)
    result[(deviation == 0) & (c[0] == median)] = 0.0
    result[(deviation == 0) & (c[0] != median)] = np.nan
    return result


def winsorize(p, c):
    window = c[0].rolling(p["window"])
    return c[0].clip(window.quantile(p["low"]), window.quantile(p["high"])).where(window.max().notna())


def quantile_bucket(p, c):
    return np.floor((c[0].rolling(p["window"]).rank(method="min") - 1) * p["buckets"] / p["window"] + 1e-12)


def expanding_zscore(p, c):
    so_far = c[0].expanding(p["min_rows"])
    result = (c[0] - so_far.mean()) / so_far.std()
    result[c[0].notna() & (so_far.max() == so_far.min())] = 0.0
    return result


def ewma_zscore(p, c):
    weights = c[0].ewm(halflife=p["halflife"], adjust=False, ignore_na=True)
    result = (c[0] - weights.mean()) / weights.std(bias=True)
    result[c[0].notna() & (c[0].expanding(1).max() == c[0].expanding(1).min())] = 0.0
    return result


check(
    {
        "percentile_rank": lambda p, c: c[0].rolling(p["window"]).rank(pct=True),
        "rolling_rank": lambda p, c: c[0].rolling(p["window"]).rank(),
        "quantile_bucket": quantile_bucket,
        "expanding_percentile_rank": lambda p, c: c[0].expanding(p["min_rows"]).rank(pct=True).where(c[0].notna()),
        "minmax_scale": minmax_scale,
        "winsorize": winsorize,
        "robust_zscore": robust_zscore,
        "demean": lambda p, c: c[0] - c[0].rolling(p["window"]).mean(),
        "expanding_zscore": expanding_zscore,
        "ewma_zscore": ewma_zscore,
    },
    absolute={"demean": 1e-11, "expanding_zscore": 1e-10, "ewma_zscore": 1e-10},
)
