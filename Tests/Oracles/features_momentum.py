"""Recomputes the momentum transforms with TA-Lib, and with pandas and numpy where it has no such function."""
import numpy as np
import pandas as pd
import talib

from features_common import check
from features_ta import ema, largest, mean, ratio, recursion, rows, skipping, smallest, total, true_range, weighted, window


def place(high, low, x, n, empty=0.0):
    lowest = smallest(low, n)
    return ratio(x - lowest, largest(high, n) - lowest, empty)


def fast_k(p, c):
    return 100 * place(c["high"], c["low"], c["close"], p["window"])


def stochastic(formula, ta):
    return window(formula, lambda p, h, l, c: ta(p, h, l, c))


def stochastic_rsi_k(p, c):
    strength = pd.Series(recursion(lambda p, x: talib.RSI(x, p["window"]))(p, c))
    n = p["stochastic_window"]
    top, bottom = largest(strength, n), smallest(strength, n)
    # Where x stands still rsi does too, but for what rounding makes of it.
    return 100 * ratio(strength - bottom, (top - bottom).mask(top - bottom < 1e-9, 0.0))


def connors_rsi(p, x):
    streak = np.zeros(len(x))
    for t in range(1, len(x)):
        step = np.sign(x[t] - x[t - 1])
        streak[t] = 0 if step == 0 else (streak[t - 1] + step if streak[t - 1] * step > 0 else step)
    change = np.append(np.nan, x[1:] / x[:-1] - 1)
    n = p["rank_window"]
    rank = np.full(len(x), np.nan)
    for t in range(n + 1, len(x)):
        rank[t] = 100 * np.mean(change[t - n : t] < change[t])
    return (talib.RSI(x, p["window"]) + talib.RSI(streak, p["streak_window"]) + rank) / 3


def fisher(p, c):
    price = (c["high"] + c["low"]) / 2
    v = value = 0.0
    out = []
    for part in place(price, price, price, p["window"], 0.5):
        if np.isnan(part):
            out.append(np.nan)
            continue
        v = np.clip(0.33 * 2 * (part - 0.5) + 0.67 * v, -0.999, 0.999)
        value = np.arctanh(v) + 0.5 * value
        out.append(value)
    return out


def cci(p, c):
    price = (c["high"] + c["low"] + c["close"]) / 3
    matrix = rows(price, p["window"])
    middle = matrix.mean(axis=1)
    flat = matrix.max(axis=1) == matrix.min(axis=1)
    deviation = np.abs(matrix - middle[:, None]).mean(axis=1)
    return np.where(flat, 0.0, (price - middle) / (0.015 * deviation))


def ultimate(p, c):
    span = true_range(*c)
    before = c["close"].shift(1)
    pressure = c["close"] - np.minimum(c["low"], before)
    # numpy's minimum keeps NaN, so both miss the same rows.
    parts = [ratio(total(pressure, p[n]), total(span, p[n])) for n in ("short", "medium", "long")]
    return 100 * (4 * parts[0] + 2 * parts[1] + parts[2]) / 7


def roc(x, n):
    return 100 * (x / x.shift(n) - 1)


def kst(p, c):
    return sum(i * mean(roc(c[0], p[f"roc_{i}"]), p[f"sma_{i}"]) for i in (1, 2, 3, 4))


def coppock(p, c):
    return weighted(roc(c[0], p["short"]) + roc(c[0], p["long"]), p["window"])


def awesome(p, c):
    price = (c["high"] + c["low"]) / 2
    return mean(price, p["fast"]) - mean(price, p["slow"])


def intraday_momentum(p, c):
    body = c["close"] - c["open"]
    return 100 * ratio(total(body.clip(lower=0.0), p["window"]), total(body.abs(), p["window"]))


def forecast_oscillator(p, c):
    n = p["window"]
    y = rows(c[0], n)
    i = np.arange(n) - (n - 1) / 2
    slope = (y - y.mean(axis=1)[:, None]) @ i / (i @ i)
    forecast = pd.Series(y.mean(axis=1) + slope * (n + 1) / 2).shift(1)
    return 100 * (c[0] - forecast) / c[0]


def tsi(p, x):
    if (x == x[0]).all():
        return np.where(np.arange(len(x)) < p["fast"] + p["slow"] - 1, np.nan, 0.0)
    return talib.TSI(x, p["slow"], p["fast"])




