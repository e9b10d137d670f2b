"""Backtests of signals with the program ``apus``, from and to data frames.

>>> result = apus.backtest(prices, signals, {"strategy": {"type": "long_signal", "shares": 10}})
>>> result.metrics["sharpe"], result.trades, result.equity

There is no logic here: frames are written as Parquet, the program runs, and its files are read back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

__all__ = ["Error", "Result", "backtest", "program"]
__version__ = "0.1.0"


class Error(Exception):
    """What the program refused.

    Attributes:
        code: a stable word such as ``data.order``; the part before the dot names the area.
        message: one sentence.
        context: where: file, row, column, key ...
    """

    def __init__(self, code: str, message: str, context: Mapping[str, str] | None = None):
        self.code, self.message, self.context = code, message, dict(context or {})
        place = ", ".join(f"{key}: {value}" for key, value in self.context.items())
        super().__init__(f"{message} ({place})" if place else message)

    def __reduce__(self):
        return type(self), (self.code, self.message, self.context)


@dataclass(frozen=True)
class Result:
    """A finished backtest. Columns and metrics are those of ``docs/contracts/results.md``.

    Attributes:
        trades: one row for each closed position.
        equity: the account bar by bar.
        daily_pnl: the account day by day.
        fills: every execution.
        metrics: summary figures.
        summary: what the program said: counts of bars, assets, rows and ignored signals.
        folder: where the files are; None where they were temporary.
    """

    trades: Any
    equity: Any
    daily_pnl: Any
    fills: Any
    metrics: dict[str, Any]
    summary: dict[str, Any] = field(repr=False)
    folder: Path | None = None


def program() -> str:
    """The path of the program: ``APUS_BIN``, else ``apus`` on the PATH, else ``bin/apus`` of the checkout around this package.

    Raises:
        Error: ``python.program`` where there is none.
    """
    named = os.environ.get("APUS_BIN")
    beside = Path(__file__).resolve().parents[2] / "bin" / "apus"
    found = shutil.which(named) if named else shutil.which("apus") or shutil.which(str(beside))
    if found is None:
        raise Error(
            "python.program", "the program apus was not found; set APUS_BIN to its path", {"APUS_BIN": named or "", "path": str(beside)}
        )
    return found


def backtest(
    prices: Any,
    signals: Any = None,
    config: Any = None,
    out: str | os.PathLike[str] | None = None,
    *,
    orders: Any = None,
    weights: Any = None,
    schema: str = "v1",
    asset: str | None = None,
) -> Result:
    """Runs a backtest of signals, of a list of orders or of target weights on bars.

    Args:
        prices: a polars or pandas frame, or the path of a Parquet file: timestamp, asset, open, high, low, close, volume,
            one row for each bar and asset, sorted by timestamp.
        signals: the same two keys and Boolean columns, as the strategy's type wants them.
        config: a mapping, the path of a YAML or JSON file, or an object with ``to_dict()``; every default where None. Files that
            it names are relative to the folder of the file, of a mapping to the working folder.
        out: folder that keeps the result; a temporary one where None.
        orders: a list of orders instead of signals.
        weights: target weights instead of signals: timestamp, asset, weight; ``strategy.cadence`` says when they are traded. Signals
            beside them only feed risk rules.
        schema: ``v1`` or ``ml4t-0.2``: the layout of the result's files.
        asset: the name of the only asset of data without an asset column.

    Raises:
        Error: what the program refused.
    """
    with tempfile.TemporaryDirectory(prefix="apus-") as scratch:
        folder = Path(os.path.abspath(out)) if out is not None else Path(scratch, "result")
        words = [program(), "backtest", "signals", "--json", "--quiet", "--schema", schema, "--out", str(folder)]
        for name, data in (("prices", prices), ("signals", signals), ("orders", orders), ("weights", weights)):
            if data is not None:
                words += [f"--{name}", _parquet(data, Path(scratch, f"{name}.parquet"))]
        if config is not None:
            words += ["--config", _configuration(config, Path(scratch, "config.json"))]
        if asset is not None:
            words += ["--asset", asset]
        summary = _run(words)
        read = _reader(prices)
        tables = {}
        for name in ("trades", "equity", "daily_pnl", "fills"):
            tables[name] = read(folder / f"{name}.parquet")
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        return Result(**tables, metrics=metrics, summary=summary, folder=None if out is None else folder)


def _run(words: list[str]) -> dict[str, Any]:
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)
    last = done.stderr.strip().rpartition("\n")[2]
    try:
        error = json.loads(last)["error"]
    except (ValueError, KeyError, TypeError):
        raise Error("python.crash", "the program ended without an answer", {"exit code": str(done.returncode), "said": last}) from None
    raise Error(error["code"], error["message"], error.get("context"))


def _parquet(data: Any, target: Path) -> str:
    """The path of the data, which are written to `target` where they are a frame."""
    if isinstance(data, (str, os.PathLike)):
        return os.path.abspath(data)
    if hasattr(data, "collect") and hasattr(data, "sink_parquet"):
        data = data.collect()
    if hasattr(data, "write_parquet"):
        data.write_parquet(target, compression="uncompressed")
    elif hasattr(data, "to_parquet"):
        if any(name is not None for name in data.index.names):
            data = data.reset_index()
        data.to_parquet(target, index=False, compression=None)
    else:
        raise TypeError(f"expected a polars or pandas frame or a path, got {type(data).__name__}")
    return str(target)


def _configuration(config: Any, target: Path) -> str:
    if isinstance(config, (str, os.PathLike)):
        return os.path.abspath(config)
    if hasattr(config, "to_dict"):
        config = config.to_dict()
    if not isinstance(config, Mapping):
        raise TypeError(f"expected a mapping, a path or an object with to_dict(), got {type(config).__name__}")

    def plain(value: Any) -> Any:
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError(f"a configuration cannot hold a {type(value).__name__}")

    config = _located(dict(config))
    target.write_text(json.dumps(config, default=plain, allow_nan=False), encoding="utf-8")
    return str(target)


def _located(config: dict[str, Any]) -> dict[str, Any]:
    """A mapping lies in no folder: the files that it names are relative to the working folder."""

    def located(section: Any) -> Any:
        if not isinstance(section, Mapping):
            return section
        section = dict(section)
        for key in ("finer_bars", "trades", "quotes"):
            if isinstance(section.get(key), (str, os.PathLike)):
                section[key] = os.path.abspath(section[key])
        for key in ("funding", "actions", "conversion"):
            inner = section.get(key)
            if isinstance(inner, Mapping) and isinstance(inner.get("file"), (str, os.PathLike)):
                section[key] = {**inner, "file": os.path.abspath(inner["file"])}
        return section

    config = {**config, "apus": located(config["apus"])} if "apus" in config else dict(config)
    notes = config.get("metadata")
    if isinstance(notes, Mapping) and "apus" in notes:
        config["metadata"] = {**notes, "apus": located(notes["apus"])}
    return config


def _reader(prices: Any):
    """Reads frames of the library that `prices` came from; polars for paths, where it is there."""
    if type(prices).__module__.partition(".")[0] == "pandas":
        import pandas

        return pandas.read_parquet
    try:
        import polars
    except ImportError:
        import pandas

        return pandas.read_parquet
    return polars.read_parquet
