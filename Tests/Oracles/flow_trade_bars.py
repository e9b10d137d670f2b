"""Recomputes bars that trades close, one trade at a time in whole numbers, and compares them with Parquet tables.

flow_trade_bars.py TRADES.dbn.zst FOLDER CALENDAR SESSION RULE...   rules such as tick:1000; tables FOLDER/bars_tick_1000.parquet

Knows ordinary weeks without holidays only.
"""
import datetime as dt
import math
import sys
import zoneinfo

import databento_dbn as dbn
import polars as pl
import zstandard

path, folder, calendar, session, *rules = sys.argv[1:]
out, rest = b"", open(path, "rb").read()
while rest:
    frame = zstandard.ZstdDecompressor().decompressobj()
    out += frame.decompress(rest)
    rest = frame.unused_data
decoder = dbn.DBNDecoder()
decoder.write(out)
trades = [(r.instrument_id, r.ts_event, r.price, r.size, str(r.side)) for r in decoder.decode() if isinstance(r, dbn.TradeMsg)]
assert len({t[0] for t in trades}) == 1

CME = calendar == "CME_EQUITY"
zone = zoneinfo.ZoneInfo("America/Chicago" if CME else "America/New_York")
# Minutes of the local day: regular open and close, the end of all hours.
OPEN, CLOSE, END = (510, 915, 960) if CME else (570, 960, 1200)
# From here on a trade counts for the next trading day.
LAST = 960 if CME else 1200
hours = {}


def where(ns):
    """(trade date's ordinal, session's end in ns, whether regular) of an instant; the same all through a minute."""
    minute = ns // 60_000_000_000
    if minute not in hours:
        local = dt.datetime.fromtimestamp(minute * 60, zone)
        of_day = local.hour * 60 + local.minute
        date = local.date() + dt.timedelta(days=of_day >= LAST)
        while date.weekday() >= 5:
            date += dt.timedelta(days=1)
        end = dt.datetime.combine(date, dt.time(), zone) + dt.timedelta(minutes=CLOSE if session == "RTH" else END)
        regular = date == local.date() and OPEN <= of_day < CLOSE
        hours[minute] = date.toordinal(), int(end.timestamp()) * 10**9, regular
    return hours[minute]


def sign_of(side, price, last):
    if side == "B":
        return 1
    if side == "A":
        return -1
    if last is None:
        return 0
    return last[1] if price == last[0] else 1 if price > last[0] else -1


def bars(kind, first):
    unit, _, test = kind.partition("_")
    scale = 10**9 if unit == "dollar" else 1
    threshold, expected = first * scale, None
    bar, clock, day, last, watermark = None, 0, None, None, 0
    for _, ns, price, size, side in trades:
        watermark = max(watermark, ns)
        date, end, regular = where(ns)
        if session == "RTH" and not regular:
            continue
        if day is None or date > day[0]:
            if bar:
                yield bar | {"ts_end": max(bar["ts_end"], day[1])}
                bar = None
            day = date, end
        clock = max(clock, ns)
        sign = sign_of(side, price, last)
        last = price, sign
        if bar is None:
            bar = dict(ts=clock, open=price, high=price, low=price, volume=0, B=0, A=0, N=0, n=0, dollars=0)
            sums = {1: 0, -1: 0, 0: 0}
        bar["ts_end"], bar["close"] = clock, price
        bar["high"], bar["low"] = max(bar["high"], price), min(bar["low"], price)
        bar["volume"] += size
        bar[side] += size
        bar["n"] += 1
        bar["dollars"] += price * size
        sums[sign] += {"tick": 1, "volume": size, "dollar": price * size}[unit]
        if test == "imbalance":
            progress = abs(sums[1] - sums[-1])
        elif test == "runs":
            progress = max(sums[1], sums[-1])
        else:
            progress = sum(sums.values())
        if progress < threshold:
            continue
        yield bar
        n, bought, sold = bar["n"], sums[1] / bar["n"], sums[-1] / bar["n"]
        bar = None
        if not test:
            continue
        if expected is None:
            expected = [float(n), bought, sold]
        else:
            for i, value in enumerate((n, bought, sold)):
                expected[i] += 0.1 * (value - expected[i])
        ticks, bought, sold = expected
        threshold = ticks * (max(bought, sold) if test == "runs" else abs(bought - sold))
        start = float(first) * scale
        threshold = math.ceil(min(max(threshold, start / 4), start * 4))
    if bar and day[1] <= watermark - 120 * 10**9:
        yield bar | {"ts_end": max(bar["ts_end"], day[1])}


for rule in rules:
    kind, size = rule.split(":")
    want = list(bars(kind, int(float(size))))
    got = pl.read_parquet(f"{folder}/bars_{kind}_{int(float(size))}.parquet").with_columns(
        pl.col("ts", "ts_end").dt.epoch("us"))
    assert got.height == len(want), (rule, got.height, len(want))
    for row, bar in zip(got.iter_rows(named=True), want):
        mine = [row["ts"], row["ts_end"], *(round(row[c] * 1e9) for c in ("open", "high", "low", "close"))]
        mine += [row[c] for c in ("volume", "buy_volume", "sell_volume", "unknown_volume", "trade_count")]
        theirs = [bar["ts"] // 1000, -(-bar["ts_end"] // 1000)]
        theirs += [bar[c] for c in ("open", "high", "low", "close", "volume", "B", "A", "N", "n")]
        assert mine == theirs, (rule, mine, theirs)
        assert math.isclose(row["vwap"], bar["dollars"] / bar["volume"] / 1e9, rel_tol=1e-13)
        assert math.isclose(row["dollar_volume"], bar["dollars"] / 1e9, rel_tol=1e-13)
    print(f"ok {rule} {got.height}")
