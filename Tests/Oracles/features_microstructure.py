"""Recomputes the transforms of order flow, spreads, price impact and quotes with numpy, pandas and scipy."""
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


def constant(values):
    return np.ptp(values) == 0


def delta(c):
    return c["buy_volume"] - c["sell_volume"]


def share(numerator, empty):
    def function(p, c):
        top = numerator(c).rolling(p["window"]).sum()
        total = (c["buy_volume"] + c["sell_volume"]).rolling(p["window"]).sum()
        return (top / total).where(total != 0, empty).where(total.notna())

    return function


def correlation(x, y):
    return np.nan if constant(x) or constant(y) else stats.pearsonr(x, y)[0]


def slope(y, x):
    return np.nan if constant(x) else 0.0 if constant(y) else stats.linregress(x, y).slope


def with_time(x):
    return 0.0 if constant(x) else stats.pearsonr(np.arange(len(x)), x)[0]


def divergence(p, c):
    return windows(lambda x, y: with_time(x) - with_time(y), p["window"], c[0], c[1])


def stack(p, c):
    result, run = [], 0
    for buy, sell in zip(c[0], c[1]):
        if math.isnan(buy + sell):
            result.append(np.nan)
            continue
        imbalance = 0 if buy + sell == 0 else (buy - sell) / (buy + sell)
        sign = (imbalance >= p["threshold"]) - (imbalance <= -p["threshold"])
        run = 0 if sign == 0 else run + sign if run * sign > 0 else sign
        result.append(run)
    return result


def intensity(p, c):
    mean = c[0].rolling(p["window"]).mean()
    return (c[0] / mean).where(mean != 0, 0.0).where(mean.notna())


def large(p, c):
    level = windows(lambda x: np.quantile(x, p["quantile"]), p["window"], c[0])
    return np.where(level == 0, np.nan, c[0] / level)


def tick_rule(p, c):
    known = c[0].dropna()
    return np.sign(known.diff()).replace(0, np.nan).ffill().fillna(0).reindex(c[0].index)


def roll(p, c):
    change = c[0].diff()

    def spread(now, before):
        return 2 * math.sqrt(max(0.0, -np.cov(now, before)[0, 1]))

    return windows(spread, p["window"], change, change.shift(1))


def corwin_schultz(p, c):
    high, low, before = c["high"], c["low"], c["close"].shift(1)
    gap = (low - before).clip(lower=0) + (high - before).clip(upper=0)
    high, low = high - gap, low - gap
    highest, lowest = np.maximum(high, c["high"].shift(1)), np.minimum(low, c["low"].shift(1))
    beta = np.log(c["high"].shift(1) / c["low"].shift(1)) ** 2 + np.log(high / low) ** 2
    gamma = np.log(highest / lowest) ** 2
    k = 3 - 2 * np.sqrt(2)
    alpha = (np.sqrt(2 * beta) - np.sqrt(beta)) / k - np.sqrt(gamma / k)
    spread = (2 * (np.exp(alpha) - 1) / (1 + np.exp(alpha))).clip(lower=0)
    return spread.rolling(p["window"]).mean()


def abdi_ranaldo(p, c):
    close, middle = np.log(c["close"]), (np.log(c["high"]) + np.log(c["low"])) / 2
    pairs = (close.shift(1) - middle.shift(1)) * (close.shift(1) - middle)
    return windows(lambda x: math.sqrt(max(0.0, 4 * np.mean(x))), p["window"], pairs)


def amihud(p, c):
    money = c["close"] * c["volume"]
    size = (c["close"] / c["close"].shift(1) - 1).abs()

    def mean(size, money):
        kept = money > 0
        return np.mean(size[kept] / money[kept]) * p["scale"] if kept.any() else np.nan

    return windows(mean, p["window"], size, money)


def hasbrouck(p, c):
    money = c["close"] * delta(c)
    return windows(slope, p["window"], np.log(c["close"] / c["close"].shift(1)), np.sign(money) * np.sqrt(money.abs()))


def toxicity(rows, p):
    """rows: (volume, imbalance), None where missing. Fills one bucket at a time."""
    size, result = p["bucket_volume"], []
    room, signed, full = size, 0.0, []
    for row in rows:
        if row is None:
            result.append(np.nan)
            continue
        volume, imbalance = row
        rest = volume
        while rest > 0:
            take = min(rest, room)
            signed += imbalance * take / volume
            rest, room = rest - take, room - take
            if room == 0:
                full.append(abs(signed))
                room, signed = size, 0.0
        result.append(sum(full[-p["buckets"] :]) / (p["buckets"] * size) if len(full) >= p["buckets"] else np.nan)
    return result


