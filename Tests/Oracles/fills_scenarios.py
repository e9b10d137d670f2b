"""Random scenarios for `apus backtest signals`, by seed, and their comparison with fills_oracle.py.

usage: python3 fills_scenarios.py PROGRAM FOLDER SEEDS     SEEDS: 17, 0-59 or several with commas

Each seed is played by the program and by the oracle; all fills, trades and account values must agree. Prints the first difference
of each seed that differs and ends with the last line `ok: N scenarios, M fills` and status 0, or with status 1. The inputs of a seed
that differs stay in FOLDER/<seed>.
"""
import datetime as dt, json, os, random, shutil, subprocess, sys, traceback
import polars as pl
import fills_oracle

START = dt.datetime(2024, 1, 1)

def bars(r, assets, times, grid):
    """Random walks with gaps; some bars are missing."""
    rows = []
    for asset in assets:
        price = r.uniform(20, 120)
        missing = r.choice([0, 0, 0.1])
        for t in times:
            opening = price * (1 + (r.gauss(0, 0.03) if r.random() < 0.3 else r.gauss(0, 0.004)))
            closing = opening * (1 + r.gauss(0, 0.015))
            high = max(opening, closing) * (1 + abs(r.gauss(0, 0.01)))
            low = min(opening, closing) * (1 - abs(r.gauss(0, 0.01)))
            o, h, l, c = (round(round(x / grid) * grid, 6) for x in (opening, high, low, closing))
            price = closing
            if r.random() < missing:
                continue
            rows.append(dict(timestamp=t, asset=asset, open=o, high=max(o, h, c), low=min(o, l, c), close=c,
                             volume=float(r.choice([0, 50, 200, 1000]) if r.random() < 0.2 else r.randint(100, 2000))))
            width = r.uniform(0, 0.004) * c
            rows[-1] |= dict(vwap=round((o + h + l + c) / 4, 6) if r.random() < 0.95 else None,
                             bid=round(o - width, 4) if r.random() < 0.95 else None,
                             ask=round(o + width, 4) if r.random() < 0.95 else None)
            rows[-1] |= dict(bid_size=float(r.randint(50, 500)), ask_size=float(r.randint(50, 500)))
    return sorted(rows, key=lambda x: (x["timestamp"], x["asset"]))

class Maybe:
    """Chooses, and says so only now and then: most scenarios have few features."""
    def __init__(self, r, chance):
        self.r, self.chance = r, chance
    def __call__(self, section, key, values):
        if self.r.random() < self.chance:
            section[key] = self.r.choice(values)

