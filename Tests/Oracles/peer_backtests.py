"""Backtests of real data by Apus, by a ledger of our own and by other engines, side by side.

usage: python3 peer_backtests.py APUS DATA OUT [--case NAME] [--peers [PEER ...]]

APUS is the program, DATA the folder of the test data, OUT an empty folder. Four markets: S&P 500 daily, SPY daily, ES contract
minutes over a roll, XRP perpetual with its funding. Each case is a folder with prices.parquet, signals.parquet and config.yaml;
`apus backtest signals` runs it, and the ledger below, which was written from docs/concepts/fills.md alone, computes it again.
vectorbt, backtesting.py and ml4t-backtest run it too where they are installed, or those that --peers names: the first two with
`scripts/bootstrap --bench`, the third with `--tests`. docs/concepts/peers.md tells what each of them cannot express.

Prints a line a comparison: the largest difference of each kind of column, relative, values below 1 counted as 1. Times, sides, exit
reasons and the number of trades must be equal. Exits 1 where anything differs by more than 1e-9. The last line is JSON.
"""
import argparse
import copy
import importlib.util
import itertools
import json
import math
import os
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pandas as pd
import yaml

TOLERANCE = 1e-9
FLAGS = ["long_entry", "long_exit", "short_entry", "short_exit"]
STOPS = [{"type": "StopLoss", "pct": 0.05}, {"type": "TakeProfit", "pct": 0.10}]

# ---------------------------------------------------------------- the four markets


def sp500(data, _):
    frame = pd.read_csv(f"{data}/daily/sp500.csv.gz")
    frame.columns = [name.lower() for name in frame.columns]
    frame["timestamp"] = pd.to_datetime(frame["date"], format="%m/%d/%Y", utc=True)
    return frame


def spy(data, _):
    with zipfile.ZipFile(f"{data}/equities/spy_daily.zip") as archive:
        with archive.open(archive.namelist()[0]) as file:
            frame = pd.read_csv(file, names=["timestamp", "open", "high", "low", "close", "volume"])
    frame[["open", "high", "low", "close"]] /= 10_000
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], format="%Y%m%d %H:%M", utc=True)
    return frame


def es(data, program):
    """ESZ13 and ESH14 joined at the roll of 2013-12-18 by their difference, which is a multiple of the tick."""
    path = "es_continuous.parquet"
    if not os.path.exists(path):
        call(program, "futures", "continuous", "--root", "ES", "--contracts", f"{data}/es/minute_2013", "--rule", "volume",
             "--adjust", "difference", "--out", path)
    return pd.read_parquet(path).rename(columns={"ts": "timestamp"})


def xrp(interval):
    def read(data, _):
        name = {"5m": "5m-futures", "8h": "8h-mark"}[interval]
        return pd.read_feather(f"{data}/crypto/xrp_usdt_perp/XRP_USDT_USDT-{name}.feather").rename(columns={"date": "timestamp"})
    return read


def xrp_funding(data):
    """The 91 payments: rates from the exchange, marks from its mark price where there is one, else from the contract's open."""
    folder = f"{data}/crypto/xrp_usdt_perp/XRP_USDT_USDT-"
    rates = pd.read_feather(folder + "8h-funding_rate.feather")
    instant = rates["date"].dt.floor("8h")
    marks = {name: pd.read_feather(f"{folder}{name}-mark.feather").set_index("date")["open"] for name in ("1h", "8h")}
    mark = instant.map(marks["1h"]).fillna(instant.map(marks["8h"]))
    return pd.DataFrame({"timestamp": rates["date"], "asset": "XRP", "rate": rates["open"], "mark_price": mark})


# Payments of the case xrp_funding_8h worked out by hand from the two files: amount = -held x mark x rate.
PAID_BY_HAND = {
    "2021-11-20 08:00": (0, 0.0),  # bought at this very instant: not held yet
    "2021-11-20 16:00": (10_000, -1.0656),  # a long pays a positive rate: 10,000 x 1.0656 x 0.0001
    "2021-11-21 00:00": (10_000, -1.5213545),  # sold at this very instant: held until then; x 1.0975 x 0.00013862
    "2021-11-22 08:00": (-10_000, 1.0434),  # a short receives it: x 1.0434 x 0.0001
    "2021-12-04 08:00": (-10_000, -16.44346998),  # a short pays a negative rate: x 0.7497 x 0.00219334
}

