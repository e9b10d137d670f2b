"""Protective rules of fills_oracle.py, from the same pages."""
import math

EPS = 1e-9
REASONS = {"StopLoss": "stop_loss", "TakeProfit": "take_profit", "TrailingStop": "trailing_stop", "TimeExit": "time_stop",
           "TighteningTrailingStop": "signal", "ScaledExit": "signal", "VolatilityStop": "signal",
           "VolatilityTrailingStop": "trailing_stop", "SignalExit": "signal"}

def begin(test, p, bar, fill, side):
    """The water mark of a new position."""
    source = test.c.stops.initial_hwm_source
    extreme = bar.high if side > 0 else bar.low
    p.best = {"fill_price": fill, "signal_price": p.signal_price or fill, "bar_close": bar.close, "bar_high": extreme}[source]
    p.opened_at = test.i

def watch(test, p, bar):
    """At the end of a bar: water mark and excursions."""
    s = test.c.stops
    better = max if p.sign > 0 else min
    whole = s.trail_hwm_source == "bar_extreme" and (p.opened_at != test.i or s.trail_include_entry_bar_extremes)
    if whole:
        p.best = better(p.best, bar.high if p.sign > 0 else bar.low)
    else:
        p.best = better(p.best, bar.close)
    seen = (bar.high, bar.low) if whole else (bar.close, bar.close)
    for price in seen:
        gain = p.sign * (price - p.entry) / p.entry
        p.mfe, p.mae = max(p.mfe, gain), min(p.mae, gain)

def apply(test):
    """Exits that the rules want in this bar join the orders."""
    for p in list(test.positions.values()):
        bar = test.row.get(p.asset)
        if bar is None:
            continue
        if p.asset in test.left:
            continue
        for rule in test.c.strategy.risk_rules:
            answer = judge(test, p, bar, rule)
            if answer is None:
                continue
            price, fraction, reason = answer
            if price == "next open":
                test.deferred[p.asset] = (p, p.quantity * fraction, fraction, reason)
            else:
                leave(test, p, price, fraction, reason)
            break

def deferred(test):
    """The exits put off to this open, as orders."""
    out = []
    for asset, (judged, wanted, fraction, reason) in list(test.deferred.items()):
        held = test.positions.get(asset)
        if held is None:
            del test.deferred[asset]
        elif asset in test.row:
            del test.deferred[asset]
            if not test.c.apus.rule_exits_reduce_only:
                out.append(leave(test, held, test.row[asset].open, fraction, reason, put_off=wanted))
            elif held is judged:
                out.append(leave(test, held, test.row[asset].open, fraction, reason, put_off=held.quantity * fraction))
    return [o for o in out if o]

def leave(test, p, price, fraction, reason, put_off=None):
    """An exit of a rule as an order; `put_off` is the signed part that a rule wanted closed at an earlier bar."""
    signed = p.quantity * fraction if put_off is None else put_off
    quantity = abs(signed)
    if fraction == 1 and put_off is None:
        test.left.add(p.asset)
    if test.integer:
        quantity = float(math.floor(quantity + EPS))
    leaving = sum(o.side * o.left for o in test.working() if o.asset == p.asset and o.reason)
    if (test.stopped or test.paused) and abs(p.quantity + leaving) <= EPS:
        return None
    if quantity > EPS:
        o = test.submit(asset=p.asset, side=-1 if signed > 0 else 1, quantity=quantity, price=price, reason=reason,
                        reduce_only=test.c.apus.rule_exits_reduce_only)
        o.state = "working"
        return o
    return None

