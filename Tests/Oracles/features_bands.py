"""Recomputes true ranges, bands and channels with TA-Lib, and with pandas and numpy where it has no such function."""
import numpy as np
import pandas as pd
import talib

from features_common import check
from features_ta import ema, largest, mean, ratio, recursion, rows, smallest, total, true_range, window


def deviation(p, c):
    return pd.Series(rows(c[0], p["window"]).std(axis=1)).mask(largest(c[0], p["window"]) == smallest(c[0], p["window"]), 0.0)


def bollinger(formula, ta):
    """`ta` is given TA-Lib's three bands."""

    def expected(p, c):
        return formula(c[0], mean(c[0], p["window"]), deviation(p, c), p.get("deviations", 2.0))

    def confirmed(p, x):
        k = p.get("deviations", 2.0)
        return ta(x, *talib.BBANDS(x, p["window"], k, k, 0))

    return window(expected, confirmed)


def keltner(index):
    return recursion(lambda p, h, l, c: talib.KC(h, l, c, p["window"], p["atr_window"], p["multiplier"])[index])


def donchian(formula, ta):
    return window(formula, ta)


def middle(p, c):
    return (largest(c["high"], p["window"]) + smallest(c["low"], p["window"])) / 2


def donchian_position(p, c):
    lowest = smallest(c["low"], p["window"])
    return ratio(c["close"] - lowest, largest(c["high"], p["window"]) - lowest, 0.5)


def choppiness(p, c):
    n = p["window"]
    way = total(true_range(*c), n)
    span = largest(c["high"], n) - smallest(c["low"], n)
    return (100 * np.log10(way / span) / np.log10(n)).mask((span == 0) & way.notna(), 100.0)


def mass_index(p, c):
    once = ema(c["high"] - c["low"], p["smoothing"])
    return total(ratio(once, ema(once, p["smoothing"]), 1.0), p["window"])


def ulcer_index(p, c):
    x = c[0].where(c[0] > 0)
    top = largest(x, p["window"])
    return np.sqrt(mean((100 * (x - top) / top) ** 2, p["window"]))


def acceleration(index, formula):
    return window(
        lambda p, c: mean(formula(c["high"], c["low"]), p["window"]), lambda p, h, l: talib.ACCBANDS(h, l, l, p["window"])[index]
    )


check(
    {
        "true_range": window(lambda p, c: true_range(*c), lambda p, h, l, c: talib.TRANGE(h, l, c)),
        "atr": recursion(lambda p, h, l, c: talib.ATR(h, l, c, p["window"])),
        "natr": recursion(lambda p, h, l, c: talib.NATR(h, l, c, p["window"])),
        "average_day_range": window(
            lambda p, c: mean(c["high"] - c["low"], p["window"]), lambda p, h, l: talib.ADR(h, l, p["window"])
        ),
        "bollinger_upper": bollinger(lambda x, m, s, k: m + k * s, lambda x, u, m, l: u),
        "bollinger_middle": bollinger(lambda x, m, s, k: m, lambda x, u, m, l: m),
        "bollinger_lower": bollinger(lambda x, m, s, k: m - k * s, lambda x, u, m, l: l),
        "bollinger_percent_b": bollinger(
            lambda x, m, s, k: ratio(x - (m - k * s), 2 * k * s, 0.5), lambda x, u, m, l: (x - l) / (u - l)
        ),
        "bollinger_bandwidth": bollinger(lambda x, m, s, k: 2 * k * s / m, lambda x, u, m, l: (u - l) / m),
        "keltner_upper": keltner(0),
        "keltner_middle": keltner(1),
        "keltner_lower": keltner(2),
        "donchian_upper": donchian(
            lambda p, c: largest(c["high"], p["window"]), lambda p, h: talib.DONCHIAN(h, h, p["window"])[0]
        ),
        "donchian_middle": donchian(middle, lambda p, h, l: talib.DONCHIAN(h, l, p["window"])[1]),
        "donchian_lower": donchian(
            lambda p, c: smallest(c["low"], p["window"]), lambda p, l: talib.DONCHIAN(l, l, p["window"])[2]
        ),
        "donchian_position": donchian_position,
        "acceleration_band_upper": acceleration(0, lambda h, l: h * (1 + 4 * (h - l) / (h + l))),
        "acceleration_band_lower": acceleration(2, lambda h, l: l * (1 - 4 * (h - l) / (h + l))),
        "choppiness": choppiness,
        "mass_index": window(mass_index, lambda p, h, l: talib.MASSI(h, l, p["smoothing"], p["window"])),
        "ulcer_index": ulcer_index,
        "chaikin_volatility": recursion(lambda p, h, l: talib.CVI(h, l, p["window"], p["rows"])),
    },
    absolute={"bollinger_percent_b": 1e-9, "ulcer_index": 1e-9, "chaikin_volatility": 1e-9},
)
