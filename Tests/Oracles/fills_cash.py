"""Cash that moves without a fill, forced exits and portfolio limits of fills_oracle.py. See "Funding", "Actions", "Liquidation",
"Portfolio limits" and the keys `borrow` and `financing` of docs/contracts/engine-config.md."""
import math

EPS = 1e-9
DAY = 86_400_000_000_000
MINUTE = 60_000_000_000

class Cash:
    # ------------------------------------------------------------ carry
    def carry(self):
        """Borrow fees and interest, at the first label of a new UTC day, on what the label before left."""
        if self.i == 0:
            return
        days = self.now // DAY - self.times[self.i - 1] // DAY
        if days == 0:
            return
        owed = 0.0
        if self.c.apus.borrow:
            short = sum(abs(p.quantity) * self.valued_before(a, p) * self.multiplier(a) for a, p in self.positions.items()
                        if p.quantity < 0 and not self.is_future(a))
            owed += short * self.c.apus.borrow["rate"] * days / 365
        if self.c.apus.financing:
            owed += max(0.0, -self.cash) * self.c.apus.financing["rate"] * days / 365
        self.cash -= owed

    def valued_before(self, asset, p):
        """What counted for the position at the label before."""
        return p.mark if asset in self.bars[self.i - 1] else self.last_before.get(asset, p.mark)

    def actions(self):
        """Splits and dividends whose first label this is."""
        for a in self.due(self.c.apus.actions):
            p = self.positions.get(a["asset"])
            if a["kind"] == "split":
                self.split(a["asset"], a["value"])
            elif p is not None:
                self.cash += p.quantity * a["value"] * self.multiplier(a["asset"])

    def split(self, asset, ratio):
        p = self.positions.get(asset)
        if p is not None:
            p.quantity *= ratio
            for name in ("entry", "mark", "basis", "best", "signal_price", "slippage"):
                if getattr(p, name) is not None:
                    setattr(p, name, getattr(p, name) / ratio)
            if self.integer:
                whole = p.sign * self.whole(abs(p.quantity))
                self.cash += (p.quantity - whole) * (p.mark if not self.is_future(asset) else 0.0) * self.multiplier(asset)
                p.quantity = whole
                if whole == 0:
                    del self.positions[asset]
        for o in self.orders:
            if o.asset == asset:
                o.filled *= ratio       # of a filled parent too: its children are as large
                o.quantity *= ratio
                for name in ("limit", "stop", "trail_amount", "signal_price"):
                    if getattr(o, name) is not None:
                        setattr(o, name, getattr(o, name) / ratio)

    def due(self, section):
        """The rows of a section's file whose first label this is."""
        before = self.times[self.i - 1] if self.i else -1
        return [row for row in (section or {}).get("rows", []) if before < row["timestamp"] <= self.now]

    def funding(self):
        """Payments on what was held when the label began."""
        section = self.c.apus.funding
        for row in self.due(section):
            asset = row["asset"]
            p = self.positions.get(asset)
            if p is None:
                continue
            mark = row.get("mark_price")
            if mark is None:
                name = section.get("mark_price") or self.c.execution.mark_price
                mark = self.price_named(name, self.row[asset], 0) if asset in self.row else self.last[asset]
            self.cash -= p.quantity * mark * self.multiplier(asset) * row["rate"]

    # ------------------------------------------------------------ futures
    def is_future(self, asset):
        return self.instrument(asset, "initial_margin") is not None

    def settle_futures(self):
        """At the last label of a session profit and loss become cash."""
        if self.i + 1 < len(self.times) and self.times[self.i + 1] // DAY == self.now // DAY:
            return
        for asset, p in self.positions.items():
            if self.is_future(asset):
                mark = self.valued_at(asset, p)
                self.cash += p.quantity * (mark - p.basis) * self.multiplier(asset)
                p.basis = mark

    # ------------------------------------------------------------ liquidation
    def liquidate(self):
        """After the orders of a label filled: where the equity does not cover the maintenance margins everything is closed."""
        section = self.c.apus.liquidation
        if section is None or not section.get("enabled", True) or not self.positions:
            return
        def marked(asset, p):
            if asset in self.row:
                return self.price_named(self.c.execution.mark_price, self.row[asset], 0)
            return self.valued_at(asset, p)
        def extreme(asset, p):
            return marked(asset, p) if asset not in self.row else self.row[asset].low if p.quantity > 0 else self.row[asset].high
        for prices in ([extreme] if section.get("uses_extremes") else []) + [marked]:
            at = {asset: prices(asset, p) for asset, p in self.positions.items()}
            equity = self.cash + sum(self.value(a, p, at[a]) for a, p in self.positions.items())
            if equity < sum(self.margin(a, p.quantity, at[a], "maintenance") for a, p in self.positions.items()):
                for o in self.working():
                    self.end(o, "cancelled")
                for asset, p in list(self.positions.items()):
                    self.close_by_force(p, at[asset], section.get("fee_rate", 0.0))
                return

    def close_by_force(self, p, price, fee_rate):
        o = self.submit(asset=p.asset, side=-p.sign, quantity=abs(p.quantity), reason="risk_liquidation")
        o.extra_fee = fee_rate * abs(p.quantity) * price * self.multiplier(p.asset)
        self.cost_base = price
        self.book(o, abs(p.quantity), price, price, "price", True)

    # ------------------------------------------------------------ limits of the whole portfolio
    def judge_portfolio(self):
        """At a close, before the strategy decides."""
        r = self.c.apus.risk
        equity = self.worth_now()
        self.peak = max(self.peak, equity)
        if self.times[self.i] // DAY != self.day:
            self.day, self.day_start, self.paused = self.times[self.i] // DAY, self.last_equity, False
        if self.stopped:
            return
        if r.get("max_drawdown") and equity <= self.peak * (1 - r["max_drawdown"]):
            self.stopped = True
            return self.leave_all(1.0)
        if self.paused:
            return
        if r.get("max_daily_loss") and equity <= self.day_start * (1 - r["max_daily_loss"]):
            self.paused = True
            return self.leave_all(1.0)
        if r.get("max_leverage"):
            gross = sum(abs(self.notional(a, p.quantity)) for a, p in self.positions.items())
            if gross > r["max_leverage"] * equity * (1 + 1e-6):
                self.leave_all(1 - r["max_leverage"] * equity / gross, cancel=False)

    def leave_all(self, fraction, cancel=True):
        if cancel:
            for o in self.working():
                self.end(o, "cancelled")
        for asset, p in list(self.positions.items()):
            if any(x.reason and x.asset == asset for x in self.working()):
                continue
            quantity = abs(p.quantity) * fraction
            if self.integer:
                quantity = float(math.ceil(quantity - EPS))
            self.submit(asset=asset, side=-p.sign, quantity=quantity, reason="risk_liquidation", reduce_only=True)

    def notional(self, asset, quantity):
        return quantity * self.marked_now(asset) * self.multiplier(asset)

    def marked_now(self, asset):
        p = self.positions.get(asset)
        if asset in self.row:
            return self.price_named(self.c.execution.mark_price, self.row[asset], 0)
        return self.valued_at(asset, p) if p else self.last[asset]

    def worth_now(self):
        return self.cash + sum(self.value(a, p, self.marked_now(a)) for a, p in self.positions.items())

    def limited(self, o):
        """The part of a new order that the limits let leave."""
        r = self.c.apus.risk
        if o.parent is not None or o.reduce_only:
            return o.quantity
        firm = self.after_orders(o, o.asset, 0)
        closing = min(o.quantity, max(0.0, -o.side * firm))
        if self.stopped or self.paused:
            return closing
        gross_limit = min([r[k] for k in ("max_gross_exposure", "max_leverage") if r.get(k)], default=math.inf)
        if all(r.get(k) is None for k in ("max_gross_exposure", "max_leverage", "max_net_exposure", "max_symbol_exposure")):
            return o.quantity
        equity, here = self.worth_now(), self.after_orders(o, o.asset, o.side)
        names = sorted(({x.asset for x in self.working()} | set(self.positions)) - {o.asset})
        by_side = {side: [self.notional(a, self.after_orders(o, a, side)) for a in names] for side in (1, -1)}
        gross = sum(max(abs(a), abs(b)) for a, b in zip(by_side[1], by_side[-1]))
        unit = self.marked_now(o.asset) * self.multiplier(o.asset)
        room = min((r.get("max_symbol_exposure") or math.inf) * equity, gross_limit * equity - gross,
                   (r.get("max_net_exposure") or math.inf) * equity - o.side * sum(by_side[o.side]))
        largest = room / unit - o.side * here
        reducing = max(0.0, -o.side * here)
        allowed = max(min(o.quantity, largest), min(o.quantity, reducing), closing)
        return self.whole(max(0.0, allowed)) if allowed < o.quantity else o.quantity

    def after_orders(self, new, asset, side):
        """Units of an asset once its other market orders have filled, and of those that wait for a price the ones of that side, of a
        group the largest. What hangs on another order, or only reduces and waits for a price, does not count."""
        units = self.positions[asset].quantity if asset in self.positions else 0.0
        groups = {}
        for x in self.working():
            waits = x.type in ("limit", "stop", "stop_limit", "trailing_stop")
            if x is new or x.asset != asset or x.parent is not None or waits and (x.side != side or x.reduce_only):
                continue
            if x.group is None:
                units += x.side * x.left
            else:
                groups[x.group, x.side] = max(groups.get((x.group, x.side), 0.0), x.left)
        return units + sum(key[1] * left for key, left in groups.items())
