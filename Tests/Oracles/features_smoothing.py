"""Recomputes the smoothing transforms with pandas, scipy, statsmodels and ml4t-engineer.

ml4t-engineer's fractional differences of the first rows use the weights there are rows for; here they are missing. The recursions of
Ehlers are linear filters: scipy's lfilter computes them from the state that the first values leave.
"""
import warnings

import numpy as np
import pandas as pd
import polars as pl
from ml4t.engineer.features.fdiff import ffdiff, get_ffd_weights
from scipy.signal import lfilter, lfiltic, savgol_coeffs
from scipy.stats import median_abs_deviation
from statsmodels.tsa.statespace.structural import UnobservedComponents

from features_common import check
from features_windows import windows

warnings.simplefilter("ignore")


def savitzky_golay(p, c):
    weights = savgol_coeffs(p["window"], p["polyorder"], pos=p["window"] - 1, use="dot")
    return windows(c[0], p["window"], lambda w: weights @ w)


def fractional_difference(p, c):
    result = ffdiff(pl.Series(c[0].to_numpy()), p["order"], p["threshold"]).to_numpy().copy()
    result[: len(get_ffd_weights(p["order"], p["threshold"])) - 1] = np.nan
    return result


def hampel(p, c):
    def last(w):
        median = np.median(w)
        return median if abs(w[-1] - median) > p["threshold"] * 1.4826 * median_abs_deviation(w) else w[-1]

    return windows(c[0], p["window"], last)


def kalman(model, parameters, row, first):
    def compute(p, c):
        fit = UnobservedComponents(c[0].to_numpy(), model, use_exact_diffuse=True)
        # Or the gains stop changing while they still do, in the tenth digit.
        fit.ssm.tolerance = 0
        state = fit.filter([1.0] + [p[name] for name in parameters]).filtered_state[row].copy()
        state[c[0].isna()] = np.nan
        state[:first] = np.nan
        return state

    return compute


def recursion(numerator, denominator, start, x):
    """The filter over the values there are, its first `start` outputs the values themselves."""
    known = x.dropna()
    values = known.to_numpy()
    state = lfiltic(numerator, denominator, y=values[:start][::-1], x=values[:start][::-1])
    filtered = lfilter(numerator, denominator, values[start:], zi=state)[0]
    return pd.Series(np.concatenate([values[:start], filtered]), known.index).reindex(x.index)


def super_smoother(p, c):
    a = np.exp(-np.sqrt(2) * np.pi / p["period"])
    c2, c3 = 2 * a * np.cos(np.sqrt(2) * np.pi / p["period"]), -a * a
    c1 = 1 - c2 - c3
    return recursion([c1 / 2, c1 / 2], [1, -c2, -c3], 2, c[0])


def decycler(p, c):
    w = 2 * np.pi / p["period"]
    a = (np.cos(w) + np.sin(w) - 1) / np.cos(w)
    return recursion([a / 2, a / 2], [1, a - 1], 1, c[0])


check(
    {
        "savitzky_golay": savitzky_golay,
        "fractional_difference": fractional_difference,
        "hampel": hampel,
        "ewma": lambda p, c: c[0].ewm(halflife=p["halflife"], adjust=False, ignore_na=True).mean().where(c[0].notna()),
        "kalman_level": kalman("llevel", ["signal_to_noise"], 0, 0),
        "kalman_trend_level": kalman("lltrend", ["level_to_noise", "slope_to_noise"], 0, 1),
        "kalman_trend_slope": kalman("lltrend", ["level_to_noise", "slope_to_noise"], 1, 1),
        "super_smoother": super_smoother,
        "decycler": decycler,
    },
    # Differences of prices near 100.
    absolute={"fractional_difference": 1e-11, "kalman_trend_slope": 1e-10},
)
