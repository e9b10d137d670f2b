"""Independent oracle for `apus backtest signals`, written from docs/concepts/fills.md, docs/contracts/engine-config.md and
docs/contracts/results.md alone: one bar, one asset, one order after the other, with nothing clever.

usage: python3 fills_oracle.py FOLDER

FOLDER has prices.parquet, config.yaml and either orders.parquet or signals.parquet; fills.parquet, trades.parquet and equity.parquet
are written to FOLDER/oracle, with those columns of the result that the rules decide.

By section of the pages: fills_prices.py (prices, limits, stops, costs), fills_orders.py (linked orders, time in force, which order is
first, volume), fills_account.py (what the account admits, books), fills_rules.py (protective rules), fills_cash.py (funding, splits and
dividends, borrow, liquidation, portfolio limits); here a label's steps, the strategy types and the files. Where a page says nothing the
natural reading is taken (marked "Reading:"). fills_random.py makes scenarios, fills_scenarios.py compares, fills_shrink.py makes one small.
"""
import datetime as dt, os, sys
from collections import namedtuple
from types import SimpleNamespace as Record
import fills_rules
from fills_account import Account
from fills_cash import Cash
from fills_orders import Order, Orders
from fills_prices import Prices

Bar = namedtuple("Bar", "open high low close volume vwap bid ask mid bid_size ask_size")
QUOTES = ("vwap", "bid", "ask", "mid", "bid_size", "ask_size")
EPS = 1e-9

DEFAULTS = dict(
    account=dict(allow_short_selling=False, allow_leverage=False, initial_margin=0.5, long_maintenance_margin=0.25,
                 short_maintenance_margin=0.3, fixed_margin_schedule=None, margin_pct_schedule=None, short_cash_policy="credit"),
    execution=dict(execution_price="open", mark_price="price", execution_mode="next_bar", conditional_order_mode="bar_ohlc",
                   next_bar_execution_price=None, cancel_policy="never"),
    stops=dict(stop_fill_mode="stop_price", stop_level_basis="fill_price", trail_hwm_source="close",
               trail_include_entry_bar_extremes=False, initial_hwm_source="fill_price", trail_stop_timing="lagged"),
    position_sizing=dict(share_type="integer"),
    commission=dict(model="none", rate=0.0, per_share=0.0, per_trade=0.0, minimum=0.0),
    slippage=dict(model="none", rate=0.0, fixed=0.0, spread=0.0, spread_by_asset={}, spread_convention="full_spread", stop_rate=0.0),
    cash=dict(initial=100000.0, buffer_pct=0.0),
    settlement=dict(delay=0, reduces_buying_power=True),
    orders=dict(reject_on_insufficient_cash=True, skip_cash_validation=False, partial_fills_allowed=False,
                fill_ordering="exit_first", entry_order_priority="submission"),
    feed=dict(vwap_col=None, bid_col=None, ask_col=None, mid_col=None, bid_size_col=None, ask_size_col=None),
    strategy=dict(type="long_signal", side="long", shares=100.0, risk_rules=[], allow_reentry=True),
    apus=dict(instruments={}, limit_fill="touch", intrabar_path="worst_first", latency_bars=0, latency_nanos=0,
              volume_participation=None, impact={}, maker_rate=None, taker_rate=None, rule_exits_reduce_only=False, borrow=None,
              financing=None, funding=None, actions=None, liquidation=None, risk={}),
)

def filled_in(config):
    """The configuration with every key at its default where it is absent."""
    full = {name: {**keys, **(config.get(name) or {})} for name, keys in DEFAULTS.items()}
    full["apus"]["impact"] = {"model": "none", "coefficient": 0.1, "exponent": 0.5, **full["apus"]["impact"]}
    return Record(**{name: Record(**keys) for name, keys in full.items()})

class Ruined(Exception):
    """The account is worth nothing: the backtest ends with an error."""

