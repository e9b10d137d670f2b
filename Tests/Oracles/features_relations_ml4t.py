"""Recomputes the transforms of two series that ml4t-engineer has too. Python 3.12."""
import numpy as np
import polars as pl
from ml4t.engineer.features import paired

from features_common import check


def run(expression, c):
    frame = pl.DataFrame({"x": c[0].to_numpy(), "y": c[1].to_numpy()}).fill_nan(None)
    return frame.select(expression.alias("r"))["r"]


def field(name):
    return lambda p, c: (
        run(paired.rolling_regression("x", "y", p["window"]), c).struct.field(name).fill_null(np.nan).to_numpy()
    )


check(
    {
        "rolling_beta": field("beta"),
        "rolling_alpha": field("alpha"),
        "rank_correlation": lambda p, c: run(paired.rolling_spearman("x", "y", p["window"]), c).fill_null(np.nan).to_numpy(),
    },
    absolute={"rolling_alpha": 1e-9},
)
