"""The account of fills_oracle.py: what it admits and what a fill books. See the sections "What the account admits" and "Trades, marks
and excursions" of docs/concepts/fills.md, and "account" of docs/contracts/engine-config.md."""
import fills_rules

EPS = 1e-9

class Position:
    """What is held of an asset: signed quantity and average entry price."""
    def __init__(self, asset, quantity, price, time, order, signal_price):
        self.asset, self.quantity, self.entry, self.time, self.signal_price = asset, quantity, price, time, signal_price
        self.age, self.commission, self.slippage, self.mark = 0, 0.0, 0.0, price
        self.mfe = self.mae = 0.0
        self.basis = price     # of a future: up to here its profit is cash already
        self.best = None       # water mark of trailing rules
        self.levels = set()    # levels of ScaledExit that have acted
        self.atr = {}          # entry ATR of VolatilityStop

    @property
    def sign(self):
        return 1 if self.quantity > 0 else -1

class Account:
    def cent(self):
        """By so much money an order may cost more than there is."""
        return 0.0 if self.c.account.short_cash_policy == "lock_notional" and not self.c.account.allow_leverage else 0.01

    def largest(self, o, quantity, price):
        """The largest part of the quantity that the account admits at the price which that part has."""
        fits = lambda n: self.fits(o, n, price(n))
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

    def fits(self, o, quantity, price):
        """Whether the account admits that quantity at that price."""
        p = self.positions.get(o.asset)
        held = p.quantity if p else 0.0
        turning = held * o.side < 0
        locks = self.c.account.short_cash_policy == "lock_notional" and not self.c.account.allow_leverage
        if turning and quantity <= abs(held) + EPS or self.c.orders.skip_cash_validation and not (locks and turning):
            return True
        fee = self.commission(o, quantity, price)
        opening = abs(held + o.side * quantity) if turning else quantity
        if not self.c.account.allow_leverage:
            return self.fits_cash(o, opening, price, fee, p if turning else None)
        if self.own_margins(o.asset):
            return self.fits_own_margins(o, held + o.side * quantity, price, fee, turning)
        return self.fits_margin(o, opening, price, fee, held if turning else 0.0, p)

    def fits_cash(self, o, opening, price, fee, turned):
        m, policy = self.multiplier(o.asset), self.c.account.short_cash_policy
        # Reading: what `credit_proceeds` and `lock_notional` claim is what open shorts were sold for, once and twice.
        claims = {"credit": 0.0, "credit_proceeds": 1.0, "lock_notional": 2.0}[policy]
        if policy == "credit_proceeds" and o.side < 0:
            return True
        shorts = sum(abs(p.quantity) * p.entry * self.multiplier(a) for a, p in self.positions.items() if p.quantity < 0)
        if turned:
            cash = self.cash + turned.quantity * price * m
            if policy == "lock_notional":
                kept = shorts - (abs(turned.quantity) * turned.entry * m if turned.quantity < 0 else 0.0)
                cash -= claims * kept
        else:
            cash = self.cash - claims * shorts
            if self.c.settlement.reduces_buying_power:
                cash -= sum(money for _, money in self.unsettled)
            cash -= max(cash, 0.0) * self.c.cash.buffer_pct
        return opening * price * m + fee <= cash + self.cent()

    def fits_margin(self, o, opening, price, fee, closing, p):
        """With leverage: the buying power."""
        a, m = self.c.account, self.multiplier(o.asset)
        equity, margins = self.cash if closing else self.buffered_cash(), 0.0
        for asset, x in self.positions.items():
            turned = closing and x is p
            equity += self.value(asset, x, price if turned else x.mark)
            margins += 0.0 if turned else self.margin(asset, x.quantity, x.mark)
        power = (equity - margins - fee) / a.initial_margin
        return opening * price * m <= power + self.cent()

    def buffered_cash(self):
        """What can be spent of the cash: without unsettled proceeds and the buffer."""
        cash = self.cash
        if self.c.settlement.reduces_buying_power:
            cash -= sum(money for _, money in self.unsettled)
        return cash - max(cash, 0.0) * self.c.cash.buffer_pct

    def fits_own_margins(self, o, after, price, fee, turning):
        """An asset with margins of its own: all initial margins after the order against the equity at its price."""
        equity = (self.cash if turning else self.buffered_cash()) - fee
        margins = self.margin(o.asset, after, price)
        for asset, x in self.positions.items():
            equity += self.value(asset, x, price if asset == o.asset else x.mark)
            margins += self.margin(asset, x.quantity, x.mark) if asset != o.asset else 0.0
        return margins <= equity + self.cent()

    def own_margins(self, asset):
        """[initial, maintenance] and whether they are money per contract; None where the account's fractions count."""
        if self.is_future(asset):
            return [self.instrument(asset, "initial_margin"), self.instrument(asset, "maintenance_margin")], True
        fixed, fractions = self.c.account.fixed_margin_schedule or {}, self.c.account.margin_pct_schedule or {}
        return (fixed[asset], True) if asset in fixed else (fractions[asset], False) if asset in fractions else None

    def margin(self, asset, quantity, price, which="initial"):
        a, own, notional = self.c.account, self.own_margins(asset), abs(quantity) * price * self.multiplier(asset)
        if own:
            amount = own[0][0 if which == "initial" else 1]
            return abs(quantity) * amount if own[1] else notional * amount
        if which == "initial":
            return notional * a.initial_margin
        return notional * (a.long_maintenance_margin if quantity > 0 else a.short_maintenance_margin)

    def value(self, asset, p, price):
        """What a position is worth beside the cash: of a future only the profit that is not cash yet."""
        return p.quantity * (price - p.basis if self.is_future(asset) else price) * self.multiplier(asset)

    def book(self, o, quantity, price, final, where, at_close):
        """The fill: cash, position, trade, group and children."""
        m, p = self.multiplier(o.asset), self.positions.get(o.asset)
        fee = self.commission(o, quantity, final) + o.extra_fee
        cost = abs(final - self.cost_base)
        signed = o.side * quantity
        self.fills.append((self.now, o.asset, o.number, signed, final, fee, o.reason))
        self.used[o.asset] = self.used.get(o.asset, 0.0) + quantity
        self.cash -= fee if self.is_future(o.asset) else signed * final * m + fee
        if o.side < 0 and self.c.settlement.delay and not self.is_future(o.asset):
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
            if self.is_future(o.asset):
                self.cash += p.sign * closing * (final - p.basis) * m
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
            held.basis = (abs(held.quantity) * held.basis + opening * final) / total
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
                elif other.parent is None or other.parent is not o.parent:
                    other.quantity = min(other.quantity, other.filled + self.live_quantity(o))
        if o.asset in self.row:
            self.views[o] = self.child_view(o, price, where, at_close)

    def book_trade(self, p, quantity, price, time, fee, cost, reason):
        """A closed part (signed) of a position."""
        m, part = self.multiplier(p.asset), abs(quantity / p.quantity)
        entry_fee = p.commission * part
        p.commission -= entry_fee
        pnl = (price - p.entry) * quantity * m - entry_fee - fee
        self.trades.append((p.asset, p.time, time, p.entry, price, quantity * m, pnl, p.age, entry_fee + fee,
                            (p.slippage + cost) * abs(quantity) * m, p.mfe, p.mae, "stop_loss" if reason == "risk_liquidation" else reason))
