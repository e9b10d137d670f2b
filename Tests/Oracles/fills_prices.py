"""Prices of fills_oracle.py: at which price a bar fills an order, and what a fill costs. See the sections of docs/concepts/fills.md
from "Prices of orders without a condition" to "Stop orders", and "What a fill costs"."""
import math

class Prices:
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
        if market is None and not o.at_open and not o.at_close:
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
        # Reading: an order for an auction sees the auction's price in either mode.
        if self.c.execution.conditional_order_mode == "execution_price" and o.type != "trailing_stop" and o.tif not in ("opg", "cls"):
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

    def advance(self, o, bar, at_close):
        """After a bar that did not fill it: a stop is reached, a trailing stop moves."""
        if o.state != "working" or self.market_price(self.row[o.asset], o.side, False) is None:
            return
        if o.type == "stop_limit" and not o.triggered:
            seen = bar
            if self.c.execution.conditional_order_mode == "execution_price":
                price = self.market_price(self.row[o.asset], o.side, False)
                if self.opens() and not at_close and self.is_woken(o):
                    price = bar.open
                seen = None if price is None else bar._replace(open=price, high=price, low=price, close=price)
            o.triggered = seen is not None and self.reach_stop(o.side, o.stop, seen) is not None
        if o.type in ("stop", "trailing_stop") and not o.triggered:
            o.triggered = self.reach(o, bar, False) is not None
        if o.type == "trailing_stop":
            o.stop = self.trailed(o, bar)

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
