"""Recomputes the calendar transforms with pandas and numpy."""
import numpy as np
import pandas as pd

from features_common import check


def dates(c):
    return pd.DatetimeIndex(pd.to_datetime(c["trade_date"], unit="D"))


def labels(c):
    return pd.DatetimeIndex(pd.to_datetime(c["label_seconds"], unit="s"))


def days(index):
    return index.values.astype("datetime64[D]")


def left(c):
    """Weekdays of the month after the date."""
    day = days(dates(c))
    return np.busday_count(day + 1, (day.astype("datetime64[M]") + 1).astype("datetime64[D]"))


def before(c):
    day = days(dates(c))
    return np.busday_count(day.astype("datetime64[M]").astype("datetime64[D]"), day)


def third_friday(months):
    return np.busday_offset(months, 2, roll="forward", weekmask="Fri")


def to_expiry(c):
    day = days(dates(c))
    month = day.astype("datetime64[M]")
    this, following = third_friday(month), third_friday(month + 1)
    return (np.where(this >= day, this, following) - day).astype(int)


def expiry_week(p, c):
    index = dates(c)
    week = index.to_period("W-SUN")
    return [pd.Timestamp(third_friday(np.datetime64(d, "M"))).to_period("W-SUN") == w for d, w in zip(index.date, week)]


def year_angle(c):
    index = dates(c)
    return 2 * np.pi * (index.dayofyear - 1) / np.where(index.is_leap_year, 366, 365)


def day_angle(c):
    index = labels(c)
    return 2 * np.pi * ((index - index.normalize()).total_seconds() / 86400)


def week_angle(c):
    index = labels(c)
    return 2 * np.pi * ((index.dayofweek * 86400 + (index - index.normalize()).total_seconds()) / 604800)


def gap(p, c):
    date = c["trade_date"]
    return date.diff().where(date != date.shift(1)).ffill()


check(
    {
        "day_of_week": lambda p, c: dates(c).dayofweek,
        "day_of_month": lambda p, c: dates(c).day,
        "day_of_year": lambda p, c: dates(c).dayofyear,
        "week_of_year": lambda p, c: dates(c).isocalendar().week.to_numpy(),
        "month": lambda p, c: dates(c).month,
        "quarter": lambda p, c: dates(c).quarter,
        "year_sine": lambda p, c: np.sin(year_angle(c)),
        "year_cosine": lambda p, c: np.cos(year_angle(c)),
        "weekdays_to_month_end": lambda p, c: left(c),
        "is_month_start": lambda p, c: before(c) == 0,
        "is_month_end": lambda p, c: left(c) == 0,
        "is_quarter_end": lambda p, c: (left(c) == 0) & (dates(c).month % 3 == 0),
        "turn_of_month": lambda p, c: (left(c) < p["before"]) | (before(c) < p["after"]),
        "options_expiry_week": expiry_week,
        "days_to_options_expiry": lambda p, c: to_expiry(c),
        "hour_of_day": lambda p, c: labels(c).hour,
        "time_of_day_sine": lambda p, c: np.sin(day_angle(c)),
        "time_of_day_cosine": lambda p, c: np.cos(day_angle(c)),
        "time_of_week_sine": lambda p, c: np.sin(week_angle(c)),
        "time_of_week_cosine": lambda p, c: np.cos(week_angle(c)),
        "minutes_since_open": lambda p, c: c[0] / 60,
        "minutes_to_close": lambda p, c: c[0] / 60,
        "session_progress": lambda p, c: (c[0] / (c[0] + c[1])).where(c[0] + c[1] != 0, 1.0),
        "session_row": lambda p, c: c[0].groupby(c[0]).cumcount(),
        "days_since_previous_session": gap,
    }
)