def judge(test, p, bar, rule):
    """(price, fraction, reason), or None."""
    kind, sign = rule["type"], p.sign
    entry = p.entry
    if test.c.stops.stop_level_basis == "signal_price" and p.signal_price is not None:
        entry = p.signal_price
    flags = (test.flags[test.i].get(p.asset) or {}) if test.flags else {}
    if kind in ("RuleChain", "AnyOf"):
        for inner in rule["rules"]:
            answer = judge(test, p, bar, inner)
            if answer:
                return answer
        return None
    if kind == "AllOf":
        before = set(p.levels)
        answers = [judge(test, p, bar, inner) for inner in rule["rules"]]
        if answers and all(answers):
            reasons = {answer[2] for answer in answers}
            first = [x for x in ("stop_loss", "take_profit", "trailing_stop", "time_stop") if x in reasons] or ["signal"]
            return None, answers[0][1], first[0]
        p.levels = before
        return None
    reason = REASONS[kind]
    if kind == "StopLoss":
        return stopped(test, bar, sign, entry * (1 - sign * rule["pct"]), reason)
    if kind == "TakeProfit":
        return reached(test, bar, sign, entry * (1 + sign * rule["pct"]), reason)
    if kind == "TrailingStop":
        return trailing_stop(test, p, bar, lambda best: best * (1 - sign * rule["pct"]), reason)
    if kind in ("TighteningTrailingStop", "VolatilityStop", "VolatilityTrailingStop"):
        return judged_at_close(p, bar, rule, flags, reason)
    if kind == "TimeExit":
        return (None, 1.0, reason) if p.age >= rule["max_bars"] else None
    if kind == "SignalExit":
        value = flags.get(rule.get("signal_name", "exit_signal"))
        hit = value is not None and -sign * value > rule.get("threshold", 0.0)
        return (None, 1.0, reason) if hit else None
    if kind == "ScaledExit":
        gain = sign * (bar.close - p.entry) / p.entry
        for level, fraction in rule["targets"]:
            if (id(rule), level) not in p.levels and gain >= level:
                p.levels.add((id(rule), level))
                return None, fraction, reason
        return None
    raise SystemExit(f"no rule {kind}")

def judged_at_close(p, bar, rule, flags, reason):
    """Judged by the reference price alone, from the best price of earlier bars and the volatility of this label; the volatility
    rules fill at the level."""
    kind, sign = rule["type"], p.sign
    if kind == "TighteningTrailingStop":
        gain = sign * (bar.close - p.entry) / p.entry
        levels = sorted(rule["schedule"])
        fraction = ([f for level, f in levels if gain >= level] or [levels[0][1]])[-1]
        return (None, 1.0, reason) if sign * (p.best * (1 - sign * fraction) - bar.close) >= 0 else None
    atr = flags.get(rule.get("atr_key", "atr"))
    if not atr or atr <= 0:
        return None
    if kind == "VolatilityStop" and rule.get("use_entry_atr", True):
        atr = p.atr.setdefault(id(rule), atr)
    start, multiplier = (p.entry, 2.0) if kind == "VolatilityStop" else (p.best, 3.0)
    level = start - sign * rule.get("multiplier", multiplier) * atr
    if sign * (level - bar.close) < 0:
        return None
    return level, 1.0, reason

def trailing_stop(test, p, bar, level, reason):
    """Where the bar opens beyond a trailing stop it fills at the open in every mode but next_bar_open."""
    answer = trailed(test, p, bar, level, reason)
    best = p.best
    if test.c.stops.trail_stop_timing == "intrabar":
        best = max(best, bar.high) if p.sign > 0 else min(best, bar.low)
    gapped = answer and p.sign * (level(best) - bar.open) >= 0
    return (bar.open, *answer[1:]) if gapped and answer[0] != "next open" else answer

def stopped(test, bar, sign, level, reason):
    """A stop at a level: reached by the extreme or the reference price."""
    extreme = bar.low if sign > 0 else bar.high
    if sign * (level - extreme) < 0 and sign * (level - bar.close) < 0:
        return None
    beyond = sign * (level - bar.open) >= 0
    mode = test.c.stops.stop_fill_mode
    price = {"stop_price": bar.open if beyond else level, "close_price": bar.close, "bar_extreme": extreme, "next_bar_open": "next open"}[mode]
    return price, 1.0, reason

def reached(test, bar, sign, level, reason):
    extreme = bar.high if sign > 0 else bar.low
    if sign * (extreme - level) < 0 and sign * (bar.close - level) < 0:
        return None
    beyond = sign * (bar.open - level) >= 0
    mode = test.c.stops.stop_fill_mode
    price = {"stop_price": bar.open if beyond else level, "close_price": bar.close, "bar_extreme": extreme, "next_bar_open": "next open"}[mode]
    return price, 1.0, reason

def trailed(test, p, bar, level, reason):
    timing, sign = test.c.stops.trail_stop_timing, p.sign
    better = max if sign > 0 else min
    moved = better(p.best, bar.high if sign > 0 else bar.low)
    if timing == "intrabar":
        return stopped(test, bar, sign, level(moved), reason)
    answer = stopped(test, bar, sign, level(p.best), reason)
    if answer or timing == "lagged":
        return answer
    stop = level(moved)
    if sign * (stop - bar.close) < 0:
        return None
    return "next open" if test.c.stops.stop_fill_mode == "next_bar_open" else bar.close, 1.0, reason