ES_TERMS = {
    "account": {"allow_short_selling": True, "allow_leverage": True},
    "commission": {"model": "per_share", "per_share": 2.25}, "slippage": {"model": "fixed", "fixed": 0.25},
    "apus": {"instruments": {"ES": {"multiplier": 50.0, "tick_size": 0.25, "initial_margin": 4510.0, "maintenance_margin": 4100.0}}},
}
SPY_TERMS = {
    "account": {"allow_short_selling": True}, "commission": {"model": "per_share", "per_share": 0.005, "minimum": 1.0},
    "slippage": {"model": "fixed", "fixed": 0.01},
}
XRP_TERMS = {
    "account": {"allow_short_selling": True}, "commission": {"model": "percentage", "rate": 0.0005},
    "slippage": {"model": "percentage", "rate": 0.0002},
    "apus": {"funding": {"file": "funding.parquet", "interval": "8h"}},
}
INDEX_TERMS = {"commission": {"model": "percentage", "rate": 0.001}, "slippage": {"model": "percentage", "rate": 0.0005}}
SHORTS = {"account": {"allow_short_selling": True}}
TICK = {"apus": {"instruments": {"SPY": {"tick_size": 0.01}}}}

# name: reader, asset, strategy type, shares, averages, rules, terms
CASES = {
    "sp500_long": (sp500, "SPX", "long_signal", 20, (20, 100), [], INDEX_TERMS),
    "sp500_stops": (sp500, "SPX", "long_short", 20, (10, 50), STOPS, INDEX_TERMS | SHORTS),
    "spy_long_short": (spy, "SPY", "long_short", 150, (10, 50), [], SPY_TERMS),
    "spy_stops_ticks": (spy, "SPY", "long_short", 250, (5, 30), STOPS, SPY_TERMS | TICK),
    "es_long_short": (es, "ES", "long_short", 2, (30, 120), [], ES_TERMS),
    "es_stops_ticks": (es, "ES", "long_short", 2, (10, 60), [
        {"type": "StopLoss", "pct": 0.001}, {"type": "TakeProfit", "pct": 0.002}], ES_TERMS),
    "xrp_funding_5m": (xrp("5m"), "XRP", "long_short", 10_000, (12, 48), [], XRP_TERMS),
    "xrp_funding_8h": (xrp("8h"), "XRP", "long_short", 10_000, (2, 5), [], XRP_TERMS),
    "xrp_funding_stops": (xrp("5m"), "XRP", "long_short", 10_000, (12, 48), [
        {"type": "StopLoss", "pct": 0.01}, {"type": "TakeProfit", "pct": 0.02}], XRP_TERMS),
}


def crossings(close, fast, slow):
    """A cross of two averages closes what is held; the bar after it, if it still stands, opens the other side.

    One event a bar, so that every engine reads the same wishes whatever it does with two of them at once.
    """
    mean = [close.rolling(length).mean() for length in (fast, slow)]
    side = np.where(mean[1].isna(), 0, np.where(mean[0] > mean[1], 1, -1))
    before = np.concatenate([[0], side[:-1]])
    crossed = (side != before) & (before != 0)
    stands = np.concatenate([[False], crossed[:-1]]) & (side == before)
    return pd.DataFrame({
        "long_entry": stands & (side > 0), "long_exit": crossed & (side < 0),
        "short_entry": stands & (side < 0), "short_exit": crossed & (side > 0)})


