"""Independent oracle for backtests, written from docs/concepts/backtest.md alone.

usage: python3 backtest_oracle.py WORKSPACE

Recomputes every enabled backtest of config/run_config.xlsx from the input files in plain Python and numpy, event by event, and
compares trades, fills, equity and daily_pnl with the Parquet files of the runs whose manifest names the newest snapshot of
config/exports. Numbers must agree to 1e-9 (relative; values below a column's floor are compared as if they had the size of the floor,
since differences of large numbers keep only so many digits); integers, strings and times must agree exactly.
Exits 0 with the last line `ok: N backtests, M trades`, else 1.

Where the page says nothing the natural reading is taken (marked "Reading:"); columns are those of docs/contracts/results.md.
"""
import bisect, csv, datetime as dt, glob, hashlib, json, math, operator, os, re, sys
from collections import namedtuple
from zoneinfo import ZoneInfo
import numpy as np
import openpyxl
import polars as pl

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000_000
DAY = dt.timedelta(days=1)
ZONES = {"US_EQUITY": ZoneInfo("America/New_York"), "CME_EQUITY": ZoneInfo("America/Chicago")}

def nanos(date, hhmm, zone):
    """UTC nanoseconds of a local wall time."""
    delta = dt.datetime.combine(date, hhmm, zone).astimezone(UTC) - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1_000_000_000

