"""Computes the two labels of the sample workbook again with pandas and compares them with the files of `apus labels build`.

usage: labels_files.py WORKSPACE FORWARD_RETURN_FOLDER TRIPLE_BARRIER_FOLDER

Prints a list of {rows, labelled, known_differs, missing_differs, worst_value, worst_weight, distinct}.
"""
import json
import sys

import numpy as np
import pandas as pd
import polars as pl


def read(folder):
    table = pl.read_parquet(folder + "/values.parquet").to_pandas()
    with open(folder + "/manifest.json") as file:
        return table, json.load(file)


def nanos(column):
    """Nanoseconds since 1970; -1 where missing."""
    return np.array([-1 if pd.isna(t) else pd.Timestamp(t).value for t in column], dtype=np.int64)


def compare(table, value, end):
    """`end`: index of the bar at which each row is known, -1 for beyond the data."""
    decided = nanos(table["decision_at"])
    known = np.where(end >= 0, decided[np.maximum(end, 0)], -1)
    labelled = ~np.isnan(value)
    # How many outcomes each bar is part of, and of each outcome the mean of the reciprocals.
    shared = np.zeros(len(value))
    for row in np.flatnonzero(labelled):
        shared[row + 1 : end[row] + 1] += 1
    weight = np.full(len(value), np.nan)
    for row in np.flatnonzero(labelled):
        weight[row] = np.mean(1 / shared[row + 1 : end[row] + 1])
    found, found_weight = table["value"].to_numpy(float), table["weight"].to_numpy(float)
    scale = np.maximum(1e-12, np.abs(value[labelled]))
    return {
        "rows": len(table),
        "labelled": int(labelled.sum()),
        "known_differs": int((known != nanos(table["known_at"])).sum()),
        "missing_differs": int((np.isnan(found) != ~labelled).sum() + (np.isnan(found_weight) != ~labelled).sum()),
        "worst_value": float(np.max(np.abs(found[labelled] - value[labelled]) / scale)),
        "worst_weight": float(np.max(np.abs(found_weight[labelled] / weight[labelled] - 1))),
        "distinct": sorted(set(np.sign(value[labelled]).tolist())),
    }


def forward_return(workspace, folder):
    table, manifest = read(folder)
    close = pd.read_csv(f"{workspace}/{manifest['files'][0]['path']}")["Close"]
    horizon = manifest["label"]["parameters"]["horizon"]
    value = (close.shift(-horizon) / close - 1).to_numpy()
    rows = np.arange(len(close))
    return compare(table, value, np.where(rows + horizon < len(close), rows + horizon, -1))


def triple_barrier(workspace, folder):
    table, manifest = read(folder)
    parameters = manifest["label"]["parameters"]
    bars = pl.read_parquet(f"{workspace}/{manifest['files'][0]['path']}").filter(pl.col("symbol") == "ESH4").to_pandas()
    minutes = int(parameters["horizon_time"].removesuffix("m"))
    decided = nanos(table["decision_at"])
    volatility = np.log(bars["close"]).diff().rolling(20).std(ddof=1).to_numpy()
    opens, highs, lows, closes = (bars[name].to_numpy() for name in ["open", "high", "low", "close"])
    value, end = np.full(len(bars), np.nan), np.full(len(bars), -1)
    for row in range(len(bars)):
        if not volatility[row] > 0:
            end[row] = row
            continue
        above = closes[row] * (1 + parameters["upper"] * volatility[row])
        below = closes[row] * (1 - parameters["lower"] * volatility[row])
        for bar in range(row + 1, len(bars)):
            up, down = highs[bar] >= above, lows[bar] <= below
            if up and down:
                up = opens[bar] >= above
            last = decided[bar] >= decided[row] + minutes * 60_000_000_000
            if up or down or last:
                value[row], end[row] = (1 if up else -1 if down else 0), bar
                break
    return compare(table, value, end)


workspace, first, second = sys.argv[1:]
print(json.dumps([forward_return(workspace, first), triple_barrier(workspace, second)]))
