"""The Python package against the program: python_package.py CASES_FOLDER. APUS_BIN names the program."""
import json
import os
import pathlib
import pickle
import sys
import tempfile

import pandas
import polars

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
import apus  # noqa: E402

case = pathlib.Path(sys.argv[1], "backtrader_05")
document = json.loads((case / "case.json").read_text())
config = document["config"] | {
    "strategy": {key: document[name] for key, name in (("type", "strategy_type"), ("shares", "shares"), ("side", "side"))}}
prices, signals = (polars.read_parquet(case / f"{name}.parquet") for name in ("prices", "signals"))
expected = polars.read_parquet(case / "expected/trades.parquet")

result = apus.backtest(prices, signals, config)
assert isinstance(result.trades, polars.DataFrame) and result.folder is None
assert len(result.trades) == len(expected) > 0
assert (result.trades["entry_price"] - expected["entry_price"]).abs().max() < 1e-9
assert len(result.equity) == len(prices) == result.summary["bars"]
assert len(result.fills) == result.summary["fills"] and len(result.daily_pnl) > 0
assert result.metrics["num_trades"] == len(expected)

frames = apus.backtest(prices.to_pandas().set_index("timestamp"), signals.to_pandas(), config)
assert isinstance(frames.trades, pandas.DataFrame)
assert frames.trades["pnl"].tolist() == result.trades["pnl"].to_list()
assert frames.metrics == result.metrics

with tempfile.TemporaryDirectory() as folder:
    target = pathlib.Path(folder, "kept")
    kept = apus.backtest(case / "prices.parquet", polars.scan_parquet(case / "signals.parquet"), config, out=target, schema="ml4t-0.2")
    assert kept.folder == target and (target / "config.yaml").exists()
    assert len(kept.trades) == len(expected)
    from ml4t.backtest import BacktestConfig

    again = apus.backtest(prices, signals, target / "config.yaml")
    assert again.trades.equals(result.trades)
    loaded = BacktestConfig.from_yaml(target / "config.yaml")
    assert loaded.commission_rate == document["config"]["commission"]["rate"]
    assert apus.backtest(prices, signals, loaded).trades.equals(result.trades)

# A file that a mapping names lies in the working folder, one that a configuration file names beside that.
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "actions.csv").write_text("timestamp,asset,kind,value\n")
    named = config | {"apus": {"actions": {"file": "actions.csv"}}}
    pathlib.Path(folder, "engine.json").write_text(json.dumps(named))
    assert apus.backtest(prices, signals, pathlib.Path(folder, "engine.json")).trades.equals(result.trades)
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert apus.backtest(prices, signals, named).trades.equals(result.trades)
        assert apus.backtest(prices, signals, config | {"metadata": {"apus": named["apus"]}}).trades.equals(result.trades)
    finally:
        os.chdir(before)

row = {"timestamp": [prices[0, "timestamp"]], "asset": [prices[0, "asset"]]}
weights = polars.DataFrame({**row, "weight": [0.5]}, schema_overrides={"timestamp": prices["timestamp"].dtype})
held = apus.backtest(prices, weights=weights)
assert len(held.fills) == 1 and abs(held.fills[0, "quantity"] * held.fills[0, "price"] - 50_000) < 5_000
target = weights.select("timestamp", "asset", id=polars.lit("1"), action=polars.lit("submit"), target_quantity=polars.lit(7.0))
assert apus.backtest(prices, orders=target).fills["quantity"].to_list() == [7]

for frame, code, row in (
    (prices.reverse(), "data.order", "1"),
    (polars.concat([prices[:1], prices]), "data.duplicate", "1"),
    (prices.drop("close"), "data.column", None),
):
    try:
        apus.backtest(frame, signals, config)
    except apus.Error as error:
        assert error.code == code and error.context.get("row") == row, error
        assert pickle.loads(pickle.dumps(error)).context == error.context
    else:
        raise AssertionError(code)
for wrong in (lambda: apus.backtest(prices, 3), lambda: apus.backtest(prices, signals, 3)):
    try:
        wrong()
    except TypeError:
        continue
    raise AssertionError("no TypeError")
print("OK")
