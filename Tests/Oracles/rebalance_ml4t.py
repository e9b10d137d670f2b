"""Target weights and target orders: `apus backtest signals` beside ml4t-backtest 0.2.0 itself, on random portfolios.

usage: python3.12 rebalance_ml4t.py PROGRAM FOLDER SEEDS      SEEDS: 17, 0-59 or several with commas

A seed makes prices (with late assets and missing bars), a configuration and weights. ml4t plays them in one of three ways:

executor  its TargetWeightExecutor, the only place where it acts on the rebalance mode and on share_rounding. It does not know the
          other keys, so they are put into what it is given: weights times the headroom, last prices in `data`, and no price in
          `data` for an asset that is to be left alone.
broker    its Broker.rebalance_to_weights, the only place where it acts on the headroom, missing prices and late assets. It knows
          no mode and cuts shares off; orders that wait are cancelled before, as the executor does.
targets   Broker.order_target_percent and order_target_value, and the difference to a number of shares.

One thing is put right in ml4t: its broker closes a position by value, (0 - held x price) / price, and cuts that off; where the division
does not come out even one share stays behind. Here it closes what is held.

The cadence is decided by ml4t's own schedule on NYSE sessions. Trades and every equity must agree to 1e-9. Prints `ok: ...` or
what differs first, by seed.
"""
import dataclasses
import json
import logging
import os
import random
import subprocess
import sys
import warnings
from datetime import datetime

import numpy as np
import polars as pl
from ml4t.backtest import BacktestConfig, DataFeed, Engine, Strategy
from ml4t.backtest.calendar import get_calendar_sessions
from ml4t.backtest.config import RebalanceMode
from ml4t.backtest.execution.rebalancer import RebalanceConfig, TargetWeightExecutor
from ml4t.backtest.execution.schedule import RebalanceSchedule, is_rebalance_timestamp
from ml4t.backtest.types import OrderSide

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
TOLERANCE = 1e-9
SESSIONS = [day for year in (2020, 2021) for day in sorted(get_calendar_sessions("NYSE", year))]
SCHEDULES = {"every_bar": RebalanceSchedule.every_bar(), "session": RebalanceSchedule.every_session(),
             "week": RebalanceSchedule.weekly(), "month_end": RebalanceSchedule.month_end()}


