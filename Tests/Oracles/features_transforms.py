"""Recomputes the feature transforms with pandas and compares them with the columns of a JSON file."""
import json
import sys

import numpy as np
import pandas as pd

columns = json.load(open(sys.argv[1]))
x = pd.Series(columns.pop("input"), dtype=float)
w = 7
log_return = np.log(x / x.shift(1))
ema = x.ewm(span=w, adjust=False).mean()
ema[: w - 1] = np.nan
window = x.rolling(w)
zscore = (x - window.mean()) / window.std(ddof=1)
constant = window.max() == window.min()
zscore[constant] = 0.0
expected = {
    "level": x,
    "return": x.pct_change(),
    "log_return": log_return,
    "difference": x.diff(),
    "sma": window.mean(),
    "ema": ema,
    "zscore": zscore,
    "momentum": x / x.shift(w) - 1,
    "volatility": log_return.rolling(w).std(ddof=1) * np.sqrt(252),
    "sma_ratio": x / window.mean() - 1,
    "rolling_sum": window.sum(),
}
assert set(expected) == set(columns), sorted(set(expected) ^ set(columns))
for name, want in expected.items():
    got = np.array([np.nan if v is None else v for v in columns[name]], dtype=float)
    np.testing.assert_allclose(got, want.to_numpy(), rtol=1e-9, atol=1e-10, err_msg=name)
print("ok")
