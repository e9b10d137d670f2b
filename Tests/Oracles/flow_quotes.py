"""Recomputes tables of quotes from a DBN file with pandas and plain sums, and compares them with the Parquet tables.

flow_quotes.py QUOTES.dbn[.zst] FOLDER SESSION CALENDAR   for every FOLDER/quotes_<interval>.parquet

Dates must have no holiday and no early close. Time is ts_recv; a record behind an earlier one counts at that one's time.
"""
import bisect
import datetime as dt
import glob
import math
import re
import sys
import zoneinfo
from collections import defaultdict

import databento
import numpy as np
import pandas as pd
import polars as pl

path, folder, kind, calendar = sys.argv[1:]
NONE, DAY = 2**63 - 1, 86_400 * 10**9
zone = zoneinfo.ZoneInfo({"CME_EQUITY": "America/Chicago", "US_EQUITY": "America/New_York"}[calendar])
# Minutes of local time: opening on the day before or on the day itself, close, regular opening and close.
OPEN, CLOSE, REGULAR = {"CME_EQUITY": (-420, 960, (510, 915)), "US_EQUITY": (240, 1200, (570, 960))}[calendar]


def instant(date, minute):
    local = dt.datetime.combine(date, dt.time(), zone) + dt.timedelta(minutes=minute)
    return int(local.timestamp()) * 10**9


def session(date):
    """What counts of a trade date."""
    first, last = (OPEN, CLOSE) if kind == "FULL" else REGULAR
    return instant(date, first), instant(date, last)