class Case:
    def __init__(self, seed):
        r, g = random.Random(seed), np.random.default_rng(seed)
        self.way = r.choices(["executor", "broker", "targets"], [6, 3, 2])[0]
        self.assets = [f"A{i}" for i in range(r.randint(2, 6))]
        first, count = r.randrange(300), r.randint(30, 90)
        self.times = [datetime(day.year, day.month, day.day) for day in SESSIONS[first:first + count]]
        self.same_bar = r.random() < 0.5
        self.gaps = self.way != "targets" and r.random() < 0.6
        self.starts = {asset: r.choice([0, 0, r.randrange(15)]) if self.gaps and asset != "A0" else 0 for asset in self.assets}
        # A fill without a bar is one of ml4t's: see the page on fills.
        self.immediate = self.same_bar and not self.gaps and r.random() < 0.3
        self.shorts = r.random() < 0.4
        self.leverage = self.shorts and r.random() < 0.6
        self.fractional = r.random() < 0.4
        self.mode = "snapshot" if self.way == "broker" else r.choice(["snapshot", "incremental", "hybrid"])
        self.rounding = "truncate" if self.way == "broker" else r.choice(["nearest", "truncate"])
        self.headroom = r.choice([1.0, 0.99, 0.9])
        self.use_last = r.random() < 0.5
        self.min_bars = r.choice([1, 5, 10]) if r.random() < 0.5 else 0
        self.band = r.choice([0.0, 0.01, 0.05]) if self.way == "executor" else 0.0
        self.min_value = r.choice([0.0, 500.0]) if self.way == "executor" else 0.0
        self.cadence = r.choice(["weights", "every_bar", "session", "week", "month_end", "dates"])
        self.dates = sorted(r.sample(self.times, 5))
        self.prices = self.make_prices(g, r)
        self.weights = self.make_weights(r)
        self.config = self.make_config(r)

    def make_prices(self, g, r):
        frames = []
        for asset in self.assets:
            n, level = len(self.times), r.choice([7, 60, 400])
            close = level * np.exp(np.cumsum(g.standard_normal(n) * 0.02))
            opens = np.r_[level, close[:-1]] * np.exp(g.standard_normal(n) * 0.005)
            spread = np.abs(g.standard_normal((2, n))) * 0.01
            high, low = np.maximum(opens, close) * (1 + spread[0]), np.minimum(opens, close) * (1 - spread[1])
            rows = pl.DataFrame({
                "timestamp": self.times, "asset": [asset] * n, "open": opens.round(4), "high": high.round(4), "low": low.round(4),
                "close": close.round(4), "volume": g.integers(10_000, 100_000, n).astype(float)})
            here = np.arange(n) >= self.starts[asset]
            if self.gaps and asset != "A0":
                here &= g.random(n) > 0.12
            frames.append(rows.filter(pl.Series(here)))
        return pl.concat(frames).sort("timestamp", "asset")

    def make_weights(self, r):
        """By time, by asset; None leaves the asset alone."""
        sets = {}
        for time in self.times:
            if sets and r.random() > r.choice([0.1, 0.5, 1.0]):
                continue
            chosen = [asset for asset in self.assets if r.random() < 0.7]
            raw = {asset: r.choice([0, 1, 1, 2, 3]) * (-1 if self.shorts and r.random() < 0.4 else 1) for asset in chosen}
            total = sum(abs(value) for value in raw.values()) or 1
            gross = r.choice([1.0, 0.95, 0.6] + ([1.5] if self.leverage else []))
            sets[time] = {asset: None if r.random() < 0.08 else gross * value / total for asset, value in raw.items()}
            if not sets[time]:
                sets[time] = {"A0": 0.5}
        return sets

    def make_config(self, r):
        commission = r.choice([{"model": "none"}, {"model": "percentage", "rate": 0.001}, {"model": "per_share", "per_share": 0.01}])
        slippage = r.choice([{"model": "none"}, {"model": "percentage", "rate": 0.0007}])
        return {
            "account": {"allow_short_selling": self.shorts, "allow_leverage": self.leverage},
            "execution": {"execution_mode": "same_bar" if self.same_bar else "next_bar",
                          "execution_price": "close" if self.same_bar else r.choice(["open", "close"])},
            "commission": commission, "slippage": slippage, "cash": {"initial": r.choice([20_000.0, 100_000.0, 1e6])},
            "position_sizing": {"share_type": "fractional" if self.fractional else "integer", "share_rounding": self.rounding},
            "orders": {
                "fill_ordering": r.choice(["exit_first", "exit_first", "fifo", "sequential"]),
                "entry_order_priority": r.choice(["submission", "notional_desc", "notional_asc"]),
                "reject_on_insufficient_cash": r.random() < 0.8, "partial_fills_allowed": r.random() < 0.4,
                "immediate_fill": self.immediate, "rebalance_mode": self.mode, "rebalance_headroom_pct": self.headroom,
                "missing_price_policy": "use_last" if self.use_last else "skip",
                "late_asset_policy": "require_history" if self.min_bars else "allow", "late_asset_min_bars": self.min_bars or 1},
            "calendar": {"calendar": "NYSE", "data_frequency": "daily"}}

    def strategy_section(self):
        section = {"type": "target_weights", "cadence": self.cadence, "no_trade_band": self.band, "min_trade_value": self.min_value}
        if self.cadence == "dates":
            section["dates"] = [str(time.date()) for time in self.dates]
        return section

    def is_due(self, time, came):
        if self.cadence == "weights":
            return came
        if self.cadence == "dates":
            return time in self.dates
        return is_rebalance_timestamp(
            time, SCHEDULES[self.cadence], session_index=1, calendar="NYSE", data_frequency="daily",
            timestamp_semantics="session_label")


