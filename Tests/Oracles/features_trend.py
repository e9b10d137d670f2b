"""Recomputes the trend transforms with TA-Lib, and with pandas and numpy where it has no such function."""
import numpy as np
import pandas as pd
import talib

from features_common import check
from features_ta import largest, mean, ratio, recursion, rows, smallest, total, true_range, weighted, window


def kama(p, x):
    """Kaufman's formula with both ends given; TA-Lib has 2 and 30 alone."""
    n = p["window"]
    out = np.full(len(x), np.nan)
    state = x[n - 1]
    for t in range(n, len(x)):
        path = np.abs(np.diff(x[t - n : t + 1])).sum()
        efficiency = 1.0 if path == 0 else abs(x[t] - x[t - n]) / path
        fast, slow = 2 / (p["fast"] + 1), 2 / (p["slow"] + 1)
        state += (efficiency * (fast - slow) + slow) ** 2 * (x[t] - state)
        out[t] = state
    if (p["fast"], p["slow"]) == (2, 30):
        np.testing.assert_allclose(out, talib.KAMA(x, n), rtol=1e-9)
    return out


def hma(p, c):
    n = p["window"]
    return weighted(2 * weighted(c[0], n // 2) - weighted(c[0], n), int(np.sqrt(n)))


def alma(p, c):
    n = p["window"]
    i = np.arange(n)
    weights = np.exp(-((i - p["offset"] * (n - 1)) ** 2) / (2 * (n / p["sigma"]) ** 2))
    return rows(c[0], n) @ weights / weights.sum()


def price_to_ema(p, c):
    state = c[0].ewm(span=p["window"], adjust=False, ignore_na=True).mean()
    state[c[0].isna() | (c[0].notna().cumsum() < p["window"])] = np.nan
    return c[0] / state - 1


def line(at, ta):
    """The least squares line through the rows 0 ... n - 1 of each window; `at`(slope, intercept, n)."""

    def formula(p, c):
        n = p["window"]
        y = rows(c[0], n)
        i = np.arange(n) - (n - 1) / 2
        middle = y.mean(axis=1)
        slope = (y - middle[:, None]) @ i / (i @ i)
        return at(slope, middle - slope * (n - 1) / 2, n)

    return window(formula, lambda p, x: ta(x, p["window"]))


def middle(high, low, n):
    return (largest(high, n) + smallest(low, n)) / 2


def signal(index):
    return recursion(lambda p, x: talib.MACD(x, p["fast"], p["slow"], p["signal"])[index])


def supertrend(index):
    def run(p, h, l, c):
        result = talib.SUPERTREND(h, l, c, p["window"], p["multiplier"])[index].astype(float)
        result[: p["window"]] = np.nan
        return result

    return recursion(run)


def aroon(values, best, n):
    matrix = rows(values, n + 1)
    age = np.argmax(matrix[:, ::-1] == best(matrix, axis=1)[:, None], axis=1).astype(float)
    age[np.isnan(matrix).any(axis=1)] = np.nan
    return 100 * (n - age) / n


def vortex(ta_index, moved):
    def formula(p, c):
        travelled = moved(c["high"], c["low"]).abs()
        return ratio(total(travelled, p["window"]), total(true_range(*c), p["window"]))

    return window(formula, lambda p, h, l, c: talib.VORTEX(h, l, c, p["window"])[ta_index])


def bars(ta):
    return recursion(lambda p, h, l, c: ta(h, l, c, p["window"]))


def dpo(p, c):
    return c[0].shift(p["window"] // 2 + 1) - mean(c[0], p["window"])


def ranges(p, c):
    return middle(c["high"], c["low"], p["window"])


check(
    {
        "wma": window(lambda p, c: weighted(c[0], p["window"]), lambda p, x: talib.WMA(x, p["window"]) if p["window"] > 1 else x),
        "rma": recursion(lambda p, x: talib.RMA(x, p["window"])),
        "dema": recursion(lambda p, x: talib.DEMA(x, p["window"])),
        "tema": recursion(lambda p, x: talib.TEMA(x, p["window"])),
        "t3": recursion(lambda p, x: talib.T3(x, p["window"], p["volume_factor"])),
        "trima": window(
            lambda p, c: mean(mean(c[0], (p["window"] + 1) // 2), p["window"] // 2 + 1), lambda p, x: talib.TRIMA(x, p["window"])
        ),
        "kama": recursion(kama),
        "hma": window(hma, lambda p, x: talib.HMA(x, p["window"])),
        "vwma": window(
            lambda p, c: total(c[0] * c[1], p["window"]) / total(c[1], p["window"]),
            lambda p, x, v: talib.VWMA(x, v, p["window"]),
        ),
        "alma": alma,
        "zlema": recursion(lambda p, x: talib.ZLEMA(x, p["window"])),
        "price_to_ema": price_to_ema,
        "linear_regression": line(lambda slope, start, n: start + slope * (n - 1), talib.LINEARREG),
        "linear_regression_slope": line(lambda slope, start, n: slope, talib.LINEARREG_SLOPE),
        "linear_regression_angle": line(lambda slope, start, n: np.degrees(np.arctan(slope)), talib.LINEARREG_ANGLE),
        "linear_regression_intercept": line(lambda slope, start, n: start, talib.LINEARREG_INTERCEPT),
        "time_series_forecast": line(lambda slope, start, n: start + slope * n, talib.TSF),
        "midpoint": window(lambda p, c: middle(c[0], c[0], p["window"]), lambda p, x: talib.MIDPOINT(x, p["window"])),
        "midprice": window(ranges, lambda p, h, l: talib.MIDPRICE(h, l, p["window"])),
        "median_price": window(lambda p, c: (c["high"] + c["low"]) / 2, lambda p, h, l: talib.MEDPRICE(h, l)),
        "typical_price": window(
            lambda p, c: (c["high"] + c["low"] + c["close"]) / 3, lambda p, h, l, c: talib.TYPPRICE(h, l, c)
        ),
        "weighted_close": window(
            lambda p, c: (c["high"] + c["low"] + 2 * c["close"]) / 4, lambda p, h, l, c: talib.WCLPRICE(h, l, c)
        ),
        "average_price": window(
            lambda p, c: (c["open"] + c["high"] + c["low"] + c["close"]) / 4, lambda p, o, h, l, c: talib.AVGPRICE(o, h, l, c)
        ),
        "ichimoku_conversion": ranges,
        "ichimoku_base": ranges,
        "ichimoku_span_a": lambda p, c: (middle(*c, p["conversion"]) + middle(*c, p["base"])) / 2,
        "ichimoku_span_b": ranges,
        "macd": recursion(lambda p, x: talib.MACD(x, p["fast"], p["slow"], 1)[0]),
        "macd_signal": signal(1),
        "macd_histogram": signal(2),
        "apo": recursion(lambda p, x: talib.APO(x, p["fast"], p["slow"], 1)),
        "ppo": recursion(lambda p, x: talib.PPO(x, p["fast"], p["slow"], 1)),
        "trix": recursion(lambda p, x: talib.TRIX(x, p["window"])),
        "dpo": window(dpo, lambda p, x: talib.DPO(x, p["window"])),
        "parabolic_sar": recursion(lambda p, h, l: talib.SAR(h, l, p["acceleration"], p["maximum"])),
        "supertrend": supertrend(0),
        "supertrend_direction": supertrend(1),
        "plus_dm": recursion(lambda p, h, l, c: talib.PLUS_DM(h, l, p["window"])),
        "minus_dm": recursion(lambda p, h, l, c: talib.MINUS_DM(h, l, p["window"])),
        "plus_di": bars(talib.PLUS_DI),
        "minus_di": bars(talib.MINUS_DI),
        "dx": bars(talib.DX),
        "adx": bars(talib.ADX),
        "adxr": bars(talib.ADXR),
        "aroon_up": window(lambda p, c: aroon(c[0], np.max, p["window"]), lambda p, h: talib.AROON(h, h, p["window"])[1]),
        "aroon_down": window(lambda p, c: aroon(c[0], np.min, p["window"]), lambda p, l: talib.AROON(l, l, p["window"])[0]),
        "aroon_oscillator": window(
            lambda p, c: aroon(c["high"], np.max, p["window"]) - aroon(c["low"], np.min, p["window"]),
            lambda p, h, l: talib.AROONOSC(h, l, p["window"]),
        ),
        "vortex_plus": vortex(0, lambda high, low: high - low.shift(1)),
        "vortex_minus": vortex(1, lambda high, low: low - high.shift(1)),
    },
    absolute={name: 1e-10 for name in (
        "macd", "macd_signal", "macd_histogram", "apo", "ppo", "trix", "dpo", "price_to_ema",
        "linear_regression_slope", "linear_regression_angle",
    )},
)
