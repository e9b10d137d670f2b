"""Writes one timed series in many forms: 40 rows of five minutes from 2024-05-01T14:30Z, with a gap and a column of texts."""
import os
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rows = 40
times = pd.date_range("2024-05-01T14:30", periods=rows, freq="5min", tz="UTC")
frame = pd.DataFrame({"symbol": "XRP", "open": [1.5 + i for i in range(rows)], "close": [2.25 + i for i in range(rows)]})
frame["is_gap"] = False
frame.loc[2, ["open", "close"]] = None
frame.loc[2, "is_gap"] = True

if sys.argv[2:] == ["bad"]:
    frame.insert(0, "time", times)
    frame.loc[2, "time"] = frame.loc[1, "time"]
    frame.to_parquet(f"{folder}/bad.parquet", index=False)
    sys.exit()


def with_time(column):
    result = frame.copy()
    result.insert(0, "time", column)
    return result


nanos = times.as_unit("ns").asi8
plain = times.tz_localize(None)
local = times.tz_convert("America/New_York").tz_localize(None)
numbers = frame.assign(is_gap=frame.is_gap.astype(int))


def csv(name, column):
    result = numbers.copy()
    result.insert(0, "time", column)
    result.to_csv(f"{folder}/{name}.csv", index=False)


csv("zoned", times)
csv("plain", plain)
csv("local", local)
csv("seconds", nanos // 10**9)
csv("millis", nanos // 10**6)
csv("nanos", nanos)
with_time(times).to_parquet(f"{folder}/zoned.parquet", index=False)
with_time(local).to_parquet(f"{folder}/local.parquet", index=False)
with_time(times.strftime("%Y-%m-%dT%H:%M:%S%z")).to_parquet(f"{folder}/texts.parquet", index=False)
table = pa.Table.from_pandas(with_time(nanos // 10**6), preserve_index=False)
pq.write_table(table, f"{folder}/millis.parquet", compression="gzip")
with_time(plain).to_excel(f"{folder}/plain.xlsx", index=False)
with_time(nanos // 10**3).to_excel(f"{folder}/micros.xlsx", index=False)
