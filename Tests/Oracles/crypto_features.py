"""Crypto perpetuals as timed series: writes an inbox of real files, or recomputes the features of a workspace with pandas.

crypto_features.py inbox SHARED INBOX
    SHARED/crypto as the files of an inbox. Open interest and liquidations are simulated: there are no real ones.
crypto_features.py check SHARED INBOX BUILT.json
    BUILT.json is what `apus features build --json` printed. Prints a line for every feature: id, values compared, share that
    has a value. Fails where a value differs from the one that pandas gives a decision at the close of the same bar.
"""
import json
import os
import sys

import numpy as np
import pandas as pd

action, shared, inbox = sys.argv[1:4]
crypto = shared + "/crypto/"
xrp = crypto + "xrp_usdt_perp/"
FIVE = pd.Timedelta(minutes=5)


def feather(name):
    return pd.read_feather(xrp + name)


def perp():
    return feather("XRP_USDT_USDT-5m-futures.feather")


def write():
    os.makedirs(inbox, exist_ok=True)
    bars = perp()
    # As an exchange's csv has it: milliseconds and a column of texts.
    frame = bars.assign(timestamp=bars.date.dt.as_unit("ms").astype("int64"), symbol="XRPUSDT")
    frame[["timestamp", "symbol", "open", "high", "low", "close", "volume"]].to_csv(inbox + "/xrp_5m.csv", index=False)
    funding = feather("XRP_USDT_USDT-8h-funding_rate.feather")
    # Settled a few milliseconds behind the hour.
    pd.DataFrame({"timestamp": funding.date, "funding_rate": funding.open, "symbol": "XRPUSDT"}).to_parquet(
        inbox + "/xrp_funding.parquet", index=False)
    mark = feather("XRP_USDT_USDT-1h-mark.feather")
    pd.DataFrame({"timestamp": mark.date.dt.tz_localize(None), "mark_price": mark.close}).to_excel(
        inbox + "/xrp_mark.xlsx", index=False)
    other = feather("UNITTEST_USDT_USDT-1h-mark.feather")
    pd.DataFrame({"timestamp": other.date, "price": other.close}).to_csv(inbox + "/other_mark.csv", index=False)
    random = np.random.default_rng(7)
    interest = 4e8 * np.exp(np.cumsum(random.normal(0, 2e-3, len(bars))))
    liquidated = np.where(random.random(len(bars)) < 0.1, random.exponential(2e5, len(bars)), 0.0)
    simulated = pd.DataFrame({
        "timestamp": bars.date.dt.as_unit("us"), "sum_open_interest": interest, "liquidation_notional": liquidated})
    simulated.to_parquet(inbox + "/xrp_oi.parquet", index=False)


def read(name, delay="0s"):
    """A source: rows by label with the time each became known."""
    delay = pd.Timedelta(delay)
    if name == "perp":
        frame = perp().rename(columns={"date": "label"})
        return frame.assign(known=frame.label + FIVE)
    if name == "funding":
        frame = feather("XRP_USDT_USDT-8h-funding_rate.feather")
        return pd.DataFrame({"label": frame.date, "funding_rate": frame.open, "known": frame.date})
    if name in ("mark", "other"):
        frame = feather(("XRP" if name == "mark" else "UNITTEST") + "_USDT_USDT-1h-mark.feather")
        return pd.DataFrame({"label": frame.date, "mark": frame.close, "known": frame.date + pd.Timedelta(hours=1)})
    if name == "oi":
        frame = pd.read_parquet(inbox + "/xrp_oi.parquet").rename(columns={"timestamp": "label"})
        return frame.assign(known=frame.label + pd.Timedelta(seconds=30))
    frame = pd.read_csv(crypto + "btc-perp-20211231-20220201_1m.csv", parse_dates=["timestamp"])
    frame["label"] = frame.timestamp.dt.tz_localize("UTC")
    return frame.assign(known=frame.label + pd.Timedelta(minutes=1))


