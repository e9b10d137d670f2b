"""Computes labels again with pandas and compares them with the files of `apus labels build`.

usage: labels_files.py WORKSPACE FOLDER...

Knows forward_return, excess_return with a fixed beta, triple_barrier of ES by the feature es_vol, and meta_label of the index by its own
trailing volatility with the side of the feature wti_momentum.

Prints a list of {rows, labelled, known_differs, missing_differs, worst_value, distinct}.

usage: labels_files.py weights COLUMN SAMPLE FROM THROUGH

Checks `apus labels export`: SAMPLE must hold the rows of COLUMN (a values.parquet) that are decided at FROM or later and known by
THROUGH (nanoseconds), with the average uniqueness among them. Prints {rows, rows_differ, worst_weight, changed}, the last being how
many weights are not what they would be among all labels.
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
    found = table["value"].to_numpy(float)
    scale = np.maximum(1e-12, np.abs(value[labelled]))
    return {
        "rows": len(table),
        "labelled": int(labelled.sum()),
        "known_differs": int((known != nanos(table["known_at"])).sum()),
        "missing_differs": int((np.isnan(found) != ~labelled).sum()),
        "worst_value": float(np.max(np.abs(found[labelled] - value[labelled]) / scale)),
        "distinct": sorted(set(np.sign(value[labelled]).tolist())),
    }


def uniqueness(rows, end, count):
    """How many outcomes each bar is part of, and of each outcome the mean of the reciprocals."""
    shared = np.zeros(count)
    for row in rows:
        shared[row + 1 : end[row] + 1] += 1
    return np.array([np.mean(1 / shared[row + 1 : end[row] + 1]) for row in rows])


def weights(column, sample, first, last):
    table, sample = (pl.read_parquet(path).to_pandas() for path in [column, sample])
    decided, known = nanos(table["decision_at"]), nanos(table["known_at"])
    end = np.searchsorted(decided, known)
    labelled = np.flatnonzero(~table["value"].isna())
    rows = [row for row in labelled if decided[row] >= int(first) and known[row] <= int(last)]
    kept = table.iloc[rows].reset_index(drop=True)
    differ = len(kept) != len(sample) or any(not kept[name].equals(sample[name]) for name in table.columns)
    weight = uniqueness(rows, end, len(table))
    whole = dict(zip(labelled, uniqueness(labelled, end, len(table))))
    return {
        "rows": len(rows),
        "rows_differ": differ,
        "worst_weight": float(np.max(np.abs(sample["weight"].to_numpy() / weight - 1))),
        "changed": int(sum(abs(whole[row] - value) > 1e-9 for row, value in zip(rows, weight))),
    }


def daily(workspace, manifest, name):
    """The raw file of a dataset; its dates as timestamps."""
    path = next(item["path"] for item in manifest["files"] if item["role"] == f"dataset {name}")
    table = pd.read_csv(f"{workspace}/{path}")
    return table.assign(Date=pd.to_datetime(table["Date"], format="%m/%d/%Y"))


def ahead(close, horizon):
    return (close.shift(-horizon) / close - 1).to_numpy()


def ends(count, horizon):
    rows = np.arange(count)
    return np.where(rows + horizon < count, rows + horizon, -1)


def forward_return(workspace, table, manifest):
    close = daily(workspace, manifest, "SP500")["Close"]
    horizon = manifest["label"]["parameters"]["horizon"]
    return compare(table, ahead(close, horizon), ends(len(close), horizon))


def excess_return(workspace, table, manifest):
    own, market = (daily(workspace, manifest, name) for name in ["SP500", "NASDAQ"])
    assert (own["Date"] == market["Date"]).all()
    parameters = manifest["label"]["parameters"]
    horizon = parameters["horizon"]
    value = ahead(own["Close"], horizon) - parameters["beta"] * ahead(market["Close"], horizon)
    return compare(table, value, ends(len(own), horizon))


def cs_percentile(workspace, table, manifest):
    """The index among itself, the Nasdaq and a part of the Nasdaq with holes: forward returns over five bars of each."""
    own = daily(workspace, manifest, "SP500")
    values, known = [], []
    for name, column in [("SP500", "Close"), ("NASDAQ", "Close"), ("OTHER", "Close")]:
        frame = daily(workspace, manifest, name)
        price = pd.to_numeric(frame[column], errors="coerce")
        frame, price = frame[price.notna()].reset_index(drop=True), price.dropna().reset_index(drop=True)
        end = pd.Series(ends(len(price), 5))
        date = frame["Date"].reindex(end.where(end >= 0)).reset_index(drop=True)
        series = pd.DataFrame({"value": ahead(price, 5), "known": date}).set_index(frame["Date"]).reindex(own["Date"])
        absent = ~series.index.isin(frame["Date"])
        # The first bar of the index on that day or later.
        at = np.searchsorted(own["Date"].to_numpy(), series["known"].to_numpy())
        at = np.where(series["known"].isna() | (at >= len(own)), -1, at)
        known.append(np.where(absent, np.arange(len(own)), at))
        values.append(series["value"].to_numpy(float))
    known, values = np.array(known), np.array(values)
    end = np.where((known < 0).any(axis=0), -1, known.max(axis=0))
    ranks = pd.DataFrame(values).rank().to_numpy() / (np.isfinite(values).sum(axis=0) + 1)
    enough = np.isfinite(values).sum(axis=0) >= 2
    return compare(table, np.where(enough & (end >= 0), ranks[0], np.nan), end)


def walk(bars, row, above, below, worst, is_last):
    """The first touch after a row: 1 above, -1 below, 0 neither, with bar and price; None beyond the data."""
    opens, highs, lows, closes = bars
    for bar in range(row + 1, len(closes)):
        up, down = highs[bar] >= above, lows[bar] <= below
        if up or down:
            if opens[bar] >= above:
                return 1, bar, opens[bar]
            if opens[bar] <= below:
                return -1, bar, opens[bar]
            side = worst if up and down else 1 if up else -1
            return side, bar, above if side > 0 else below
        if is_last(bar):
            return 0, bar, closes[bar]
    return None


def triple_barrier(workspace, table, manifest):
    parameters = manifest["label"]["parameters"]
    frame = pl.read_parquet(f"{workspace}/{manifest['files'][0]['path']}").filter(pl.col("symbol") == "ESH4").to_pandas()
    span = int(parameters["horizon_time"].removesuffix("m")) * 60_000_000_000
    decided = nanos(table["decision_at"])
    volatility = np.log(frame["close"]).diff().rolling(20).std(ddof=1).to_numpy()
    bars = [frame[name].to_numpy() for name in ["open", "high", "low", "close"]]
    value, end = np.full(len(frame), np.nan), np.full(len(frame), -1)
    for row, close in enumerate(bars[3]):
        if not volatility[row] > 0:
            end[row] = row
            continue
        touch = walk(
            bars, row, close * (1 + parameters["upper"] * volatility[row]), close * (1 - parameters["lower"] * volatility[row]),
            -1, lambda bar: decided[bar] >= decided[row] + span)
        if touch is not None:
            value[row], end[row], _ = touch
    return compare(table, value, end)


def meta_label(workspace, table, manifest):
    parameters = manifest["label"]["parameters"]
    frame, oil = daily(workspace, manifest, "SP500"), daily(workspace, manifest, "WTI")
    # A price of oil is known at 18:00 of the session after its own: too late for the close of that session.
    oil = oil.assign(price=pd.to_numeric(oil["DCOILWTICO"], errors="coerce")).dropna()
    momentum = oil["price"].pct_change(63, fill_method=None).to_numpy()
    known = np.searchsorted(frame["Date"].to_numpy(), oil["Date"].to_numpy()) + 1
    volatility = frame["Close"].pct_change().rolling(20, min_periods=5).std(ddof=1).to_numpy()
    bars = [frame[name].to_numpy(float) for name in ["Open", "High", "Low", "Close"]]
    value, end = np.full(len(frame), np.nan), np.full(len(frame), -1)
    for row, close in enumerate(bars[3]):
        seen = np.flatnonzero(known < row)
        side = np.sign(momentum[seen[-1]]) if len(seen) else np.nan
        if not (side != 0 and not np.isnan(side) and volatility[row] > 0):
            end[row] = row
            continue
        favour, against = (parameters[name] * (close * volatility[row]) for name in ["upper", "lower"])
        above, below = (favour, against) if side > 0 else (against, favour)
        touch = walk(bars, row, close + above, close - below, -side, lambda bar: bar == row + parameters["horizon"])
        if touch is not None:
            _, end[row], price = touch
            value[row] = side * (price / close - 1) > parameters["cost"]
    return compare(table, value, end)


if sys.argv[1] == "weights":
    print(json.dumps(weights(*sys.argv[2:])))
    sys.exit()
workspace, *folders = sys.argv[1:]
results = []
for folder in folders:
    table, manifest = read(folder)
    results.append(globals()[manifest["label"]["definition"]](workspace, table, manifest))
print(json.dumps(results))
