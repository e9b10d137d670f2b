"""Compares the one-minute bars of a Parquet file with a plain loop over the DBN file's trades in their order."""
import sys
from collections import Counter

import databento_dbn as dbn
import polars as pl
import zstandard

trades_path, bars_path = sys.argv[1:]
raw = open(trades_path, "rb").read()
data = zstandard.ZstdDecompressor().decompressobj
# Several frames follow one another in the file.
out, rest = b"", raw
while rest:
    frame = data()
    out += frame.decompress(rest)
    rest = frame.unused_data
decoder = dbn.DBNDecoder()
decoder.write(out)

MINUTE = 60_000_000_000
want = {}
count, stamps = 0, Counter()
for record in decoder.decode():
    if not isinstance(record, dbn.TradeMsg):
        continue
    count += 1
    stamps[record.ts_event] += 1
    bar = want.setdefault(record.ts_event // MINUTE * MINUTE, [None, None, None, None, 0, 0])
    price = record.price
    if bar[0] is None:
        bar[:4] = [price] * 4
    bar[1], bar[2], bar[3] = max(bar[1], price), min(bar[2], price), price
    bar[4] += record.size
    bar[5] += 1

got = pl.read_parquet(bars_path)
assert got.height == len(want), (got.height, len(want))
for row in got.iter_rows(named=True):
    key = round(row["ts"].timestamp()) * 1_000_000_000
    bar = want[key]
    mine = [round(row[n] * 1e9) for n in ("open", "high", "low", "close")] + [row["volume"], row["trade_count"]]
    assert mine == bar, (row["ts"], mine, bar)
ties = sum(n for n in stamps.values() if n > 1)
assert ties > 0.6 * count, (ties, count)
print(f"ok {got.height} bars, {count} trades, {ties / count:.2f} tied")
