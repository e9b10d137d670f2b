#!/usr/bin/env python3
"""100 features of 1,000,000 one-minute bars, CPU-seconds on one core, with polars expressions and ml4t-engineer beside.

polars: whole processes on both sides, Parquet in, the same 100 columns out, compared with each other. ml4t-engineer: the features
that it has, each computed alone in a warm Python (its functions are compiled before the clock starts) against our whole process
for all of them; what reading and writing costs us counts against us. Peak memory against twice the output's size.
"""
import json
import os
import subprocess
import sys
import time

APUS, SCRATCH = os.environ["APUS"], os.environ["BENCH_SCRATCH"]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROWS = int(os.environ.get("FEATURE_ROWS", "1000000"))
RUNS = 3
WINDOWS = (5, 10, 20, 50, 100, 200)


def catalogue():
    """name -> (transform, inputs, parameters, polars expression); 100 of them."""
    import polars as pl

    close, high, low, volume = (pl.col(name) for name in ("close", "high", "low", "volume"))
    change = (close / close.shift(1)).log()
    typical = (high + low + close) / 3
    # Where a mean of exponential weights has seen fewer rows than its window, ours has no value yet.
    masked = lambda expr, rows: pl.when(pl.int_range(pl.len()) < rows).then(None).otherwise(expr)
    rows = {}

    def add(name, transform, inputs, parameters, expr):
        rows[name] = (transform, inputs, parameters, expr)

    for w in WINDOWS:
        p = {"window": w}
        add(f"momentum_{w}", "momentum", ["close"], p, close / close.shift(w) - 1)
        add(f"log_return_{w}", "log_return", ["close"], {"periods": w}, (close / close.shift(w)).log())
        add(f"difference_{w}", "difference", ["close"], {"periods": w}, close - close.shift(w))
        add(f"sma_{w}", "sma", ["close"], p, close.rolling_mean(w))
        add(f"sma_ratio_{w}", "sma_ratio", ["close"], p, close / close.rolling_mean(w) - 1)
        add(f"ema_{w}", "ema", ["close"], p, masked(close.ewm_mean(span=w, adjust=False), w - 1))
        add(f"sum_{w}", "rolling_sum", ["volume"], p, volume.rolling_sum(w))
        add(f"std_{w}", "rolling_std", ["close"], p, close.rolling_std(w))
        add(f"variance_{w}", "rolling_variance", ["close"], p, close.rolling_var(w))
        add(f"max_{w}", "rolling_max", ["high"], p, high.rolling_max(w))
        add(f"min_{w}", "rolling_min", ["low"], p, low.rolling_min(w))
        add(f"zscore_{w}", "zscore", ["close"], p, (close - close.rolling_mean(w)) / close.rolling_std(w))
        add(f"volatility_{w}", "volatility", ["close"], {**p, "periods_per_year": 252}, change.rolling_std(w) * 252**0.5)
        add(f"correlation_{w}", "rolling_correlation", ["close", "volume"], p, pl.rolling_corr(close, volume, window_size=w))
        add(f"donchian_{w}", "donchian_middle", ["high", "low"], p, (high.rolling_max(w) + low.rolling_min(w)) / 2)
        add(f"vwap_{w}", "rolling_vwap", ["high", "low", "close", "volume"], p,
            (typical * volume).rolling_sum(w) / volume.rolling_sum(w))
    add("return_1", "return", ["close"], {}, close / close.shift(1) - 1)
    add("typical", "typical_price", ["high", "low", "close"], {}, typical)
    add("median", "rolling_median", ["close"], {"window": 20}, close.rolling_median(20))
    add("quantile", "rolling_quantile", ["close"], {"window": 50, "quantile": 0.9},
        close.rolling_quantile(0.9, interpolation="linear", window_size=50))
    assert len(rows) == 100, len(rows)
    return rows


def make(path):
    import numpy as np
    import polars as pl

    random = np.random.default_rng(7)
    close = 100 * np.exp(np.cumsum(random.normal(0, 2e-4, ROWS)))
    opened = np.roll(close, 1)
    opened[0] = 100
    high = np.maximum(opened, close) * (1 + np.abs(random.normal(0, 1e-4, ROWS)))
    low = np.minimum(opened, close) * (1 - np.abs(random.normal(0, 1e-4, ROWS)))
    start = np.datetime64("2020-01-01T00:00", "us")
    pl.DataFrame({
        "ts": start + np.arange(ROWS) * np.timedelta64(60_000_000, "us"), "open": opened, "high": high, "low": low,
        "close": close, "volume": random.integers(1, 1000, ROWS).astype(float),
    }).write_parquet(path)


