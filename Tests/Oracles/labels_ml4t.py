"""Compares labels with ml4t-engineer where the definitions agree. It cuts horizons at the end of the data, where the program has no
label yet; those rows are left out."""
import warnings

import numpy as np
import polars as pl

from labels_common import compare, finish, load

warnings.filterwarnings("ignore")

from ml4t.engineer.config import LabelingConfig
from ml4t.engineer.labeling import (
    fixed_time_horizon_labels,
    meta_labels,
    rolling_percentile_binary_labels,
    trend_scanning_labels,
    triple_barrier_labels,
)


def frame(s):
    return pl.DataFrame(
        {
            "timestamp": pl.Series(s.known).cast(pl.Datetime("ns")),
            "open": s.open, "high": s.high, "low": s.low, "close": s.close,
            "volatility": s.volatility, "side": s.side, "session": s.session,
        }
    )


def array(series):
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def forward_return(p, s, inputs):
    method = "log_returns" if p["method"] == "log" else "returns"
    horizon = p.get("horizon", p.get("horizon_time"))
    result = fixed_time_horizon_labels(
        frame(s), horizon=horizon, method=method, price_col="close", timestamp_col="timestamp", group_col=[],
        tolerance=p.get("tolerance"),
    )
    return array(result[result.columns[-1]]), {}


def forward_direction(p, s, inputs):
    result = fixed_time_horizon_labels(
        frame(s), horizon=p["horizon"], method="binary", threshold=p["threshold"], price_col="close", timestamp_col="timestamp",
        group_col=[],
    )
    return array(result[result.columns[-1]]), {}


def barriers(p, s, inputs):
    data = frame(s).with_columns(
        upper=pl.col("volatility") * p["upper"] if p["distance"] == "volatility" else pl.lit(p["upper"]),
        lower=pl.col("volatility") * p["lower"] if p["distance"] == "volatility" else pl.lit(p["lower"]),
    )
    if p["distance"] == "atr":
        data = data.with_columns(
            upper=pl.col("volatility") * p["upper"] / pl.col("close"), lower=pl.col("volatility") * p["lower"] / pl.col("close")
        )
    usable = pl.col("upper").is_finite() & pl.col("lower").is_finite()
    if "side" in inputs:
        usable = usable & (pl.col("side") != 0)
    data = data.with_columns(event_time=pl.when(usable).then(pl.col("timestamp")))
    config = LabelingConfig.triple_barrier(
        upper_barrier="upper", lower_barrier="lower", max_holding_period=p.get("horizon", p.get("horizon_time")),
        side="side" if "side" in inputs else 1,
    )
    return triple_barrier_labels(
        data, config=config, price_col="close", open_col="open", high_col="high", low_col="low", timestamp_col="timestamp",
        group_col=[],
    )


def triple_barrier(p, s, inputs):
    result = barriers(p, s, inputs)
    hit = result["barrier_hit"].to_list()
    side = s.side if "side" in inputs else np.ones(s.n)
    price_side = [np.nan if h is None else {"upper": 1, "lower": -1, "time": 0}[h] * sign for h, sign in zip(hit, side)]
    bars = array(result["label_bars"])
    return array(result["label"]), {
        "return": array(result["label_return"]), "touch_rows": bars, "touch_time": bars + np.arange(s.n), "barrier": price_side
    }


def meta_label(p, s, inputs):
    result = barriers(p, s, inputs)
    result = meta_labels(
        result.with_columns(signal=pl.col("side"), earned=pl.col("side").sign() * pl.col("label_return")), "signal", "earned",
        threshold=p["cost"],
    )
    return array(result["meta_label"]), {"net_return": array(result["label_return"]) - p["cost"]}


def trend_scanning(p, s, inputs):
    result = trend_scanning_labels(
        frame(s), min_window=p["min_window"], max_window=p["max_window"], step=p["step"], price_col="close",
        timestamp_col="timestamp", group_col=[], t_value_threshold=p["t_threshold"],
    )
    return array(result["label"].fill_null(0)), {
        "t_value": array(result["t_value"]), "window": array(result["optimal_window"])
    }


def rolling_percentile(p, s, inputs):
    """It takes the nearest order statistic: equal where the wanted one is a whole number."""
    assert (p["lookback"] - 1) * p["percentile"] % 100 == 0 and p["min_samples"] == p["lookback"]
    result = rolling_percentile_binary_labels(
        frame(s), horizon=p["horizon"], percentile=p["percentile"], direction=p["direction"], lookback_window=p["lookback"],
        min_samples=p["min_samples"], price_col="close", timestamp_col="timestamp", group_col=[],
    )
    return array(result[result.columns[-1]]), {
        "threshold": array(result[result.columns[-2]]), "return": array(result[result.columns[-3]])
    }


LABELS = {
    f.__name__: f
    for f in [forward_return, forward_direction, triple_barrier, meta_label, trend_scanning, rolling_percentile]
}

samples, cases = load()
for case in cases:
    want, sides = LABELS[case["name"]](case["parameters"], samples[case["sample"]], set(case["inputs"]))
    # Rows whose outcome the program knows, and that it gives a label.
    known = ~np.isnan(case["values"])
    assert known.sum() > 50, case["name"]
    compare(case, "value", case["values"][known], want[known])
    for name, values in sides.items():
        got = case["sides"][name]
        compare(case, name, got[known], np.asarray(values, float)[known])
    # What it leaves out: the end of the data, and what ml4t-engineer has no label for either.
    tail = case["parameters"].get("max_window", case["parameters"].get("horizon"))
    if tail is not None:
        head = slice(0, len(want) - tail)
        compare(case, "presence", known[head], ~np.isnan(want[head]))
finish(len(cases))
