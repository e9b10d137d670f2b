"""Compare result folders of ml4t-backtest with what another program made of them: the same tables, and ml4t opens the copies.

usage: lake_ml4t.py ORIGINAL COPY [ORIGINAL COPY ...]
"""
import json
import sys
from pathlib import Path

import polars as pl
from ml4t.backtest import BacktestResult
from polars.testing import assert_frame_equal

problems = []
for original, copy in zip(sys.argv[1::2], sys.argv[2::2]):
    for name in ("trades", "fills", "equity", "daily_pnl", "portfolio_state", "rejected_orders"):
        if not (Path(original) / f"{name}.parquet").exists():
            continue
        left, right = (pl.read_parquet(f"{folder}/{name}.parquet") for folder in (original, copy))
        try:
            assert_frame_equal(left, right, rel_tol=1e-13, abs_tol=1e-13)
        except AssertionError as error:
            problems.append(f"{copy}/{name}: {error}")
    if json.loads((Path(original) / "metrics.json").read_text()) != json.loads((Path(copy) / "metrics.json").read_text()):
        problems.append(f"{copy}/metrics.json differs")
    result = BacktestResult.from_parquet(copy)
    if result.artifact_diagnostics:
        problems.append(f"{copy}: {result.artifact_diagnostics}")
print("\n".join(problems) if problems else "OK")