def close_whole(broker):
    """A target value of 0 is a closed position."""
    by_value = broker._order_to_target_value

    def order(asset, value, *rest):
        if value == 0:
            return broker.close_position(asset, _options=rest[3] if len(rest) > 3 else None)
        return by_value(asset, value, *rest)

    broker._order_to_target_value = order


class Weights(Strategy):
    def __init__(self, case):
        self.case, self.current, self.last = case, None, {}
        self.executor = TargetWeightExecutor(RebalanceConfig(
            min_trade_value=case.min_value, min_weight_change=case.band, allow_short=True, max_single_weight=1e9,
            rebalance_mode=RebalanceMode(case.mode), share_rounding=case.rounding))

    def on_start(self, broker):
        close_whole(broker)

    def on_data(self, timestamp, data, context, broker):
        case, came = self.case, timestamp in self.case.weights
        for asset, bar in data.items():
            self.last[asset] = bar["close"]
        self.current = case.weights.get(timestamp, self.current)
        if not case.is_due(timestamp, came) or self.current is None:
            return
        prices = {asset: bar["close"] for asset, bar in data.items()}
        if case.use_last:
            prices = dict(self.last)
        alone = {asset for asset, weight in self.current.items() if weight is None}
        if case.way == "broker":
            self.by_broker(broker, prices, alone)
        else:
            self.by_executor(broker, prices, alone)

    def listed(self, alone, prices):
        """What is neither sold whole nor left alone, and what is only listed so that it is not sold."""
        weights = {asset: weight for asset, weight in self.current.items() if weight}
        kept = {asset for asset in self.case.assets if asset in alone or asset not in prices}
        return {asset: weights.get(asset, 0.0) for asset in self.case.assets if asset in weights or asset in kept}

    def by_executor(self, broker, prices, alone):
        if self.case.min_bars:
            seen = broker._asset_bars_seen
            prices = {asset: price for asset, price in prices.items() if seen.get(asset, 0) >= self.case.min_bars}
        wanted = {asset: weight * self.case.headroom for asset, weight in self.listed(alone, prices).items()}
        priced = {asset: {"close": price} for asset, price in prices.items() if asset not in alone}
        self.executor.execute(wanted, priced, broker)

    def by_broker(self, broker, prices, alone):
        for order in broker.get_pending_orders():
            broker.cancel_order(order.order_id)
        weights = {asset: weight for asset, weight in sorted(self.current.items()) if weight}
        equity = broker.get_account_value()
        for asset in alone & set(prices):
            position = broker.get_position(asset)
            if position:
                weights[asset] = position.quantity * prices[asset] / equity / self.case.headroom
        broker.rebalance_to_weights({asset: weights[asset] for asset in sorted(weights)})


class Targets(Strategy):
    def __init__(self, case, rows):
        self.case, self.rows = case, rows

    def on_start(self, broker):
        close_whole(broker)

    def on_data(self, timestamp, data, context, broker):
        for row in self.rows:
            if row["timestamp"] != timestamp:
                continue
            if row["target_percent"] is not None:
                broker.order_target_percent(row["asset"], row["target_percent"])
            elif row["target_value"] is not None:
                broker.order_target_value(row["asset"], row["target_value"])
            else:
                position = broker.get_position(row["asset"])
                delta = row["target_quantity"] - (position.quantity if position else 0)
                if delta:
                    broker.submit_order(row["asset"], abs(delta), OrderSide.BUY if delta > 0 else OrderSide.SELL)


def target_rows(case, seed):
    r, rows = random.Random(seed * 7 + 1), []
    for time in case.times:
        for asset in r.sample(case.assets, r.choice([0, 0, 1, 2])):
            sign = -1 if case.shorts and r.random() < 0.3 else 1
            row = {"timestamp": time, "asset": asset, "id": f"o{len(rows)}", "action": "submit", "target_quantity": None,
                   "target_percent": None, "target_value": None}
            kind = r.choice(["target_quantity", "target_percent", "target_value"])
            row[kind] = sign * {"target_quantity": float(r.choice([0, 10, 55])), "target_percent": r.choice([0, 0.1, 0.4]),
                                "target_value": r.choice([0, 2500.0, 9_000.5])}[kind]
            rows.append(row)
    return rows


