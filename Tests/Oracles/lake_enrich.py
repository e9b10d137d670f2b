"""Compare trades with signal columns with what polars and ml4t-backtest join to the same trades.

usage: lake_enrich.py TRADES SIGNALS ENRICHED ASSET_COLUMN|- COLUMN [COLUMN ...]
"""
import sys

import polars as pl
from ml4t.backtest.result import enrich_trades_with_signals
from polars.testing import assert_frame_equal

trades_path, signals_path, enriched_path, asset, *columns = sys.argv[1:]
trades, signals, ours = (pl.read_parquet(path) for path in (trades_path, signals_path, enriched_path))
by = None if asset == "-" else asset
key = "symbol" if "symbol" in trades.columns else "asset"

want = trades.with_row_index("_row")
for end in ("entry", "exit"):
    right = signals.select(["timestamp", *([by] if by else []), *columns]).sort("timestamp", maintain_order=True)
    right = right.rename({name: f"{end}_{name}" for name in columns} | {"timestamp": "_time"} | ({by: "_asset"} if by else {}))
    left = want.sort(f"{end}_time", maintain_order=True)
    sides = {"by_left": key, "by_right": "_asset"} if by else {}
    want = left.join_asof(
        right, left_on=f"{end}_time", right_on="_time", strategy="backward", check_sortedness=False, **sides
    ).drop("_time", strict=False)
want = want.sort("_row").drop("_row")
assert_frame_equal(ours, want, check_exact=True)

# Its own function sorts without keeping the order of equal times: compare where no time of an asset is there twice.
if not signals.select(pl.struct(["timestamp", *([by] if by else [])]).is_duplicated().any()).item():
    theirs = enrich_trades_with_signals(trades, signals, signal_columns=columns, asset_col=by)
    assert_frame_equal(ours, theirs.select(ours.columns), check_exact=True)
    print("ml4t too")
print("OK")