class Case:
    def __init__(self, name, program, data, plain):
        reader, self.asset, kind, self.shares, averages, self.rules, terms = CASES[name]
        self.name, self.prices = name + (" plain" if plain else ""), reader(data, program)
        self.prices = self.prices[["timestamp", "open", "high", "low", "close", "volume"]].reset_index(drop=True)
        self.prices.insert(1, "asset", self.asset)
        self.signals = crossings(self.prices["close"], *averages)
        if kind == "long_signal":
            self.signals[["short_entry", "short_exit"]] = False
        terms = copy.deepcopy(terms)
        if plain:  # what every engine can express: fills at prices of the data
            terms.pop("slippage")
            terms.get("apus", {}).get("instruments", {}).get(self.asset, {}).pop("tick_size", None)
        self.config = {"cash": {"initial": 100_000.0}} | terms
        self.config["strategy"] = {"type": kind, "shares": self.shares, "risk_rules": self.rules}
        self.commission = self.config["commission"]
        self.slippage = self.config.get("slippage", {"model": "none"})
        instrument = self.config.get("apus", {}).get("instruments", {}).get(self.asset, {})
        self.multiplier, self.tick = instrument.get("multiplier", 1.0), instrument.get("tick_size")
        self.margin = instrument.get("initial_margin")
        self.funding = xrp_funding(data) if "funding" in self.config.get("apus", {}) else None
        self.pct = {rule["type"]: rule["pct"] for rule in self.rules}

    def write(self, folder):
        os.makedirs(folder)
        self.prices.to_parquet(f"{folder}/prices.parquet")
        signals = self.signals
        if self.config["strategy"]["type"] == "long_signal":
            signals = signals[["long_entry", "long_exit"]].set_axis(["entry", "exit"], axis=1)
        pd.concat([self.prices[["timestamp", "asset"]], signals], axis=1).to_parquet(f"{folder}/signals.parquet")
        if self.funding is not None:
            self.config["apus"]["funding"]["file"] = os.path.abspath(f"{folder}/funding.parquet")
            self.funding.to_parquet(f"{folder}/funding.parquet")
        with open(f"{folder}/config.yaml", "w") as file:
            yaml.safe_dump(self.config, file)

    def fee(self, quantity, price):
        """Commission of a fill of that many contracts."""
        terms = self.commission
        if terms["model"] == "percentage":
            return terms["rate"] * abs(quantity) * price * self.multiplier
        return max(terms["per_share"] * abs(quantity), terms.get("minimum", 0.0))


def call(program, *arguments):
    result = subprocess.run([program, *arguments], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(arguments)}: {result.stderr}")


# ---------------------------------------------------------------- who computes

CLOSES_ONLY, RULES_FIRST = "exits only close", "rules before the open"

# What a run gives: trades (one row each, in order) and equity at every bar; `funding` where there is any.


def apus(case, program, folder):
    case.write(folder)
    call(program, "backtest", "signals", "--prices", f"{folder}/prices.parquet", "--signals", f"{folder}/signals.parquet",
         "--config", f"{folder}/config.yaml", "--schema", "ml4t-0.2", "--out", f"{folder}/result", "--quiet")
    trades = pd.read_parquet(f"{folder}/result/trades.parquet").rename(columns={"fees": "commission"})
    for name in ("entry_time", "exit_time"):
        trades[name] = pd.to_datetime(trades[name], utc=True)
    equity = pd.read_parquet(f"{folder}/result/equity.parquet")
    assert (pd.to_datetime(equity["timestamp"], utc=True) == case.prices["timestamp"]).all(), "equity is not of every bar"
    funding = None
    if case.funding is not None:
        funding = pd.read_parquet(f"{folder}/result/funding.parquet")
    return trades, equity["equity"].to_numpy(), funding