def configuration(r, assets, grid, with_rules, by_signals):
    maybe = Maybe(r, r.choice([0.05, 0.15, 0.4]))
    c = {k: {} for k in "account execution stops position_sizing commission slippage cash settlement orders feed strategy apus".split()}
    c["calendar"] = {"calendar": None}
    c["account"]["allow_short_selling"] = r.random() < 0.7
    c["cash"]["initial"] = r.choice([1500.0, 5000.0, 20000.0, 100000.0])
    maybe(c["account"], "allow_leverage", [True])
    maybe(c["account"], "initial_margin", [0.3, 0.5, 1.0])
    maybe(c["execution"], "execution_mode", ["same_bar"])
    maybe(c["execution"], "execution_price", "close open vwap mid bid ask quote_mid quote_side".split())
    maybe(c["execution"], "next_bar_execution_price", "close open vwap mid quote_side".split())
    maybe(c["execution"], "mark_price", "close open mid bid quote_mid".split())
    maybe(c["execution"], "conditional_order_mode", ["execution_price"])
    maybe(c["position_sizing"], "share_type", ["fractional"])
    maybe(c["cash"], "buffer_pct", [0.1])
    maybe(c["settlement"], "delay", [1, 2])
    maybe(c["settlement"], "reduces_buying_power", [False])
    maybe(c["orders"], "fill_ordering", "fifo sequential priority".split())
    if by_signals:
        maybe(c["orders"], "entry_order_priority", "notional_desc notional_asc".split())
    if "share_type" not in c["position_sizing"]:
        maybe(c["orders"], "partial_fills_allowed", [True])
    maybe(c["orders"], "reject_on_insufficient_cash", [False])
    maybe(c["orders"], "skip_cash_validation", [True])
    costs(r, c, maybe, assets)
    apus = c["apus"]
    maybe(apus, "limit_fill", ["through"])
    maybe(apus, "intrabar_path", ["ohlc"])
    maybe(apus, "latency_bars", [1, 2])
    if not with_rules:
        maybe(apus, "latency_nanos", [1, 3 * 3600 * 10**9, 7 * 3600 * 10**9])
    if not with_rules and "share_type" not in c["position_sizing"]:
        maybe(apus, "volume_participation", [0.01, 0.05, 0.3])
    instruments = {}
    for asset in assets:
        one = {}
        if "entry_order_priority" not in c["orders"]:
            maybe(one, "multiplier", [5.0, 0.5])
        maybe(one, "tick_size", [grid])
        if one:
            instruments[asset] = one
    if instruments:
        apus["instruments"] = instruments
    if r.random() < 0.5:
        c["feed"] |= {q + "_col": q for q in ("vwap", "bid", "ask")}
        if r.random() < 0.5:
            c["feed"] |= {q + "_col": q for q in ("bid_size", "ask_size")}
    elif c["execution"].get("execution_price") == "vwap":
        del c["execution"]["execution_price"]
    if "vwap_col" not in c["feed"] and c["execution"].get("next_bar_execution_price") == "vwap":
        del c["execution"]["next_bar_execution_price"]
    if with_rules:
        stops = c["stops"]
        maybe(stops, "stop_fill_mode", "close_price bar_extreme next_bar_open".split()[:3 if by_signals else 2])
        maybe(stops, "stop_level_basis", ["signal_price"])
        maybe(stops, "trail_hwm_source", ["bar_extreme"])
        maybe(stops, "trail_include_entry_bar_extremes", [True])
        maybe(stops, "initial_hwm_source", "signal_price bar_close bar_high".split())
        maybe(stops, "trail_stop_timing", ["intrabar", "vbt_pro"])
        c["strategy"]["risk_rules"] = [rule(r) for _ in range(r.randint(1, 3))]
    else:
        maybe(c["stops"], "trail_stop_timing", ["intrabar"])
    return {k: v for k, v in c.items() if v}

def costs(r, c, maybe, assets):
    if r.random() < 0.5:
        model = r.choice("none percentage per_share per_order_per_share per_order per_trade tiered".split())
        c["commission"] = dict(model=model, rate=r.choice([0, 0.001]), per_share=r.choice([0, 0.01]), per_trade=r.choice([0, 1.5]),
                               minimum=r.choice([0, 1.0]))
    if r.random() < 0.5:
        model = r.choice("none percentage fixed spread volume_based cumulative_volume_share".split())
        c["slippage"] = dict(model=model, rate=r.choice([0, 0.001]), fixed=r.choice([0, 0.05]), spread=r.choice([0, 0.1]),
                             stop_rate=r.choice([0, 0.002]))
        maybe(c["slippage"], "spread_convention", ["half_spread"])
        maybe(c["slippage"], "spread_by_asset", [{assets[0]: 0.2}])
    maybe(c["apus"], "impact", [dict(model=m, coefficient=0.02) for m in ("linear", "square_root")] + [dict(model="power", exponent=0.7)])
    if r.random() < 0.1:
        c["apus"] |= dict(maker_rate=-0.0001, taker_rate=0.0005)