def vpin(p, c):
    return toxicity([None if math.isnan(b + s) else (b + s, b - s) for b, s in zip(c[0], c[1])], p)


def bulk_vpin(p, c):
    change = c[0].diff()
    deviation = windows(lambda x: 0.0 if constant(x) else np.std(x, ddof=1), p["window"], change)
    rows = []
    for move, sigma, volume in zip(change, deviation, c[1]):
        if math.isnan(sigma + volume):
            rows.append(None)
        else:
            buy = volume * (stats.norm.cdf(move / sigma) if sigma > 0 else 0.5)
            rows.append((volume, buy - (volume - buy)))
    return toxicity(rows, p)


def order_flow(p, c):
    bid, ask, bids, asks = c
    flow = (
        (bid >= bid.shift(1)) * bids - (bid <= bid.shift(1)) * bids.shift(1)
        - (ask <= ask.shift(1)) * asks + (ask >= ask.shift(1)) * asks.shift(1)
    )
    flow[(bid + ask + bid.shift(1) + ask.shift(1)).isna()] = np.nan
    return flow.rolling(p["window"]).sum()


def middle(c):
    return (c["bid"] + c["ask"]) / 2


def post_trade(what):
    def function(p, c):
        n = p["periods"]
        price, mid, now = c[0].shift(n), ((c[1] + c[2]) / 2).shift(n), (c[1] + c[2]) / 2
        return 2 * np.sign(price - mid) * (price - now if what == "realized" else now - mid)

    return function


def ratio_or(top, total, empty):
    return (top / total).where(total != 0, empty).where(total.notna())


def volume_clock(p, c):
    known = c[0].dropna()
    return (np.mod(known.cumsum(), p["bucket_volume"]) / p["bucket_volume"]).reindex(c[0].index)


def per_session(c):
    return delta(c).groupby(c["trade_date"]).cumsum()


check(
    {
        "delta": lambda p, c: delta(c),
        "cumulative_delta": lambda p, c: delta(c).cumsum(),
        "session_cumulative_delta": lambda p, c: per_session(c),
        "order_imbalance": share(delta, 0.0),
        "buy_ratio": share(lambda c: c["buy_volume"], 0.5),
        "signed_volume_autocorrelation": lambda p, c: windows(correlation, p["window"], delta(c), delta(c).shift(p["lag"])),
        "imbalance_stack": stack,
        "trade_intensity": intensity,
        "average_trade_size": lambda p, c: (c[0] / c[1]).where(c[1] > 0),
        "large_volume_ratio": large,
        "volume_clock": volume_clock,
        "tick_rule": tick_rule,
        "cvd_slope": lambda p, c: windows(lambda x: slope(x, np.arange(len(x))), p["window"], c[0]),
        "cvd_divergence": divergence,
        "roll_spread": roll,
        "corwin_schultz": corwin_schultz,
        "abdi_ranaldo": abdi_ranaldo,
        "amihud": amihud,
        "kyle_lambda": lambda p, c: windows(slope, p["window"], c["close"].diff(), delta(c)),
        "hasbrouck_lambda": hasbrouck,
        "vpin": vpin,
        "bulk_vpin": bulk_vpin,
        "mid_price": lambda p, c: middle(c),
        "quoted_spread": lambda p, c: c["ask"] - c["bid"],
        "relative_spread_bps": lambda p, c: 1e4 * (c["ask"] - c["bid"]) / middle(c),
        "queue_imbalance": lambda p, c: ratio_or(c[0] - c[1], c[0] + c[1], 0.0),
        "depth": lambda p, c: c[0] + c[1],
        "microprice": lambda p, c: ((c["bid"] * c[3] + c["ask"] * c[2]) / (c[2] + c[3])).where(c[2] + c[3] != 0, middle(c)),
        "order_flow_imbalance": order_flow,
        "effective_spread": lambda p, c: 2 * (c[0] - (c[1] + c[2]) / 2).abs(),
        "effective_spread_bps": lambda p, c: 2e4 * (c[0] - (c[1] + c[2]) / 2).abs() / ((c[1] + c[2]) / 2),
        "realized_spread": post_trade("realized"),
        "price_impact": post_trade("impact"),
        "value_area_position": lambda p, c: ((c[0] - c[1]) / (c[2] - c[1])).where(c[2] != c[1]),
        "point_of_control_distance": lambda p, c: c[0] / c[1] - 1,
    },
    absolute={"roll_spread": 1e-9, "abdi_ranaldo": 1e-9, "cvd_slope": 1e-9, "kyle_lambda": 1e-15, "hasbrouck_lambda": 1e-15},
)