def ledger(case, variant=None):
    """docs/concepts/fills.md, bar by bar, for what these cases use of it.

    Where a rule is reached by a bar at whose open the position is closed anyway, the exit of the rule is too late and opens a
    position of the other side. Variants that are not of that page: with CLOSES_ONLY it does nothing; with RULES_FIRST it comes
    before the order that fills at the open.
    """
    time = case.prices["timestamp"].to_numpy()
    bars = case.prices[["open", "high", "low", "close"]].to_numpy()
    flags = dict(zip(FLAGS, case.signals[FLAGS].to_numpy().T))
    cash, held, wish, flagged_exit, position = case.config["cash"]["initial"], 0, 0, False, None
    trades, equity, paid = [], [], []
    payments = [] if case.funding is None else list(case.funding.itertuples())

    def execution(price, side):
        """Slippage, then the tick, both against the trader."""
        model = case.slippage["model"]
        price = price * (1 + side * case.slippage["rate"]) if model == "percentage" else price
        price = price + side * case.slippage["fixed"] if model == "fixed" else price
        if not case.tick:
            return price
        ticks, nearest = price / case.tick, round(price / case.tick)
        return case.tick * (nearest if abs(ticks - nearest) < 1e-6 else math.ceil(ticks) if side > 0 else math.floor(ticks))

    def close(index, price, reason, fee):
        entry = position["price"]
        trades.append({
            "entry_time": time[position["index"]], "exit_time": time[index], "quantity": float(held), "entry_price": entry,
            "exit_price": price, "commission": position["fee"] + fee, "bars_held": index - position["index"],
            "pnl": (price - entry) * held * case.multiplier - position["fee"] - fee, "exit_reason": reason,
            "mfe": position["best"], "mae": position["worst"]})

    def leave(index, price, reason):
        nonlocal cash, held
        price = execution(price, -1 if held > 0 else 1)
        fee = case.fee(held, price)
        close(index, price, reason, fee)
        cash += held * price * case.multiplier - fee
        held = 0

    def enter(index, reference, quantity):
        nonlocal cash, held, position
        price = execution(reference, 1 if quantity > 0 else -1)
        fee = case.fee(quantity, price)
        need = case.margin * abs(quantity) if case.margin else abs(quantity) * reference * case.multiplier
        assert need + fee <= cash, "the case is meant to be one that the account can pay"
        held, cash = quantity, cash - quantity * price * case.multiplier - fee
        position = {"index": index, "price": price, "fee": fee, "best": 0.0, "worst": 0.0}

    def reached(open, high, low, last):
        """Price and name of the first rule that wants out of this bar."""
        for rule in case.rules:
            gain = rule["pct"] if rule["type"] == "TakeProfit" else -rule["pct"]
            side = 1 if held > 0 else -1
            level, up = position["price"] * (1 + side * gain), side * gain > 0
            if (max(high, last) >= level) if up else (min(low, last) <= level):
                name = {"StopLoss": "stop_loss", "TakeProfit": "take_profit"}[rule["type"]]
                return (max(open, level) if up else min(open, level)), name
        return None

    for index, (open, high, low, last) in enumerate(bars):
        while payments and payments[0].timestamp.floor("8h") <= case.prices["timestamp"][index]:
            row = payments.pop(0)
            # A positive rate is paid by whoever is long when the instant comes, and received by whoever is short.
            amount = -held * row.mark_price * case.multiplier * row.rate
            cash += amount
            paid.append({"quantity": float(held), "cash_delta": amount})
        out = reached(open, high, low, last) if held and position["index"] < index else None
        if out and (variant == RULES_FIRST or not flagged_exit):
            leave(index, *out)
        elif flagged_exit:
            before = held
            leave(index, open, "signal")
            if out and variant is None:
                enter(index, out[0], -before)
        elif wish:
            enter(index, open, wish)
        side = 1 if held > 0 else -1
        flagged_exit = bool(held) and bool(flags["long_exit" if held > 0 else "short_exit"][index])
        wish = 0 if held else case.shares * (int(flags["long_entry"][index]) or -int(flags["short_entry"][index]))
        if held:
            move = side * (last / position["price"] - 1)
            position["best"], position["worst"] = max(position["best"], move), min(position["worst"], move)
        equity.append(cash + held * last * case.multiplier)
    if held:
        close(len(bars) - 1, bars[-1][3], "end_of_backtest", 0.0)
    trades = pd.DataFrame(trades)
    for name in ("entry_time", "exit_time"):
        trades[name] = pd.to_datetime(trades[name], utc=True)
    return trades, np.array(equity), pd.DataFrame(paid)