def rule(r, depth=0):
    kind = r.choice("StopLoss TakeProfit TrailingStop StopLoss TakeProfit TrailingStop TimeExit SignalExit ScaledExit AnyOf AllOf".split())
    pct = round(r.uniform(0.005, 0.06), 3)
    if kind in ("AnyOf", "AllOf"):
        return rule(r, 1) if depth else dict(type=kind, rules=[rule(r, 1), rule(r, 1)])
    if kind == "TimeExit":
        return dict(type=kind, max_bars=r.randint(1, 8))
    if kind == "SignalExit":
        return dict(type=kind, signal_name="score", threshold=0.5)
    if kind == "ScaledExit":
        return dict(type=kind, targets=[[0.01, 0.5], [0.03, 0.5]])
    return dict(type=kind, pct=pct)

def order_list(r, assets, times, grid, near, prompt, linked):
    """Requests as a list of orders, with brackets, groups, changes and cancellations."""
    rows, open_ids, n = [], [], 0
    snap = lambda x: round(round(x / grid) * grid, 6)
    def submit(t, asset, side, quantity, kind, **extra):
        nonlocal n
        n += 1
        price, sign = near(asset, t), 1 if side == "buy" else -1
        row = dict(timestamp=t, asset=asset, id=f"o{n}", action="submit", side=side, quantity=quantity, type=kind)
        if kind in ("limit",):
            row["limit_price"] = snap(price * (1 - sign * r.uniform(-0.01, 0.03)))
        if kind in ("stop", "stop_limit") or kind == "trailing_stop" and r.random() < 0.3:
            row["stop_price"] = snap(price * (1 + sign * r.uniform(0.002, 0.03)))
        if kind == "stop_limit":
            row["limit_price"] = snap(row["stop_price"] * (1 + sign * r.uniform(-0.01, 0.01)))
        if kind == "trailing_stop":
            row.update(r.choice([dict(trail_amount=snap(price * 0.02) or grid), dict(trail_fraction=0.03)]))
        if kind == "limit" and "parent_id" not in extra and prompt and r.random() < 0.1:
            row["post_only"] = True
        rows.append(row | extra)
        open_ids.append((f"o{n}", asset, kind, side))
        return f"o{n}"
    kinds = "market limit stop stop_limit trailing_stop market_on_open market_on_close".split()
    simple = r.random() < 0.3 or not linked
    for t in sorted(r.choice(times[:-1]) for _ in range(r.randint(5, 60))):
        asset, side = r.choice([a for a in assets if near(a, t)]), r.choice(["buy", "buy", "sell"])
        quantity = float(r.choice([1, 5, 10, 40, 100])) if r.random() < 0.9 else 7.5
        what = 0.5 if simple else r.random()
        if what < 0.15 and open_ids:
            name, a, kind, s = r.choice(open_ids)
            change(r, rows, t, name, a, kind, s, snap, near(a, t) or 50.0)
        elif what < 0.3:
            other = "sell" if side == "buy" else "buy"
            parent = submit(t, asset, side, quantity, r.choice(["market", "limit", "stop", "market_on_close"]))
            group = dict(parent_id=parent, oco_group=f"g{n}")
            submit(t, asset, other, quantity, r.choice(["stop", "trailing_stop"]), **group)
            submit(t, asset, other, quantity, "limit", **group)
        elif what < 0.4:
            other = r.choice([side, "sell", "buy"])
            group = dict(oco_group=f"g{n}")
            submit(t, asset, side, quantity, r.choice(["limit", "stop"]), **group)
            submit(t, asset, other, quantity, r.choice(["limit", "stop", "trailing_stop"]), **group)
        else:
            kind, extra = r.choice(kinds + ["market"] * 3), {}
            if r.random() < 0.1:
                extra["reduce_only"] = True
            if r.random() < 0.3:
                allowed = dict(market=["day", "ioc", "opg", "cls", "gtd"], limit=["day", "ioc", "gtd"])
                extra["time_in_force"] = r.choice(allowed.get(kind, ["day", "gtd"] if kind[:7] != "market_" else ["gtc"]))
                if extra["time_in_force"] == "gtd":
                    extra["expire_at"] = t + dt.timedelta(hours=r.choice([3, 6, 12, 30]))
            submit(t, asset, side, quantity, kind, **extra)
    return rows

