"""Random inputs for `apus backtest signals`: a seed gives bars, a list of orders or signals, and a configuration."""
import datetime as dt, json, os, random
import polars as pl

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
    if r.random() < 0.1:
        maybe(c["execution"], "cancel_policy", ["session_end"])
    maybe(c["position_sizing"], "share_type", ["fractional"])
    maybe(c["cash"], "buffer_pct", [0.1])
    maybe(c["settlement"], "delay", [1, 2])
    maybe(c["settlement"], "reduces_buying_power", [False])
    maybe(c["orders"], "fill_ordering", "fifo sequential priority".split())
    maybe(c["orders"], "entry_order_priority", "notional_desc notional_asc order_value_asc".split())
    maybe(c["orders"], "partial_fills_allowed", [True])
    maybe(c["orders"], "reject_on_insufficient_cash", [False])
    maybe(c["orders"], "skip_cash_validation", [True])
    costs(r, c, maybe, assets)
    apus = c["apus"]
    maybe(apus, "limit_fill", ["through"])
    maybe(apus, "intrabar_path", ["ohlc"])
    maybe(apus, "latency_bars", [1, 2])
    maybe(apus, "latency_nanos", [1, 3 * 3600 * 10**9, 7 * 3600 * 10**9])
    maybe(apus, "volume_participation", [0.01, 0.05, 0.3])
    maybe(apus, "rule_exits_reduce_only", [True])
    instruments = {}
    for asset in assets:
        one = {}
        maybe(one, "multiplier", [5.0, 0.5])
        maybe(one, "tick_size", [grid])
        if one:
            instruments[asset] = one
    if instruments:
        apus["instruments"] = instruments
    family(r, c, maybe, assets, by_signals)
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
        maybe(stops, "stop_fill_mode", "close_price bar_extreme next_bar_open".split())
        maybe(stops, "stop_level_basis", ["signal_price"])
        maybe(stops, "trail_hwm_source", ["bar_extreme"])
        maybe(stops, "trail_include_entry_bar_extremes", [True])
        maybe(stops, "initial_hwm_source", "signal_price bar_close bar_high".split())
        maybe(stops, "trail_stop_timing", ["intrabar", "vbt_pro"])
        c["strategy"]["risk_rules"] = [rule(r) for _ in range(r.randint(1, 3))]
    else:
        maybe(c["stops"], "trail_stop_timing", ["intrabar"])
    return {k: v for k, v in c.items() if v}

def family(r, c, maybe, assets, by_signals):
    """One of the families of keys that change the whole account; half of the scenarios have none."""
    which = r.choice(["none"] * 5 + ["short cash", "margins", "carry", "liquidation", "limits"])
    apus = c["apus"]
    if which == "short cash":
        c["account"] |= dict(allow_short_selling=True, short_cash_policy=r.choice(["credit_proceeds", "lock_notional"]))
        c["account"].pop("allow_leverage", None)
        if c["account"]["short_cash_policy"] == "lock_notional":
            c["settlement"].pop("delay", None)      # as in ml4t-backtest a cut does not look at unsettled proceeds there
    if which in ("margins", "liquidation"):
        c["account"] |= dict(allow_short_selling=True, allow_leverage=True, initial_margin=0.5)
        margins(r, c, assets)
    if which == "carry":
        apus |= dict(borrow=dict(rate=r.choice([0.05, 0.5]))) if r.random() < 0.7 else {}
        apus |= dict(financing=dict(rate=r.choice([0.05, 0.5]))) if r.random() < 0.7 else {}
        c["account"] |= dict(allow_short_selling=True, allow_leverage=True) if r.random() < 0.7 else {}
        if r.random() < 0.5 and "allow_leverage" in c["account"]:
            margins(r, c, assets)
        apus |= dict(funding=dict(file="funding.parquet")) if r.random() < 0.5 else {}
        apus |= dict(actions=dict(file="actions.parquet")) if r.random() < 0.5 else {}
        if "funding" in apus:
            maybe(apus["funding"], "mark_price", ["open", "close"])
            maybe(apus["funding"], "interval", ["1h"])
    if which == "liquidation":
        apus["liquidation"] = {}
        maybe(apus["liquidation"], "fee_rate", [0.01])
        maybe(apus["liquidation"], "uses_extremes", [True])
    if which == "limits":
        risk = apus["risk"] = {}
        chance = Maybe(r, 0.4)
        chance(risk, "max_gross_exposure", [0.3, 1.0])
        chance(risk, "max_net_exposure", [0.3, 1.0])
        chance(risk, "max_symbol_exposure", [0.1, 0.5])
        chance(risk, "max_leverage", [0.5, 1.0])
        chance(risk, "max_drawdown", [0.02, 0.1])
        chance(risk, "max_daily_loss", [0.01, 0.05])