def by_vectorbt(case):
    import vectorbt as vbt

    late = {name: case.signals[name].shift(1, fill_value=False).to_numpy() for name in FLAGS}
    column = {name: case.prices[name].to_numpy() for name in ("open", "high", "low", "close")}
    slippage = 0.0
    if case.slippage["model"] == "percentage":
        slippage = case.slippage["rate"]
    elif case.slippage["model"] == "fixed":
        slippage = case.slippage["fixed"] / column["open"]
    percent = case.commission["model"] == "percentage"
    initial = 1e8  # it has neither margins nor multipliers: more cash, and contracts x multiplier units
    stops = {}
    if case.pct:
        stops = {"sl_stop": case.pct["StopLoss"], "tp_stop": case.pct["TakeProfit"], "stop_entry_price": "FillPrice",
                 "stop_exit_price": "StopMarket"}
    portfolio = vbt.Portfolio.from_signals(
        column["close"], late["long_entry"], late["long_exit"], late["short_entry"], late["short_exit"], price=column["open"],
        open=column["open"], high=column["high"], low=column["low"], size=case.shares * case.multiplier, slippage=slippage,
        fees=case.commission["rate"] if percent else 0.0, fixed_fees=0.0 if percent else case.fee(case.shares, 0.0),
        init_cash=initial, freq="1D", **stops)
    records = portfolio.trades.records
    size = records["size"] / case.multiplier
    trades = pd.DataFrame({
        "entry_time": case.prices["timestamp"].to_numpy()[records["entry_idx"]],
        "exit_time": case.prices["timestamp"].to_numpy()[records["exit_idx"]],
        "quantity": np.where(records["direction"] == 0, size, -size), "entry_price": records["entry_price"],
        "exit_price": records["exit_price"], "commission": records["entry_fees"] + records["exit_fees"], "pnl": records["pnl"]})
    equity = np.asarray(portfolio.value()).ravel() - initial + case.config["cash"]["initial"]
    return trades, equity, None


def by_backtesting(case):
    import backtesting

    backtesting.backtesting._tqdm = lambda bars, **_: bars
    flags = {name: case.signals[name].to_numpy() for name in FLAGS}
    size = int(case.shares * case.multiplier)

    class Crossings(backtesting.Strategy):
        def init(self):
            pass

        def next(self):
            index = len(self.data) - 1
            for trade in self.trades:
                side = 1 if trade.is_long else -1
                if case.pct and not trade.sl:
                    # Set after the fill: levels of the fill's price, watched from the next bar on.
                    trade.sl = trade.entry_price * (1 - side * case.pct["StopLoss"])
                    trade.tp = trade.entry_price * (1 + side * case.pct["TakeProfit"])
                if flags["long_exit" if side > 0 else "short_exit"][index]:
                    trade.close()
            if not self.trades and flags["long_entry"][index]:
                self.buy(size=size)
            elif not self.trades and flags["short_entry"][index]:
                self.sell(size=size)

    frame = case.prices.set_index("timestamp").rename(columns=str.capitalize)
    run = backtesting.Backtest(
        frame, Crossings, cash=case.config["cash"]["initial"], margin=0.05 if case.margin else 1.0, finalize_trades=False,
        commission=lambda units, price: case.fee(units / case.multiplier, price)).run()
    trades = run["_trades"].rename(columns={
        "EntryTime": "entry_time", "ExitTime": "exit_time", "Size": "quantity", "EntryPrice": "entry_price",
        "ExitPrice": "exit_price", "Commission": "commission", "PnL": "pnl"})
    trades["quantity"] = trades["quantity"] / case.multiplier
    return trades.sort_values("entry_time"), run["_equity_curve"]["Equity"].to_numpy(), None