def with_polars(source, target):
    import polars as pl

    columns = [expr.alias(name) for name, (_, _, _, expr) in catalogue().items()]
    pl.read_parquet(source).select("ts", *columns).write_parquet(target, compression="zstd", compression_level=1)


ENGINEER = {  # its name -> columns, parameters in its order, our transform with inputs and parameters
    "sma": (["close"], [20], "sma", {"window": 20}), "ema": (["close"], [20], "ema", {"window": 20}),
    "wma": (["close"], [20], "wma", {"window": 20}), "dema": (["close"], [20], "dema", {"window": 20}),
    "tema": (["close"], [20], "tema", {"window": 20}), "trima": (["close"], [20], "trima", {"window": 20}),
    "kama": (["close"], [20], "kama", {"window": 20}), "rsi": (["close"], [14], "rsi", {"window": 14}),
    "cmo": (["close"], [14], "cmo", {"window": 14}), "mom": (["close"], [10], "difference", {"periods": 10}),
    "roc": (["close"], [10], "momentum", {"window": 10}),
    "willr": (["high", "low", "close"], [14], "williams_r", {"window": 14}),
    "cci": (["high", "low", "close"], [20], "cci", {"window": 20}),
    "atr": (["high", "low", "close"], [14], "atr", {"window": 14}),
    "natr": (["high", "low", "close"], [14], "natr", {"window": 14}),
    "adx": (["high", "low", "close"], [14], "adx", {"window": 14}),
    "dx": (["high", "low", "close"], [14], "dx", {"window": 14}),
    "plus_di": (["high", "low", "close"], [14], "plus_di", {"window": 14}),
    "minus_di": (["high", "low", "close"], [14], "minus_di", {"window": 14}),
    "aroonosc": (["high", "low"], [14], "aroon_oscillator", {"window": 14}),
    "stddev": (["close"], [20], "rolling_std", {"window": 20}), "var": (["close"], [20], "rolling_variance", {"window": 20}),
    "linearreg_slope": (["close"], [14], "linear_regression_slope", {"window": 14}),
    "tsf": (["close"], [14], "time_series_forecast", {"window": 14}),
    "midpoint": (["close"], [14], "midpoint", {"window": 14}), "midprice": (["high", "low"], [14], "midprice", {"window": 14}),
    "mfi": (["high", "low", "close", "volume"], [14], "money_flow_index", {"window": 14}),
    "trix": (["close"], [15], "trix", {"window": 15}), "maximum": (["close"], [30], "rolling_max", {"window": 30}),
    "minimum": (["close"], [30], "rolling_min", {"window": 30}), "summation": (["close"], [30], "rolling_sum", {"window": 30}),
    "parkinson_volatility": (["high", "low"], [20], "parkinson", {"window": 20, "periods_per_year": 252}),
    "garman_klass_volatility": (
        ["open", "high", "low", "close"], [20], "garman_klass", {"window": 20, "periods_per_year": 252}),
    "rogers_satchell_volatility": (
        ["open", "high", "low", "close"], [20], "rogers_satchell", {"window": 20, "periods_per_year": 252}),
    "yang_zhang_volatility": (["open", "high", "low", "close"], [20], "yang_zhang", {"window": 20, "periods_per_year": 252}),
    "choppiness_index": (["high", "low", "close"], [14], "choppiness", {"window": 14}),
    "ulcer_index": (["close"], [14], "ulcer_index", {"window": 14}),
    "macd": (["close"], [12, 26], "macd", {"fast": 12, "slow": 26}),
}


def with_engineer(source):
    """Prints the CPU seconds of each feature as JSON."""
    import polars as pl
    from ml4t.engineer.core.registry import get_registry

    registry, frame = get_registry(), pl.read_parquet(source)
    head = frame.head(2_000)
    seconds = {}
    for name, (columns, values, _, _) in ENGINEER.items():
        expr = registry.get(name).func(*columns, *values)
        head.with_columns(x=expr)
        start = time.process_time()
        frame.with_columns(x=expr)
        seconds[name] = time.process_time() - start
    print(json.dumps(seconds))