def by_apus(program, folder, case, rows):
    os.makedirs(folder, exist_ok=True)
    case.prices.write_parquet(f"{folder}/prices.parquet")
    words = [program, "backtest", "signals", "--prices", f"{folder}/prices.parquet", "--config", f"{folder}/config.json",
             "--schema", "ml4t-0.2", "--out", f"{folder}/result", "--quiet"]
    config = dict(case.config)
    if rows is None:
        config["strategy"] = case.strategy_section()
        flat = [(time, asset, weight) for time, weights in case.weights.items() for asset, weight in weights.items()]
        pl.DataFrame(flat, schema={"timestamp": pl.Datetime("us"), "asset": pl.String, "weight": pl.Float64}, orient="row",
                     ).write_parquet(f"{folder}/weights.parquet")
        words += ["--weights", f"{folder}/weights.parquet"]
    else:
        schema = {"timestamp": pl.Datetime("us"), "asset": pl.String, "id": pl.String, "action": pl.String,
                  "target_quantity": pl.Float64, "target_percent": pl.Float64, "target_value": pl.Float64}
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(f"{folder}/orders.parquet")
        words += ["--orders", f"{folder}/orders.parquet"]
    with open(f"{folder}/config.json", "w") as file:
        json.dump(config, file)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return pl.read_parquet(f"{folder}/result/trades.parquet"), pl.read_parquet(f"{folder}/result/equity.parquet")


def by_ml4t(case, rows):
    strategy = Weights(case) if rows is None else Targets(case, rows)
    result = Engine(DataFeed(prices_df=case.prices), strategy, BacktestConfig.from_dict(case.config)).run()
    trades = pl.DataFrame([dataclasses.asdict(trade) for trade in result.trades], infer_schema_length=None)
    return trades, [value for _, value in result.equity_curve]


def ordered(trades):
    columns = ["symbol", "entry_time", "exit_time", "quantity", "entry_price", "exit_price", "pnl", "fees"]
    if trades.height == 0:
        return []
    table = trades.rename({"asset": "symbol"} if "asset" in trades.columns else {}).select(columns)
    for column in ("entry_time", "exit_time"):
        table = table.with_columns(pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone(None))
    return sorted(table.rows())


def difference(left, right):
    if isinstance(left, (str, datetime)) or left is None:
        return 0 if left == right else 1
    return abs(left - right) / max(1, abs(left), abs(right))


def play(program, folder, seed):
    """What differs first, empty where nothing does; and the number of trades."""
    case = Case(seed)
    rows = target_rows(case, seed) if case.way == "targets" else None
    theirs, their_equity = by_ml4t(case, rows)
    ours, equity = by_apus(program, f"{folder}/{seed}", case, rows)
    words = f"{case.way} {case.mode} {'same_bar' if case.same_bar else 'next_bar'} {case.cadence}"
    first, second = ordered(ours), ordered(theirs)
    if len(equity) != len(their_equity):
        return f"{words}: {len(equity)} labels and {len(their_equity)}", 0
    for time, left, right in zip(equity["timestamp"], equity["equity"], their_equity):
        if not difference(left, right) <= TOLERANCE:
            return f"{words}: equity {left!r} and {right!r} at {time}", 0
    if len(first) != len(second):
        return f"{words}: {len(first)} trades and {len(second)}", 0
    for left, right in zip(first, second):
        if any(not difference(a, b) <= TOLERANCE for a, b in zip(left, right)):
            return f"{words}: trade {left} and {right}", 0
    return "", len(first)


def main():
    program, folder, text = sys.argv[1:]
    seeds = [seed for part in text.split(",") for first, _, last in [part.partition("-")]
             for seed in range(int(first), int(last or first) + 1)]
    failures, trades = [], 0
    for seed in seeds:
        problem, count = play(program, folder, seed)
        trades += count
        if problem:
            failures.append(f"seed {seed}: {problem}")
    print("\n".join(failures) or f"ok: {len(seeds)} portfolios, {trades} trades")


main()
