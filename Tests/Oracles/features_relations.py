"""Recomputes the transforms of two series and of cross-sections with pandas, scipy and statsmodels."""
import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter
from statsmodels.tsa.stattools import coint

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


def constant(values):
    return np.ptp(values) == 0


def regression(what):
    """linregress of x on y; its results where y is not constant."""
    def function(x, y):
        if constant(y):
            return np.nan
        if constant(x):
            return {"slope": 0.0, "intercept": x[0], "residual": 0.0}[what]
        line = stats.linregress(y, x)
        return x[-1] - line.intercept - line.slope * y[-1] if what == "residual" else getattr(line, what)

    return lambda p, c: windows(function, p["window"], c[0], c[1])


def correlation(x, y):
    return np.nan if constant(x) or constant(y) else stats.pearsonr(x, y)[0]


def spearman(x, y):
    return np.nan if constant(x) or constant(y) else stats.spearmanr(x, y)[0]


def residual_score(x, y):
    if constant(y):
        return np.nan
    if constant(x):
        return 0.0
    # Moved by a constant, which changes no residual and spares statsmodels rounding where the window is all but constant.
    x, y = x - x[0], y - y[0]
    model = OLS(x, np.column_stack([np.ones_like(y), y])).fit()
    return 0.0 if model.rsquared > 1 - 1e-12 else model.resid_pearson[-1]


def adf(lags):
    def function(x, y):
        if constant(x) or constant(y) or np.corrcoef(x, y)[0, 1] ** 2 > 1 - 1e-12:
            return np.nan
        line = stats.linregress(y, x)
        e = x - line.intercept - line.slope * y
        steps = np.diff(e)
        design = np.column_stack([steps[lags - i - 1 : len(steps) - i - 1] for i in range(lags)] + [e[lags:-1]])
        pivots = np.diag(np.linalg.qr(design)[1]) ** 2
        if np.any(pivots <= 1e-13 * np.sum(design**2, axis=0)):
            return np.nan
        # As in residual_score.
        x, y = x - x[0], y - y[0]
        return coint(x, y, trend="c", maxlag=lags, autolag=None)[0]

    return function


def downside(threshold):
    def function(x, y):
        below = y < threshold
        if below.sum() < 2 or constant(y[below]):
            return np.nan
        return 0.0 if constant(x[below]) else stats.linregress(y[below], x[below]).slope

    return function


def half_life(x):
    before, now = x[:-1], x[1:]
    if constant(before):
        return np.nan
    if constant(now):
        return 0.0
    phi = stats.linregress(before, now).slope
    return np.inf if phi >= 1 else 0.0 if phi <= 0 else -np.log(2) / np.log(phi)


def distance(x, y):
    return np.sum((x / x[0] - y / y[0]) ** 2)


def kalman(p, c):
    kept = c[0].notna() & c[1].notna()
    x, y = c[0][kept].to_numpy(), c[1][kept].to_numpy()
    model = KalmanFilter(k_endog=1, k_states=2)
    model.bind(x)
    model["design"] = np.array([np.ones_like(y), y])[None]
    model["obs_cov"] = np.array([[p["noise_variance"]]])
    model["transition"] = model["selection"] = np.eye(2)
    model["state_cov"] = np.eye(2) * p["process_variance"]
    model.initialize_known(np.zeros(2), np.eye(2) * p["prior_variance"])
    model.tolerance = 0
    result = model.filter()

    def spread(values):
        return pd.Series(values, index=c[0].index[kept]).reindex(c[0].index)

    return {
        "alpha": spread(result.filtered_state[0]), "beta": spread(result.filtered_state[1]),
        "residual": spread(result.standardized_forecasts_error[0]),
    }


def table(c):
    return pd.concat(list(c), axis=1, keys=range(len(c)))


def known(c, values):
    return values.where(c[0].notna())


def cross_score(p, c):
    frame = table(c)
    result = (c[0] - frame.mean(axis=1)) / frame.std(axis=1, ddof=1)
    result[(frame.max(axis=1) == frame.min(axis=1)) & (frame.count(axis=1) > 1)] = 0.0
    return known(c, result)


def change(x, periods=1):
    return x / x.shift(periods) - 1


def relative_volatility(x, y):
    return np.nan if constant(y) else 0.0 if constant(x) else np.std(x, ddof=1) / np.std(y, ddof=1)


check(
    {
        "lag": lambda p, c: c[0].shift(p["periods"]),
        "spread": lambda p, c: c[0] - p["beta"] * c[1] - p["alpha"],
        "ratio": lambda p, c: (c[0] / c[1]).where(c[1] != 0),
        "log_ratio": lambda p, c: np.log((c[0] / c[1]).where(c[0] / c[1] > 0)),
        "relative_strength": lambda p, c: (1 + change(c[0], p["window"])) / (1 + change(c[1], p["window"])) - 1,
        "excess_return": lambda p, c: change(c[0], p["periods"]) - change(c[1], p["periods"]),
        "tracking_error": lambda p, c: windows(lambda d: np.std(d, ddof=1), p["window"], change(c[0]) - change(c[1]))
        * np.sqrt(p["periods_per_year"]),
        "relative_volatility": lambda p, c: windows(relative_volatility, p["window"], change(c[0]), change(c[1])),
        "distance": lambda p, c: windows(distance, p["window"], c[0], c[1]),
        "rolling_beta": regression("slope"),
        "rolling_alpha": regression("intercept"),
        "rolling_correlation": lambda p, c: windows(correlation, p["window"], c[0], c[1]),
        "rolling_covariance": lambda p, c: windows(lambda x, y: np.cov(x, y)[0, 1], p["window"], c[0], c[1]),
        "rank_correlation": lambda p, c: windows(spearman, p["window"], c[0], c[1]),
        "regression_residual": regression("residual"),
        "residual_zscore": lambda p, c: windows(residual_score, p["window"], c[0], c[1]),
        "cointegration_adf": lambda p, c: windows(adf(p["lags"]), p["window"], c[0], c[1]),
        "lead_lag_correlation": lambda p, c: windows(correlation, p["window"], c[0].shift(p["lag"]), c[1]),
        "downside_beta": lambda p, c: windows(downside(p["threshold"]), p["window"], change(c[0]), change(c[1])),
        "half_life": lambda p, c: windows(half_life, p["window"], c[0]),
        "kalman_alpha": lambda p, c: kalman(p, c)["alpha"],
        "kalman_beta": lambda p, c: kalman(p, c)["beta"],
        "kalman_residual": lambda p, c: kalman(p, c)["residual"],
        "cross_sectional_rank": lambda p, c: table(c).rank(axis=1, pct=True)[0],
        "cross_sectional_zscore": cross_score,
        "cross_sectional_demean": lambda p, c: known(c, c[0] - table(c).mean(axis=1)),
        "cross_sectional_dispersion": lambda p, c: known(c, table(c).std(axis=1, ddof=1)),
    },
    absolute={
        "relative_strength": 1e-12, "residual_zscore": 1e-9, "regression_residual": 1e-9, "rolling_alpha": 1e-9,
        "cross_sectional_zscore": 1e-9, "cointegration_adf": 1e-9,
    },
)
