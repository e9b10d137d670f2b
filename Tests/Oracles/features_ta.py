"""What the oracles of technical analysis share: TA-Lib under the catalogue's rules for missing values.

TA-Lib takes no NaN. A recursion skips rows that miss a value, so it equals TA-Lib on the rows that miss none (`recursion`). A
window with a missing value has no result, so it equals a plain formula over each window, which TA-Lib must confirm wherever
nothing is missing and prices move (`window`).
"""
import numpy as np
import pandas as pd
import talib


def known(columns):
    """The rows that miss nothing, as arrays, and their places."""
    table = pd.concat(list(columns), axis=1)
    places = np.flatnonzero(table.notna().all(axis=1))
    return [table.iloc[places, i].to_numpy() for i in range(table.shape[1])], places


def skipping(function):
    """f(p, arrays of the known rows) -> f(p, c) with NaN on the others."""

    def run(p, c):
        arrays, places = known(c)
        result = np.full(len(c[0]), np.nan)
        result[places] = function(p, *arrays)
        return result

    return run


def recursion(function):
    """TA-Lib on the rows that miss nothing: function(p, *arrays)."""
    return skipping(function)


def moves(columns):
    return all(len(x) == x.notna().sum() for x in columns) and any(x.nunique() > 1 for x in columns)


def window(formula, ta, absolute=1e-9):
    """`formula`(p, c), confirmed by `ta`(p, *arrays), the first value included, where nothing is missing and prices move."""

    def run(p, c):
        want = np.asarray(formula(p, c), dtype=float)
        if moves(c):
            np.testing.assert_allclose(ta(p, *[x.to_numpy() for x in c]), want, rtol=1e-9, atol=absolute)
        return want

    return run


def rows(x, n):
    """Row t holds the last n values at t, oldest first; NaN before there are as many."""
    padded = np.concatenate([np.full(n - 1, np.nan), np.asarray(x, dtype=float)])
    return np.lib.stride_tricks.sliding_window_view(padded, n)


def mean(x, n):
    return pd.Series(rows(x, n).mean(axis=1))


def total(x, n):
    return pd.Series(rows(x, n).sum(axis=1))


def largest(x, n):
    return pd.Series(rows(x, n).max(axis=1))


def smallest(x, n):
    return pd.Series(rows(x, n).min(axis=1))


def weighted(x, n):
    weights = np.arange(1.0, n + 1)
    return pd.Series(rows(x, n) @ weights / weights.sum())


def ratio(top, bottom, empty=0.0):
    """top / bottom, `empty` where bottom is 0."""
    top, bottom = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)
    return pd.Series(np.where(bottom == 0, np.where(np.isnan(top), np.nan, empty), top / bottom))


def true_range(high, low, close):
    before = close.shift(1)
    spans = np.array([high - low, (high - before).abs(), (low - before).abs()])
    return pd.Series(spans.max(axis=0))


def ema(x, n):
    """Begun with the mean of the first n known values, missing ones skipped."""
    x = pd.Series(x)
    present = x.dropna()
    return pd.Series(talib.EMA(present.to_numpy(), n), index=present.index).reindex(x.index)
