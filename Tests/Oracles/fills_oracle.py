"""Independent oracle for `apus backtest signals`, written from docs/concepts/fills.md, docs/contracts/engine-config.md and
docs/contracts/results.md alone: one bar, one asset, one order after the other, with nothing clever.

usage: python3 fills_oracle.py FOLDER

FOLDER has prices.parquet, config.yaml and either orders.parquet or signals.parquet; fills.parquet, trades.parquet and equity.parquet
are written to FOLDER/oracle, with those columns of the result that the rules decide.

Where the page says nothing the natural reading is taken (marked "Reading:").
"""
import datetime as dt, math, os, sys
from collections import namedtuple
from types import SimpleNamespace as Record
import fills_rules

Bar = namedtuple("Bar", "open high low close volume vwap bid ask mid bid_size ask_size")
QUOTES = ("vwap", "bid", "ask", "mid", "bid_size", "ask_size")
EPS = 1e-9

DEFAULTS = dict(
    account=dict(allow_short_selling=False, allow_leverage=False, initial_margin=0.5, long_maintenance_margin=0.25,
                 short_maintenance_margin=0.3, fixed_margin_schedule=None, margin_pct_schedule=None, short_cash_policy="credit"),
    execution=dict(execution_price="open", mark_price="price", execution_mode="next_bar", conditional_order_mode="bar_ohlc",
                   next_bar_execution_price=None),
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
              volume_participation=None, impact={}, maker_rate=None, taker_rate=None),
)

def filled_in(config):
    """The configuration with every key at its default where it is absent."""
    full = {name: {**keys, **(config.get(name) or {})} for name, keys in DEFAULTS.items()}
    full["apus"]["impact"] = {"model": "none", "coefficient": 0.1, "exponent": 0.5, **full["apus"]["impact"]}
    return Record(**{name: Record(**keys) for name, keys in full.items()})

class Ruined(Exception):
    """The account is worth nothing: the backtest ends with an error."""

class Position:
    """What is held of an asset: signed quantity and average entry price."""
    def __init__(self, asset, quantity, price, time, order, signal_price):
        self.asset, self.quantity, self.entry, self.time, self.signal_price = asset, quantity, price, time, signal_price
        self.age, self.commission, self.slippage, self.mark = 0, 0.0, 0.0, price
        self.mfe = self.mae = 0.0
        self.best = None       # water mark of trailing rules
        self.levels = set()    # levels of ScaledExit that have acted
        self.atr = {}          # entry ATR of VolatilityStop

    @property
    def sign(self):
        return 1 if self.quantity > 0 else -1

class Order:
    """One order: `side` is +1 or -1, `state` one of working, filled, cancelled, rejected."""
    def __init__(self, **keys):
        self.type, self.limit, self.stop, self.trail_amount, self.trail_fraction = "market", None, None, None, None
        self.tif, self.expire, self.parent, self.group, self.reduce_only, self.post_only = "gtc", None, None, None, False, False
        self.filled, self.filled_value, self.paid, self.triggered, self.state, self.price, self.reason = 0.0, 0.0, 0.0, False, "working", None, ""
        self.number = self.seen = self.signal_price = self.first = None
        self.quantity = self.side = 0
        self.__dict__.update(keys)

    @property
    def left(self):
        return self.quantity - self.filled

