"""Recomputes the regime transforms with pandas, numpy and statsmodels.

The hidden states are statsmodels' MarkovRegression with fixed parameters. Expectation-maximisation takes its expectations from
statsmodels' smoother; the estimates that follow from them are numpy sums, for want of a function that takes single steps.
"""
import warnings

import numpy as np
import pandas as pd
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from features_common import check
from features_windows import constant, log_returns, windows

warnings.simplefilter("ignore")


def trend_state(p, c):
    distance = c[0].rolling(p["fast_window"]).mean() / c[0].rolling(p["slow_window"]).mean() - 1
    # Equal prices: the running means differ by rounding alone.
    distance[distance.abs() < 1e-13] = 0.0
    return np.sign(distance).where((distance.abs() > p["band"]) | distance.isna(), 0.0)


def volatility_state(p, c):
    volatility = pd.Series(windows(log_returns(c[0]), p["window"], lambda w: 0.0 if constant(w) else np.std(w, ddof=1)))
    enter = windows(volatility, p["lookback"], lambda w: np.quantile(w, p["enter"]))
    leave = windows(volatility, p["lookback"], lambda w: np.quantile(w, p["exit"]))
    events = pd.Series(np.where(volatility > enter, 1.0, np.where(volatility < leave, 0.0, np.nan)))
    return events.ffill().fillna(0.0).where(~np.isnan(enter))


def cusum(holds):
    def compute(p, c):
        returns = log_returns(c[0]).dropna()
        up = down = 0.0
        events = []
        for change in returns:
            up, down = max(0.0, up + change), min(0.0, down + change)
            event = 0.0
            if down < -p["threshold"]:
                down, event = 0.0, -1.0
            elif up > p["threshold"]:
                up, event = 0.0, 1.0
            events.append(event)
        events = pd.Series(events, returns.index)
        if holds:
            events = events.replace(0.0, np.nan).ffill().fillna(0.0)
        return events.reindex(c[0].index)

    return compute


def compression_ratio(p, c):
    def span(window):
        return c["high"].rolling(window).max() - c["low"].rolling(window).min()

    return span(p["short_window"]) / span(p["long_window"])


def compression_state(p, c):
    ratio = compression_ratio(p, c)
    return (ratio <= p["threshold"]).astype(float).where(ratio.notna())


def markov(values):
    return MarkovRegression(values, k_regimes=2, trend="c", switching_variance=True)


def filtered(values, means, variances, stays):
    """Probabilities of the second state."""
    parameters = [stays[0], 1 - stays[1], *means, *variances]
    return markov(values).filter(parameters).filtered_marginal_probabilities[:, 1]


def hmm_filter(p, c):
    returns = log_returns(c[0]).dropna()
    values = filtered(
        returns.to_numpy(),
        [p["mean_low"], p["mean_high"]],
        [p["volatility_low"] ** 2, p["volatility_high"] ** 2],
        [p["stay_low"], p["stay_high"]],
    )
    return pd.Series(values, returns.index).reindex(c[0].index)


def fit(x, iterations):
    means, variances, stays = np.full(2, x.mean()), x.var() * np.array([0.5, 2.0]), np.full(2, 0.95)
    model = markov(x)
    for _ in range(iterations):
        smooth = model.smooth([stays[0], 1 - stays[1], *means, *variances])
        weights = smooth.smoothed_marginal_probabilities.T
        stay = np.array([smooth.smoothed_joint_probabilities[k, k, 1:].sum() for k in range(2)])
        means = weights @ x / weights.sum(axis=1)
        variances = np.maximum((weights * (x - means[:, None]) ** 2).sum(axis=1) / weights.sum(axis=1), 1e-6 * x.var())
        stays = np.clip(stay / weights[:, :-1].sum(axis=1), 1e-6, 1 - 1e-6)
    order = np.argsort(variances)
    return means[order], variances[order], stays[order]


def hmm_two_state(p, c):
    returns = log_returns(c[0]).dropna()
    values = returns.to_numpy()
    result = np.full(len(values), np.nan)
    first = p["fit_window"] - 1
    for row in range(first, len(values), p["refit_every"]):
        start, end = row - first, min(len(values), row + p["refit_every"])
        if not constant(values[start : row + 1]):
            estimates = fit(values[start : row + 1], p["iterations"])
            result[row:end] = filtered(values[start:end], *estimates)[first:]
    return pd.Series(result, returns.index).reindex(c[0].index)


check(
    {
        "trend_state": trend_state,
        "volatility_state": volatility_state,
        "cusum_event": cusum(False),
        "cusum_state": cusum(True),
        "compression_ratio": compression_ratio,
        "compression_state": compression_state,
        "hmm_filter": hmm_filter,
        "hmm_two_state": hmm_two_state,
    },
    # Probabilities.
    absolute={"hmm_filter": 1e-12, "hmm_two_state": 1e-10},
)