def asof(times, frame, column):
    """At each time the last value whose row was known by then."""
    left = pd.DataFrame({"at": times.astype("datetime64[ns, UTC]")})
    right = pd.DataFrame({"at": frame.known.astype("datetime64[ns, UTC]"), "value": frame[column]})
    return pd.merge_asof(left, right, on="at", direction="backward").value


def score(series, window):
    rolling = series.rolling(window)
    return (series - rolling.mean()) / rolling.std(ddof=1)


def columns(source):
    """Features on the rows of one source: {id: column}."""
    frame = read(source)
    if source == "funding":
        rate = frame.funding_rate
        return frame, {"funding_rate": rate, "funding_rate_scaled": rate / 96, "funding_mean_32": rate.rolling(3).mean()}
    if source == "oi":
        interest = frame.sum_open_interest
        price = asof(frame.known, read("perp"), "close")
        return frame, {
            "oi_notional": interest * price, "oi_delta_1h": interest.diff(12),
            "liquidation_notional": frame.liquidation_notional}
    if source == "btc":
        deviation = np.log(frame.close).diff().rolling(96).std(ddof=1)
        ranges = frame.high.rolling(96).max() - frame.low.rolling(96).min()
        return frame, {
            "btc_rv_pct_17280": deviation.rolling(17280).rank(pct=True), "btc_range_med_2880": ranges.rolling(2880).median()}
    change = np.log(frame.close / frame.close.shift(1))
    high, low = frame.high.rolling(96).max(), frame.low.rolling(96).min()
    basis = 1e4 * (frame.close / asof(frame.known, read("mark"), "mark") - 1)
    spread = 1e4 * (frame.close / asof(frame.known, read("other"), "mark") - 1)
    return frame, {
        "close": frame.close, "logret_1": change, "rv_96": change.rolling(96).std(ddof=1),
        "rv_pct_960": change.rolling(96).std(ddof=1).rolling(960).rank(pct=True),
        "high_96": high, "low_96": low, "range_96": high - low, "range_med_480": (high - low).rolling(480).median(),
        "basis_bps": basis, "basis_zscore": score(basis, 96), "spread_zscore": score(spread, 96),
        "carry": frame.close * asof(frame.known, read("funding"), "funding_rate")}


def check():
    built = {item["feature_id"]: item for item in json.load(open(sys.argv[4]))}
    wanted = {}
    for source in ["perp", "funding", "oi", "btc"]:
        frame, features = columns(source)
        decisions = read("btc" if source == "btc" else "perp").known
        for name, values in features.items():
            wanted[name] = asof(decisions, frame.assign(value=values), "value"), decisions
    if set(wanted) != set(built):
        sys.exit(f"features {sorted(set(wanted) ^ set(built))} are on one side only")
    # Sums that are kept running differ from pandas' in their last digits.
    loose = {"basis_zscore": 1e-6, "spread_zscore": 1e-6, "rv_96": 1e-7}
    # Prices in whole dollars give equal deviations, which the rounding of either side puts in another order.
    ranks = {"btc_rv_pct_17280": 3 / 17280}
    for name, (values, decisions) in wanted.items():
        own = pd.read_parquet(built[name]["folder"] + "/values.parquet")
        own = own.rename(columns={"available_at": "known"})
        found = asof(decisions, own, "value")
        both = found.notna() & values.notna()
        if (found.notna() != values.notna()).any():
            row = (found.notna() != values.notna()).idxmax()
            sys.exit(f"{name} at {decisions[row]}: {found[row]} and pandas says {values[row]}")
        error = (found - values).abs() / (1 if name in ranks else np.maximum(values.abs(), 1e-9))
        limit = ranks.get(name, loose.get(name, 1e-9))
        if (error[both] > limit).any():
            row = error[both].idxmax()
            sys.exit(f"{name} at {decisions[row]}: {found[row]!r} and pandas says {values[row]!r}")
        if both.sum() < 100 or values[both].nunique() < 3:
            sys.exit(f"{name}: only {both.sum()} values, {values[both].nunique()} of them different")
        print(name, both.sum(), round(both.mean(), 3))


write() if action == "inbox" else check()
