"""Cross-sectional labels with scipy and pandas."""
import json
import sys

import numpy as np
import pandas as pd
from scipy.stats import rankdata

d = json.load(open(sys.argv[1]))


def table(name):
    return pd.DataFrame(d[name], dtype=float)


values = table("values")
known = values.notna() & (values.notna().sum(axis=1) >= d["min_members"]).to_numpy()[:, None]
percentile = pd.DataFrame(np.nan, values.index, values.columns)
score = percentile.copy()
for row in values.index:
    members = known.loc[row]
    x = values.loc[row, members].to_numpy()
    if len(x) == 0:
        continue
    percentile.loc[row, members] = np.clip(rankdata(x) / (len(x) + 1), 0.01, 0.99)
    spread = np.median(np.abs(x - np.median(x)))
    score.loc[row, members] = 0.0 if spread == 0 else np.clip((x - np.median(x)) / (1.4826 * spread), -3, 3)
np.testing.assert_allclose(table("cs_percentile"), percentile, rtol=1e-9, atol=1e-12)
np.testing.assert_allclose(table("demeaned"), percentile - 0.5, rtol=1e-9, atol=1e-12)
np.testing.assert_allclose(table("cs_zscore"), score, rtol=1e-9, atol=1e-12)
print("ok", int(percentile.notna().sum().sum()))
