"""Recomputes the order-flow transforms that ml4t-engineer has too. Python 3.12."""
import numpy as np
import polars as pl
from ml4t.engineer.features import microstructure as ml4t

from features_common import check


def run(expression, c, **more):
    columns = {name: c[index].to_numpy() for index, name in enumerate(c.names)}
    frame = pl.DataFrame({**columns, **more}).fill_nan(None)
    return frame.select(expression.cast(pl.Float64).alias("r"))["r"].fill_null(np.nan).to_numpy()


def amihud(p, c):
    returns = (c["close"] / c["close"].shift(1) - 1).to_numpy()
    result = run(ml4t.amihud_illiquidity("returns", "volume", "close", p["window"]), c, returns=returns).copy()
    # The row without a return counts as one that did not trade there.
    result[: p["window"]] = np.nan
    return result


def roll(p, c):
    # Its covariance divides by the window.
    return run(ml4t.roll_spread_estimator("close", p["window"]), c) * np.sqrt(p["window"] / (p["window"] - 1))


check(
    {
        "amihud": amihud,
        "roll_spread": roll,
        "tick_rule": lambda p, c: run(ml4t.effective_tick_rule("close"), c),
        "queue_imbalance": lambda p, c: run(ml4t.bid_ask_imbalance(), c),
        "microprice": lambda p, c: run(ml4t.weighted_mid_price("bid", "ask"), c),
    },
    absolute={"roll_spread": 1e-9},
)
