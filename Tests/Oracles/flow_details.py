"""Recomputes the details of bars, one trade at a time in whole numbers, and compares them with Parquet tables.

flow_details.py TRADES.dbn.zst FOLDER SESSION SECONDS TICK BIG   tables FOLDER/bars.parquet and FOLDER/flow_<interval>.parquet

TICK in 1e-9 of the currency, 0 for the smallest distance in each bar; BIG is the fixed size of a big trade. Chicago hours.
"""
import datetime as dt
import glob
import math
import sys
import zoneinfo

import databento_dbn as dbn
import numpy as np
import polars as pl
import zstandard

path, folder, session, seconds, tick, big = sys.argv[1:]
length, tick, big = int(seconds) * 10**9, int(tick), int(big)
out, rest = b"", open(path, "rb").read()
while rest:
    frame = zstandard.ZstdDecompressor().decompressobj()
    out += frame.decompress(rest)
    rest = frame.unused_data
decoder = dbn.DBNDecoder()
decoder.write(out)

zone = zoneinfo.ZoneInfo("America/Chicago")
minutes = {}


def regular(ns):
    minute = ns // 60_000_000_000
    if minute not in minutes:
        local = dt.datetime.fromtimestamp(minute * 60, zone)
        minutes[minute] = 510 <= local.hour * 60 + local.minute < 915
    return minutes[minute]


buckets = {}
for r in decoder.decode():
    if isinstance(r, dbn.TradeMsg) and (session == "FULL" or regular(r.ts_event)):
        buckets.setdefault(r.ts_event // length * length, []).append((r.price, r.size, str(r.side), r.ts_event))


def imbalances(volume, other, levels, step):
    """Levels with at least 10 and three times what the other side has at the level `step` away, inside the range."""
    low, high = levels[0], levels[-1]
    hits = [
        p for p in levels
        if low <= p + step <= high and volume.get(p, 0) >= 10 and volume.get(p, 0) >= 3 * other.get(p + step, 0)
    ]
    longest, run = 0, 0
    for i, p in enumerate(hits):
        run = run + 1 if i and p - hits[i - 1] == abs(step) else 1
        longest = max(longest, run)
    return len(hits), longest


def details(trades):
    sizes = np.array([t[1] for t in trades])
    total, levels, side = {}, sorted({t[0] for t in trades}), {"B": {}, "A": {}, "N": {}}
    delta, path = 0, [0]
    root = money = 0.0
    for price, size, which, _ in trades:
        total[price] = total.get(price, 0) + size
        side[which][price] = side[which].get(price, 0) + size
        sign = {"B": 1, "A": -1, "N": 0}[which]
        delta += sign * size
        path.append(delta)
        root += sign * math.sqrt(size)
        money += sign * math.sqrt(price / 1e9 * size)
    newest = max(t[3] for t in trades)
    close = [t[0] for t in trades if t[3] == newest][-1]
    control = min(levels, key=lambda p: (-total[p], abs(p - close), p))
    low = high = levels.index(control)
    held, volume = total[control], sum(total.values())
    while 10 * held < 7 * volume:
        above = total[levels[high + 1]] if high + 1 < len(levels) else -1
        below = total[levels[low - 1]] if low else -1
        if above >= below:
            high += 1
        else:
            low -= 1
        held += max(above, below)
    step = tick or min((b - a for a, b in zip(levels, levels[1:])), default=None)
    buy = imbalances(side["B"], side["A"], levels, -step) if step else (0, 0)
    sell = imbalances(side["A"], side["B"], levels, step) if step else (0, 0)
    dollars = sum(t[0] * t[1] for t in trades)
    ranks = [int(np.quantile(sizes, q, method="inverted_cdf")) for q in (0.5, 0.9, 0.99)]
    return {
        "vwap": dollars / volume / 1e9, "dollar_volume": dollars / 1e9, "delta": delta, "min_delta": min(path),
        "max_delta": max(path), "buy_trades": sum(t[2] == "B" for t in trades), "sell_trades": sum(t[2] == "A" for t in trades),
        "mean_size": sizes.mean(), "max_size": sizes.max(), "median_size": ranks[0], "p90_size": ranks[1], "p99_size": ranks[2],
        "signed_root_volume": root, "signed_root_dollar_volume": money, "point_of_control": control / 1e9,
        "value_area_high": levels[high] / 1e9, "value_area_low": levels[low] / 1e9, "buy_imbalances": buy[0],
        "sell_imbalances": sell[0], "buy_imbalance_stack": buy[1], "sell_imbalance_stack": sell[1],
        "big_trades": int((sizes >= big).sum()), "big_volume": int(sizes[sizes >= big].sum()),
    }


got = pl.read_parquet(glob.glob(f"{folder}/flow_*.parquet")[0])
bars = pl.read_parquet(f"{folder}/bars.parquet")
assert got.select("ts", "symbol").equals(bars.select("ts", "symbol"))
assert (got["delta"] == bars["buy_volume"] - bars["sell_volume"]).all()
assert got["ts"].dt.epoch("us").to_list() == [start // 1000 for start in sorted(buckets)]
for start, row in zip(sorted(buckets), got.iter_rows(named=True)):
    want = details(buckets[start])
    assert set(want) == set(row) - {"ts", "symbol"}
    for name, value in want.items():
        assert math.isclose(row[name], value, rel_tol=1e-12, abs_tol=1e-9), (row["ts"], name, row[name], value)
stacks = max(got["buy_imbalance_stack"].max(), got["sell_imbalance_stack"].max())
print(f"ok {got.height} rows, {got['buy_imbalances'].sum() + got['sell_imbalances'].sum()} imbalances, stack {stacks}")
