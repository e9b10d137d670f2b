"""Recomputes the volume transforms with TA-Lib, and with pandas and numpy where it has no such function."""
import numpy as np
import talib

from features_common import check
from features_ta import mean, ratio, recursion, total, window


def flow(c):
    return ratio((c["close"] - c["low"]) - (c["high"] - c["close"]), c["high"] - c["low"]) * c["volume"]


def money_flow_index(p, c):
    price = (c["high"] + c["low"] + c["close"]) / 3
    change = price.diff()
    money = (price * c["volume"]).mask(change.isna())
    rises = total(money.mask(change <= 0, 0.0), p["window"])
    falls = total(money.mask(change >= 0, 0.0), p["window"])
    return 100 * ratio(rises, rises + falls)


def ease_of_movement(p, c):
    middle = (c["high"] + c["low"]) / 2
    box = c["volume"] / p["scale"] / (c["high"] - c["low"])
    return mean(middle.diff() / box, p["window"])


def rolling_vwap(p, c):
    price = (c["high"] + c["low"] + c["close"]) / 3
    return total(price * c["volume"], p["window"]) / total(c["volume"], p["window"])


check(
    {
        "obv": recursion(lambda p, c, v: talib.OBV(c, v)),
        "accumulation_distribution": recursion(lambda p, h, l, c, v: talib.AD(h, l, c, v)),
        "williams_accumulation": recursion(lambda p, h, l, c: talib.WAD(h, l, c)),
        "volume_price_trend": recursion(lambda p, c, v: talib.PVT(c, v)),
        "negative_volume_index": recursion(lambda p, c, v: talib.NVI(c, v)),
        "positive_volume_index": recursion(lambda p, c, v: talib.PVI(c, v)),
        "chaikin_oscillator": recursion(lambda p, h, l, c, v: talib.ADOSC(h, l, c, v, p["fast"], p["slow"])),
        "chaikin_money_flow": window(
            lambda p, c: ratio(total(flow(c), p["window"]), total(c["volume"], p["window"])),
            lambda p, h, l, c, v: talib.CMF(h, l, c, v, p["window"]),
        ),
        "money_flow_index": window(money_flow_index, lambda p, h, l, c, v: talib.MFI(h, l, c, v, p["window"])),
        "force_index": recursion(lambda p, c, v: talib.EFI(c, v, p["window"])),
        "ease_of_movement": ease_of_movement,
        "market_facilitation": window(
            lambda p, c: ratio(c["high"] - c["low"], c["volume"]), lambda p, h, l, v: talib.MARKETFI(h, l, v)
        ),
        "rolling_vwap": rolling_vwap,
        "relative_volume": window(
            lambda p, c: c[0] / mean(c[0], p["window"]).shift(1), lambda p, v: talib.RVOL(v, p["window"])
        ),
        "volume_oscillator": recursion(lambda p, v: talib.PVO(v, p["fast"], p["slow"], 1)),
    },
    # Differences and totals of numbers of thousands.
    absolute={name: 1e-6 for name in ("accumulation_distribution", "chaikin_oscillator", "volume_price_trend")}
    | {"force_index": 1e-8, "volume_oscillator": 1e-10, "ease_of_movement": 1e-7, "williams_accumulation": 1e-10},
)
