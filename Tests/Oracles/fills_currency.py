"""Ledger oracle for accounts with instruments in other currencies, written from docs/concepts/accounts.md with pandas.

usage: python3 fills_currency.py APUS FOLDER [SEED]

Makes random prices, signals and rates of three assets (USD, EUR, JPY) below FOLDER, runs `apus backtest signals` on them and computes cash, equity and the pnl of
every trade anew from fills, prices and rates. The last line is `ok: ...`, exit 0; else 1.
"""
import json, os, subprocess, sys
import numpy as np
import pandas as pd

CURRENCY = {"A": "USD", "B": "EUR", "C": "JPY"}
MULTIPLIER = {"A": 1.0, "B": 5.0, "C": 1.0}
CASH = 1_000_000.0

def inputs(folder, seed):
    rng = np.random.default_rng(seed)
    times = pd.date_range("2024-01-01", periods=400, freq="h")
    rows, flags, start = [], [], {"A": 100.0, "B": 40.0, "C": 9000.0}
    for asset in CURRENCY:
        last = start[asset]
        for t in times:
            if rng.random() < 0.05:
                continue
            o = last * (1 + rng.normal(0, 0.005))
            c = o * (1 + rng.normal(0, 0.01))
            rows.append((t, asset, o, max(o, c) * 1.002, min(o, c) * 0.998, c, 1e6))
            flags.append((t, asset, rng.random() < 0.05, rng.random() < 0.05, rng.random() < 0.05, rng.random() < 0.05))
            last = c
    rates = []
    for currency, value in (("EUR", 1.1), ("JPY", 0.0068)):
        for t in pd.date_range("2023-12-31", periods=60, freq="7h"):
            value *= 1 + rng.normal(0, 0.01)
            rates.append((t, currency, value, t + pd.Timedelta(minutes=int(rng.integers(0, 900)))))
    prices = pd.DataFrame(rows, columns=["timestamp", "asset", "open", "high", "low", "close", "volume"])
    signals = pd.DataFrame(flags, columns=["timestamp", "asset", "long_entry", "long_exit", "short_entry", "short_exit"])
    rates = pd.DataFrame(rates, columns=["timestamp", "currency", "rate", "available_at"])
    rates = rates[(rates.available_at - rates.timestamp < pd.Timedelta(hours=1)) | (rates.index % 60 > 0)]
    for frame, name in ((prices, "prices"), (signals, "signals"), (rates, "rates")):
        for column in ("timestamp", "available_at"):
            if column in frame:
                frame[column] = frame[column].astype("datetime64[us]")
        by = ["timestamp"] + (["asset"] if "asset" in frame else [])
        frame.sort_values(by).to_parquet(f"{folder}/{name}.parquet", index=False)
    configuration = {
        "account": {"allow_short_selling": True, "allow_leverage": True}, "cash": {"initial": CASH},
        "commission": {"model": "percentage", "rate": 0.0005}, "slippage": {"model": "percentage", "rate": 0.0003},
        "strategy": {"type": "long_short", "shares": 100},
        "apus": {"conversion": {"file": f"{folder}/rates.parquet"},
                 "instruments": {a: {"currency": CURRENCY[a], "multiplier": MULTIPLIER[a]} for a in CURRENCY}}}
    json.dump(configuration, open(f"{folder}/config.json", "w"))
    return prices, rates

def rate_at(rates, currency, label):
    if currency == "USD":
        return 1.0
    known = rates[(rates.currency == currency) & (rates.available_at <= label)]
    return float(known.loc[known.timestamp.idxmax()].rate)

def main(apus, folder, seed):
    os.makedirs(folder, exist_ok=True)
    prices, rates = inputs(folder, seed)
    out = f"{folder}/result"
    subprocess.run([apus, "backtest", "signals", "--prices", f"{folder}/prices.parquet", "--signals", f"{folder}/signals.parquet",
                    "--config", f"{folder}/config.json", "--out", out, "--quiet"], check=True)
    fills, trades, equity = (pd.read_parquet(f"{out}/{n}.parquet") for n in ("fills", "trades", "equity"))
    bad = 0
    def expect(ok, *what):
        nonlocal bad
        if not ok:
            bad += 1
            if bad < 20:
                print(*what)
    cash, held, basis, made, marks, at = CASH, dict.fromkeys(CURRENCY, 0.0), dict.fromkeys(CURRENCY, 0.0), [], {}, 0
    closes = {key: row.close for key, row in prices.set_index(["timestamp", "asset"]).iterrows()}
    paid = dict.fromkeys(CURRENCY, 0.0)
    for point in equity.itertuples():
        label = point.timestamp
        now = {a: rate_at(rates, CURRENCY[a], label) for a in CURRENCY}
        while at < len(fills) and fills.timestamp[at] <= label:
            f = fills.iloc[at]
            at += 1
            a, q = f.asset, f.contracts
            expect(abs(f.conversion_rate - now[a]) < 1e-12, "rate of fill", at, f.conversion_rate, now[a])
            expect((f.currency if isinstance(f.currency, str) else "USD") == CURRENCY[a], "currency of fill", at)
            value = q * f.price * MULTIPLIER[a] * now[a]
            expect(abs(f.commission - abs(value) * 0.0005) < 1e-9 * max(1, f.commission), "commission of fill", at)
            cost = abs(q) * abs(f.price - f.reference_price) * MULTIPLIER[a] * now[a]
            expect(abs(f.spread_cost + f.slippage_cost - cost) < 1e-6, "slippage of fill", at, f.slippage_cost, cost)
            cash -= value + f.commission
            if held[a] * q < 0:  # this strategy closes whole positions
                made.append((a, -basis[a] - value - paid[a] - f.commission))
                held[a], basis[a], paid[a] = 0.0, 0.0, 0.0
            else:
                held[a], basis[a], paid[a] = held[a] + q, basis[a] + value, paid[a] + f.commission
        for a in CURRENCY:
            marks[a] = closes.get((label, a), marks.get(a, 0.0))
        worth = cash + sum(held[a] * marks[a] * MULTIPLIER[a] * now[a] for a in CURRENCY)
        expect(abs(worth - point.equity) < 1e-6, "equity at", label, point.equity, worth)
    ended = trades[trades.exit_reason != "end_of_data"]
    expect(len(ended) == len(made), "closed trades", len(ended), len(made))
    for row, (asset, pnl) in zip(ended.itertuples(), made):
        expect(row.asset == asset and abs(row.pnl - pnl) < 1e-6, "pnl of", asset, row.exit_time, row.pnl, pnl)
    gain = equity.equity.iloc[-1] - CASH
    expect(abs(trades.pnl.sum() - gain) < 1e-6, "sum of pnl", trades.pnl.sum(), gain)
    print(f"failed: {bad} differences" if bad else f"ok: {len(fills)} fills, {len(trades)} trades, {len(equity)} labels")
    return 1 if bad else 0

if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1))
