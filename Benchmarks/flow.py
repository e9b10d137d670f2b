#!/usr/bin/env python3
"""DBN and Parquet trades to bars, footprint and CVD, per CPU-second on one core, with databento and DuckDB beside.

Ours is the whole process `apus derive file`, start-up and writing included; the peers are the calls alone inside a warm Python.
The best of several runs counts on both sides. FLOW_TRADES sets the size (default 5,000,000).
"""
import os
import sys

from measure import ours, theirs

APUS, SCRATCH = os.environ["APUS"], os.environ["BENCH_SCRATCH"]
TRADES = int(os.environ.get("FLOW_TRADES", "5000000"))
zst, raw, out = (f"{SCRATCH}/{name}" for name in ("trades.dbn.zst", "trades.dbn", "tables"))
simulate = ["simulate", "es", "--days", "1", "--trades-per-day", str(TRADES), "--seed", "7", "--out"]
for path in (zst, raw):
    if os.system(" ".join([APUS, *simulate, path, "--quiet", "--json", ">/dev/null"])):
        sys.exit("apus simulate failed")

# The canonical file, as ingest writes it.
parquet = f"{SCRATCH}/trades.parquet"
if os.system(f"{APUS} dbn convert {zst} --to canonical {parquet} --quiet --json >/dev/null"):
    sys.exit("apus dbn convert failed")

# Ours first: a child's peak memory counts what this process holds when it starts it.
derive = lambda path, *more: ours("derive", "file", path, "--session", "FULL", "--interval", "1m", "--out", out, *more)
compressed, plain = derive(zst), derive(raw)
bars = derive(parquet, "--calendar", "CME_EQUITY", "--bars-only")

import databento  # noqa: E402
import duckdb  # noqa: E402

count = len(databento.DBNStore.from_file(raw).to_ndarray())
connection = duckdb.connect()
connection.execute("set threads = 1")
print(f"{count:,} simulated trades, {os.path.getsize(zst) / 1e6:.0f} MB compressed, {os.path.getsize(raw) / 1e6:.0f} MB raw")

SQL = f"""
select epoch_ns(ts_event) // 60000000000 as ts, symbol, arg_min(price_e9, (ts_event, file_row_number)) as open,
  max(price_e9) as high, min(price_e9) as low, arg_max(price_e9, (ts_event, file_row_number)) as close, sum(size) as volume,
  sum(case when side = 'B' then size else 0 end) as buy_volume, sum(case when side = 'A' then size else 0 end) as sell_volume,
  sum(case when side = 'N' then size else 0 end) as unknown_volume, count(*) as trade_count
from read_parquet('{parquet}', file_row_number = true) group by all order by all
"""
# The same with the order of equal stamps left to chance, which is wrong on real ticks but faster.
LOOSE = SQL.replace("(ts_event, file_row_number)", "ts_event")

# The bars of the two DBN rows are trades a CPU-second, those of the Parquet rows the peer's own speed. Machines differ and are
# noisy, so read a missed bar together with its ratio to the peer.
rows = [
    ("dbn.zst -> bars + footprint + CVD", compressed, "databento to_ndarray, decoding alone",
     theirs(lambda: databento.DBNStore.from_file(zst).to_ndarray()), 15e6),
    ("dbn -> bars + footprint + CVD", plain, "databento to_ndarray, decoding alone",
     theirs(lambda: databento.DBNStore.from_file(raw).to_ndarray()), 60e6),
    ("Parquet -> 1-minute bars", bars, "DuckDB SQL, ties in file order", theirs(lambda: connection.execute(SQL).fetchall()), None),
    ("Parquet -> 1-minute bars", bars, "DuckDB SQL, ties left to chance", theirs(lambda: connection.execute(LOOSE).fetchall()), None),
]
print(f"{'apus, whole process':36}{'M trades/CPU-s':>15}{'peak MiB':>10}   {'peer':38}{'M trades/CPU-s':>15}{'ratio':>8}{'bar':>8}")
missed = False
for name, (seconds, peak), peer, peer_seconds, bar in rows:
    met = count / seconds >= bar if bar else peer_seconds >= seconds
    missed |= not met
    print(f"{name:36}{count / seconds / 1e6:15.1f}{peak:10.0f}   {peer:38}{count / peer_seconds / 1e6:15.1f}"
          f"{peer_seconds / seconds:8.2f}{f'{bar / 1e6:.0f} M' if bar else '1.00':>8}{' ok' if met else ' MISSED'}")
sys.exit(missed)