def trade_date(ns):
    local = dt.datetime.fromtimestamp(ns // 10**9, zone)
    date = local.date() + dt.timedelta(days=local.hour * 60 + local.minute >= CLOSE)
    while date.isoweekday() > 5:
        date += dt.timedelta(days=1)
    return date


store = databento.DBNStore.from_file(path)
frame = store.to_df(price_type="fixed", pretty_ts=False, map_symbols=True).reset_index()
frame = frame[frame.ts_recv <= np.uint64(NONE)]
frame["time"] = frame.ts_recv.astype("int64").cummax()
end = int(frame.time.iloc[-1]) if len(frame) else 0
has_actions = "action" in frame.columns
frame["date"] = [trade_date(t) for t in frame.time]
frame.loc[frame.bid_px_00 == NONE, "bid_sz_00"] = 0
frame.loc[frame.ask_px_00 == NONE, "ask_sz_00"] = 0


def quotes_of(group):
    for row in group.itertuples():
        yield (int(row.time), -math.inf if row.bid_px_00 == NONE else int(row.bid_px_00),
               math.inf if row.ask_px_00 == NONE else int(row.ask_px_00), int(row.bid_sz_00), int(row.ask_sz_00), row)


def event(now, before):
    """Cont, Kukanov and Stoikov 2014, equation 10 of the working paper; nobody quoting is size 0 at the worst price."""
    bid, ask, bid_size, ask_size = now
    bid0, ask0, bid_size0, ask_size0 = before
    return (bid >= bid0) * bid_size - (bid <= bid0) * bid_size0 - (ask <= ask0) * ask_size + (ask >= ask0) * ask_size0


def missing():
    return {"n": 0, "crossed": 0, "locked": 0, "ofi": 0, "stood": [], "seen": [], "trades": [], "last": None}


def table(length):
    rows = defaultdict(missing)

    def key(time, date, symbol):
        return (session(date)[0] if length == DAY else time // length * length, symbol)

    for (symbol, date), group in frame.groupby(["symbol", "date"], sort=True):
        opening, closing = session(date)
        listed = list(quotes_of(group))
        before = None
        for index, (time, bid, ask, bid_size, ask_size, row) in enumerate(listed):
            now = (bid, ask, bid_size, ask_size)
            if opening <= time < closing:
                cell = rows[key(time, date, symbol)]
                cell["n"] += 1
                cell["crossed"] += bid > ask
                cell["locked"] += bid == ask
                cell["ofi"] += event(now, before) if before else 0
                cell["seen"].append(now)
                if has_actions and row.action == "T" and row.price != NONE:
                    cell["trades"].append((row.side, int(row.price), int(row.size), now))
            before = now
            # Until the symbol's next record of the date, the end of the hours or of the data.
            left = max(time, opening)
            right = min(listed[index + 1][0] if index + 1 < len(listed) else closing, closing, end)
            while left < right:
                label, _ = key(left, date, symbol)
                upto = right if length == DAY else min(right, label + length)
                cell = rows[(label, symbol)]
                cell["stood"].append((upto - left, now))
                left = upto
        # The book at the end of each bucket's hours.
        times = [q[0] for q in listed]
        for (label, name), cell in rows.items():
            if name != symbol:
                continue
            until = min(closing, label + (closing - opening if length == DAY else length))
            if until <= opening or label >= closing:
                continue
            position = bisect.bisect_left(times, until) - 1
            if position >= 0:
                cell["last"] = listed[position][1:5]
    done = lambda label: (label + length if length != DAY else session(trade_date(label))[1]) <= end
    return {k: v for k, v in rows.items() if done(k[0]) and (v["n"] or v["stood"])}


def usable(quote):
    return math.isfinite(quote[0]) and math.isfinite(quote[1]) and quote[0] <= quote[1]


def imbalance(quote):
    return (quote[2] - quote[3]) / (quote[2] + quote[3]) if quote[2] + quote[3] else 0.0


def expected(cell):
    bid, ask, bid_size, ask_size = cell["last"]
    both = math.isfinite(bid) and math.isfinite(ask)
    stood = [(n, q) for n, q in cell["stood"] if usable(q)]
    spreads = [q[1] - q[0] for _, q in stood] + [q[1] - q[0] for q in cell["seen"] if usable(q)]
    weight = sum(n for n, _ in stood)
    row = {
        "bid": bid / 1e9 if math.isfinite(bid) else None, "ask": ask / 1e9 if math.isfinite(ask) else None,
        "bid_size": bid_size, "ask_size": ask_size, "updates": cell["n"], "crossed": cell["crossed"],
        "locked": cell["locked"], "order_flow_imbalance": cell["ofi"],
        "mid": (bid + ask) / 2e9 if both else None, "spread": (ask - bid) / 1e9 if both else None,
        "microprice": None, "min_spread": min(spreads) / 1e9 if spreads else None,
        "max_spread": max(spreads) / 1e9 if spreads else None,
        # Whole numbers, exact.
        "mean_spread": sum(n * (q[1] - q[0]) for n, q in stood) / weight / 1e9 if weight else None,
        "mean_imbalance": math.fsum(n * imbalance(q) for n, q in stood) / weight if weight else None,
    }
    if both:
        depth = bid_size + ask_size
        row["microprice"] = (bid * ask_size + ask * bid_size) / depth / 1e9 if depth else row["mid"]
    trades = cell["trades"]
    quoted = [t for t in trades if math.isfinite(t[3][0]) and math.isfinite(t[3][1])]
    row["trades"] = len(trades) if has_actions else None
    row["volume"] = sum(t[2] for t in trades) if has_actions else None
    row["share_at_bid"] = np.mean([t[1] <= t[3][0] for t in quoted]) if quoted else None
    row["share_at_ask"] = np.mean([t[1] >= t[3][1] for t in quoted]) if quoted else None
    signed = [t for t in quoted if t[0] in "AB" and usable(t[3]) and t[3][0] + t[3][1] > 0]
    paid = sum(t[2] for t in signed)
    row["effective_spread_bps"] = None
    if paid:
        mids = [(t[3][0] + t[3][1]) / 2 for t in signed]
        signs = [{"B": 1, "A": -1}[t[0]] for t in signed]
        row["effective_spread_bps"] = sum(
            2e4 * t[2] * s * (t[1] - m) / m for t, m, s in zip(signed, mids, signs)) / paid
    return row


total, carried, one_sided, crossed = 0, 0, 0, 0
for name in sorted(glob.glob(f"{folder}/quotes_*.parquet")):
    count, unit = re.search(r"quotes_(\d+)([smhd])\.parquet", name).groups()
    length = int(count) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[unit] * 10**9
    want = table(length)
    got = pl.read_parquet(name)
    keys = list(zip((got["ts"].dt.epoch("us") * 1000).to_list(), got["symbol"].to_list()))
    assert keys == sorted(want), (name, len(keys), len(want), set(keys) ^ set(want))
    for k, row in zip(keys, got.iter_rows(named=True)):
        values = expected(want[k])
        assert set(values) == set(row) - {"ts", "symbol"}, set(values) ^ set(row)
        for column, value in values.items():
            same = row[column] is None if value is None else row[column] is not None and math.isclose(
                row[column], value, rel_tol=1e-11, abs_tol=1e-9)
            assert same, (name, k, column, row[column], value)
        one_sided += row["mid"] is None
        crossed += row["crossed"]
    total += got.height
    carried += got.filter(pl.col("updates") == 0).height
print(f"ok {total} rows, {carried} carried, {one_sided} one-sided, {crossed} crossed")