def margins(r, c, assets):
    """Some assets have margins of their own."""
    for asset in assets:
        kind = r.choice(["none", "future", "money", "fraction"])
        if kind == "future":
            instruments = c["apus"].setdefault("instruments", {})
            instruments.setdefault(asset, {}).update(initial_margin=20.0, maintenance_margin=15.0)
        if kind == "money":
            c["account"].setdefault("fixed_margin_schedule", {})[asset] = [20.0, 15.0]
        if kind == "fraction":
            c["account"].setdefault("margin_pct_schedule", {})[asset] = [0.2, 0.1]

def events(r, c, assets, times, folder):
    """The files of funding payments and of splits and dividends."""
    def moments(most):
        return sorted((START + dt.timedelta(hours=r.choice([0, 1, 6, 8, 12, 16, 18]), days=r.randint(0, 30)), r.choice(assets))
                      for _ in range(r.randint(1, most)))
    tables = {}
    if "funding" in c["apus"]:
        with_marks = r.random() < 0.3
        tables["funding"] = [dict(timestamp=t, asset=a, rate=r.choice([0.0001, -0.0002, 0.01]))
                             | (dict(mark_price=r.choice([50.0, None])) if with_marks else {}) for t, a in sorted(set(moments(40)))]
    if "actions" in c["apus"]:
        tables["actions"] = [dict(timestamp=t, asset=a) | r.choice([dict(kind="split", value=2.0), dict(kind="split", value=0.5),
                             dict(kind="dividend", value=0.5), dict(kind="dividend", value=0.1)]) for t, a in sorted(set(moments(4)))]
    for name, rows in tables.items():
        c["apus"][name]["file"] = os.path.abspath(f"{folder}/{name}.parquet")
        pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Null).cast(pl.Float64)).write_parquet(c["apus"][name]["file"])

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
    """A risk rule."""
    kind = r.choice("""StopLoss TakeProfit TrailingStop StopLoss TakeProfit TrailingStop TimeExit SignalExit ScaledExit AnyOf AllOf RuleChain
                    TighteningTrailingStop VolatilityStop VolatilityTrailingStop""".split())
    pct = round(r.uniform(0.005, 0.06), 3)
    if kind in ("AnyOf", "AllOf", "RuleChain"):
        return rule(r, 1) if depth else dict(type=kind, rules=[rule(r, 1), rule(r, 1)])
    if kind == "TighteningTrailingStop":
        return dict(type=kind, schedule=[[0.0, 0.04], [0.02, 0.02], [0.05, 0.01]])
    if kind == "VolatilityStop":
        return dict(type=kind, multiplier=1.5) | r.choice([{}, dict(use_entry_atr=False)])
    if kind == "VolatilityTrailingStop":
        return dict(type=kind, multiplier=2.5)
    if kind == "TimeExit":
        return dict(type=kind, max_bars=r.randint(1, 8))
    if kind == "SignalExit":
        return dict(type=kind, signal_name="score", threshold=0.5)
    if kind == "ScaledExit":
        return dict(type=kind, targets=[[0.01, 0.5], [0.03, 0.5]])
    return dict(type=kind, pct=pct)

