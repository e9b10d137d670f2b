"""Write Parquet files with other programs, for our reader, and print what they hold.

usage: lake_foreign.py FOLDER     writes pyarrow.parquet, polars.parquet, duckdb.parquet, nested.parquet, decimal.parquet
"""
import datetime as dt
import decimal
import sys

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
utc = dt.timezone.utc
when = dt.datetime(2023, 12, 25, 23, 0, 0, 123456)
frame = pl.DataFrame(
    {
        "b": [True, None, False], "i": [1, None, -3], "f": [1.5, None, -0.25], "s": ["a", None, "日本"],
        "d": [dt.date(1969, 12, 31), None, dt.date(2024, 2, 29)], "us": [when, None, when], "u8": [0, None, 255],
    },
    schema={"b": pl.Boolean, "i": pl.Int64, "f": pl.Float32, "s": pl.String, "d": pl.Date, "us": pl.Datetime("us"), "u8": pl.UInt8},
)
frame.write_parquet(f"{folder}/polars.parquet", compression="zstd")
table = frame.to_arrow().cast(pa.schema([
    ("b", pa.bool_()), ("i", pa.int64()), ("f", pa.float32()), ("s", pa.string()), ("d", pa.date32()), ("us", pa.timestamp("us")), ("u8", pa.uint8())]))
table = table.append_column("ms", pa.array([when.replace(microsecond=123000), None, when.replace(microsecond=0)], pa.timestamp("ms", "UTC")))
table = table.append_column("word", pa.array(["x", None, "x"]).dictionary_encode())
pq.write_table(table, f"{folder}/pyarrow.parquet", compression="snappy", version="1.0", use_dictionary=True)
con = duckdb.connect()
con.execute(f"copy (select i, case when i % 2 = 0 then null else i * 0.5::double end as half, 'n' || i as name from range(5000) t(i)) to '{folder}/duckdb.parquet' (format parquet)")
pq.write_table(pa.table({"l": [[1, 2], [3]]}), f"{folder}/nested.parquet")
pq.write_table(pa.table({"x": [decimal.Decimal("1.50")]}), f"{folder}/decimal.parquet")
