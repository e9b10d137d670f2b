"""Orders of fills_oracle.py: their life, and which one is first. See the sections of docs/concepts/fills.md from "Linked orders" to
"Volume"."""
import math

EPS = 1e-9
DUST = 1e-8     # no order is cut to less

class Order:
    """One order: `side` is +1 or -1, `state` one of working, filled, cancelled, rejected."""
    def __init__(self, **keys):
        self.type, self.limit, self.stop, self.trail_amount, self.trail_fraction = "market", None, None, None, None
        self.tif, self.expire, self.parent, self.group, self.reduce_only, self.post_only = "gtc", None, None, None, False, False
        self.filled, self.filled_value, self.paid, self.triggered, self.state, self.price, self.reason = 0.0, 0.0, 0.0, False, "working", None, ""
        self.number = self.seen = self.signal_price = self.first = None
        self.quantity, self.side, self.extra_fee = 0.0, 0, 0.0
        self.__dict__.update(keys)

    @property
    def left(self):
        return self.quantity - self.filled

    @property
    def at_open(self):
        """Whether it is an order for the open."""
        return self.type == "market_on_open" or self.tif == "opg"

    @property
    def at_close(self):
        return self.type == "market_on_close" or self.tif == "cls"

class Orders:
    def submit(self, **keys):
        o = Order(number=len(self.orders), sent=self.i, sent_at=self.now, **keys)
        seen = self.last.get(o.asset)
        if o.asset in self.left and o.asset not in self.positions and not o.reason:
            o.state = "rejected"
        o.signal_price = seen
        self.orders.append(o)
        if o.state == "working" and not o.reason:
            o.quantity = self.limited(o)
            if o.quantity <= EPS:
                o.state = "rejected"
        if o.type == "trailing_stop" and o.stop is None:
            if seen is None:
                o.state = "rejected"
            else:
                o.stop = self.trail_from(o, seen)
        return o

    def ready(self, o):
        """Whether the order has reached the market."""
        first = o.sent + self.c.apus.latency_bars + (0 if self.same_bar and not o.at_open else 1)
        if self.i < first:
            return False
        if self.c.apus.latency_nanos:
            return self.now >= self.times[first] + self.c.apus.latency_nanos
        return True

    def live_quantity(self, o):
        """What is left of an order; of a child no more than what has been filled of its parent, less what its group has filled."""
        if o.parent is None:
            return o.left
        family = [x for x in self.orders if x is o or x.group is not None and x.group == o.group and x.parent is o.parent]
        return max(0.0, min(o.left, o.parent.filled - sum(x.filled for x in family)))

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
        lapse = self.c.execution.cancel_policy == "session_end"
        for o in self.working():
            if lapse and date(o.sent_at) != date(self.now) and o.reason != "risk_liquidation":
                self.end(o, "cancelled")
            if o.tif == "gtd" and self.now >= o.expire:
                self.end(o, "cancelled")
            if o.tif == "day" and o.first is not None and date(o.first) != date(self.now):
                self.end(o, "cancelled")

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
        if o.reason and o.reason != "risk_liquidation":
            return not at_close
        if o.at_open and (at_close or o not in self.early):
            return False
        return self.ready(o) and (at_close or o.sent < self.i)

    def is_woken(self, o):
        """Whether a fill of this pass woke the order."""
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
        due, done = self.by_path(due, at_close), set()
        if rule == "exit_first":
            for o in [o for o in due if self.is_exit(o)]:
                if o.state == "working" and self.is_exit(o):
                    done.add(o)
                    self.take_turn(o, at_close)
            self.mark_again()
        rest = [o for o in due if o not in done]
        if rule in ("exit_first", "priority"):
            rest = self.by_priority(rest, at_close)
        for o in rest:
            self.take_turn(o, at_close)
        for o in due:
            view = self.view(o, at_close)
            self.advance(o, view, at_close)
            if o.tif in ("ioc", "fok", "opg", "cls") and o.state == "working":
                self.end(o, "cancelled")

    def mark_again(self):
        """Between the orders of a label: what the account holds is worth the mark price; with next_bar only the open is known."""
        name = self.c.execution.mark_price
        if not self.same_bar and name in ("price", "close", "open", "mid"):
            name = "open"
        for asset, p in self.positions.items():
            value = self.price_named(name, self.row[asset], -p.sign) if asset in self.row else None
            p.mark = p.mark if value is None else value

    def is_exit(self, o):
        p = self.positions.get(o.asset)
        return p is not None and p.sign != o.side and (o.reduce_only or self.whole(self.live_quantity(o)) <= abs(p.quantity) + EPS)

    def whole(self, quantity):
        return float(math.floor(quantity + EPS)) if self.integer else quantity

    def by_priority(self, orders, at_close):
        kind = self.c.orders.entry_order_priority
        if kind == "submission":
            return orders
        def notional(o):
            bar = self.row[o.asset]
            price = bar.open if o.at_open else bar.close if o.at_close else self.market_price(bar, o.side, at_close)
            sign = o.side if kind == "order_value_asc" else 1
            units = self.live_quantity(o)
            if self.c.orders.fill_ordering == "exit_first":
                units = self.whole(units)
            return sign * units * (bar.close if price is None else price)
        orders = sorted(sorted(orders, key=lambda o: o.number), key=notional, reverse=kind == "notional_desc")
        return self.by_path(orders, at_close)

    def by_path(self, orders, at_close):
        """Within each group the order that the bar reaches first takes the first place."""
        out = list(orders)
        for group in {o.group for o in orders if o.group is not None}:
            ranks = {}
            for place, o in enumerate(orders):
                hit = self.reach(o, self.view(o, at_close), at_close) if o.group == group and o.state == "working" else None
                if hit:
                    ranks[place] = (self.rank(o, hit, self.view(o, at_close)), o.number)
            for place, old in zip(sorted(ranks), sorted(ranks, key=ranks.get)):
                out[place] = orders[old]
        return out

    def take_turn(self, o, at_close):
        if o.state != "working":
            return
        bar = self.view(o, at_close)
        takes = o.post_only and o.first == self.now and o.side * (o.limit - bar.open) >= 0
        if takes and self.market_price(self.row[o.asset], o.side, at_close) is not None:
            return self.end(o, "rejected")
        hit = self.reach(o, bar, at_close)
        if hit:
            self.execute(o, hit, at_close)
            if o.state == "filled" and self.c.orders.fill_ordering != "exit_first":
                self.mark_again()

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
        if o.reduce_only:
            if p is None or p.sign == o.side:
                return self.end(o, "rejected")
            quantity = min(quantity, abs(p.quantity))
        quantity = self.whole(quantity)
        if quantity <= EPS:
            return self.end(o, "rejected")
        wanted = quantity
        if not (p is not None and p.sign != o.side and quantity <= abs(p.quantity) + EPS):
            short = (p.quantity if p else 0.0) - quantity < -EPS and o.side < 0
            if short and not self.c.account.allow_short_selling and not self.c.orders.skip_cash_validation:
                return self.end(o, "rejected")
        refused = "rejected" if self.c.orders.reject_on_insufficient_cash else "cancelled"
        if not self.fits(o, quantity, price):
            if not self.c.orders.partial_fills_allowed or o.tif == "fok":
                return self.end(o, refused)
            quantity = self.largest(o, quantity, lambda n: price)
            quantity -= 0.0 if self.integer else self.cent() / price
            if quantity <= DUST:
                return self.end(o, refused)
        cut = quantity < wanted
        if cut:
            o.quantity = o.filled + quantity
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
        if final != price and not self.c.orders.skip_cash_validation and not self.fits(o, quantity, final):
            if not self.c.orders.partial_fills_allowed:
                return self.end(o, refused)
            quantity, cut = self.largest(o, quantity, lambda n: self.final_price(o, price, n, bar)), True
            if not self.integer:
                quantity -= (self.cent() + 1e-8) / self.final_price(o, price, quantity, bar) / self.multiplier(o.asset)
            if quantity <= DUST:
                return self.end(o, refused)
            final = self.final_price(o, price, quantity, bar)
            o.quantity = o.filled + quantity
        self.book(o, quantity, price, final, where, at_close)
        if cut:
            self.end(o, "cancelled" if o.state == "working" else o.state)

    def child_view(self, o, price, where, at_close):
        bar = self.view(o, at_close)
        if at_close or where == "open":
            return bar
        return bar._replace(open=price, high=max(price, bar.close), low=min(price, bar.close))

def date(nanos):
    return nanos // 86_400_000_000_000