def order_list(r, assets, times, grid, near, c):
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
        if kind == "limit" and extra.get("time_in_force") not in ("opg", "cls") and r.random() < 0.1:
            row["post_only"] = True
        rows.append(row | extra)
        open_ids.append((f"o{n}", asset, kind, side))
        return f"o{n}"
    kinds = "market limit stop stop_limit trailing_stop market_on_open market_on_close".split()
    simple = r.random() < 0.3
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
            part = lambda: quantity if r.random() < 0.7 else r.choice([1.0, 4.0, 200.0])
            submit(t, asset, other, part(), r.choice(["stop", "trailing_stop", "stop_limit"]), **group)
            submit(t, asset, other, part(), "limit", **group)
        elif what < 0.33 and open_ids:
            parent, a, _, s = r.choice(open_ids)
            if near(a, t):
                submit(t, a, "sell" if s == "buy" else "buy", quantity, r.choice(["limit", "stop", "market"]), parent_id=parent)
        elif what < 0.4:
            other = r.choice([side, "sell", "buy"])
            group = dict(oco_group=f"g{n}")
            submit(t, asset, side, quantity, r.choice(["limit", "stop", "stop_limit"]), **group)
            submit(t, asset, other, quantity, r.choice(["limit", "stop", "trailing_stop", "stop_limit"]), **group)
        else:
            kind, extra = r.choice(kinds + ["market"] * 3), {}
            if r.random() < 0.1:
                extra["reduce_only"] = True
            if r.random() < 0.3:
                extra["time_in_force"] = r.choice("day ioc fok opg cls gtd".split() if kind[:7] != "market_" else ["day", "gtd", "fok"])
                if extra["time_in_force"] == "gtd":
                    extra["expire_at"] = t + dt.timedelta(hours=r.choice([3, 6, 12, 30]))
            submit(t, asset, side, quantity, kind, **extra)
    return rows

def change(r, rows, t, name, asset, kind, side, snap, price):
    row = dict(timestamp=t, asset=asset, id=name, action=r.choice(["cancel", "modify"]))
    if row["action"] == "modify":
        if kind in ("limit", "stop_limit") and r.random() < 0.7:
            row["limit_price"] = snap(price * (1 + r.uniform(-0.02, 0.02)))
        if kind in ("stop", "stop_limit") and r.random() < 0.7:
            row["stop_price"] = snap(price * (1 + (1 if side == "buy" else -1) * r.uniform(0.002, 0.02)))
        if len(row) == 4 or r.random() < 0.3:
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
    return [dict(timestamp=t, asset=a) | {k: r.random() < density for k in columns[s["type"]]} | dict(score=r.uniform(-1, 1), atr=r.uniform(0.3, 2.0))
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
    c = configuration(r, assets, grid, with_rules, by_signals)
    if not by_signals:
        c.get("strategy", {})["risk_rules"] = [x for x in c.get("strategy", {}).get("risk_rules", []) if "SignalExit" not in str(x) and "Volatility" not in str(x)]
    if by_signals:
        name, table = "signals", signal_rows(r, assets, times, c, with_rules)
    else:
        name, table = "orders", order_list(r, assets, times, grid, lambda a, t: close.get((a, t)), c)
    os.makedirs(folder, exist_ok=True)
    events(r, c, assets, times, folder) if "apus" in c else None
    for stale in ("orders", "signals"):
        if os.path.exists(f"{folder}/{stale}.parquet"):
            os.remove(f"{folder}/{stale}.parquet")
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(f"{folder}/prices.parquet")
    pl.DataFrame(table, infer_schema_length=None).write_parquet(f"{folder}/{name}.parquet")
    with open(f"{folder}/config.yaml", "w") as file:
        json.dump(c, file, indent=1)
    return name
