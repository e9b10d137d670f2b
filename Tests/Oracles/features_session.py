"""Recomputes the transforms that begin anew with each trade date, with pandas."""
import numpy as np
import pandas as pd

from features_common import check


def complete(function):
    """Lets function see the rows alone that miss no input; the others are NaN."""
    def wrapped(p, c):
        frame = pd.concat(list(c), axis=1, keys=c.names)
        kept = frame.dropna()
        return pd.Series(function(p, kept), index=kept.index).reindex(frame.index)

    return wrapped


def sessions(frame):
    return frame.groupby("trade_date")


def vwap(frame):
    typical = (frame["high"] + frame["low"] + frame["close"]) / 3
    date, volume = frame["trade_date"], frame["volume"]
    total = volume.groupby(date).cumsum()
    mean = ((typical * volume).groupby(date).cumsum() / total).where(total > 0, typical)
    variance = []
    for _, part in pd.concat([typical, volume, mean], axis=1, keys=list("pvm")).groupby(date):
        for row in range(len(part)):
            p, v = part["p"].to_numpy()[: row + 1], part["v"].to_numpy()[: row + 1]
            traded = p[v > 0]
            spread = len(traded) > 0 and np.ptp(traded) > 0
            variance.append(np.sum(v * (p - np.sum(p * v) / np.sum(v)) ** 2) / np.sum(v) if spread else 0.0)
    return mean, pd.Series(variance, index=frame.index)


def vwap_score(p, frame):
    mean, variance = vwap(frame)
    return ((frame["close"] - mean) / np.sqrt(variance)).where(variance > 0, 0.0)


def position(p, frame):
    high, low = sessions(frame)["high"].cummax(), sessions(frame)["low"].cummin()
    return ((frame["close"] - low) / (high - low)).where(high != low, 0.5)


def opening(column, how):
    """how of column over the first minutes, on the rows after them."""
    def function(p, frame):
        early = frame[(frame["seconds_since_open"] >= 0) & (frame["seconds_since_open"] < 60 * p["minutes"])]
        level = frame["trade_date"].map(early.groupby("trade_date")[column].agg(how))
        return level.where(frame["seconds_since_open"] >= 60 * p["minutes"])

    return function


def opening_position(p, frame):
    high, low = opening("high", "max")(p, frame), opening("low", "min")(p, frame)
    return ((frame["close"] - low) / (high - low)).where(high != low, 0.5)


def before(frame):
    """high, low and close of the trade date before, on each row."""
    bars = sessions(frame).agg(high=("high", "max"), low=("low", "min"), close=("close", "last")).shift(1)
    return bars.reindex(frame["trade_date"]).set_index(frame.index)


def pivot(function):
    def wrapped(p, frame):
        bar = before(frame)
        return function((bar["high"] + bar["low"] + bar["close"]) / 3, bar["high"], bar["low"])

    return complete(wrapped)


def gap(p, frame):
    bars = sessions(frame).agg(open=("open", "first"), close=("close", "last"))
    return frame["trade_date"].map(bars["open"] / bars["close"].shift(1) - 1)


def over_profile(values, seconds, count):
    """values over their mean at the same second in the last `count` sessions before."""
    mean = values.groupby(seconds).transform(lambda x: x.rolling(count).apply(np.mean).shift(1))
    return (values / mean).where(mean != 0)


def volume_share(p, frame):
    return over_profile(sessions(frame)["volume"].cumsum(), frame["seconds_since_open"], p["sessions"])


def seasonality(p, c):
    size = np.log(c[0] / c[0].shift(1)).abs().dropna()
    return over_profile(size, c[1][size.index], p["sessions"]).reindex(c[0].index)


check(
    {
        "session_vwap": complete(lambda p, f: vwap(f)[0]),
        "session_vwap_distance": complete(lambda p, f: f["close"] / vwap(f)[0] - 1),
        "session_vwap_zscore": complete(vwap_score),
        "session_volume": complete(lambda p, f: sessions(f)["volume"].cumsum()),
        "session_return": complete(lambda p, f: f["close"] / sessions(f)["open"].transform("first") - 1),
        "session_high": complete(lambda p, f: sessions(f)["high"].cummax()),
        "session_low": complete(lambda p, f: sessions(f)["low"].cummin()),
        "session_range_position": complete(position),
        "opening_range_high": complete(opening("high", "max")),
        "opening_range_low": complete(opening("low", "min")),
        "opening_range_position": complete(opening_position),
        "overnight_gap": complete(gap),
        "previous_session_high_distance": complete(lambda p, f: f["close"] / before(f)["high"] - 1),
        "previous_session_low_distance": complete(lambda p, f: f["close"] / before(f)["low"] - 1),
        "previous_session_close_distance": complete(lambda p, f: f["close"] / before(f)["close"] - 1),
        "pivot_point": pivot(lambda level, high, low: level),
        "pivot_r1": pivot(lambda level, high, low: 2 * level - low),
        "pivot_s1": pivot(lambda level, high, low: 2 * level - high),
        "pivot_r2": pivot(lambda level, high, low: level + (high - low)),
        "pivot_s2": pivot(lambda level, high, low: level - (high - low)),
        "session_volume_share": complete(volume_share),
        "intraday_seasonality_ratio": seasonality,
    },
    absolute={"session_vwap_zscore": 1e-9},
)
