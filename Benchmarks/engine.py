#!/usr/bin/env python3
"""Backtests of a moving-average cross, whole process from Parquet to result folder, with ml4t-backtest, vectorbt and nautilus beside.

Case a: 500 assets, 2,520 days. Case b: one asset, 1,000,000 minutes; nautilus cannot fill a market order at the next bar's open, so
beside it orders fill at the close of the bar that they were decided on. Everything is CPU seconds on one core, reading and writing
included. Ours is `apus backtest signals`, start-up included, the best of several runs, half of them before the peer and half after;
ml4t-backtest and nautilus run once and are not charged for their imports; vectorbt is warm, the best of several runs. Every engine must make
as many trades as ours and end with the same equity to the cent, or the benchmark fails.

ENGINE_PEERS names the peers to run ("vectorbt", "ml4t vectorbt"; default all three), ENGINE_PEERS=0 leaves them all out. The inputs come
from a seed.
"""
import json
import os
import subprocess
import sys

APUS, SCRATCH = os.environ["APUS"], os.environ["BENCH_SCRATCH"]
# Where each peer is installed, in .deps.
PACKAGES = {"ml4t": "oracle312", "vectorbt": "bench312", "nautilus": "bench312"}
PEERS = os.environ.get("ENGINE_PEERS", " ".join(PACKAGES)).replace(",", " ").split()
RUNS = 5
HERE = os.path.dirname(os.path.abspath(__file__))
DEPS = os.path.join(os.path.dirname(HERE), ".deps")
ONE_THREAD = dict.fromkeys(
    ["POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"], "1")

if PEERS == ["0"]:
    PEERS = []
if unknown := set(PEERS) - set(PACKAGES):
    sys.exit(f"ENGINE_PEERS: no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}")
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ |= ONE_THREAD

NEXT_OPEN = {"execution_mode": "next_bar", "execution_price": "open"}
SAME_CLOSE = {"execution_mode": "same_bar", "execution_price": "close"}

# With 1,000 shares, prices in cents and a rate of 0.001 every commission is a whole number of cents, which nautilus rounds to. The ratios are
# how many times ours the peer's CPU seconds must be.
CASES = [
    {"name": "500 assets x 2,520 days", "shape": (500, 2_520), "step": 86_400_000_000, "volatility": 0.02, "windows": (10, 50),
     "shares": 10, "rate": 0.0005, "runs": [(NEXT_OPEN, "ml4t", 15), (NEXT_OPEN, "vectorbt", 1)]},
    {"name": "1 asset x 1,000,000 minutes", "shape": (1, 1_000_000), "step": 60_000_000, "volatility": 0.0004, "windows": (50, 200),
     "shares": 1_000, "rate": 0.001, "runs": [(NEXT_OPEN, "ml4t", 100), (SAME_CLOSE, "nautilus", 30)]},
]


def write_inputs(paths, shape, step, volatility, windows):
    """Random walks, and the crosses of their averages of so many bars. Prices have cents."""
    import numpy as np
    import polars as pl

    bars, assets = shape[1], shape[0]
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

    slow = average(windows[1])
    above = average(windows[0]) > slow
    was, known = (np.vstack([np.zeros((1, assets), bool), values[:-1]]) for values in (above, ~np.isnan(slow)))
    times = np.repeat(np.datetime64("2015-01-01", "us") + np.arange(bars) * np.timedelta64(step, "us"), assets)
    names = pl.Series([f"A{index:03}" for index in range(assets)] * bars)
    keys = {"timestamp": times, "asset": names}
    # So much volume that nautilus, which offers a quarter of it at each of a bar's four prices, fills every order at one price.
    values = {"open": opening, "high": high, "low": low, "close": close, "volume": rng.integers(10_000, 1_000_000, (bars, assets)).astype(float)}
    flags = {"entry": above & ~was & known, "exit": ~above & was & known}
    for path, columns in zip(paths, (values, flags)):
        pl.DataFrame(keys | {column: data.ravel() for column, data in columns.items()}).write_parquet(path)