def local(ns, zone):
    return (EPOCH + dt.timedelta(microseconds=ns // 1000)).astimezone(zone)

def micros(ns):
    return (EPOCH + dt.timedelta(microseconds=ns // 1000)).replace(tzinfo=None)

# ---------------------------------------------------------------- the calendar of New York
def nth(year, month, weekday, n):
    """The n-th given weekday of a month; n = -1 is the last."""
    days = [d for d in (dt.date(year, month, 1) + i * DAY for i in range(31)) if d.month == month and d.weekday() == weekday]
    return days[n] if n < 0 else days[n - 1]

def easter(y):
    a, b, c = y % 19, y // 100, y % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    return dt.date(y, (h + i - 7 * m + 114) // 31, (h + i - 7 * m + 114) % 31 + 1)

CLOSED = {dt.date.fromisoformat(s) for s in """1994-04-27 2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11 2007-01-02 2012-10-29
2012-10-30 2018-12-05 2025-01-09""".split()}
EARLY = {dt.date.fromisoformat(s) for s in "1996-07-05 1997-12-26 1999-12-31 2002-07-05 2003-12-26".split()}

def us_sessions(first=1990, last=2040):
    """Date -> (open, close) of every session of US_EQUITY."""
    zone, out = ZONES["US_EQUITY"], {}
    for y in range(first, last + 1):
        thanks, fourth, christmas = nth(y, 11, 3, 4), dt.date(y, 7, 4), dt.date(y, 12, 25)
        fixed = [dt.date(y, 1, 1), fourth, christmas] + ([dt.date(y, 6, 19)] if y >= 2022 else [])
        off = {nth(y, 2, 0, 3), easter(y) - 2 * DAY, nth(y, 5, 0, -1), nth(y, 9, 0, 1), thanks} | ({nth(y, 1, 0, 3)} if y >= 1998 else set())
        for d in fixed:  # New Year's Day on a Saturday is not made up for
            off.add(d + DAY if d.weekday() == 6 else d - DAY if d.weekday() == 5 and d.month > 1 else d)
        early = {thanks + DAY, christmas - DAY} | {d for d in EARLY if d.year == y}
        eve = fourth - DAY
        if y >= 1995 and (eve.weekday() in (0, 1, 3) or (eve.weekday() == 2 and y >= 2013)):
            early.add(eve)
        d = dt.date(y, 1, 1)
        while d.year == y:
            if d.weekday() < 5 and d not in off and d not in CLOSED:
                close = dt.time(16) if d not in early else dt.time(13 if y >= 1993 else 14)  # Reading: 14:00 before 1993
                out[d] = (nanos(d, dt.time(9, 30), zone), nanos(d, close, zone))
            d += DAY
    return out

US = us_sessions()
US_DATES = sorted(US)

# ---------------------------------------------------------------- the workbook
class Workbook:
    def __init__(self, workspace):
        self.root = workspace
        book = openpyxl.load_workbook(os.path.join(workspace, "config", "run_config.xlsx"), data_only=True)
        self.sheets = {}
        for sheet in book:
            rows = list(sheet.iter_rows(values_only=True))
            self.sheets[sheet.title] = [
                {k: (None if isinstance(v, str) and not v.strip() else v) for k, v in zip(rows[0], row) if k}
                for row in rows[1:] if any(c is not None for c in row)]

    def enabled(self, sheet):
        return [r for r in self.sheets.get(sheet, []) if truth(r.get("enabled"), True)]

    def one(self, sheet, key, value):
        return next(row for row in self.sheets[sheet] if row[key] == value)

    def targeted(self, sheet, targets):
        """Rows of a sheet with target_type and target_id, the narrowest target first. Reading: only the first counts."""
        rank = {"BACKTEST": 0, "STRATEGY": 1, "INSTRUMENT": 2, "ALL": 3}
        rows = [r for r in self.enabled(sheet) if targets.get(r["target_type"], r["target_id"]) == r["target_id"]]
        return sorted(rows, key=lambda r: rank[r["target_type"]])

def truth(v, default):
    return default if v is None else v.strip().upper() in ("TRUE", "X", "1", "YES") if isinstance(v, str) else bool(v)

def number(v, default=None):
    return default if v is None else float(v)

def a_date(v):
    if v is None or isinstance(v, dt.date):
        return v.date() if isinstance(v, dt.datetime) else v
    if re.match(r"\d{4}-\d{2}-\d{2}", v.strip()):
        return dt.date.fromisoformat(v.strip()[:10])
    m, d, y = v.split("/")
    return dt.date(int(y), int(m), int(d))

def a_float(text):
    """Reading: what is no number ('.', empty) is missing."""
    try:
        return float(text)
    except ValueError:
        return math.nan

# ---------------------------------------------------------------- data
class Data:
    """Tables of columns: rows of a daily dataset with their dates, or bars with their labels and trade dates."""

    def __init__(self, book):
        self.book, self.cache = book, {}

    def table(self, source, symbol):
        if (source, symbol) not in self.cache:
            self.cache[source, symbol] = self.bars(source, symbol) if ":" in source else self.daily(source)
        return self.cache[source, symbol]

    def daily(self, source):
        ds = self.book.one("DATASETS", "dataset_id", source)
        rows = []
        for path in sorted(glob.glob(os.path.join(self.book.root, ds["source_path_or_id"]))):
            with open(path, newline="") as f:
                rows += list(csv.DictReader(f))
        dated = sorted(((a_date(r[ds["date_col"]]), r) for r in rows), key=lambda d: d[0])
        dated = [d for d in dated if d[0] >= US_DATES[0].replace(day=1)]
        columns = {name: np.array([a_float(r[name]) for _, r in dated]) for name in rows[0] if name != ds["date_col"]}
        return {"kind": "daily", "dataset": ds, "dates": [d for d, _ in dated], "columns": columns}

    def bars(self, source, symbol):
        dataset, table, session_name = source.split(":")
        ds = self.book.one("DATASETS", "dataset_id", dataset)
        row = [r for r in self.book.sheets["SESSIONS"] if r["dataset_id"] == dataset and r["session"] == session_name][0]
        kind, interval = table.split("_")  # an interval is 30s, 5m, 1h
        step = int(interval[:-1]) * {"m": MINUTE, "h": 60 * MINUTE, "s": MINUTE // 60}[interval[-1]]
        zone, groups = ZONES[row["calendar"]], {}
        for path in sorted(glob.glob(os.path.join(self.book.root, ds["source_path_or_id"]))):
            for ts, price, size, side, name in trades_of(path):
                if name != symbol:
                    continue
                label = ts - ts % step
                if label not in groups:
                    when = local(label, zone)
                    # Reading: FULL is 17:00 of the evening before to 16:00 Chicago, RTH 08:30 to 15:15
                    date = when.date() + (when.hour >= 17) * DAY
                    minute = when.hour * 60 + when.minute
                    inside = 510 <= minute < 915 if session_name == "RTH" else not 960 <= minute < 1020
                    groups[label] = [price, price, price, price, 0, 0, 0, 0, date] if inside else None
                g = groups[label]
                if g is not None:
                    g[1:4] = max(g[1], price), min(g[2], price), price
                    g[4:8] = g[4] + size, g[5] + size * (side == "B"), g[6] + size * (side == "A"), g[7] + 1
        labels = sorted(k for k, v in groups.items() if v is not None)
        column = lambda i: np.array([float(groups[k][i]) for k in labels])
        columns = {n: column(i) for i, n in enumerate(["open", "high", "low", "close", "volume", "buy_volume", "sell_volume", "trade_count"])}
        columns["delta"] = columns["buy_volume"] - columns["sell_volume"]
        columns["cvd"] = np.cumsum(columns["delta"])
        dates = [groups[k][8] for k in labels]
        # Reading: a session ends at 15:15 (RTH) or 16:00 (FULL) Chicago; the next one begins at 08:30 or 17:00.
        ends = [nanos(d, dt.time(15, 15) if session_name == "RTH" else dt.time(16), zone) for d in dates]
        pause = (17 * 60 + 15 if session_name == "RTH" else 60) * MINUTE
        closes = [end if k < end < k + step <= end + pause else k + step for k, end in zip(labels, ends)]
        return {"kind": kind, "labels": labels, "closes": closes, "ends": ends, "dates": dates, "columns": columns}

def trades_of(path):
    import databento_dbn, zstandard
    raw = open(path, "rb").read()
    if raw[:4] == b"\x28\xb5\x2f\xfd":
        raw = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True).read()
    decoder = databento_dbn.DBNDecoder()
    decoder.write(raw)
    for r in decoder.decode():
        if isinstance(r, databento_dbn.Metadata):
            names = {int(i["symbol"]): symbol for symbol, intervals in r.mappings.items() for i in intervals}
        elif isinstance(r, databento_dbn.TradeMsg):
            yield r.ts_event, r.price / 1e9, r.size, str(r.side)[-1], names.get(r.instrument_id)

# ---------------------------------------------------------------- features
def transform(name, p, x):
    w = int(p.get("window", 1))
    logs = np.concatenate([[math.nan], np.log(x[1:] / x[:-1])]) if name in ("volatility", "log_return") else None
    mean = lambda v: math.fsum(v) / w
    deviation = lambda v: math.sqrt(math.fsum((e - mean(v)) ** 2 for e in v) / (w - 1))
    part = lambda i: x[i - w + 1: i + 1]
    if name == "ema":
        e = [x[0]]
        for v in x[1:]:
            e.append(e[-1] + 2 / (w + 1) * (v - e[-1]))
    first, element = {  # the first element that has a full window, and every element from there on
        "level": (0, lambda i: x[i]),
        "return": (1, lambda i: x[i] / x[i - 1] - 1),
        "log_return": (1, lambda i: logs[i]),
        "difference": (1, lambda i: x[i] - x[i - 1]),
        "sma": (w - 1, lambda i: mean(part(i))),
        "ema": (w - 1, lambda i: e[i]),
        "zscore": (w - 1, lambda i: 0.0 if min(part(i)) == max(part(i)) else (x[i] - mean(part(i))) / deviation(part(i))),
        "momentum": (w, lambda i: x[i] / x[i - w] - 1),
        "volatility": (w, lambda i: deviation(logs[i - w + 1: i + 1]) * math.sqrt(p["periods_per_year"])),
        "sma_ratio": (w - 1, lambda i: x[i] / mean(part(i)) - 1),
        "rolling_sum": (w - 1, lambda i: math.fsum(part(i)))}[name]
    return np.array([element(i) if i >= first else math.nan for i in range(len(x))])

class TooEarly(Exception):
    """A value was asked for before it was available."""

class Feature:
    def __init__(self, book, data, feature_id, symbol):
        row = book.one("FEATURE_LIBRARY", "feature_id", feature_id)
        self.id = feature_id
        self.lag = None if row["lag_days"] is None else int(row["lag_days"])
        table = data.table(row["dataset_id"], row["instrument_scope"] or symbol)
        columns, pair = table["columns"], re.fullmatch(r"(\S+) ([-/]) (\S+)", row["input_col"])
        if pair and row["input_col"] not in columns:
            a, b = columns[pair[1]], columns[pair[3]]
            x = a - b if pair[2] == "-" else a / b
        else:
            x = columns[row["input_col"]]
        # Reading: with missing_policy drop, rows without the input are left out before the transform
        keep = [i for i in range(len(x)) if row["missing_policy"] != "drop" or not math.isnan(x[i])]
        params = json.loads(row["params_json"]) if row["params_json"] else {}
        self.values = transform(row["transform"], params, x[keep])
        if table["kind"] == "daily":
            ds = table["dataset"]
            lag = int(ds["default_availability_lag_days"] or 0 if row["availability_lag_days"] is None else row["availability_lag_days"])
            rule, zone = ds["known_time_rule"].split("@")[0], ZONES["US_EQUITY"]
            known = lambda d: (US[d][0] if rule == "session_open" else US[d][1] if rule == "session_close"
                               else nanos(d, dt.time.fromisoformat(rule), zone))
            dates = [table["dates"][i] for i in keep]
            self.labels = [US[d][0] if d in US else nanos(d, dt.time(0), zone) for d in dates]
            self.available = [known(US_DATES[bisect.bisect_left(US_DATES, d) + lag]) for d in dates]
        else:
            self.labels = [table["labels"][i] for i in keep]
            self.available = [table["closes"][i] for i in keep]
        self.known = list(np.maximum.accumulate(np.array(self.available, dtype=np.int64)))

    def at(self, label, time):
        """The value at a decision, or None where it is missing."""
        if self.lag is None:
            i = bisect.bisect_right(self.known, time) - 1
        else:
            i = bisect.bisect_right(self.labels, label) - 1 - self.lag
            if i >= 0 and self.available[i] > time:
                raise TooEarly(f"{self.id}: decision {micros(time)}, available {micros(self.available[i])}")
        return None if i < 0 or math.isnan(self.values[i]) else float(self.values[i])

# ---------------------------------------------------------------- gates
class Gate:
    """Reading: OR binds weaker than AND, AND weaker than NOT, NOT weaker than a comparison; words in any case. None is unknown."""
    COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
               "==": operator.eq, "=": operator.eq, "!=": operator.ne, "<>": operator.ne}

    def __init__(self, row):
        self.mode, self.names = row["mode"], []
        self.tokens = re.findall(r"<=|>=|==|!=|<>|[<>=()]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\w+", row["expression"])[::-1]
        self.tree = self.chain("OR")
        assert not self.tokens, row["expression"]

    def next_is(self, word):
        return bool(self.tokens and self.tokens[-1].upper() == word and self.tokens.pop())

    def chain(self, word):
        part = (lambda: self.chain("AND")) if word == "OR" else self.single
        nodes = [part()]
        while self.next_is(word):
            nodes.append(part())
        return (word, nodes)

    def single(self):
        if self.next_is("NOT"):
            return ("NOT", self.single())
        if self.next_is("("):
            node = self.chain("OR")
            assert self.next_is(")")
            return node
        a, compare, b = self.operand(), self.COMPARE[self.tokens.pop()], self.operand()
        return ("COMPARE", compare, a, b)

    def operand(self):
        token = self.tokens.pop()
        if re.match(r"[-+.\d]", token):
            return float(token)
        self.names.append(token)
        return token

    def value(self, node, read):
        if node[0] == "COMPARE":
            a, b = (read(v) if isinstance(v, str) else v for v in node[2:])
            return None if a is None or b is None else bool(node[1](a, b))
        if node[0] == "NOT":
            v = self.value(node[1], read)
            return None if v is None else not v
        parts, decisive = [self.value(n, read) for n in node[1]], node[0] == "OR"
        return decisive if decisive in parts else None if None in parts else not decisive

    def open(self, read):
        return self.value(self.tree, read) is True

# ---------------------------------------------------------------- one backtest
Order = namedtuple("Order", "number quantity decision bar phase")
REASONS = {"StopLoss": "stop_loss", "TakeProfit": "take_profit", "TrailingStop": "trailing_stop", "VolatilityTrailingStop": "trailing_stop",
           "TimeExit": "time_stop"}
INSIDE = {"StopLoss", "TakeProfit", "TrailingStop"}
LISTS = {"AnyOf", "RuleChain"}

def leaves(rules):
    """Every rule of a list with those inside of it."""
    for rule in rules:
        yield rule
        yield from leaves(rule.get("rules", []))

class Backtest:
    def __init__(self, book, data, row):
        self.id = row["backtest_id"]
        strategy = book.one("STRATEGIES", "strategy_id", row["strategy_id"])
        inst = book.one("INSTRUMENTS", "instrument_id", strategy["instrument_id"])
        self.asset = inst["instrument_id"]
        targets = {"BACKTEST": self.id, "STRATEGY": row["strategy_id"], "INSTRUMENT": self.asset}
        self.multiplier, self.tick = number(inst["multiplier"], 1.0), number(inst["tick_size"])
        self.zone = ZONES[inst["calendar"]]
        self.load_bars(data.table(inst["prices_dataset_id"], self.asset), inst, row)
        self.daily = row["rebalance_rule"] == "daily"
        self.execution = row["execution_time"] or inst["default_execution_time"]
        if isinstance(self.execution, dt.time):
            self.execution = self.execution.strftime("%H:%M")
        self.side_aware = (row["execution_price_model"] or inst["default_execution_price_model"]) == "side_aware"
        self.flip = truth(row["allow_flip_same_day"], True)
        self.hold, self.cooldown = int(row["min_hold_days"] or 0), int(row["cooldown_days"] or 0)
        # costs; Reading: the narrowest COSTS row as a whole, spread and slippage of BACKTESTS instead where they are given
        costs = (book.targeted("COSTS", targets) or [{}])[0]
        pick = lambda k: ((row[k + "_model_type"], number(row[k + "_value"], 0.0)) if row.get(k + "_model_type")
                          else (costs.get(k + "_model_type"), number(costs.get(k + "_value"), 0.0)))
        self.spread, self.slip = pick("spread"), pick("slippage")
        self.commission = (costs.get("commission_model"), number(costs.get("commission_value"), 0.0),
                           number(costs.get("commission_min"), 0.0), number(costs.get("fee_per_unit"), 0.0))
        template = book.one("SIGNAL_TEMPLATES", "template_id", strategy["signal_template_id"])
        self.template = template["template_name"]
        self.params = json.loads(template["default_params_json"]) if template["default_params_json"] else {}
        self.allowed = {int(float(v)) for v in str(strategy["position_values"]).split(",")}
        feature = lambda name: Feature(book, data, name, self.asset)
        self.primary = feature(strategy["primary_feature_id"])
        self.secondary = feature(strategy["secondary_feature_id"]) if strategy["secondary_feature_id"] else None
        self.gate = ([Gate(r) for r in book.targeted("GATES", targets)] or [None])[0]
        self.gate_features = {n: feature(n) for n in (self.gate.names if self.gate else [])}
        self.scaling = (book.targeted("SCALING", targets) or [None])[0]
        self.volatility = feature(self.scaling["feature_id"]) if self.scaling else None
        account = [r for r in book.enabled("PORTFOLIOS") if r["backtest_id"] == self.id][0]
        self.initial = self.cash = float(account["initial_cash"])
        self.sizing, self.size = account["sizing_mode"], float(account["sizing_value"])
        self.integer = account["share_type"] == "integer"
        self.rules = json.loads(account["position_rules"]) if account.get("position_rules") else []
        names = {"VolatilityStop": ("atr_key", "atr"), "VolatilityTrailingStop": ("atr_key", "atr"), "SignalExit": ("signal_name", "exit_signal")}
        self.rule_features = {}
        for rule in leaves(self.rules):
            if rule["type"] in names:
                key, default = names[rule["type"]]
                self.rule_features[rule.get(key, default)] = feature(rule.get(key, default))
        self.limits = {k: number(account.get(k)) for k in ("max_gross_exposure", "max_net_exposure", "max_symbol_exposure", "max_leverage",
                                                           "max_drawdown", "max_daily_loss") if account.get(k) is not None}

    def load_bars(self, table, inst, row):
        names = [inst[k] for k in ("open_col", "high_col", "low_col", "close_col")]
        start, end, as_of = (a_date(row[k]) for k in ("start_date", "end_date", "as_of_date"))
        self.bars, self.ends = [], []
        for i, d in enumerate(table["dates"]):
            if (start and d < start) or (end and d > end) or (as_of and d > as_of):
                continue
            opens, closes = US[d] if table["kind"] == "daily" else (table["labels"][i], table["closes"][i])
            self.ends.append(closes if table["kind"] == "daily" else table["ends"][i])
            self.bars.append((opens, closes, d) + tuple(float(table["columns"][n][i]) for n in names))
        self.opens = [b[0] for b in self.bars]
        ordinal = {d: i for i, d in enumerate(sorted({b[2] for b in self.bars}))}
        self.day = [ordinal[b[2]] for b in self.bars]

    def desired(self, label, time):
        primary, p = self.primary.at(label, time), self.params
        cross = self.template == "crossover"
        secondary = self.secondary.at(label, time) if cross else 0.0
        if primary is None or secondary is None:
            return 0
        above = lambda v: v is not None and primary > v
        below = lambda v: v is not None and primary < v
        if above(secondary * (1 + p.get("band", 0)) if cross else p.get("long_above")):
            return 1
        if below(secondary * (1 - p.get("band", 0)) if cross else p.get("short_below")):
            return -1
        if cross:
            return self.current
        if self.current == 1:
            return 0 if below(p.get("exit_long_below", p.get("long_above"))) else 1
        if self.current == -1:
            return 0 if above(p.get("exit_short_above", p.get("short_below"))) else -1
        return 0

    def decide(self, i, time):
        """Sets the position; true where it changed."""
        label, day = self.bars[i][0], self.day[i]
        want = self.desired(label, time)
        want = want if want in self.allowed else 0
        is_open = self.gate is None or self.gate.open(lambda n: self.gate_features[n].at(label, time))
        if want == self.current or (not is_open and self.gate.mode == "entries_and_exits"):
            return False
        before = self.current
        if before != 0:
            if day - self.entry_day < self.hold:
                return False
            self.left, self.exit_day, self.current = self.current, day, 0
        if want != 0 and is_open:
            waited = self.exit_day is None or day - self.exit_day >= self.cooldown
            turned = self.exit_day == day and want == -self.left
            if waited and not (turned and not (self.flip and self.cooldown == 0)):
                self.current, self.entry_day = want, day
        return self.current != before

    def rescale(self, i, changed, time):
        ended = self.scaling and self.scaling["rebalance"] == "daily" and time >= self.ends[i]
        if not self.scaling or not (self.scale is None or changed or ended):
            return False
        v = self.volatility.at(self.bars[i][0], time)
        if v is None or v <= 0:
            return False
        scale = min(max(float(self.scaling["target_vol"]) / v, number(self.scaling["min_scale"], 0.0)), number(self.scaling["max_scale"], math.inf))
        before, self.scale = self.scale, scale
        return scale != before

    def due(self, i, time):
        """(bar, phase) of an order decided after bar i."""
        if self.execution == "same_close":
            return i, "close"
        if self.execution == "next_close":
            return i + 1, "close"
        if self.execution != "next_open":
            wall, day = dt.time.fromisoformat(self.execution), local(time, self.zone).date()
            while nanos(day, wall, self.zone) < time:
                day += DAY
            time = nanos(day, wall, self.zone)
        return max(i + 1, bisect.bisect_left(self.opens, time)), "open"

    def width(self, model, reference):
        unit = {"fixed": 1.0, "ticks": self.tick, "bps": 1e-4 * reference}
        return model[1] * unit[model[0]] if model[0] in unit else 0.0

    def fill(self, i, phase, order, reason, at=None, level=None, same_bar=None):
        time, reference = (self.bars[i][0], self.bars[i][3]) if phase == "open" else (at or self.bars[i][1], self.bars[i][6])
        if level is not None:
            time, reference, phase = self.bars[i][1], level, "level"
        side, units = (1 if order.quantity > 0 else -1), abs(order.quantity)
        half = self.width(self.spread, reference) / 2 if self.side_aware else 0.0
        price = reference + side * (half + self.width(self.slip, reference))
        if self.tick:
            ticks = price / self.tick
            near = round(ticks)
            ticks = near if abs(ticks - near) <= 1e-6 else math.ceil(ticks) if side > 0 else math.floor(ticks)
            price = ticks * self.tick
        kind, value, least, fee = self.commission
        base = {"per_unit": value * units, "per_order": value, "percent": value * units * price * self.multiplier}.get(kind, 0.0)
        commission = max(base, least) + fee * units
        spread_cost = half * units * self.multiplier
        cost = abs(price - reference) * units * self.multiplier
        self.fills.append({
            "order_id": f"{self.id}-{order.number}", "fill_sequence": len(self.fills), "asset": self.asset, "side": "buy" if side > 0 else "sell",
            "quantity": units * self.multiplier, "signed_quantity": order.quantity * self.multiplier,
            "contracts": order.quantity, "contract_multiplier": self.multiplier, "price": price, "timestamp": micros(time),
            "decision_time": micros(order.decision), "commission": commission, "spread_cost": spread_cost, "slippage_cost": cost - spread_cost,
            "price_source": phase, "reference_price": reference, "same_bar": same_bar is not False and time == order.decision and phase == "close", "exit_reason": reason})
        self.cash -= order.quantity * price * self.multiplier + commission
        closing = min(units, abs(self.held)) if self.held * order.quantity < 0 else 0.0
        if closing > 0:
            self.close_trade(i, time, closing, price, commission * closing / units, cost * closing / units, reason)
        opening = units - closing
        if opening > 0:
            if self.held == 0:
                self.average, self.opened, self.entry_bar = price, time, i
                self.entry_commission, self.entry_cost, self.best, self.worst = 0.0, 0.0, 0.0, 0.0
                self.top = self.bottom = price
                self.used, self.entry_volatility = set(), {}
            self.average += (price - self.average) * opening / (abs(self.held) + opening)
            self.entry_commission += commission * opening / units
            self.entry_cost += cost * opening / units
            self.held += side * opening
            self.see(price)

    def see(self, *prices):
        profits = [(p - self.average) / self.average * (1 if self.held > 0 else -1) for p in prices]
        self.best, self.worst = max(self.best, *profits), min(self.worst, *profits)
        self.top, self.bottom = max(self.top, *prices), min(self.bottom, *prices)

    def close_trade(self, i, time, closing, price, commission, cost, reason):
        share = closing / abs(self.held)
        commission += self.entry_commission * share
        cost += self.entry_cost * share
        self.entry_commission, self.entry_cost = self.entry_commission * (1 - share), self.entry_cost * (1 - share)
        sign = 1 if self.held > 0 else -1
        quantity, entry = sign * closing, self.average
        pnl = (price - entry) * quantity * self.multiplier - commission
        self.see(price)
        self.trades.append({
            "asset": self.asset, "entry_time": micros(self.opened), "exit_time": micros(time), "entry_price": entry, "exit_price": price,
            "quantity": quantity * self.multiplier, "direction": "long" if sign > 0 else "short", "pnl": pnl,
            "pnl_percent": pnl / (closing * abs(entry) * self.multiplier), "bars_held": i - self.entry_bar, "commission": commission,
            "slippage": cost, "mfe": self.best, "mae": self.worst,
            "exit_reason": "stop_loss" if reason == "risk_liquidation" else reason})
        self.held = 0.0 if share == 1 else self.held - quantity

    # ------------------------------------------------------------ protective rules and limits
    def rule(self, rule, i, inside, whole=False):
        """What a rule wants of the position after bar i: (fraction, level or None), or None. `whole`: it is part of AllOf."""
        kind, (_, _, _, opening, high, low, close) = rule["type"], self.bars[i]
        if kind in LISTS:
            return next((w for w in (self.rule(r, i, inside, whole) for r in rule["rules"]) if w), None)
        if not whole and (kind in INSIDE) != inside:
            return None
        if kind == "AllOf":
            wants = [self.rule(r, i, False, True) for r in rule["rules"]]
            return (wants[0][0], None) if all(wants) else None
        d = 1 if self.held > 0 else -1
        best = self.top if d > 0 else self.bottom
        bad, good = (low, high) if d > 0 else (high, low)
        profit = d * (close - self.average) / abs(self.average)
        if kind in ("StopLoss", "TrailingStop"):
            level = (self.average if kind == "StopLoss" else best) * (1 - d * rule["pct"])
            beyond = d * (opening - level) <= 0 if kind == "StopLoss" else d * (opening - level) < 0
            return (1.0, opening if beyond else level) if d * (bad - level) <= 0 else None
        if kind == "TakeProfit":
            level = self.average * (1 + d * rule["pct"])
            return (1.0, opening if d * (opening - level) >= 0 else level) if d * (good - level) >= 0 else None
        if kind == "TimeExit":
            return (1.0, None) if i - self.entry_bar >= rule["max_bars"] else None
        if kind == "TighteningTrailingStop":
            steps = sorted(rule["schedule"])
            fraction = ([f for p, f in steps if profit >= p] or [steps[0][1]])[-1]
            return (1.0, None) if d * (close - best * (1 - d * fraction)) <= 0 else None
        if kind == "ScaledExit":
            for n, (p, fraction) in enumerate(sorted(rule["targets"])):
                if (id(rule), n) not in self.used and profit >= p:
                    self.used.add((id(rule), n))
                    return fraction, None
            return None
        value = self.rule_features[rule.get("signal_name", "exit_signal") if kind == "SignalExit" else rule.get("atr_key", "atr")].at(
            self.bars[i][0], self.bars[i][1])
        if kind == "SignalExit":
            return (1.0, None) if value is not None and d * value < -rule.get("threshold", 0.0) else None
        if value is None or value <= 0:
            return None
        if kind == "VolatilityStop" and rule.get("use_entry_atr", True):
            value = self.entry_volatility.setdefault(id(rule), value)
        base, times = (self.average, rule.get("multiplier", 2.0)) if kind == "VolatilityStop" else (best, rule.get("multiplier", 3.0))
        return (1.0, None) if d * (close - (base - d * times * value)) <= 0 else None

    def reason(self, rule):
        return self.reason(rule["rules"][0]) if "rules" in rule else REASONS.get(rule["type"], "signal")

    def wanted(self, i, inside):
        for rule in self.rules:
            want = self.rule(rule, i, inside)
            if want:
                return self.whole(-self.held * want[0]), want, self.reason(rule)
        return 0.0, None, None

    def whole(self, units):
        return float(math.trunc(units)) if self.integer else units

    def number(self):
        self.orders += 1
        return self.orders

    def took(self, fraction, i):
        """A rule or a limit takes a fraction of what is held: what is still wanted of its side."""
        side = 1 if self.held > 0 else -1
        if side != self.left_side:
            self.kept = 1.0
        self.left_side, self.kept = side, self.kept * (1 - fraction)
        if self.pending:
            target = self.target if self.target * side <= 0 else self.whole(self.target * (1 - fraction))
            due = (self.pending.bar, self.pending.phase)
            self.pending, self.target = None, target
            delta = target - self.held - (self.exit.quantity if self.exit else 0.0)
            if delta != 0:
                self.pending = Order(self.number(), delta, self.bars[i][1], *due)

    def protect_inside(self, i):
        if self.held == 0 or not self.rules:
            return
        delta, want, reason = self.wanted(i, True)
        if delta == 0:
            return
        level = None if want[1] == self.bars[i][3] else want[1]
        order = Order(self.number(), delta, self.bars[i][1], i, "inside")
        self.exit = order
        self.took(want[0], i)
        self.exit = None
        self.fill(i, "open", order, reason, level=level, same_bar=False)

    def protect_close(self, i):
        if self.held == 0 or not self.rules:
            return
        delta, want, reason = self.wanted(i, False)
        if delta == 0 or self.exit:
            return
        self.exit, self.exit_reason = Order(self.number(), delta, self.bars[i][1], *self.due(i, self.bars[i][1])), reason
        self.took(want[0], i)

    def judge(self, i):
        """The limits at a close."""
        if not self.limits:
            return
        close = self.bars[i][6]
        equity = self.cash + self.held * close * self.multiplier
        if i == 0 or self.day[i] != self.day[i - 1]:
            self.day_start, self.shut = self.equity[-1] if self.equity else self.initial, self.shut == "end" and "end"
        self.summit = max(self.summit, equity)
        gross, fraction = abs(self.held) * close * self.multiplier, 0.0
        if self.shut != "end" and equity <= self.summit * (1 - self.limits.get("max_drawdown", math.inf)):
            self.shut, fraction = "end", 1.0
        elif not self.shut and equity <= self.day_start * (1 - self.limits.get("max_daily_loss", math.inf)):
            self.shut, fraction = "day", 1.0
        elif not self.shut and gross > self.limits.get("max_leverage", math.inf) * equity * (1 + 1e-6):
            fraction = min(1.0, 1 - self.limits["max_leverage"] * equity / gross)
        if fraction == 1.0:
            self.pending = self.exit = None
        if fraction and self.held != 0 and not self.exit:
            units = abs(self.held) * fraction
            units = float(math.ceil(units - 1e-9)) if self.integer else units
            sign = -1 if self.held > 0 else 1
            self.exit, self.exit_reason = Order(self.number(), sign * units, self.bars[i][1], *self.due(i, self.bars[i][1])), "risk_liquidation"
            self.took(fraction, i)

    def admitted(self, delta, i):
        """The part of an order that the limits let leave."""
        held = self.held + (self.exit.quantity if self.exit else 0.0)
        target, unit = held + delta, self.bars[i][6] * self.multiplier
        kept = held if held * target > 0 else 0.0
        if not self.limits or abs(target) <= abs(kept):
            return delta
        equity = max(0.0, self.cash + self.held * unit)
        most = min([self.limits[k] for k in ("max_gross_exposure", "max_net_exposure", "max_symbol_exposure", "max_leverage") if k in self.limits],
                   default=math.inf) * equity * (1 + 1e-9) / unit
        most = max(0.0 if self.shut else most, abs(kept))
        if abs(target) <= most:
            return delta
        cut = math.copysign(most, target) - held
        return self.whole(cut)

    def act(self, i, time):
        """Decides after bar i."""
        close = self.bars[i][6]
        changed = self.decide(i, time)
        if self.rescale(i, changed, time) or changed:
            scale = 1.0 if not self.scaling else self.scale or 0.0
            new = self.current * scale * self.size
            if self.sizing == "notional_fraction":
                new *= max(0.0, self.cash + self.held * close * self.multiplier) / (close * self.multiplier)
            new = self.whole(new)
            if self.current != self.left_side:
                self.kept = 1.0
            if self.kept != 1.0:
                new = self.whole(new * self.kept)
            if not (self.pending and new == self.target):
                self.pending, self.target = None, new
                delta = new - self.held - (self.exit.quantity if self.exit else 0.0)
                if delta != 0:
                    number, delta = self.number(), self.admitted(delta, i)
                    if delta != 0:
                        self.pending = Order(number, delta, time, *self.due(i, time))
        self.fill_due(i, "close", time)

    def fill_due(self, i, phase, at=None):
        """Fills the orders that are due, in the order in which they were sent."""
        for order in sorted(o for o in (self.pending, self.exit) if o and (o.bar, o.phase) == (i, phase)):
            if order is self.exit:
                self.exit = None
                if self.held * order.quantity >= 0:
                    continue
                units = min(abs(order.quantity), abs(self.held))
                self.fill(i, phase, order._replace(quantity=math.copysign(units, order.quantity)), self.exit_reason, at,
                          same_bar=None if self.exit_reason == "risk_liquidation" else False)
            else:
                self.pending = None
                before = self.held
                self.fill(i, phase, order, "signal", at)
                if before * self.held < 0:
                    self.exit = None

    def run(self):
        self.current, self.entry_day, self.exit_day, self.left, self.scale = 0, None, None, 0, None
        self.held, self.orders, self.target, self.pending, self.fills, self.trades, self.equity = 0.0, 0, 0.0, None, [], [], []
        self.exit, self.exit_reason, self.kept, self.left_side = None, "", 1.0, 0
        self.shut, self.summit, self.day_start = False, self.initial, self.initial
        for i, (_, closes, _, _, high, low, close) in enumerate(self.bars):
            self.fill_due(i, "open")
            self.protect_inside(i)
            if self.held != 0:
                self.see(high, low)
            self.fill_due(i, "close")
            self.protect_close(i)
            self.judge(i)
            if not self.daily or closes >= self.ends[i]:
                self.act(i, closes)
            self.fill_due(i, "close")
            # Without a bar up to the end of its session the day is closed by the clock, once another day follows.
            if closes < self.ends[i] and i + 1 < len(self.bars) and self.day[i + 1] != self.day[i]:
                self.act(i, self.ends[i])
            if i + 1 == len(self.bars) and self.held != 0:
                self.fill(i, "close", Order(self.number(), -self.held, closes, i, "close"), "end_of_data")
            self.equity.append(self.cash + self.held * close * self.multiplier)
        return self

    def tables(self):
        rows, days, first, top, before = [], [], self.initial, -math.inf, None
        for bar, e in zip(self.bars, self.equity):
            top = max(top, e)
            rows.append({"timestamp": micros(bar[0]), "equity": e, "return": 0.0 if before is None else e / before - 1,
                         "cumulative_return": e / self.equity[0] - 1, "drawdown": e / top - 1, "high_water_mark": top})
            if not days or days[-1]["date"] != bar[2]:
                # Reading: a day opens with the equity of the day before, the first one with the initial cash
                days.append({"date": bar[2], "open_equity": before or first, "high_equity": e, "low_equity": e, "num_bars": 0})
            d = days[-1]
            d["close_equity"], d["high_equity"], d["low_equity"] = e, max(d["high_equity"], e), min(d["low_equity"], e)
            d["num_bars"] += 1
            before = e
        for d in days:
            d["pnl"], d["return_pct"] = d["close_equity"] - d["open_equity"], d["close_equity"] / d["open_equity"] - 1
            d["cumulative_return"] = d["close_equity"] / first - 1
        return {"trades": self.trades, "fills": self.fills, "equity": rows, "daily_pnl": days}

# ---------------------------------------------------------------- comparison
FLOOR = {"pnl": 100.0, "slippage": 1.0, "slippage_cost": 1.0, "spread_cost": 1.0}
SHAPES = {"trades": "asset entry_time exit_time entry_price exit_price quantity direction pnl pnl_percent bars_held commission slippage mfe mae "
                    "exit_reason",
          "fills": "order_id fill_sequence asset side quantity signed_quantity contracts contract_multiplier price timestamp decision_time "
                   "commission spread_cost slippage_cost price_source reference_price same_bar exit_reason",
          "equity": "timestamp equity return cumulative_return drawdown high_water_mark",
          "daily_pnl": "date open_equity close_equity high_equity low_equity pnl return_pct cumulative_return num_bars"}

def same(name, a, b):
    if not isinstance(b, float):
        return a == b
    return a is not None and abs(a - b) <= 1e-9 * max(abs(a), abs(b), FLOOR.get(name, 1e-3))

def compare(label, table, mine, path):
    theirs = pl.read_parquet(path)
    columns, found = SHAPES[table].split(), []
    if theirs.columns != columns:
        return [f"{label} {table}: columns {theirs.columns}, expected {columns}"]
    if len(theirs) != len(mine):
        found.append(f"{label} {table}: {len(theirs)} rows in the file, {len(mine)} expected")
    for i, (a, b) in enumerate(zip(theirs.to_dicts(), mine)):
        wrong = [n for n in columns if not same(n, a[n], b[n])]
        if wrong:
            found.append(f"{label} {table} row {i}: " + ", ".join(f"{n} is {a[n]!r}, expected {b[n]!r}" for n in wrong))
    return found[:4] + [f"{label} {table}: {len(found)} differences in all"] if len(found) > 4 else found

def main(workspace):
    book = Workbook(workspace)
    exports = sorted(glob.glob(os.path.join(workspace, "config", "exports", "*.json")))
    digest = hashlib.sha256(open(exports[-1], "rb").read()).hexdigest() if exports else None
    runs, others = {}, {}
    for path in sorted(glob.glob(os.path.join(workspace, "data", "runs", "*", "*", "run_manifest.json"))):
        manifest = json.load(open(path))
        known = runs if manifest["snapshot"]["sha256"] == digest else others
        known.setdefault(manifest["backtest_id"], []).append(os.path.dirname(path))
    data, bad, trades, rows = Data(book), 0, 0, book.enabled("BACKTESTS")
    for row in rows:
        name = row["backtest_id"]
        try:
            mine = Backtest(book, data, row).run().tables()
        except TooEarly as e:
            print(f"{name}: must be refused: {e}")
            bad += 1
            continue
        # A run that is there already is not repeated and keeps the snapshot that it was made from.
        folders = runs.get(name) or others.get(name) or []
        found = [[line for t in SHAPES for line in compare(name, t, mine[t], os.path.join(f, t + ".parquet"))] for f in folders]
        differences = min(found, key=len, default=[f"{name}: no run"])
        for line in differences:
            print(line)
        bad, trades = bad + len(differences), trades + len(mine["trades"])
    print(f"failed: {bad} differences" if bad or not rows else f"ok: {len(rows)} backtests, {trades} trades")
    return 1 if bad or not rows else 0

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
