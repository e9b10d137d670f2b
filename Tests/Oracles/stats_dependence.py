"""Correlation, autocorrelation and stationarity by scipy and statsmodels.

usage: stats_dependence.py   (standard input: JSON list of {"x": [...], "y": [...] or null, "lags": int or null})
Prints a JSON list of what each series' statistics are.
"""
import json
import math
import sys
import warnings

import numpy as np
from scipy import stats
from statsmodels.tsa.adfvalues import mackinnonp
from statsmodels.tsa.stattools import acf, adfuller

warnings.simplefilter("ignore")
answers = []
for case in json.load(sys.stdin):
    x = np.array(case["x"], dtype=float)
    lags = case["lags"]
    if lags is None:
        lags = min(math.ceil(12 * (len(x) / 100) ** 0.25), len(x) // 2 - 2)
    statistic, p_value, used, observations = adfuller(x, maxlag=lags, autolag=None, regression="c")[:4]
    answer = {"statistic": statistic, "p_value": p_value, "lags": used, "observations": observations}
    answer["acf"] = acf(x, nlags=min(40, len(x) - 1), fft=False)[1:].tolist()
    if case["y"] is not None:
        y = np.array(case["y"], dtype=float)
        answer["rank"] = stats.spearmanr(x, y).statistic
        answer["pearson"] = stats.pearsonr(x, y).statistic
    answers.append(answer)
grid = [-25 + 0.1 * step for step in range(300)]
print(json.dumps({"cases": answers, "grid": grid, "p_values": [float(mackinnonp(t, "c")) for t in grid]}))