def ours(inputs, config, out, runs):
    """CPU seconds of the whole process of each run, its peak memory in MiB, and what it said."""
    seconds, peak, said = [], 0, None
    for run in runs:
        # A folder that holds the result already would not be written again.
        words = [APUS, "backtest", "signals", "--prices", inputs[0], "--signals", inputs[1], "--config", config, "--out", f"{out}_{run}", "--json"]
        with open(f"{SCRATCH}/answer.json", "w+b") as answer:
            pid = os.posix_spawn(APUS, words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, answer.fileno(), 1)])
            _, status, usage = os.wait4(pid, 0)
            if status:
                sys.exit("apus backtest signals failed")
            answer.seek(0)
            said = json.load(answer)
        seconds.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
    return seconds, peak, said


def peer(name, inputs, config, out):
    """What the peer said, or None where it is not installed."""
    folder = os.path.join(DEPS, PACKAGES[name])
    if not os.path.isdir(folder):
        return None
    with open(f"{folder}/python.path") as file:
        python = file.readline().strip()
    environment = os.environ | {"PYTHONPATH": folder, "MPLBACKEND": "agg"}
    words = [python, f"{HERE}/engine_peers.py", name, *inputs, config, out]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def row(title, engine, seconds, spread, peak, trades, final, verdict=""):
    print(f"{title:30}{engine:10}{seconds:9.3f}{spread:>15}{peak:10.0f}{trades:9,}{final:17,.2f}{verdict}", flush=True)


def compare(case, inputs, number, terms, name, bar):
    """Prints ours and the peer's row; true where the bar is reached with the same trades."""
    title = case["name"] if number == 0 else "  fills at the close" if terms is SAME_CLOSE else ""
    out = f"{SCRATCH}/out_{name}"
    config = f"{out}.json"
    with open(config, "w") as file:
        json.dump({"execution": terms, "commission": {"model": "percentage", "rate": case["rate"]}, "cash": {"initial": 1e8},
                   "strategy": {"type": "long_signal", "shares": case["shares"]}}, file)
    seconds, peak, said = ours(inputs, config, f"{out}_apus", range(RUNS))
    answer = peer(name, inputs, config, out) if name in PEERS else None
    if answer:
        more, more_peak, _ = ours(inputs, config, f"{out}_apus", range(RUNS, 2 * RUNS))
        seconds, peak = seconds + more, max(peak, more_peak)
    trades, final, best = said["trades"], said["final_equity"], min(seconds)
    row(title, "apus", best, f"to {max(seconds):.3f}", peak, trades, final)
    if answer is None:
        if name in PEERS:
            print(f"{'':30}{name:10}is not installed: scripts/bootstrap --tests --bench does, with Python 3.12; ENGINE_PEERS=0 does without")
        return name not in PEERS
    ratio = min(answer["seconds"]) / best
    same = answer["trades"] == trades and abs(answer["final"] - final) < 0.01
    verdict = "DIFFERENT TRADES" if not same else "ok" if ratio >= bar else "MISSED"
    spread = f"to {max(answer['seconds']):.3f}" if len(answer["seconds"]) > 1 else "once"
    row("", name, min(answer["seconds"]), spread, answer["peak"], answer["trades"], answer["final"], f"{ratio:9.1f}{bar:6} {verdict}")
    if "parts" in answer:
        print(f"{'':30}{'':10}{'  '.join(f'{part} {cost:.3f}' for part, cost in answer['parts'].items()):>24}")
    return verdict == "ok"


print(f"{'case':30}{'engine':10}{'CPU s':>9}{'runs':>15}{'peak MiB':>10}{'trades':>9}{'final equity':>17}{'ratio':>9}{'bar':>6}")
met = True
for index, case in enumerate(CASES):
    inputs = [f"{SCRATCH}/{index}_{kind}.parquet" for kind in ("prices", "signals")]
    # In a process of its own: a child's peak memory counts what this process holds when it starts it.
    if os.fork() == 0:
        write_inputs(inputs, case["shape"], case["step"], case["volatility"], case["windows"])
        os._exit(0)
    if os.wait()[1]:
        sys.exit("the inputs could not be made")
    for number, (terms, name, bar) in enumerate(case["runs"]):
        met &= compare(case, inputs, number, terms, name, bar)
sys.exit(not met)
