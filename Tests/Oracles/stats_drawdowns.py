"""Drawdown episodes of a series, found with pandas by grouping the points that lie below the running maximum.

usage: stats_drawdowns.py   (standard input: a JSON array of equity values)
Prints a JSON array of [peak, trough, recovery or null, depth, length], in order of time.
"""
import json
import sys

import pandas as pd

equity = pd.Series(json.load(sys.stdin), dtype=float)
high = equity.cummax()
below = equity < high
episodes = []
for _, part in equity[below].groupby((~below).cumsum()[below]):
    peak = part.index[0] - 1
    after = part.index[-1] + 1
    recovered = after < len(equity)
    ratio = part / equity[peak] - 1
    end = after if recovered else len(equity) - 1
    episodes.append([int(peak), int(part.idxmin()), int(after) if recovered else None, float(ratio.min()), int(end - peak)])
print(json.dumps(episodes))