def cpu(words, env=None, runs=RUNS):
    """Best CPU seconds of a whole process, its peak memory in MiB, and what it printed."""
    best, peak, text = float("inf"), 0, ""
    for _ in range(runs):
        process = subprocess.Popen(words, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        if status:
            sys.exit(f"{words} failed")
        best, peak = min(best, usage.ru_utime + usage.ru_stime), max(peak, usage.ru_maxrss / 1024)
    return best, peak, text


def specification(path, items):
    lines = ["time: ts", "features:"]
    for name, transform, inputs, parameters in items:
        lines.append("  - " + json.dumps({"id": name, "transform": transform, "inputs": inputs, "parameters": parameters}))
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def compare(ours, theirs):
    """The largest difference relative to the column's spread."""
    import numpy as np
    import polars as pl

    a, b = pl.read_parquet(ours), pl.read_parquet(theirs)
    worst = ("", 0.0)
    for name in b.columns[1:]:
        x, y = a[name].to_numpy(), b[name].to_numpy()
        both = np.isfinite(x) & np.isfinite(y)
        if (np.isfinite(x) != np.isfinite(y)).sum() > 1_000 or not both.any():
            sys.exit(f"{name}: values where the other has none")
        spread = np.std(y[both]) or 1
        difference = float(np.max(np.abs(x[both] - y[both])) / spread)
        if difference > worst[1]:
            worst = (name, difference)
    return worst


def main():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    env = {"POLARS_MAX_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    source, ours, theirs = (f"{SCRATCH}/{name}.parquet" for name in ("minutes", "ours", "polars"))
    make(source)
    spec = f"{SCRATCH}/features.yaml"
    rows = catalogue()
    specification(spec, [(name, *entry[:3]) for name, entry in rows.items()])
    command = lambda target: [APUS, "features", "compute", source, "--spec", spec, "--out", target, "--quiet", "--json"]
    # By turns, so that a busy minute of the machine meets both.
    turns = [
        (cpu(command(ours), runs=1), cpu([sys.executable, __file__, "polars", source, theirs], env, runs=1)) for _ in range(RUNS)]
    (mine, peak), (peer, peer_peak) = (tuple(pick(turn[side][i] for turn in turns) for i, pick in ((0, min), (1, max)))
                                       for side in (0, 1))
    size = os.path.getsize(ours) / 2**20
    name, difference = compare(ours, theirs)
    failed = False

    def line(title, seconds, memory, other, bar):
        nonlocal failed
        ok = other / seconds >= bar
        failed |= not ok
        print(f"{title:46} {seconds:8.2f} {memory:>9} {other:10.2f} {other / seconds:8.1f} {bar:6.1f} {'ok' if ok else 'MISSED'}")

    print(f"{ROWS:,} one-minute bars; whole process, Parquet to Parquet")
    print(f"{'':46} {'apus s':>8} {'peak MiB':>9} {'peer s':>10} {'ratio':>8} {'bar':>6}")
    line("100 features, polars", mine, f"{peak:.0f}", peer, 1)
    print(f"  polars peaks at {peer_peak:.0f} MiB; largest difference {difference:.1e} standard deviations ({name})")
    memory_ok = peak < 2 * size
    failed |= not memory_ok
    print(f"  output {size:.0f} MiB, peak {peak:.0f} MiB: {peak / size:.2f} of it, bar 2 {'ok' if memory_ok else 'MISSED'}")
    python = os.path.join(ROOT, ".deps/oracle312/python.path")
    if not os.path.exists(python):
        print("  ml4t-engineer is not installed (scripts/bootstrap --tests with a Python 3.12)")
        sys.exit(failed)
    specification(spec, [(name, entry[2], entry[0], entry[3]) for name, entry in ENGINEER.items()])
    mine, _, _ = cpu(command(ours))
    interpreter = open(python).read().strip()
    paths = {**env, "PYTHONPATH": os.path.join(ROOT, ".deps/oracle312")}
    _, _, text = cpu([interpreter, __file__, "engineer", source], paths, runs=1)
    seconds = json.loads(text)
    line(f"{len(ENGINEER)} features, ml4t-engineer", mine, "", sum(seconds.values()), 10)
    slowest = max(seconds, key=seconds.get)
    rest = sum(value for key, value in seconds.items() if key != slowest)
    print(f"  of which {slowest} {seconds[slowest]:.1f} s; without it the peer takes {rest:.2f} s, {rest / mine:.1f} of ours")
    sys.exit(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["polars"]:
        with_polars(*sys.argv[2:])
    elif sys.argv[1:2] == ["engineer"]:
        with_engineer(*sys.argv[2:])
    else:
        main()
