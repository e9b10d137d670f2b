"""Makes a scenario that differs small: drops bars, requests and keys of the configuration as long as program and oracle still differ.

usage: python3 fills_shrink.py PROGRAM FOLDER SEEDS

Prints of each seed that differs the configuration, the requests, the bars around the difference and the difference itself. The small
inputs stay in FOLDER/<seed>.
"""
import copy, json, os, sys
import polars as pl
import fills_scenarios
from fills_random import scenario

def write(folder, name, bars, table, config):
    bars.write_parquet(f"{folder}/prices.parquet")
    table.write_parquet(f"{folder}/{name}.parquet")
    with open(f"{folder}/config.yaml", "w") as file:
        json.dump(config, file, indent=1)

def differs(seed, program, folder, name, bars, table, config):
    if not len(bars) or not len(table) or not set(table["timestamp"]) <= set(bars["timestamp"]):
        return None
    write(folder, name, bars, table, config)
    try:
        what = fills_scenarios.difference(seed, folder, name, program)[0]
    except Exception:
        return None
    return what if what and ("program fails" not in what or "ruined" in what) else None

def without(config):
    """The configuration without one of its parts, one after the other."""
    def paths(node, path=()):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            if not (path == () and key in ("calendar", "feed")):
                yield path + (key,)
            if isinstance(node[key], (dict, list)):
                yield from paths(node[key], path + (key,))
    for path in list(paths(config)):
        smaller = node = copy.deepcopy(config)
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
        yield smaller

def fewest(rows, check):
    """Leaves rows out as long as the check holds; also whether any was left out."""
    count, step = len(rows), max(1, len(rows) // 4)
    while step >= 1:
        i = 0
        while i < len(rows):
            fewer = pl.concat([rows[:i], rows[i + step:]])
            if check(fewer):
                rows = fewer
            else:
                i += step
        step //= 2
    return rows, len(rows) < count

def shrink(seed, program, folder):
    name = scenario(seed, folder)
    read = lambda table: pl.read_parquet(f"{folder}/{table}.parquet")
    bars, table, config = read("prices"), read(name), fills_scenarios.config_of(folder)
    check = lambda b, t, c: differs(seed, program, folder, name, b, t, c)
    if not check(bars, table, config):
        return None
    times = bars["timestamp"].unique().sort()
    low, high = 1, len(times)
    while low < high:                       # the shortest history that differs
        middle = (low + high) // 2
        until = times[middle - 1]
        if check(bars.filter(pl.col("timestamp") <= until), table.filter(pl.col("timestamp") <= until), config):
            high = middle
        else:
            low = middle + 1
    bars, table = (x.filter(pl.col("timestamp") <= times[high - 1]) for x in (bars, table))
    again = True
    while again:
        again = False
        for asset in bars["asset"].unique().sort():
            fewer = [x.filter(pl.col("asset") != asset) for x in (bars, table)]
            if check(*fewer, config):
                (bars, table), again = fewer, True
        for smaller in without(config):
            if check(bars, table, smaller):
                config, again = smaller, True
                break
        table, fewer = fewest(table, lambda t: check(bars, t, config))
        again |= fewer
        bars, fewer = fewest(bars, lambda b: check(b, table, config))
        again |= fewer
    return name, bars, table, config, check(bars, table, config)

def show(seed, small):
    name, bars, table, config, what = small
    print(f"seed {seed}: {what}")
    print("  config:", json.dumps({k: v for k, v in config.items() if v and k != "calendar"}))
    for row in table.to_dicts():
        kept = {k: (f"{v:%d %H}" if k in ("timestamp", "expire_at") else v) for k, v in row.items() if v not in (None, False)}
        if name == "orders" or len(kept) > 3:
            print("  ", " ".join(f"{k}={v}" for k, v in kept.items()))
    for row in bars[-24:].to_dicts():
        print("  ", f"{row['timestamp']:%d %H}", row["asset"], *(row[k] for k in ("open", "high", "low", "close", "volume")))

def main(program, base, seeds):
    for seed in fills_scenarios.seeds_of(seeds):
        folder = f"{base}/{seed}"
        os.makedirs(folder, exist_ok=True)
        small = shrink(seed, program, folder)
        if small:
            show(seed, small)

if __name__ == "__main__":
    main(*sys.argv[1:])
