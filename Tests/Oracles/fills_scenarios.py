"""Random scenarios for `apus backtest signals`, by seed, and their comparison with fills_oracle.py.

usage: python3 fills_scenarios.py PROGRAM FOLDER SEEDS     SEEDS: 17, 0-59 or several with commas

Each seed is played by the program and by the oracle; all fills, trades and account values must agree. Prints the first difference
of each seed that differs and ends with the last line `ok: N scenarios, M fills` and status 0, or with status 1. The inputs of a seed
that differs stay in FOLDER/<seed>.
"""
import datetime as dt, json, shutil, subprocess, sys, traceback
import polars as pl
import fills_oracle
from fills_random import scenario

def play(program, folder, name):
    command = [program, "backtest", "signals", "--prices", f"{folder}/prices.parquet", f"--{name}", f"{folder}/{name}.parquet",
               "--config", f"{folder}/config.yaml", "--out", f"{folder}/out", "-q"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None, f"{done.returncode}: {done.stderr.strip()}"
    read = lambda table: pl.read_parquet(f"{folder}/out/{table}.parquet")
    nanos = lambda frame: frame.with_columns(pl.col(pl.Datetime).cast(pl.Datetime("ns")).cast(pl.Int64))
    fills = nanos(read("fills")).select("timestamp", "asset", "order_id", "contracts", "price", "commission").rows()
    trades = nanos(read("trades")).select(fills_oracle.TRADE_COLUMNS).rows()
    return (fills, trades, nanos(read("equity")).select("timestamp", "equity").rows()), ""

def config_of(folder):
    with open(f"{folder}/config.yaml") as file:
        return json.load(file)

def same(a, b, floor):
    if isinstance(a, float) or isinstance(b, float):
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b), floor)
    return a == b

def difference(seed, folder, name, program):
    """What differs first, in words; None where nothing does. Also the number of fills."""
    theirs, error = play(program, folder, name)
    test = fills_oracle.load(folder)
    try:
        test.run()
    except fills_oracle.Ruined:
        return (None if theirs is None and "ruined" in error else "only the oracle is ruined"), 0
    if theirs is None:
        return f"the program fails: {error}", 0
    numbers = {}
    for i in range(max(len(test.fills), len(theirs[0]))):
        ours = test.fills[i] if i < len(test.fills) else None
        fill = theirs[0][i] if i < len(theirs[0]) else None
        if ours is None or fill is None or not all(same(a, b, 1) for a, b in zip(ours[:2] + ours[3:6], fill[:2] + fill[3:])) \
                or numbers.setdefault(ours[2], fill[2]) != fill[2]:
            return f"fill {i}: program {shown(fill)}, oracle {shown(ours)}", 0
    for i in range(max(len(test.trades), len(theirs[1]))):
        ours = test.trades[i] if i < len(test.trades) else None
        trade = theirs[1][i] if i < len(theirs[1]) else None
        if ours is None or trade is None or not all(same(a, b, 1) for a, b in zip(ours, trade)):
            wrong = [] if ours is None or trade is None else [c for c, a, b in zip(fills_oracle.TRADE_COLUMNS, ours, trade) if not same(a, b, 1)]
            return f"trade {i} {wrong}: program {shown(trade)}, oracle {shown(ours)}", 0
    if len(test.equity) != len(theirs[2]):
        return f"equity: program {len(theirs[2])} bars, oracle {len(test.equity)}", 0
    for ours, point in zip(test.equity, theirs[2]):
        if not (ours[0] == point[0] and same(ours[1], point[1], 1000)):
            return f"equity: program {shown(point)}, oracle {shown(ours)}", 0
    return None, len(test.fills)

def shown(row):
    text = lambda x: str(dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=x // 1000)) if isinstance(x, int) and x > 10**15 else str(x)
    return "nothing" if row is None else "(" + ", ".join(text(x) for x in row) + ")"

def seeds_of(text):
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)

def main(program, base, seeds):
    wrong = count = fills = 0
    for seed in seeds_of(seeds):
        folder = f"{base}/{seed}"
        name = scenario(seed, folder)
        try:
            what, some = difference(seed, folder, name, program)
        except Exception:
            what, some = traceback.format_exc().strip().splitlines()[-3:], 0
        count, fills = count + 1, fills + some
        if what is None:
            shutil.rmtree(folder)
        else:
            wrong += 1
            print(f"seed {seed}: {what}", flush=True)
    print(f"{'ok' if wrong == 0 else f'{wrong} differ'}: {count} scenarios, {fills} fills")
    return 0 if wrong == 0 else 1

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
