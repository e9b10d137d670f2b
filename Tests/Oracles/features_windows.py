"""What the oracles of the window statistics share: a function of each full window."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(values, window, function):
    """function(values of the window) at each row; missing before the first full window and where it holds a missing value."""
    return all_windows(values, window, lambda rows: np.array([function(row) for row in rows]))


def all_windows(values, window, function):
    """The same with a function of a matrix, a complete window each row, such as `lambda rows: rows.mean(axis=1)`."""
    rows = sliding_window_view(np.asarray(values, dtype=float), window)
    complete = ~np.isnan(rows).any(axis=1)
    result = np.full(len(values), np.nan)
    result[window - 1 :][complete] = function(rows[complete])
    return result


def finite(x):
    return x.where(np.isfinite(x))


def log_returns(x):
    """Missing where they are no finite number, as to and from a price of 0."""
    return finite(np.log(x / x.shift(1)))


def simple_returns(x):
    return finite(x / x.shift(1) - 1)


def constant(values, axis=None):
    return values.max(axis=axis) == values.min(axis=axis)
