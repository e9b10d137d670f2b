#!/usr/bin/env python3
"""Derive the session calendars' dates from Lean's market-hours database (Apache-2.0).

    python3 scripts/derive-calendars.py [../shared/data/reference/market-hours-database.json]

Writes Sources/Market/Calendars/{USEquityDates,CMEEquityDates}.swift: only dates and times (facts), in a form of our own.
What the reference does not hold is added by the exchanges' own rules, each named below; every difference between the rules
and the reference inside the reference's years is printed. Running it again writes the same bytes.
"""
import datetime as dt
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ONE = dt.timedelta(days=1)


def parse(text):
    month, day, year = (int(part) for part in text.split("/"))
    return dt.date(year, month, day)


def nth(year, month, weekday, n):
    """The n-th weekday (Monday 0) of a month; n = -1 is the last."""
    if n < 0:
        day = dt.date(year + month // 12, month % 12 + 1, 1) - ONE
        return day - dt.timedelta(days=(day.weekday() - weekday) % 7)
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def good_friday(year):
    """Two days before Easter Sunday (Gauss's method in Meeus's form)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    l = (32 + 2 * e + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return dt.date(year, month, day + 1) - 2 * ONE


def observed(date):
    """NYSE Rule 7.2: Saturday moves to Friday, Sunday to Monday."""
    return date - ONE if date.weekday() == 5 else date + ONE if date.weekday() == 6 else date


def nyse_rule_holidays(year):
    days = {nth(year, 2, 0, 3), good_friday(year), nth(year, 5, 0, -1), observed(dt.date(year, 7, 4)),
            nth(year, 9, 0, 1), nth(year, 11, 3, 4), observed(dt.date(year, 12, 25))}
    new_year = dt.date(year, 1, 1)
    if new_year.weekday() != 5:  # a Saturday New Year is not observed: the Friday ends the accounting year
        days.add(observed(new_year))
    if year >= 1998:
        days.add(nth(year, 1, 0, 3))
    if year >= 2022:
        days.add(observed(dt.date(year, 6, 19)))
    return days


# Closings that no rule gives: mourning, attacks, weather. Before the reference's first year only the first is needed.
NYSE_SPECIAL = {dt.date(1994, 4, 27)} | {dt.date(2001, 9, d) for d in (11, 12, 13, 14)} | {
    dt.date(2004, 6, 11), dt.date(2007, 1, 2), dt.date(2012, 10, 29), dt.date(2012, 10, 30), dt.date(2018, 12, 5),
    dt.date(2025, 1, 9)}

# Early closes before the reference's first (1999-11-26), New York time.
NYSE_EARLY_BEFORE = {
    dt.date(1990, 11, 23): 1400, dt.date(1990, 12, 24): 1400, dt.date(1991, 11, 29): 1400, dt.date(1991, 12, 24): 1400,
    dt.date(1992, 11, 27): 1400, dt.date(1992, 12, 24): 1400, dt.date(1993, 11, 26): 1300, dt.date(1994, 11, 25): 1300,
    dt.date(1995, 7, 3): 1300, dt.date(1995, 11, 24): 1300, dt.date(1996, 7, 5): 1300, dt.date(1996, 11, 29): 1300,
    dt.date(1996, 12, 24): 1300, dt.date(1997, 7, 3): 1300, dt.date(1997, 11, 28): 1300, dt.date(1997, 12, 24): 1300,
    dt.date(1997, 12, 26): 1300, dt.date(1998, 11, 27): 1300, dt.date(1998, 12, 24): 1300}

# Early closes inside the reference's years that it lacks: the eve of the year 2000.
NYSE_EARLY_MISSING = {dt.date(1999, 12, 31): 1300}


def hhmm(text):
    return int(text[0:2]) * 100 + int(text[3:5])


def weekdays(items):
    return {d for d in items if d.weekday() < 5}


def us_equity(entries, last_year):
    entry = entries["Equity-usa-[*]"]
    reference = weekdays(parse(x) for x in entry["holidays"])
    first = min(reference).year
    rule = set().union(*(nyse_rule_holidays(y) for y in range(first, last_year + 1))) | {d for d in NYSE_SPECIAL if d.year >= first}
    for day in sorted(weekdays(rule) ^ reference):
        print(f"US_EQUITY {day}: {'reference only' if day in reference else 'rule only'}; the reference is kept")
    holidays = set(reference)
    for year in range(1990, first):
        holidays |= nyse_rule_holidays(year)
    holidays |= {d for d in NYSE_SPECIAL if d.year < first}
    early = {parse(d): hhmm(t) for d, t in entry["earlyCloses"].items()}
    early = {d: t for d, t in early.items() if d.weekday() < 5 and d not in holidays} | NYSE_EARLY_BEFORE | NYSE_EARLY_MISSING
    return weekdays(holidays), early


def cme_rule_days(year):
    """Holidays and early closes of equity index futures since 2015: closed where Christmas, New Year and Good Friday are observed,
    until 08:15 on a Good Friday on which the employment report is due (the month's first Friday), until noon on NYSE's others."""
    closed = nyse_rule_holidays(year)
    early = {}
    for day in closed:
        fixed = {observed(dt.date(year, 12, 25)), observed(dt.date(year, 1, 1))}
        if day == good_friday(year) and day.month == 4 and day.day <= 7:
            early[day] = 815
        elif day != good_friday(year) and day not in fixed:
            early[day] = 1200
    return closed - set(early), early


def cme_equity(entries, nyse_early, last_year):
    """All times become Chicago time: the reference states the ES entry in New York time (one hour later)."""
    general, entry = entries["Future-cme-[*]"], entries["Future-cme-ES"]
    assert entry["exchangeTimeZone"] == "America/New_York"
    early = {parse(d): hhmm(t) - 100 for d, t in entry["earlyCloses"].items()}
    early = {d: t for d, t in early.items() if t < 1600}  # 16:00 Chicago is the normal close
    late = {parse(d): hhmm(t) - 100 for d, t in entry["lateOpens"].items()}
    assert set(late.values()) == {1700}, "only evening reopenings are expected"
    # The ES entry is the specific one: a half day there overrules a holiday of the general list (2025-01-20).
    holidays = {parse(x) for x in general["holidays"] + entry["holidays"]} - set(early)
    # A day that only opens in the evening has no session of its own; that evening belongs to the next trade date.
    holidays |= {d for d in late if d not in early}
    # CME publishes an 08:30 close for the days of national mourning on which NYSE stays closed.
    reference_end = 2026  # the last year of which it holds more than single days
    for year in range(2015, last_year + 1):
        rule_holidays, rule_early = cme_rule_days(year)
        if year > reference_end:
            holidays |= rule_holidays
            early |= rule_early
            continue
        in_year = lambda days: {d for d in weekdays(days) if d.year == year}
        for day in sorted(in_year(rule_holidays) ^ in_year(holidays)):
            print(f"CME_EQUITY {day}: {'rule only' if day in rule_holidays else 'reference only'}; the reference is kept")
        for day in sorted(d for d in rule_early if early.get(d) != rule_early[d]):
            print(f"CME_EQUITY {day}: closes at {rule_early[day]} by the rule, {early.get(day)} in the reference, which is kept")
    for mourning in (dt.date(2018, 12, 5), dt.date(2025, 1, 9)):
        holidays.discard(mourning)
        early[mourning] = 830
    # Equity index futures close at 12:15 Chicago when NYSE closes at 13:00 New York; the list misses some of those days.
    for day, time in sorted(nyse_early.items()):
        if 1998 <= day.year <= last_year and day not in holidays and day not in early:
            assert time == 1300
            early[day] = 1215
            if day.year >= 2009:
                print(f"CME_EQUITY {day}: 12:15 close added, NYSE closes at 13:00")
    keep = lambda d: 1998 <= d.year <= last_year and d.weekday() < 5
    return {d for d in holidays if keep(d)}, {d: t for d, t in early.items() if keep(d)}


def wrap(tokens):
    lines, line = [], ""
    for token in tokens:
        if len(line) + len(token) + 1 > 110:
            lines.append(line)
            line = ""
        line += (" " if line else "") + token
    return lines + [line]


def write(name, source, first, last, holidays, early, zone):
    body = [
        "// Derived by scripts/derive-calendars.py; edit that script, not this file.",
        f"// {source}",
        "// Facts only (dates and times), in a form of our own.",
        "",
        f"enum {name} {{",
        f'    static let first = "{first}"',
        f'    static let last = "{last}"',
        "",
        "    /// Weekdays without a session, `YYYYMMDD`.",
        '    static let holidays = """',
        *("        " + line for line in wrap([d.strftime("%Y%m%d") for d in sorted(holidays)])),
        '        """',
        "",
        f"    /// Days whose regular session ends early: `YYYYMMDD@HHMM`, {zone} time.",
        '    static let earlyCloses = """',
        *("        " + line for line in wrap([f"{d:%Y%m%d}@{t:04d}" for d, t in sorted(early.items())])),
        '        """',
        "}",
        "",
    ]
    (ROOT / "Sources/Market/Calendars" / f"{name}.swift").write_text("\n".join(body))
    print(f"{name}: {len(holidays)} holidays, {len(early)} early closes, {first} to {last}")


def main():
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "../shared/data/reference/market-hours-database.json"
    entries = json.loads(path.read_text())["entries"]
    holidays, early = us_equity(entries, 2028)
    write("USEquityDates",
          "Source: QuantConnect Lean market-hours-database.json (Apache-2.0), entry Equity-usa-[*]; NYSE's rules before 1998.",
          "1990-01-01", "2028-12-31", holidays, early, "New York")
    holidays, early = cme_equity(entries, early, 2028)
    write("CMEEquityDates",
          "Source: QuantConnect Lean market-hours-database.json (Apache-2.0), entries Future-cme-ES and Future-cme-[*]; rules from 2027.",
          "1998-01-01", "2028-12-31", holidays, early, "Chicago")


if __name__ == "__main__":
    main()