check(
    {
        "rsi": recursion(lambda p, x: talib.RSI(x, p["window"])),
        "cmo": recursion(lambda p, x: talib.CMO(x, p["window"])),
        "stochastic_rsi_k": window(
            stochastic_rsi_k, lambda p, x: talib.STOCHRSI(x, p["window"], p["stochastic_window"], 1)[0], absolute=1e-7
        ),
        "stochastic_rsi_d": window(
            lambda p, c: mean(stochastic_rsi_k(p, c), p["d_window"]),
            lambda p, x: talib.STOCHRSI(x, p["window"], p["stochastic_window"], p["d_window"])[1], absolute=1e-7,
        ),
        "connors_rsi": skipping(connors_rsi),
        "stochastic_fast_k": stochastic(fast_k, lambda p, h, l, c: talib.STOCHF(h, l, c, p["window"], 1)[0]),
        "stochastic_fast_d": stochastic(
            lambda p, c: mean(fast_k(p, c), p["d_window"]), lambda p, h, l, c: talib.STOCHF(h, l, c, p["window"], p["d_window"])[1]
        ),
        "stochastic_slow_k": stochastic(
            lambda p, c: mean(fast_k(p, c), p["k_window"]),
            lambda p, h, l, c: talib.STOCH(h, l, c, p["window"], p["k_window"], 0, 1, 0)[0],
        ),
        "stochastic_slow_d": stochastic(
            lambda p, c: mean(mean(fast_k(p, c), p["k_window"]), p["d_window"]),
            lambda p, h, l, c: talib.STOCH(h, l, c, p["window"], p["k_window"], 0, p["d_window"], 0)[1],
        ),
        "williams_r": window(
            lambda p, c: -100
            * ratio(
                largest(c["high"], p["window"]) - c["close"],
                largest(c["high"], p["window"]) - smallest(c["low"], p["window"]),
            ),
            lambda p, h, l, c: talib.WILLR(h, l, c, p["window"]),
        ),
        "fisher": fisher,
        "cci": window(cci, lambda p, h, l, c: talib.CCI(h, l, c, p["window"])),
        "ultimate_oscillator": window(
            ultimate, lambda p, h, l, c: talib.ULTOSC(h, l, c, p["short"], p["medium"], p["long"])
        ),
        "balance_of_power": window(
            lambda p, c: ratio(c["close"] - c["open"], c["high"] - c["low"]), lambda p, o, h, l, c: talib.BOP(o, h, l, c)
        ),
        "awesome_oscillator": window(awesome, lambda p, h, l: talib.AO(h, l, p["fast"], p["slow"])),
        "accelerator_oscillator": window(
            lambda p, c: awesome(p, c) - mean(awesome(p, c), p["signal"]),
            lambda p, h, l: talib.AC(h, l, p["fast"], p["slow"], p["signal"]),
        ),
        "elder_bull_power": window(
            lambda p, c: c["high"] - ema(c["close"], p["window"]), lambda p, h, c: talib.ERI(h, h, c, p["window"])[0]
        ),
        "elder_bear_power": window(
            lambda p, c: c["low"] - ema(c["close"], p["window"]), lambda p, l, c: talib.ERI(l, l, c, p["window"])[1]
        ),
        "rate_of_change": window(lambda p, c: roc(c[0], p["window"]), lambda p, x: talib.ROC(x, p["window"])),
        "intraday_momentum_index": window(intraday_momentum, lambda p, o, c: talib.IMI(o, c, p["window"])),
        "qstick": window(
            lambda p, c: mean(c["close"] - c["open"], p["window"]), lambda p, o, c: talib.QSTICK(o, c, p["window"])
        ),
        "forecast_oscillator": window(forecast_oscillator, lambda p, x: talib.FOSC(x, p["window"])),
        "relative_volatility_index": recursion(lambda p, x: talib.RVI(x, p["window"], p["deviation_window"])),
        "tsi": recursion(tsi),
        "kst": kst,
        "coppock": window(coppock, lambda p, x: talib.COPPOCK(x, p["window"], p["short"], p["long"])),
    },
    absolute={name: 1e-9 for name in (
        "rsi", "cmo", "tsi", "kst", "coppock", "awesome_oscillator", "accelerator_oscillator", "elder_bull_power",
        "elder_bear_power", "rate_of_change", "cci", "stochastic_fast_k", "stochastic_fast_d", "stochastic_slow_k",
        "stochastic_slow_d", "williams_r", "qstick", "forecast_oscillator", "relative_volatility_index",
    )}
    # A quotient of small differences of the index.
    | {"stochastic_rsi_k": 1e-7, "stochastic_rsi_d": 1e-7},
)
