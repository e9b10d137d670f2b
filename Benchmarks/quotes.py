#!/usr/bin/env python3
"""mbp-1 records to a table of one-second rows, per CPU-second on one core, with databento and polars beside.

Ours are whole processes, start-up and writing included; the peer's calls run inside a warm Python, on one thread. Both take the same
two steps: the file to Parquet, which ingest stores, and that to rows; and both rows are compared. The best of several runs counts.
QUOTE_TRADES sets the size (default 500,000 trades, about 2.2 million records).
"""
import os
import sys

from measure import ours, theirs

os.environ["POLARS_MAX_THREADS"] = "1"
APUS, SCRATCH = os.environ["APUS"], os.environ["BENCH_SCRATCH"]
TRADES = int(os.environ.get("QUOTE_TRADES", "500000"))
NONE = 2**63 - 1

dbn, canonical, out, plain = (f"{SCRATCH}/{name}" for name in ("q.dbn.zst", "canonical.parquet", "tables", "plain.parquet"))
ours_once = [APUS, "simulate", "es", "--schema", "mbp-1", "--trades-per-day", str(TRADES), "--seed", "7", "--out", dbn, "--quiet"]
if os.system(" ".join(ours_once) + " >/dev/null"):
    sys.exit("apus simulate failed")

# Ours first: a child's peak memory counts what this process holds when it starts it.
store = ours("dbn", "convert", dbn, canonical, "--to", "canonical-quotes")
derive = ours("derive", "quotes", canonical, "--calendar", "CME_EQUITY", "--interval", "1s", "--out", out)
direct = ours("derive", "quotes", dbn, "--interval", "1s", "--out", out)

import databento  # noqa: E402
import polars as pl  # noqa: E402

FIELDS = ["ts_event", "ts_recv", "action", "side", "price", "size", "bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00",
          "bid_ct_00", "ask_ct_00", "instrument_id", "publisher_id", "flags", "sequence"]


def to_parquet():
    records = databento.DBNStore.from_file(dbn).to_ndarray()
    frame = pl.DataFrame({name: records[name].copy() for name in FIELDS})
    missing = [pl.when(pl.col(c) == NONE).then(None).otherwise(pl.col(c)).alias(c) for c in ("price", "bid_px_00", "ask_px_00")]
    frame.with_columns(missing).write_parquet(plain, compression="zstd", compression_level=1)


def table(frame):
    """The rows, with the quote carried into every second and means weighted by how long each quote stood in it."""
    second = 1_000_000_000
    q = frame.select(
        pl.col("ts_recv").cast(pl.Int64).alias("t"), bid="bid_px_00", ask="ask_px_00", bid_size=pl.col("bid_sz_00").cast(pl.Int64),
        ask_size=pl.col("ask_sz_00").cast(pl.Int64), is_trade=pl.col("action") == b"T", size=pl.col("size").cast(pl.Int64),
        price="price", side="side")
    # A side that nobody quotes is one of size 0 at the worst price.
    bid, ask = pl.col("bid").fill_null(-NONE), pl.col("ask").fill_null(NONE)
    before = [bid.shift(1), ask.shift(1), pl.col("bid_size").shift(1), pl.col("ask_size").shift(1)]
    mid = (pl.col("bid") + pl.col("ask")) / 2
    sign = pl.when(pl.col("side") == b"B").then(1).when(pl.col("side") == b"A").then(-1)
    flow = (pl.when(bid >= before[0]).then(pl.col("bid_size")).otherwise(0)
            - pl.when(bid <= before[0]).then(before[2]).otherwise(0)
            - pl.when(ask <= before[1]).then(pl.col("ask_size")).otherwise(0)
            + pl.when(ask >= before[1]).then(before[3]).otherwise(0))
    q = q.with_columns(
        flow=flow, grid=pl.lit(False),
        paid=pl.when("is_trade").then(pl.col("size") * sign * (pl.col("price") - mid) / mid),
        paid_size=pl.when(pl.col("is_trade") & sign.is_not_null()).then(pl.col("size")))
    first, last = q["t"][0] // second * second, q["t"][-1] // second * second
    grid = pl.DataFrame({"t": pl.int_range(first, last + second, second, eager=True)}).with_columns(grid=pl.lit(True))
    q = pl.concat([grid, q], how="diagonal").sort("t", maintain_order=True)
    q = q.with_columns(pl.col("bid", "ask", "bid_size", "ask_size").forward_fill())
    weight = pl.col("t").shift(-1) - pl.col("t")
    spread = pl.col("ask") - pl.col("bid")
    depth = pl.col("bid_size") + pl.col("ask_size")
    q = q.with_columns(
        bucket=pl.col("t") // second * second, w=weight, spread=spread,
        imbalance=(pl.col("bid_size") - pl.col("ask_size")) / depth).with_columns(
        w=pl.when(pl.col("bid").is_not_null() & pl.col("ask").is_not_null()).then(pl.col("w")))
    rows = q.group_by("bucket", maintain_order=True).agg(
        pl.col("bid", "ask", "bid_size", "ask_size").last(),
        mean_spread=(pl.col("spread") * pl.col("w")).sum() / pl.col("w").sum() / 1e9,
        mean_imbalance=(pl.col("imbalance") * pl.col("w")).sum() / pl.col("w").sum(),
        min_spread=pl.col("spread").filter((pl.col("w") > 0) | ~pl.col("grid")).min() / 1e9,
        max_spread=pl.col("spread").filter((pl.col("w") > 0) | ~pl.col("grid")).max() / 1e9,
        updates=(~pl.col("grid")).sum(), order_flow_imbalance=pl.col("flow").sum(), trades=pl.col("is_trade").sum(),
        volume=pl.col("size").filter("is_trade").sum(),
        effective_spread_bps=2e4 * pl.col("paid").sum() / pl.col("paid_size").sum())
    rows = rows.with_columns(pl.col("bid", "ask") / 1e9).with_columns(
        mid=(pl.col("bid") + pl.col("ask")) / 2, spread=pl.col("ask") - pl.col("bid"),
        microprice=(pl.col("bid") * pl.col("ask_size") + pl.col("ask") * pl.col("bid_size"))
        / (pl.col("bid_size") + pl.col("ask_size")))
    return rows.filter(pl.col("bucket") < last)


