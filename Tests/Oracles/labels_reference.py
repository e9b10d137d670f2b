"""Recomputes every label of one series with numpy, row by row, straight from its definition.

A result is (value, end row, sides); None says that the outcome lies beyond the data.
"""
import functools
import math

import numpy as np

from labels_common import compare, finish, load

NAN = math.nan
UNITS = {"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}


def nanos(text):
    return int(text[:-1]) * UNITS[text[-1]]


@functools.cache
def session_exit(s, row):
    """(exit row, row at which it is known or None) of the row's session."""
    rows = np.flatnonzero(s.session == s.session[row])
    done = [r for r in rows if s.known[r] >= s.session[row]]
    if done:
        return done[0], done[0]
    after = rows[-1] + 1
    return rows[-1], after if after < s.n else None


def window(p, s, row, refuse):
    """(first, last, known): `last` < `first` where there is no window; `known` None where it lies beyond the data, and then `last`
    is the last row so far."""
    if p.get("session") == "next":
        later = np.flatnonzero(s.session > s.session[row])
        if len(later) == 0:
            return row + 1, s.n - 1, None
        last, known = session_exit(s, later[0])
        return later[0], last, known
    last, known = s.n - 1, None
    if "horizon" in p:
        if row + p["horizon"] < s.n:
            last = known = row + p["horizon"]
    elif "horizon_time" in p:
        target = s.known[row] + nanos(p["horizon_time"])
        found = max(row + 1, int(np.searchsorted(s.known, target)))
        if found < s.n:
            last = known = found
            if "tolerance" in p and s.known[last] - target > nanos(p["tolerance"]):
                last = row
    if p.get("session") == "same" or p.get("within_session"):
        end, end_known = session_exit(s, row)
        if end_known is not None and (known is None or last > end):
            known = max(row, end_known)
            last = row if row >= end or (refuse and "session" not in p) else end
    return row + 1, last, known


def change(p, entry, out):
    if not entry > 0:
        return NAN
    return math.log(out / entry) if p.get("method") == "log" else out / entry - 1


def forward(p, s, row):
    first, last, known = window(p, s, row, True)
    if known is None:
        return None
    if last < first:
        return NAN, known, first, last
    entry = s.open[first] if p.get("session") == "next" or p.get("entry") == "next_open" else s.close[row]
    return change(p, entry, s.close[last]), known, first, last


def forward_return(p, s, row, inputs):
    got = forward(p, s, row)
    return got and (got[0], got[1], {})


def forward_direction(p, s, row, inputs):
    got = forward(p, s, row)
    if got is None:
        return None
    value = got[0]
    return (NAN if math.isnan(value) else float(value > p["threshold"]) - float(value < -p["threshold"])), got[1], {}


def excess_return(p, s, row, inputs):
    got = forward(p, s, row)
    if got is None:
        return None
    value, known, first, last = got
    beta = p.get("beta", NAN)
    width = p["beta_window"]
    if "beta" not in p and row >= width:
        steps = range(row - width + 1, row + 1)
        own = [change(p, s.close[i - 1], s.close[i]) for i in steps]
        market = [change(p, s.benchmark[i - 1], s.benchmark[i]) for i in steps]
        if np.ptp(market) > 0:
            beta = np.cov(own, market, ddof=1)[0, 1] / np.var(market, ddof=1)
    value = value - beta * change(p, s.benchmark[row], s.benchmark[last]) if last >= first else NAN
    return value, known, {"beta": NAN if math.isnan(value) else beta}


def volatility_scaled_return(p, s, row, inputs):
    got = forward(p, s, row)
    if got is None:
        return None
    value, known, first, last = got
    unit = s.volatility[row] * (math.sqrt(last - first + 1) if p.get("root_time") else 1)
    return (value / unit if unit > 0 else NAN), known, {}


# The forward returns of the case in hand.
outcomes = []


def rolling_percentile(p, s, row, inputs):
    got = forward(p, s, row)
    if got is None:
        return None
    if row == 0:
        outcomes.clear()
        outcomes.extend(forward(p, s, r) for r in range(s.n))
    past = outcomes[:row]
    past = [g[0] for g in past if g is not None and g[1] <= row and not math.isnan(g[0])][-p["lookback"] :]
    if len(past) < p["min_samples"] or math.isnan(got[0]):
        return NAN, got[1], {"threshold": NAN, "return": NAN}
    threshold = np.percentile(past, p["percentile"])
    hit = got[0] >= threshold if p["direction"] == "long" else got[0] <= threshold
    return float(hit), got[1], {"threshold": threshold, "return": got[0]}


def touch(p, s, row, upper, lower, side):
    """(label in favour, barrier, exit price, bar, known) or None."""
    entry = s.close[row]
    scale = {"fraction": entry, "volatility": entry * s.volatility[row], "atr": s.volatility[row]}[p["distance"]]
    if (upper is None and lower is None and entry > 0) or math.isnan(side) or side == 0:
        scale = 1.0
    if math.isnan(side) or side == 0 or not entry > 0 or not scale > 0:
        return NAN, NAN, NAN, row, row
    first, last, known = window(p, s, row, False)
    if known is not None and last < first:
        return NAN, NAN, NAN, row, known
    favour = math.inf if upper is None else upper * scale
    against = math.inf if lower is None else lower * scale
    long = side > 0
    above = entry + (favour if long else against)
    below = entry - (against if long else favour)
    sign = 1 if long else -1
    for bar in range(first, last + 1):
        close = s.close[bar]
        if p["path"] == "close":
            if math.isnan(close):
                return NAN, NAN, NAN, bar, bar
            if close >= above:
                return sign, 1, close, bar, bar
            if close <= below:
                return -sign, -1, close, bar, bar
            continue
        if math.isnan(s.high[bar]) or math.isnan(s.low[bar]) or math.isnan(close):
            return NAN, NAN, NAN, bar, bar
        up, down = s.high[bar] >= above, s.low[bar] <= below
        if up and s.open[bar] >= above:
            return sign, 1, s.open[bar], bar, bar
        if down and s.open[bar] <= below:
            return -sign, -1, s.open[bar], bar, bar
        if up and down:
            if p["both"] == "none":
                return NAN, NAN, NAN, bar, bar
            return -1, -sign, (below if long else above), bar, bar
        if up:
            return sign, 1, above, bar, bar
        if down:
            return -sign, -1, below, bar, bar
    if known is None:
        return None
    return (NAN if math.isnan(s.close[last]) else 0), 0, s.close[last], last, known


def earned(s, row, price, side):
    return (price / s.close[row] - 1) * (1 if side > 0 else -1)


def triple_barrier(p, s, row, inputs):
    side = s.side[row] if "side" in inputs else 1
    got = touch(p, s, row, p.get("upper"), p.get("lower"), side)
    if got is None:
        return None
    label, barrier, price, bar, known = got
    if math.isnan(label):
        return NAN, known, dict.fromkeys(["return", "barrier", "touch_time", "touch_rows"], NAN)
    gain = earned(s, row, price, side)
    if label == 0 and p["vertical"] == "sign":
        label = float(np.sign(gain))
    return label, known, {"return": gain, "barrier": barrier, "touch_time": bar, "touch_rows": bar - row}


def meta_label(p, s, row, inputs):
    side = s.side[row]
    got = touch(p, s, row, p.get("upper"), p.get("lower"), side)
    if got is None:
        return None
    label, barrier, price, bar, known = got
    if math.isnan(label):
        return NAN, known, {"net_return": NAN, "touch_time": NAN}
    gain = earned(s, row, price, side)
    return float(gain > p["cost"]), known, {"net_return": gain - p["cost"], "touch_time": bar}


def hit_direction(p, s, row, inputs):
    got = touch(p, s, row, p["upper"], p["lower"], 1)
    return got and (got[0], got[4], {})


def time_to_hit(p, s, row, inputs):
    got = touch(p, s, row, p.get("upper"), p.get("lower"), 1)
    if got is None:
        return None
    label, barrier, price, bar, known = got
    if math.isnan(label):
        return NAN, known, {"seconds": NAN, "is_hit": NAN}
    return bar - row, known, {"seconds": (s.known[bar] - s.known[row]) / 1e9, "is_hit": float(label != 0)}


def peak(p, s, row, sign):
    got = touch(p, s, row, p["barrier"], None if p["one_sided"] else p["barrier"], sign)
    return got and (NAN if math.isnan(got[0]) else float(got[0] > 0), got[4], {})


def along(p, s, row, columns, value):
    first, last, known = window(p, s, row, False)
    if known is None:
        return None
    rows = np.arange(first, last + 1)
    if len(rows) == 0 or not s.close[row] > 0 or any(np.isnan(c[rows]).any() for c in columns):
        return NAN, known, {}
    return value(rows, s.close[row]), known, {}


def excursion(kind):
    def compute(p, s, row, inputs):
        def value(rows, entry):
            up = max(0.0, s.high[rows].max() / entry - 1)
            down = min(0.0, s.low[rows].min() / entry - 1)
            gain, loss = (up, down) if p["side"] == "long" else (-down, -up)
            if kind == "mfe":
                return gain
            if kind == "mae":
                return loss
            return gain / (gain - loss) if gain - loss > 0 else 0.5

        return along(p, s, row, [s.high, s.low], value)

    return compute


def max_drawdown(p, s, row, inputs):
    def value(rows, entry):
        peaks = np.maximum.accumulate(np.concatenate([[entry], s.high[rows]]))[:-1]
        return min(0.0, (s.low[rows] / peaks - 1).min())

    return along(p, s, row, [s.high, s.low], value)


def time_in_profit(p, s, row, inputs):
    sign = 1 if p["side"] == "long" else -1
    return along(p, s, row, [s.close], lambda rows, entry: np.mean(sign * (s.close[rows] - entry) > 0))


def flip_count(p, s, row, inputs):
    def value(rows, entry):
        signs = np.sign(s.close[rows] - entry)
        signs = signs[signs != 0]
        return float((signs[1:] != signs[:-1]).sum())

    return along(p, s, row, [s.close], value)


def trend_scanning(p, s, row, inputs):
    names = ["t_value", "window", "trend_end"]
    if row + p["max_window"] > s.n:
        return None
    end = row + p["max_window"] - 1
    if np.isnan(s.close[row : end + 1]).any():
        return NAN, end, dict.fromkeys(names, NAN)
    best, size = 0.0, p["min_window"]
    for length in range(p["min_window"], p["max_window"] + 1, p["step"]):
        y = s.close[row : row + length]
        x = np.arange(length) - (length - 1) / 2
        slope = x @ (y - y[0]) / (x @ x)
        residual = (y - y[0]) - (y - y[0]).mean() - slope * x
        spread = max(math.sqrt(residual @ residual / (length - 2)), 1e-12 * abs(y[0]))
        t = slope / (spread / math.sqrt(x @ x))
        if abs(t) > abs(best):
            best, size = t, length
    label = 0.0 if best == 0 or abs(best) < p["t_threshold"] else math.copysign(1, best)
    return label, end, {"t_value": best, "window": size, "trend_end": row + size - 1}


def swings(p, s):
    """[(is high, row, confirmed, price)] and for each bar the first row that may still become a swing."""
    high, low = (s.close, s.close) if p["path"] == "close" else (s.high, s.low)
    found, still = [], []
    begin, state = None, 0  # state: 1 looking for a high, -1 for a low, 0 for either
    for bar in range(s.n):
        if math.isnan(high[bar]) or math.isnan(low[bar]):
            still.append(still[-1] if still and begin is not None else bar)
            continue
        if begin is None:
            begin = bar
            still.append(bar)
            continue
        usable = np.array([r for r in range(begin, bar) if not (math.isnan(high[r]) or math.isnan(low[r]))])
        top, bottom = usable[np.argmax(high[usable])], usable[np.argmin(low[usable])]
        if state >= 0 and low[bar] <= high[top] * (1 - p["reversal"]):
            found.append((True, top, bar, high[top]))
            begin, state = bar, -1
        elif state <= 0 and high[bar] >= low[bottom] * (1 + p["reversal"]):
            found.append((False, bottom, bar, low[bottom]))
            begin, state = bar, 1
        usable = np.array([r for r in range(begin, bar + 1) if not (math.isnan(high[r]) or math.isnan(low[r]))])
        top, bottom = usable[np.argmax(high[usable])], usable[np.argmin(low[usable])]
        still.append(min(([top] if state >= 0 else []) + ([bottom] if state <= 0 else [])))
    return found, still


def zigzag_swing(p, s, row, inputs, cache={}):
    key = (id(s), p["reversal"], p["path"])
    if key not in cache:
        cache[key] = swings(p, s)
    names = ["rows_to_swing", "swing_return", "swing_time"]
    if not s.close[row] > 0:
        return NAN, row, dict.fromkeys(names, NAN)
    for is_high, at, known, price in cache[key][0]:
        if at > row:
            return 1 if is_high else -1, known, dict(zip(names, [at - row, price / s.close[row] - 1, at]))
    return None


def will_swing(p, s, row, inputs, cache={}):
    key = (id(s), p["reversal"], p["path"])
    if key not in cache:
        cache[key] = swings(p, s)
    found, still = cache[key]
    first, last, known = window(p, s, row, False)
    if known is not None and last < first:
        return NAN, known, {}
    for is_high, at, confirmed, price in found:
        if first <= at <= last and is_high == (p["swing"] == "high"):
            return 1, confirmed, {}
    if known is None:
        return None
    settled = [bar for bar in range(known, s.n) if still[bar] > last]
    return (0, settled[0], {}) if settled else None


LABELS = {
    "forward_return": forward_return,
    "forward_direction": forward_direction,
    "excess_return": excess_return,
    "volatility_scaled_return": volatility_scaled_return,
    "rolling_percentile": rolling_percentile,
    "triple_barrier": triple_barrier,
    "meta_label": meta_label,
    "hit_direction": hit_direction,
    "time_to_hit": time_to_hit,
    "will_peak": lambda p, s, row, inputs: peak(p, s, row, 1),
    "will_valley": lambda p, s, row, inputs: peak(p, s, row, -1),
    "mfe": excursion("mfe"),
    "mae": excursion("mae"),
    "mfe_share": excursion("share"),
    "max_drawdown": max_drawdown,
    "time_in_profit": time_in_profit,
    "flip_count": flip_count,
    "trend_scanning": trend_scanning,
    "zigzag_swing": zigzag_swing,
    "will_swing": will_swing,
}

samples, cases = load()
for case in cases:
    sample = samples[case["sample"]]
    results = [LABELS[case["name"]](case["parameters"], sample, row, case["inputs"]) for row in range(sample.n)]
    compare(case, "value", case["values"], [NAN if r is None else r[0] for r in results])
    compare(case, "end", case["ends"], [NAN if r is None else r[1] for r in results])
    for name, values in case["sides"].items():
        want = [NAN if r is None or math.isnan(r[0]) else r[2][name] for r in results]
        compare(case, name, values, want)
finish(len(cases))