def change(r, rows, t, name, asset, kind, side, snap, price):
    child = any(x["id"] == name and "parent_id" in x for x in rows)
    row = dict(timestamp=t, asset=asset, id=name, action=r.choice(["cancel", "modify"]))
    if row["action"] == "modify":
        if kind in ("limit", "stop_limit") and r.random() < 0.7:
            row["limit_price"] = snap(price * (1 + r.uniform(-0.02, 0.02)))
        if kind in ("stop", "stop_limit") and r.random() < 0.7:
            row["stop_price"] = snap(price * (1 + (1 if side == "buy" else -1) * r.uniform(0.002, 0.02)))
        if len(row) == 4 and not child or r.random() < 0.3 and not child:
            row["quantity"] = float(r.choice([2, 10, 60]))
    if row["action"] == "cancel" or len(row) > 4:
        rows.append(row)

def signal_rows(r, assets, times, c, with_rules):
    columns = {"long_signal": ["entry", "exit"], "short_only": ["short_entry", "short_exit"], "risk_entry_only": ["entry"],
               "long_short": ["long_entry", "long_exit", "short_entry", "short_exit"], "single_entry": []}
    kinds = list(columns) if with_rules else ["long_signal", "short_only", "long_short"]
    s = c.setdefault("strategy", {})
    s["type"] = r.choice(kinds)
    s["shares"] = r.choice([1.0, 10.0, 100.0])
    if s["type"] in ("risk_entry_only", "single_entry") and r.random() < 0.3:
        s["side"] = "short"
    if r.random() < 0.2:
        s["allow_reentry"] = False
    density = r.choice([0.1, 0.3])
    return [dict(timestamp=t, asset=a) | {k: r.random() < density for k in columns[s["type"]]} | dict(score=r.uniform(-1, 1))
            for t in times for a in assets]

def scenario(seed, folder):
    """Writes the inputs of a seed."""
    r = random.Random(seed)
    assets = ["A", "B", "C", "D"][:r.randint(1, 4)]
    times, t = [], START
    for _ in range(r.randint(20, 120)):
        times.append(t)
        t += dt.timedelta(hours=6)
    grid = r.choice([0.01, 0.25])
    rows = bars(r, assets, times, grid)
    times = sorted({x["timestamp"] for x in rows})
    close = {(x["asset"], x["timestamp"]): x["close"] for x in rows}
    by_signals, with_rules = r.random() < 0.4, r.random() < 0.5
    if with_rules:
        for row in rows:
            row["volume"] = max(row["volume"], 50.0)
    c = configuration(r, assets, grid, with_rules, by_signals)
    if not by_signals:
        c.get("strategy", {})["risk_rules"] = [x for x in c.get("strategy", {}).get("risk_rules", []) if "SignalExit" not in str(x)]
    if by_signals:
        name, table = "signals", signal_rows(r, assets, times, c, with_rules)
    else:
        name, table = "orders", order_list(r, assets, times, grid, lambda a, t: close.get((a, t)),
                                           "latency_nanos" not in c.get("apus", {}) and not {"execution_mode", "conditional_order_mode"} & set(c.get("execution", {})),
                                 "volume_participation" not in c.get("apus", {}))
    os.makedirs(folder, exist_ok=True)
    for stale in ("orders", "signals"):
        if os.path.exists(f"{folder}/{stale}.parquet"):
            os.remove(f"{folder}/{stale}.parquet")
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(f"{folder}/prices.parquet")
    pl.DataFrame(table, infer_schema_length=None).write_parquet(f"{folder}/{name}.parquet")
    with open(f"{folder}/config.yaml", "w") as file:
        json.dump(c, file, indent=1)
    return name

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
    combined = any(x["type"] in ("AnyOf", "AllOf") for x in config_of(folder).get("strategy", {}).get("risk_rules", []))
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
        if ours is None or trade is None or not all(same(a, b, 1) for a, b in zip(ours[:12 if combined else 13], trade)):
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
