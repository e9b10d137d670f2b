#!/usr/bin/env python3
"""Backtests of a moving-average cross, whole process from Parquet to result folder, with ml4t-backtest, vectorbt and nautilus beside.

Case a: 500 assets, 2,520 days. Case b: one asset, 1,000,000 minutes. Ours is `apus backtest signals`, start-up included, the best of
several runs; ml4t-backtest and nautilus run once and are not charged for their imports; vectorbt is warm, the best of three.
Everything is CPU seconds on one core. ENGINE_PEERS=0 leaves the peers out. The inputs come from a seed.
"""
import json
import os
import subprocess
import sys

APUS, SCRATCH = os.environ["APUS"], os.environ["BENCH_SCRATCH"]
WITH_PEERS = os.environ.get("ENGINE_PEERS", "1") != "0"
RUNS = 5
HERE = os.path.dirname(os.path.abspath(__file__))
DEPS = os.path.join(os.path.dirname(HERE), ".deps")

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

CASE = {
    "execution": {"execution_mode": "next_bar", "execution_price": "open"},
    "commission": {"model": "percentage", "rate": 0.0005},
    "cash": {"initial": 1e8},
    "strategy": {"type": "long_signal", "shares": 10},
}


def write_inputs(name, assets, bars, step, volatility):
    """Random walks, and the crosses of their averages of 20 and 100 bars. Prices have cents."""
    import numpy as np
    import polars as pl

    rng = np.random.Generator(np.random.PCG64(7))
    close = 100 * np.exp(np.cumsum(rng.standard_normal((bars, assets)) * volatility, 0))
    before = np.vstack([np.full(assets, 100.0), close[:-1]])
    opening = before * np.exp(rng.standard_normal((bars, assets)) * volatility * 0.3)
    high = np.maximum(opening, close) * (1 + abs(rng.standard_normal((bars, assets))) * volatility * 0.4)
    low = np.minimum(opening, close) * (1 - abs(rng.standard_normal((bars, assets))) * volatility * 0.4)
    opening, high, low, close = (values.round(2) for values in (opening, high, low, close))
    sums = np.vstack([np.zeros(assets), np.cumsum(close, 0)])

    def average(window):
        values = np.full_like(close, np.nan)
        values[window - 1 :] = (sums[window:] - sums[:-window]) / window
        return values

    slow = average(100)
    above = average(20) > slow
    was, known = (np.vstack([np.zeros((1, assets), bool), values[:-1]]) for values in (above, ~np.isnan(slow)))
    times = np.repeat(np.datetime64("2015-01-01", "us") + np.arange(bars) * np.timedelta64(step, "us"), assets)
    names = pl.Series([f"A{index:03}" for index in range(assets)] * bars)
    keys = {"timestamp": times, "asset": names}
    values = {"open": opening, "high": high, "low": low, "close": close, "volume": rng.integers(1_000, 100_000, (bars, assets)).astype(float)}
    flags = {"entry": above & ~was & known, "exit": ~above & was & known}
    for path, columns in zip(input_paths(name), (values, flags)):
        pl.DataFrame(keys | {column: data.ravel() for column, data in columns.items()}).write_parquet(path)


def input_paths(name):
    return [f"{SCRATCH}/{name}_{kind}.parquet" for kind in ("prices", "signals")]


def ours(prices, signals, out):
    """Best CPU seconds of the whole process, its peak memory in MiB, and what it said."""
    words = [APUS, "backtest", "signals", "--prices", prices, "--signals", signals, "--config", case_path, "--out", out, "--json"]
    best, peak = float("inf"), 0
    for run in range(RUNS):
        # A folder that holds the result already would not be written again.
        with open(f"{SCRATCH}/answer.json", "w+b") as answer:
            words[-2] = f"{out}{run}"
            pid = os.posix_spawn(APUS, words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, answer.fileno(), 1)])
            _, status, usage = os.wait4(pid, 0)
            if status:
                sys.exit("apus backtest signals failed")
            answer.seek(0)
            said = json.load(answer)
        best, peak = min(best, usage.ru_utime + usage.ru_stime), max(peak, usage.ru_maxrss / 1024)
    return best, peak, said


def peer(name, packages, prices, signals):
    folder = os.path.join(DEPS, packages)
    if not os.path.isdir(folder):
        sys.exit(f"no .deps/{packages}: run scripts/bootstrap --tests --bench, or set ENGINE_PEERS=0")
    with open(f"{folder}/python.path") as file:
        python = file.readline().strip()
    environment = os.environ | {"PYTHONPATH": folder, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    words = [python, f"{HERE}/engine_peers.py", name, prices, signals, case_path, f"{SCRATCH}/{name}"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().rpartition("\n")[2])


case_path = f"{SCRATCH}/engine.json"
with open(case_path, "w") as file:
    json.dump(CASE, file)

# Ratio to reach by peer: how many times the peer's CPU seconds ours are.
CASES = [
    ("a", "500 assets x 2,520 days", (500, 2_520, 86_400_000_000, 0.02), {"ml4t": ("oracle312", 15.0), "vectorbt": ("bench312", 1.0)}),
    ("b", "1 asset x 1,000,000 minutes", (1, 1_000_000, 60_000_000, 0.0004), {"ml4t": ("oracle312", 100.0), "nautilus": ("bench312", 30.0)}),
]
print(f"{'case':30}{'engine':12}{'CPU s':>9}{'peak MiB':>10}{'trades':>9}{'final equity':>17}{'ratio':>9}{'bar':>7}")
missed = False
for name, title, shape, peers in CASES:
    # In a process of its own: a child's peak memory counts what this process holds when it starts it.
    if os.fork() == 0:
        write_inputs(name, *shape)
        os._exit(0)
    if os.wait()[1]:
        sys.exit("the inputs could not be made")
    prices, signals = input_paths(name)
    seconds, peak, said = ours(prices, signals, f"{SCRATCH}/apus_{name}_")
    trades, final = said["trades"], said["final_equity"]
    print(f"{title:30}{'apus':12}{seconds:9.3f}{peak:10.0f}{trades:9}{final:17.2f}", flush=True)
    for engine, (packages, bar) in (peers if WITH_PEERS else {}).items():
        answer = peer(engine, packages, prices, signals)
        ratio = answer["seconds"] / seconds
        same = answer["trades"] == trades and abs(answer.get("final", final) - final) < 0.01
        missed |= ratio < bar or not same
        equity = f"{answer['final']:17.2f}" if "final" in answer else f"{'-':>17}"
        verdict = "ok" if ratio >= bar and same else "MISSED" if same else "DIFFERENT TRADES"
        print(f"{'':30}{engine:12}{answer['seconds']:9.3f}{'':10}{answer['trades']:9}{equity}{ratio:9.1f}{bar:7.0f} {verdict}", flush=True)
sys.exit(missed)