def by_ml4t(case):
    import dataclasses
    import logging
    import polars as pl
    from ml4t.backtest import BacktestConfig, DataFeed, Engine, Strategy
    from ml4t.backtest.risk import RuleChain, StopLoss, TakeProfit
    from ml4t.backtest.types import AssetClass, ContractSpec

    logging.disable(logging.WARNING)
    rules = [{"StopLoss": StopLoss, "TakeProfit": TakeProfit}[rule["type"]](pct=rule["pct"]) for rule in case.rules]

    class Crossings(Strategy):
        def on_start(self, broker):
            if rules:
                broker.set_position_rules(RuleChain(rules))

        def on_data(self, timestamp, data, context, broker):
            flags, position = data[case.asset]["signals"], broker.get_position(case.asset)
            held = position.quantity if position else 0
            if held:
                if flags["long_exit" if held > 0 else "short_exit"]:
                    broker.close_position(case.asset)
            elif flags["long_entry"] or flags["short_entry"]:
                broker.submit_order(case.asset, case.shares if flags["long_entry"] else -case.shares)

    frame = case.prices.assign(timestamp=case.prices["timestamp"].dt.tz_localize(None).astype("datetime64[us]"))
    frame.to_parquet("ml4t_prices.parquet")
    pd.concat([frame[["timestamp", "asset"]], case.signals], axis=1).to_parquet("ml4t_signals.parquet")
    specs = None
    if case.margin:
        specs = {case.asset: ContractSpec(
            symbol=case.asset, asset_class=AssetClass.FUTURE, multiplier=case.multiplier, tick_size=0.25, margin=case.margin)}
    config = BacktestConfig.from_dict({key: value for key, value in case.config.items() if key not in ("strategy", "apus")})
    feed = DataFeed(prices_path="ml4t_prices.parquet", signals_path="ml4t_signals.parquet")
    funding = None
    if case.funding is not None:
        # It knows no mark price and no late stamps: money per unit, at labels that there are.
        rows = case.funding.assign(timestamp=case.funding["timestamp"].dt.floor("8h"))
        rows = rows[rows["timestamp"].isin(case.prices["timestamp"])]
        funding = pl.DataFrame({
            "timestamp": [moment.to_pydatetime().replace(tzinfo=None) for moment in rows["timestamp"]],
            "asset": rows["asset"].tolist(), "amount_per_unit": (rows["rate"] * rows["mark_price"]).tolist()})
    result = Engine(feed, Crossings(), config, contract_specs=specs, funding_df=funding).run()
    trades = pd.DataFrame([dataclasses.asdict(trade) for trade in result.trades]).rename(columns={"fees": "commission"})
    paid = None
    if funding is not None:
        paid = pd.DataFrame([dataclasses.asdict(payment) for payment in result.funding_payments])
    return trades, np.array([value for _, value in result.equity_curve]), paid


# ---------------------------------------------------------------- comparison


def gap(left, right):
    """Largest difference, relative; values below 1 are counted as 1."""
    left, right = np.asarray(left, float), np.asarray(right, float)
    if len(left) == 0:
        return 0.0
    return float(np.max(np.abs(left - right) / np.maximum(1, np.maximum(np.abs(left), np.abs(right)))))


class Table:
    def __init__(self):
        self.failed, self.comparisons, self.trades = False, 0, 0
        print(f"{'case':25}{'with':34}{'trades':>7}{'prices':>9}{'fees':>9}{'pnl':>9}{'equity':>9}{'funding':>9}  ")

    def compare(self, case, name, ours, theirs, other_than_apus=0):
        """`ours` may have one open trade at its end that `theirs` does not list."""
        ours, equity, funding = ours
        theirs, their_equity, their_funding = theirs
        count, problems = len(theirs), []
        if len(ours) - count not in (0, 1) or (len(ours) > count and ours["exit_reason"].iloc[-1] != "end_of_backtest"):
            problems.append(f"{len(ours)} trades and {count}")
        first, second = ours.head(count).reset_index(drop=True), theirs.head(len(ours)).reset_index(drop=True)
        for column in {"entry_time", "exit_time", "exit_reason", "bars_held", "quantity"} & set(second.columns):
            pair = [pd.to_datetime(f[column], utc=True) if column.endswith("time") else f[column] for f in (first, second)]
            unequal = np.flatnonzero(pair[0].to_numpy() != pair[1].to_numpy())
            if len(unequal):
                row = unequal[0]
                problems.append(f"{column} of trade {row}: {pair[0][row]} and {pair[1][row]}, {len(unequal)} in all")
        gaps = {"prices": max(gap(first[c], second[c]) for c in ("entry_price", "exit_price")),
                "fees": gap(first["commission"], second["commission"])}
        gaps["pnl"] = max(gap(first[c], second[c]) for c in {"pnl", "mfe", "mae"} & set(second.columns))
        gaps["equity"] = gap(equity, their_equity)
        if funding is not None and their_funding is not None:
            if len(funding) == len(their_funding):
                gaps["funding"] = max(gap(funding[c], their_funding[c]) for c in ("quantity", "cash_delta"))
            else:
                problems.append(f"{len(funding)} payments and {len(their_funding)}")
        problems += [f"{key} differ" for key, value in gaps.items() if not value <= TOLERANCE]
        note = f", {other_than_apus} trades of Apus are others" if other_than_apus else ""
        cells = "".join(f"{gaps[key]:9.0e}" if key in gaps else f"{'-':>9}"
                        for key in ("prices", "fees", "pnl", "equity", "funding"))
        line = f"{case.name:25}{name:34}{count:7}{cells}  {'; '.join(problems) or 'ok'}{note}"
        print(line)
        if problems:
            print(line, file=sys.stderr)
        self.failed |= bool(problems)
        self.comparisons, self.trades = self.comparisons + 1, self.trades + count


