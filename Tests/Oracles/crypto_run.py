"""Compares the fills of a run on the XRP perpetual with the exchange's file: each at the open of a five-minute bar."""
import sys

import pandas as pd

folder, shared = sys.argv[1:]
bars = pd.read_feather(shared + "/crypto/xrp_usdt_perp/XRP_USDT_USDT-5m-futures.feather")
opens = dict(zip(bars.date.dt.tz_convert("UTC"), bars.open))
# What is held at the end of the data is closed there.
opens[bars.date.iloc[-1] + pd.Timedelta(minutes=5)] = bars.close.iloc[-1]
fills = pd.read_parquet(folder + "/fills.parquet")
for fill in fills.itertuples():
    time = pd.Timestamp(fill.timestamp)
    time = time.tz_localize("UTC") if time.tzinfo is None else time.tz_convert("UTC")
    if abs(opens[time] - fill.price) > 1e-12:
        sys.exit(f"the fill at {time} is at {fill.price}, the open is {opens[time]}")
days = pd.read_parquet(folder + "/daily_pnl.parquet")
column = next(name for name in days.columns if "date" in name or "session" in name)
print(f"fills at the next open: {len(fills)}; days", " ".join(str(day)[:10] for day in days[column]))