class Backtest:
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

    # ------------------------------------------------------------ one bar after the other
    def run(self):
        for self.i, self.now in enumerate(self.times):
            self.row = self.bars[self.i]
            self.last.update({asset: bar.close for asset, bar in self.row.items()})
            self.used, self.left = {}, set()
            for position in self.positions.values():
                position.age += 1
            self.unsettled = [(due, money) for due, money in self.unsettled if due > self.i]
            self.expire()
            self.fill_deferred()
            self.apply_rules()
            self.fill_all(at_close=False)
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
        self.equity.append((self.now, self.worth()))
        if self.worth() <= 0:
            raise Ruined

    def worth(self):
        return self.cash + sum(p.quantity * self.valued_at(a, p) * self.multiplier(a) for a, p in self.positions.items())

    def valued_at(self, asset, position):
        return position.mark if asset in self.row else self.last.get(asset, position.mark)

    def close_books(self):
        for asset, p in self.positions.items():
            self.book_trade(p, p.quantity, self.valued_at(asset, p), self.times[-1], 0.0, 0.0, "end_of_data")

    # ------------------------------------------------------------ the instrument
    def instrument(self, asset, key, default=None):
        return (self.c.apus.instruments.get(asset) or {}).get(key, default)

    def multiplier(self, asset):
        return self.instrument(asset, "multiplier", 1.0)

    # ------------------------------------------------------------ prices
    def price_named(self, name, bar, side):
        """One of the words of execution_price; None where there is none."""
        middle = bar.mid
        if middle is None and bar.bid is not None and bar.ask is not None:
            middle = (bar.bid + bar.ask) / 2
        if name == "quote_side":
            name = {1: "ask", -1: "bid", 0: "quote_mid"}[side]
        value = {"price": bar.close, "close": bar.close, "open": bar.open, "vwap": bar.vwap, "mid": (bar.high + bar.low) / 2,
                 "bid": bar.bid, "ask": bar.ask, "quote_mid": middle}[name]
        if value is None and name in ("bid", "ask", "quote_mid"):
            value = bar.close
        return value

    def market_price(self, bar, side, at_close):
        e = self.c.execution
        if self.same_bar:
            return self.price_named(e.execution_price, bar, side)
        if e.next_bar_execution_price:
            return self.price_named(e.next_bar_execution_price, bar, side)
        quoted = e.execution_price in ("bid", "ask", "quote_mid", "quote_side", "vwap")
        return self.price_named(e.execution_price, bar, side) if quoted else bar.open

    def opens(self):
        """Whether market orders take the open."""
        e = self.c.execution
        if self.same_bar or e.next_bar_execution_price:
            return (e.execution_price if self.same_bar else e.next_bar_execution_price) == "open"
        return e.execution_price not in ("bid", "ask", "quote_mid", "quote_side", "vwap")

    def reach(self, o, bar, at_close):
        """As `meets`; an execution price that is not the open is no open."""
        hit = self.meets(o, bar, at_close)
        single = self.c.execution.conditional_order_mode == "execution_price" and o.type in ("limit", "stop", "stop_limit")
        return (hit[0], "price") if hit and single and not self.opens() and hit[1] == "open" else hit

    def meets(self, o, bar, at_close):
        """(price, where) at which the bar fills the order, `where` the place on its path; None where it does not."""
        market = self.market_price(self.row[o.asset], o.side, at_close)
        if market is None and not at_open(o) and o.type != "market_on_close" and o.tif != "cls":
            return None
        if self.opens() and not at_close and self.is_woken(o):
            market = bar.open
        if o.price is not None and o.sent == self.i:
            return o.price, "open"
        if o.type == "market" or o.triggered and o.type in ("stop", "trailing_stop"):
            if o.tif == "cls":
                return bar.close, "close"
            if o.tif == "opg":
                return self.row[o.asset].open, "open"
            return None if market is None else (market, "open" if self.opens() else "price")
        if o.type == "market_on_open":
            return self.row[o.asset].open, "open"
        if o.type == "market_on_close":
            return bar.close, "close"
        if o.tif == "opg":
            bar = bar._replace(high=bar.open, low=bar.open, close=bar.open)
        if o.tif == "cls":
            bar = bar._replace(open=bar.close, high=bar.close, low=bar.close)
        if self.c.execution.conditional_order_mode == "execution_price" and o.type != "trailing_stop":
            if market is None:
                return None
            bar = bar._replace(open=market, high=market, low=market, close=market)
        if o.type == "limit" or (o.type == "stop_limit" and o.triggered):
            return self.reach_limit(o, bar)
        if o.type == "stop_limit":
            hit = self.reach_stop(o.side, o.stop, bar)
            if hit is None:
                return None
            if o.side * (o.limit - hit[0]) >= 0:
                return hit
            return (o.limit, "close") if o.side * (o.limit - bar.close) >= 0 else None
        level = o.stop
        if o.type == "trailing_stop" and self.c.stops.trail_stop_timing == "intrabar":
            level = self.trailed(o, bar)
        return self.reach_stop(o.side, level, bar)

    def reach_limit(self, o, bar):
        better = lambda price: o.side * (o.limit - price) > 0
        beyond = bar.low if o.side > 0 else bar.high
        touch = self.c.apus.limit_fill == "touch" or self.c.execution.conditional_order_mode == "execution_price"
        if better(bar.open) or (bar.open == o.limit and (touch or better(beyond))):
            return bar.open, "open"
        if better(beyond) or beyond == o.limit and touch:
            return o.limit, "low" if o.side > 0 else "high"
        return None

    def reach_stop(self, side, level, bar):
        if side * (bar.open - level) >= 0:
            return bar.open, "open"
        extreme = bar.high if side > 0 else bar.low
        return (level, "high" if side > 0 else "low") if side * (extreme - level) >= 0 else None

    def trailed(self, o, bar):
        """The stop after this bar's high (for a buyer: low) moved it."""
        extreme = bar.low if o.side > 0 else bar.high
        moved = self.trail_from(o, extreme)
        return min(o.stop, moved) if o.side > 0 else max(o.stop, moved)

    def trail_from(self, o, price):
        distance = o.trail_amount if o.trail_amount is not None else price * o.trail_fraction
        return price + o.side * distance

    def advance(self, o, bar):
        """After a bar that did not fill it: a stop is reached, a trailing stop moves."""
        if o.state != "working" or self.market_price(self.row[o.asset], o.side, False) is None:
            return
        if o.type == "stop_limit" and not o.triggered:
            seen = bar
            if self.c.execution.conditional_order_mode == "execution_price":
                price = self.market_price(self.row[o.asset], o.side, False)
                seen = None if price is None else bar._replace(open=price, high=price, low=price, close=price)
            o.triggered = seen is not None and self.reach_stop(o.side, o.stop, seen) is not None
        if o.type in ("stop", "trailing_stop") and not o.triggered:
            o.triggered = self.reach(o, bar, False) is not None
        if o.type == "trailing_stop":
            o.stop = self.trailed(o, bar)

    # ------------------------------------------------------------ life of an order
    def submit(self, **keys):
        o = Order(number=len(self.orders), sent=self.i, sent_at=self.now, **keys)
        seen = self.last.get(o.asset)
        if o.asset in self.left and o.asset not in self.positions and not o.reason:
            o.state = "rejected"
        o.signal_price = seen
        self.orders.append(o)
        if o.type == "trailing_stop" and o.stop is None:
            if seen is None:
                o.state = "rejected"
            else:
                o.stop = self.trail_from(o, seen)
        return o

    def ready(self, o):
        """Whether the order has reached the market."""
        first = o.sent + self.c.apus.latency_bars + (0 if self.same_bar and not at_open(o) else 1)
        if self.i < first:
            return False
        if self.c.apus.latency_nanos:
            return self.now >= self.times[first] + self.c.apus.latency_nanos
        return True

    def live_quantity(self, o):
        """A child is as large as what has been filled of its parent."""
        return o.left if o.parent is None else min(o.quantity, o.parent.filled) - o.filled

    def awake(self, o):
        return o.parent is None or self.live_quantity(o) > EPS

    def working(self):
        return [o for o in self.orders if o.state == "working"]

    def end(self, o, state):
        if o.state == "working":
            o.state = state
        for child in self.working():
            if child.parent is o and o.filled <= EPS and o.state != "working":
                self.end(child, "cancelled")

    def expire(self):
        for o in self.working():
            if o.tif == "gtd" and self.now >= o.expire:
                self.end(o, "cancelled")
            if o.tif == "day" and o.first is not None and date(o.first) != date(self.now):
                self.end(o, "cancelled")

    # ------------------------------------------------------------ filling
    def fill_all(self, at_close):
        """Orders whose turn it is: first those awake, then those that a fill of this pass woke."""
        self.views = {}      # what children of this pass may see: order -> bar
        self.early = {o for o in self.working() if self.awake(o)}
        tried = set()
        while True:
            due = [o for o in self.working() if o not in tried and o.asset in self.row and self.awake(o) and self.turn(o, at_close)]
            if not due:
                break
            tried |= set(due)
            self.fill_round(due, at_close)

    def turn(self, o, at_close):
        if o.reason:
            return not at_close
        if at_open(o) and (at_close or o not in self.early):
            return False
        return self.ready(o) and (at_close or o.sent < self.i)

    def is_woken(self, o):
        return o.parent is not None and o.parent in self.views and o not in self.early

    def view(self, o, at_close):
        """The part of the bar that may fill the order."""
        bar = self.row[o.asset]
        if self.is_woken(o):
            return self.views[o.parent]
        if at_close:
            return bar._replace(open=bar.close, high=bar.close, low=bar.close)
        return bar

    def fill_round(self, due, at_close):
        for o in due:
            if o.first is None:
                o.first = self.now
        rule = self.c.orders.fill_ordering
        done, self.waiting = set(), []
        if rule == "exit_first":
            exits = [o for o in due if self.is_exit(o)]
            for o in exits:
                if self.is_exit(o):
                    self.take_turn(o, exits, done, at_close)
            self.mark_again()
        rest = [o for o in due if o not in done]
        if rule in ("exit_first", "priority"):
            rest = self.by_priority(rest, at_close)
        for o in rest:
            self.take_turn(o, rest, done, at_close)
        for o in due:
            view = self.view(o, at_close)
            self.advance(o, view)
            if o.tif in ("ioc", "fok", "opg", "cls") and o.state == "working":
                self.end(o, "cancelled")

    def mark_again(self):
        name = self.c.execution.mark_price
        if not self.same_bar and name in ("price", "close", "open", "mid"):
            name = "open"
        for a, p in self.positions.items():
            value = self.price_named(name, self.row[a], -p.sign) if a in self.row else None
            p.mark = p.mark if value is None else value

    def is_exit(self, o):
        p = self.positions.get(o.asset)
        return p is not None and p.sign != o.side and self.whole(self.live_quantity(o)) <= abs(p.quantity) + EPS

    def whole(self, quantity):
        return float(math.floor(quantity + EPS)) if self.integer else quantity

    def by_priority(self, orders, at_close):
        kind = self.c.orders.entry_order_priority
        if kind == "submission":
            return orders
        def notional(o):
            row = self.row[o.asset]
            price = row.open if at_open(o) else row.close if o.type == "market_on_close" or o.tif == "cls" \
                else self.market_price(row, o.side, at_close)
            return self.live_quantity(o) * (row.close if price is None else price)
        return sorted(orders, key=notional, reverse=kind == "notional_desc")

    def take_turn(self, o, phase, done, at_close):
        """Fills the order, after those of its group that the bar reaches before it."""
        if o.state != "working" or o in done:
            return
        place = lambda x, hit: (self.rank(x, hit, self.view(x, at_close)), x.number)
        group = [x for x in phase if o.group is not None and x.group == o.group and x not in done] or [o]
        hits = [(x, self.reach(x, self.view(x, at_close), at_close)) for x in group if x.state == "working"]
        hits = sorted((place(x, hit), x, hit) for x, hit in hits if hit)
        if hits and hits[0][1] is not o and any(x is o for _, x, _ in hits):
            self.waiting.append((hits[0][1], o))
            return
        done.add(o)
        hit = self.reach(o, self.view(o, at_close), at_close)
        if hit:
            self.execute(o, hit, at_close)
            if o.state == "filled" and self.c.orders.fill_ordering != "exit_first":
                self.mark_again()
        for first, other in list(self.waiting):
            if first is o:
                self.waiting.remove((first, other))
                self.take_turn(other, phase, done, at_close)

    def rank(self, o, hit, bar):
        """Place on the bar's path."""
        price, where = hit
        if where in ("open", "price"):
            return 0.2 if o.triggered and o.type in ("stop", "trailing_stop") else 0
        if self.c.apus.intrabar_path == "ohlc" or o.type == "market_on_close":
            if where == "close":
                return 3
            high_first = bar.high - bar.open <= bar.open - bar.low
            return 1 + ["high", "low"].index(where) if high_first else 1 + ["low", "high"].index(where)
        return 1 if o.type in ("stop", "trailing_stop") or o.type == "stop_limit" and not o.triggered else 2

    def execute(self, o, hit, at_close):
        price, where = hit
        bar, quantity = self.row[o.asset], self.live_quantity(o)
        p = self.positions.get(o.asset)
        if o.post_only and o.first == self.now and o.side * (o.limit - self.view(o, at_close).open) >= 0:
            return self.end(o, "rejected")
        if o.reduce_only:
            if p is None or p.sign == o.side:
                return self.end(o, "rejected")
            quantity = min(quantity, abs(p.quantity))
        quantity = self.whole(quantity)
        if quantity <= EPS:
            return self.end(o, "rejected")
        wanted, cut = quantity, False
        if not (p is not None and p.sign != o.side and quantity <= abs(p.quantity) + EPS):
            short = (p.quantity if p else 0.0) - quantity < -EPS and o.side < 0
            if short and not self.c.account.allow_short_selling and not self.c.orders.skip_cash_validation:
                return self.end(o, "rejected")
            admitted = self.admitted(o, quantity, price, bar)
            if admitted < quantity - EPS:
                if not self.c.orders.partial_fills_allowed or admitted <= EPS or o.tif == "fok":
                    return self.end(o, "rejected" if self.c.orders.reject_on_insufficient_cash else "cancelled")
                quantity, cut = admitted, True
        if self.c.apus.volume_participation is not None:
            free = self.c.apus.volume_participation * bar.volume - self.used.get(o.asset, 0.0)
            quantity = min(quantity, max(self.whole(free), 0.0))
            if o.tif == "fok" and quantity < wanted - EPS:
                return self.end(o, "rejected")
            if quantity <= EPS:
                return self.end(o, "cancelled") if cut else None
        final = self.final_price(o, price, quantity, bar)
        if final is None:
            return self.end(o, "cancelled") if cut else None
        if cut and o.parent is None:
            o.quantity = o.filled + quantity
        self.book(o, quantity, price, final, where, at_close)
        if cut:
            self.end(o, "cancelled")

    # ------------------------------------------------------------ costs
    def final_price(self, o, price, quantity, bar):
        """The price after impact, slippage and ticks."""
        if o.type == "limit" or o.type == "stop_limit":
            self.cost_base = price
            return price
        s, impact, side = self.c.slippage, self.c.apus.impact, o.side
        if o.price is not None and o.sent == self.i:
            price += side * s.stop_rate * price
        size = bar.ask_size if side > 0 else bar.bid_size
        available = size if size is not None else bar.volume
        if impact["model"] != "none" and available > 0:
            exponent = {"linear": 1.0, "square_root": 0.5, "power": impact["exponent"]}[impact["model"]]
            price += side * impact["coefficient"] * (quantity / available) ** exponent * price
        self.cost_base = price
        model, rate = s.model, s.rate
        if model == "none":
            model = "spread" if s.spread or s.spread_by_asset else "fixed" if s.fixed else "percentage"
        if model == "percentage":
            move = rate * price
        elif model == "fixed":
            move = s.fixed
        elif model == "spread":
            spread = s.spread_by_asset.get(o.asset, s.spread)
            move = spread if s.spread_convention == "half_spread" else spread / 2
        elif model == "volume_based":
            move = price * rate * quantity / available if available > 0 else 0.0
        else:
            if bar.volume <= 0:
                return None
            move = price * rate * ((self.used.get(o.asset, 0.0) + quantity) / bar.volume) ** 2
        price += side * move
        tick = self.instrument(o.asset, "tick_size")
        if tick:
            n = price / tick
            n = round(n) if abs(n - round(n)) <= 1e-6 else (math.ceil(n) if side > 0 else math.floor(n))
            price = n * tick
        return price

    def commission(self, o, quantity, price):
        c, value = self.c.commission, quantity * price * self.multiplier(o.asset)
        if self.c.apus.maker_rate is not None:
            return value * (self.c.apus.maker_rate if o.type == "limit" else self.c.apus.taker_rate)
        model = c.model
        if model == "none":
            model = "per_share" if c.per_share else "per_trade" if c.per_trade else "percentage"
        if model in ("percentage", "tiered"):
            return c.rate * value
        if model == "per_share":
            return max(c.per_share * quantity, c.minimum)
        if model == "per_trade":
            return c.per_trade
        whole = c.per_share * (o.filled + quantity)
        if model == "per_order":
            whole += c.rate * (o.filled_value + value) + c.per_trade
        return max(whole, c.minimum) - o.paid

    # ------------------------------------------------------------ the account
    def admitted(self, o, quantity, price, bar):
        """The largest part of the quantity that the account admits at the price before slippage and at the final one."""
        prices = lambda n: [x for x in (price, self.final_price(o, price, n, bar)) if x is not None]
        if all(self.fits(o, quantity, x, 0.01) for x in prices(quantity)):
            return quantity
        fits = lambda n: all(self.fits(o, n, x, EPS) for x in prices(n))
        if self.integer:
            n = int(quantity)
            while n > 0 and not fits(float(n)):
                n -= 1
            return float(n)
        low, high = 0.0, quantity
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return low

    def fits(self, o, quantity, price, slack):
        a, m = self.c.account, self.multiplier(o.asset)
        p = self.positions.get(o.asset)
        held = p.quantity if p else 0.0
        if self.c.orders.skip_cash_validation:
            return True
        after = held + o.side * quantity
        if held * o.side < 0 and quantity <= abs(held) + EPS:
            return True
        fee = self.commission(o, quantity, price)
        turning = held * o.side < 0
        opening = abs(after) if turning else quantity
        if a.allow_leverage:
            return self.fits_margin(o, opening, price, fee, held if turning else 0.0, p)
        cash = self.cash
        if turning:
            cash += held * price * m
        else:
            if self.c.settlement.reduces_buying_power:
                cash -= sum(money for _, money in self.unsettled)
            cash -= cash * self.c.cash.buffer_pct
        return opening * price * m + fee <= cash + slack

    def fits_margin(self, o, opening, price, fee, closing, p):
        a, m = self.c.account, self.multiplier(o.asset)
        value = margins = 0.0
        for asset, x in self.positions.items():
            worth = x.quantity * x.mark * self.multiplier(asset)
            if closing and x is p:
                worth = x.quantity * price * m
            else:
                margins += abs(worth) * a.initial_margin
            value += worth
        cash = self.cash
        if not closing:
            if self.c.settlement.reduces_buying_power:
                cash -= sum(money for _, money in self.unsettled)
            cash -= max(cash, 0.0) * self.c.cash.buffer_pct
        power = (cash + value - margins - fee) / a.initial_margin
        return opening * price * m <= power + EPS

    def book(self, o, quantity, price, final, where, at_close):
        """The fill: cash, position, trade, group and children."""
        m, p = self.multiplier(o.asset), self.positions.get(o.asset)
        fee = self.commission(o, quantity, final)
        cost = abs(final - self.cost_base)
        signed = o.side * quantity
        self.fills.append((self.now, o.asset, o.number, signed, final, fee, o.reason))
        self.used[o.asset] = self.used.get(o.asset, 0.0) + quantity
        self.cash -= signed * final * m + fee
        if o.side < 0 and self.c.settlement.delay:
            self.unsettled.append((self.i + self.c.settlement.delay, quantity * final * m))
        o.filled += quantity
        o.filled_value += quantity * final * m
        o.paid += fee
        o.triggered = True
        closing = min(quantity, abs(p.quantity)) if p and p.sign != o.side else 0.0
        opening = quantity - closing
        if closing:
            share = fee * closing / quantity
            self.book_trade(p, p.sign * closing, final, self.now, share, cost, o.reason or "signal")
            p.quantity -= p.sign * closing
            if abs(p.quantity) <= EPS:
                del self.positions[o.asset]
        if opening > EPS:
            share = fee * opening / quantity
            held = self.positions.get(o.asset)
            if held is None:
                held = self.positions[o.asset] = Position(o.asset, 0.0, final, self.now, o, o.signal_price)
                fills_rules.begin(self, held, self.row[o.asset], final, o.side)
            total = abs(held.quantity) + opening
            held.entry = (abs(held.quantity) * held.entry + opening * final) / total
            held.slippage = (abs(held.quantity) * held.slippage + opening * cost) / total
            held.quantity += o.side * opening
            held.commission += share
            held.mark = final
        if closing and opening > EPS:
            for other in self.working():
                if other.asset == o.asset and other is not o and other.parent is not o:
                    self.end(other, "cancelled")
        whole = self.whole(self.live_quantity(o)) <= EPS
        if whole or o.reduce_only and o.asset not in self.positions:
            o.state = "filled"
        for other in self.working():
            if o.group is not None and other.group == o.group and other is not o:
                if o.state == "filled":
                    self.end(other, "cancelled")
                else:
                    other.quantity = min(other.quantity, other.filled + o.left)
        self.views[o] = self.child_view(o, price, where, at_close)

    def child_view(self, o, price, where, at_close):
        bar = self.view(o, at_close)
        if at_close or where == "open":
            return bar
        return bar._replace(open=price, high=max(price, bar.close), low=min(price, bar.close))

    def book_trade(self, p, quantity, price, time, fee, cost, reason):
        """A closed part (signed) of a position."""
        m, part = self.multiplier(p.asset), abs(quantity / p.quantity)
        entry_fee = p.commission * part
        p.commission -= entry_fee
        pnl = (price - p.entry) * quantity * m - entry_fee - fee
        self.trades.append((p.asset, p.time, time, p.entry, price, quantity * m, pnl, p.age, entry_fee + fee,
                            (p.slippage + cost) * abs(quantity) * m, p.mfe, p.mae, reason))

    # ------------------------------------------------------------ the strategy
    def decide(self):
        for row in self.requests[self.i] if self.requests else []:
            self.request(row)
        if self.flags is not None:
            for asset in self.assets:
                if asset in self.row and (asset not in self.left or asset in self.positions):
                    self.follow(asset, self.flags[self.i].get(asset) or {})

    def request(self, r):
        old = self.by_id.get(r["id"])
        if r["action"] == "cancel":
            if old:
                self.end(old, "cancelled")
        elif r["action"] == "modify":
            self.modify(old, r)
        else:
            keys = dict(asset=r["asset"], side=1 if r["side"] == "buy" else -1, quantity=r["quantity"], type=r.get("type") or "market",
                        limit=r.get("limit_price"), stop=r.get("stop_price"), trail_amount=r.get("trail_amount"),
                        trail_fraction=r.get("trail_fraction"), tif=r.get("time_in_force") or "gtc", expire=r.get("expire_at"),
                        group=r.get("oco_group"), reduce_only=bool(r.get("reduce_only")), post_only=bool(r.get("post_only")),
                        parent=self.by_id.get(r.get("parent_id")))
            o = self.by_id[r["id"]] = self.submit(**keys)
            if o.parent is not None and o.parent.state != "working" and o.parent.filled <= EPS:
                self.end(o, "cancelled")

    def modify(self, o, r):
        if o is None or o.state != "working":
            return
        if r.get("quantity") is not None:
            o.quantity = r["quantity"]
        if r.get("limit_price") is not None:
            o.limit = r["limit_price"]
        if r.get("stop_price") is not None:
            o.stop, o.triggered = r["stop_price"], False
        for key in ("trail_amount", "trail_fraction"):
            if r.get(key) is not None:
                o.trail_amount = o.trail_fraction = None
                setattr(o, key, r[key])
        if o.left <= EPS:
            self.end(o, "cancelled")

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
        for o in fills_rules.deferred(self):
            self.early.add(o)
            self.fill_round([o], False)

    def apply_rules(self):
        fills_rules.apply(self)

def at_open(o):
    return o.type == "market_on_open" or o.tif == "opg"

def date(nanos):
    return nanos // 86_400_000_000_000

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