written = f"{SCRATCH}/theirs.parquet"
peer_store = theirs(to_parquet)
peer_derive = theirs(lambda: table(pl.read_parquet(plain)).write_parquet(written, compression="zstd", compression_level=1))


def peer_direct():
    records = databento.DBNStore.from_file(dbn).to_ndarray()
    frame = pl.DataFrame({name: records[name].copy() for name in FIELDS})
    table(frame.with_columns(
        pl.when(pl.col(c) == NONE).then(None).otherwise(pl.col(c)).alias(c) for c in ("price", "bid_px_00", "ask_px_00"))
    ).write_parquet(written, compression="zstd", compression_level=1)


peer_both = theirs(peer_direct)
to_df = theirs(lambda: databento.DBNStore.from_file(dbn).to_df())

got, want = pl.read_parquet(f"{out}/quotes_1s.parquet"), pl.read_parquet(written)
assert got["ts"].dt.epoch("us").to_list() == (want["bucket"] // 1000).to_list(), "other rows"
for name in ("bid", "ask", "bid_size", "ask_size", "mid", "microprice", "spread", "mean_spread", "mean_imbalance", "min_spread",
             "max_spread", "updates", "order_flow_imbalance", "trades", "volume", "effective_spread_bps"):
    a, b = got[name].cast(pl.Float64).fill_null(0), want[name].cast(pl.Float64).fill_nan(0).fill_null(0)
    assert ((a - b).abs() <= 1e-9 * b.abs().clip(lower_bound=1)).all(), f"{name} differs"

count = len(databento.DBNStore.from_file(dbn).to_ndarray())
print(f"{count:,} simulated mbp-1 records, {os.path.getsize(dbn) / 1e6:.0f} MB compressed, {got.height:,} rows, equal to the peer's")
both = (store[0] + derive[0], max(store[1], derive[1]))
rows = [
    ("dbn.zst -> Parquet", store, "databento to_ndarray, polars", peer_store, None),
    ("Parquet -> 1-second rows", derive, "polars", peer_derive, None),
    ("dbn.zst -> Parquet -> 1-second rows", both, "databento to_ndarray, polars", peer_store + peer_derive, 1),
    ("dbn.zst -> 1-second rows", direct, "databento to_ndarray, polars", peer_both, 1),
    ("dbn.zst -> 1-second rows", direct, "databento to_df, decoding alone", to_df, None),
]
print(f"{'apus, whole process':36}{'M records/CPU-s':>16}{'peak MiB':>10}   {'peer':34}{'M records/CPU-s':>16}{'ratio':>8}{'bar':>8}")
missed = False
for name, (seconds, peak), peer, peer_seconds, bar in rows:
    met = bar is None or peer_seconds / seconds >= bar
    missed |= not met
    print(f"{name:36}{count / seconds / 1e6:16.2f}{peak:10.0f}   {peer:34}{count / peer_seconds / 1e6:16.2f}"
          f"{peer_seconds / seconds:8.2f}{f'{bar:.2f}' if bar else '':>8}{'' if bar is None else ' ok' if met else ' MISSED'}")
sys.exit(missed)