def with_funding(run, funding, case):
    """The same run of an engine that has no funding: its equity with what was paid until each bar."""
    trades, equity, their_funding = run
    if case.funding is None or their_funding is not None:
        return run
    instants = case.funding["timestamp"].dt.floor("8h").to_numpy()[: len(funding)]
    paid = np.concatenate([[0.0], np.cumsum(funding["cash_delta"])])
    return trades, equity + paid[np.searchsorted(instants, case.prices["timestamp"].to_numpy(), side="right")], None


# How each is run, and the variant of the ledger that has its order of a rule and an order at the open of one bar.
PEERS = {"vectorbt": (by_vectorbt, RULES_FIRST), "backtesting": (by_backtesting, CLOSES_ONLY), "ml4t": (by_ml4t, None)}


def can_express(peer, case):
    if peer == "backtesting":
        return case.slippage["model"] == "none"
    # A fixed slippage of vectorbt is one of the open, which a rule does not fill at.
    fixed_in_rules = peer == "vectorbt" and case.pct and case.slippage["model"] == "fixed"
    return not fixed_in_rules and not (case.tick and case.pct)


def unlike(ours, theirs):
    """How many trades one has and the other has not."""
    keys = [set(zip(t["entry_time"], t["exit_time"], t["quantity"], t["exit_price"].round(9))) for t in (ours, theirs)]
    return len(keys[0] - keys[1])


def check_payments(funding):
    paid = funding.set_index("timestamp")
    for instant, (held, amount) in PAID_BY_HAND.items():
        row = paid.loc[pd.Timestamp(instant)]
        if row["quantity"] != held or abs(row["cash_delta"] - amount) > TOLERANCE:
            sys.exit(f"funding at {instant}: {row['quantity']}, {row['cash_delta']}, by hand {held}, {amount}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("data", type=os.path.abspath)
    parser.add_argument("out")
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--peers", nargs="*", choices=PEERS, help="instead of all that are installed")
    options = parser.parse_args()
    peers = [name for name in PEERS if importlib.util.find_spec(name)] if options.peers is None else options.peers
    warnings.simplefilter("ignore")
    os.makedirs(options.out, exist_ok=True)
    os.chdir(options.out)
    table = Table()
    for name, plain in itertools.product([options.case] if options.case else CASES, (False, True)):
        case = Case(name, options.program, options.data, plain)
        ours = apus(case, options.program, case.name.replace(" ", "_"))
        expected = ledger(case)
        table.compare(case, "ledger", ours, expected)
        if name == "xrp_funding_8h":
            check_payments(ours[2])
        for peer in peers:
            run, variant = PEERS[peer]
            if not can_express(peer, case):
                continue
            if case.pct and variant:
                other = ledger(case, variant)
                theirs = with_funding(run(case), other[2], case)
                table.compare(case, f"{peer}, {variant}", other, theirs, unlike(expected[0], other[0]))
            else:
                table.compare(case, peer, ours, with_funding(run(case), expected[2], case))
    print(json.dumps({"failed": table.failed, "comparisons": table.comparisons, "trades": table.trades, "peers": peers}))
    sys.exit(table.failed)


if __name__ == "__main__":
    main()