class Backtest(Prices, Orders, Account, Cash):
    def __init__(self, config, times, bars, requests, flags):
        """`bars[i][asset]`, `requests[i]` and `flags[i][asset]` belong to the label times[i]."""
        self.c, self.times, self.bars, self.requests, self.flags = filled_in(config), times, bars, requests, flags
        self.assets = sorted({a for row in bars for a in row})
        self.cash, self.unsettled = self.c.cash.initial, []
        self.positions, self.orders, self.by_id = {}, [], {}
        self.fills, self.trades, self.equity = [], [], []
        self.deferred, self.entered, self.marks, self.last = {}, set(), {}, {}
        self.integer = self.c.position_sizing.share_type == "integer"
        self.same_bar = self.c.execution.execution_mode == "same_bar"
        self.peak = self.day_start = self.last_equity = self.c.cash.initial
        self.day, self.stopped, self.paused = None, False, False

    def run(self):
        for self.i, self.now in enumerate(self.times):
            self.row = self.bars[self.i]
            self.last_before = dict(self.last)
            self.last.update({asset: bar.close for asset, bar in self.row.items()})
            self.used, self.left = {}, set()
            self.carry()
            self.actions()
            self.funding()
            for position in self.positions.values():
                position.age += 1
            self.unsettled = [(due, money) for due, money in self.unsettled if due > self.i]
            self.expire()
            self.fill_deferred()
            self.apply_rules()
            self.fill_all(at_close=False)
            self.liquidate()
            self.judge_portfolio()
            self.decide()
            if self.same_bar:
                self.fill_all(at_close=True)
            self.mark()
        self.close_books()

    def mark(self):
        for asset, bar in self.row.items():
            self.marks[asset] = self.price_named(self.c.execution.mark_price, bar, 0)
        for asset, p in self.positions.items():
            p.mark = self.marks.get(asset, p.mark)
            if asset in self.row:
                fills_rules.watch(self, p, self.row[asset])
        self.last_equity = self.worth()
        self.equity.append((self.now, self.last_equity))
        self.settle_futures()
        if self.last_equity <= 0:
            raise Ruined

    def worth(self):
        return self.cash + sum(self.value(a, p, self.valued_at(a, p)) for a, p in self.positions.items())

    def valued_at(self, asset, position):
        return position.mark if asset in self.row else self.last.get(asset, position.mark)

    def close_books(self):
        for asset, p in self.positions.items():
            self.book_trade(p, p.quantity, self.valued_at(asset, p), self.times[-1], 0.0, 0.0, "end_of_data")

    def instrument(self, asset, key, default=None):
        return (self.c.apus.instruments.get(asset) or {}).get(key, default)

    def multiplier(self, asset):
        return self.instrument(asset, "multiplier", 1.0)

    def decide(self):
        for row in self.requests[self.i] if self.requests else []:
            self.request(row)
        if self.flags is not None:
            for asset in self.assets:
                if asset in self.row and (asset not in self.left or asset in self.positions):
                    self.follow(asset, self.flags[self.i].get(asset) or {})

    def follow(self, asset, flags):
        s, p = self.c.strategy, self.positions.get(asset)
        held = p.quantity if p else 0.0
        on = lambda name: bool(flags.get(name))
        enter = lambda side: self.submit(asset=asset, side=side, quantity=s.shares)
        leave = lambda: self.submit(asset=asset, side=-p.sign, quantity=abs(held))
        side = 1 if s.side == "long" else -1
        if s.type == "long_signal":
            if on("exit") and held > 0:
                leave()
            elif on("entry") and held == 0:
                enter(1)
        elif s.type == "short_only":
            if on("short_exit") and held < 0:
                leave()
            elif on("short_entry") and held == 0:
                enter(-1)
        elif s.type == "long_short":
            if on("long_exit") and held > 0 or on("short_exit") and held < 0:
                leave()
            if held == 0 and on("long_entry"):
                enter(1)
            elif held == 0 and on("short_entry"):
                enter(-1)
        elif s.type == "risk_entry_only":
            if on("entry") and held == 0 and (s.allow_reentry or asset not in self.entered):
                self.entered.add(asset)
                enter(side)
        elif asset not in self.entered:
            self.entered.add(asset)
            enter(side)

    def fill_deferred(self):
        """Exits put off to this open."""
        self.views, self.early = {}, set()
        exits = fills_rules.deferred(self)
        self.early.update(exits)
        if exits:
            self.fill_round(exits, False)

    def apply_rules(self):
        fills_rules.apply(self)

# ------------------------------------------------------------ files
def load(folder):
    import polars as pl
    import yaml
    config = yaml.safe_load(open(f"{folder}/config.yaml")) or {}
    feed = filled_in(config).feed
    label = lambda frame: frame.with_columns(pl.col("timestamp").cast(pl.Datetime("ns")).cast(pl.Int64)).to_dicts()
    prices = label(pl.read_parquet(f"{folder}/prices.parquet"))
    rows = []
    for name in ("orders", "signals"):
        if os.path.exists(f"{folder}/{name}.parquet"):
            rows, kind = label(pl.read_parquet(f"{folder}/{name}.parquet")), name
    times = sorted({r["timestamp"] for r in prices + rows})
    place = {t: i for i, t in enumerate(times)}
    for name in ("funding", "actions"):
        if (config.get("apus") or {}).get(name):
            read = pl.read_csv if config["apus"][name]["file"].endswith(".csv") else pl.read_parquet
            config["apus"][name]["rows"] = label(read(config["apus"][name]["file"]))
    bars, requests, flags = [{} for _ in times], [[] for _ in times], [{} for _ in times]
    for r in prices:
        quotes = [r.get(getattr(feed, q + "_col") or "-") for q in QUOTES]
        bars[place[r["timestamp"]]][r["asset"]] = Bar(r["open"], r["high"], r["low"], r["close"], r["volume"] or 0.0, *quotes)
    for r in rows:
        if kind == "orders":
            if r.get("expire_at") is not None:
                r["expire_at"] = int((r["expire_at"] - dt.datetime(1970, 1, 1)) / dt.timedelta(microseconds=1)) * 1000
            requests[place[r["timestamp"]]].append(r)
        else:
            flags[place[r["timestamp"]]][r["asset"]] = r
    return Backtest(config, times, bars, requests if kind == "orders" else None, flags if kind == "signals" else None)

FILL_COLUMNS = "timestamp asset order signed_quantity price commission exit_reason".split()
TRADE_COLUMNS = """asset entry_time exit_time entry_price exit_price quantity pnl bars_held commission slippage mfe mae
exit_reason""".split()

def main(folder):
    import polars as pl
    test = load(folder)
    test.run()
    os.makedirs(f"{folder}/oracle", exist_ok=True)
    for name, columns, rows in [("fills", FILL_COLUMNS, test.fills), ("trades", TRADE_COLUMNS, test.trades),
                                ("equity", ["timestamp", "equity"], test.equity)]:
        pl.DataFrame(rows, schema=columns, orient="row").write_parquet(f"{folder}/oracle/{name}.parquet")

if __name__ == "__main__":
    main(sys.argv[1])
