"""Tick, volume and dollar bars by ml4t-engineer beside Parquet tables.

flow_trade_bars_ml4t.py TRADES.csv FOLDER RULE...
"""
import sys

import polars as pl
from ml4t.engineer.bars import DollarBarSampler, TickBarSampler, VolumeBarSampler

path, folder, *rules = sys.argv[1:]
raw = pl.read_csv(path)
trades = pl.DataFrame({
    "timestamp": pl.from_epoch(raw["ts_event"], time_unit="ns"), "price": raw["price"] / 1e9,
    "volume": raw["size"].cast(pl.Float64),
    # Demanded and allowed to be 1 and -1 only; the columns compared do not depend on it.
    "side": raw["side"].replace_strict({"A": -1}, default=1),
})
samplers = {"tick": TickBarSampler, "volume": VolumeBarSampler, "dollar": DollarBarSampler}
for rule in rules:
    kind, size = rule.split(":")
    want = samplers[kind](int(float(size))).sample(trades)
    got = pl.read_parquet(f"{folder}/bars_{kind}_{int(float(size))}.parquet")
    assert got.height == want.height > 0, (rule, got.height, want.height)
    for column in ("open", "high", "low", "close", "volume"):
        assert (got[column].cast(pl.Float64) == want[column].cast(pl.Float64)).all(), (rule, column)
    assert (got["trade_count"] == want["tick_count"]).all(), rule
    print(f"ok {rule} {got.height}")
