"""Writes Parquet files of many forms into a folder: lake_scan.py FOLDER."""
import sys

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
rng = np.random.Generator(np.random.PCG64(5))
ROWS = 20_011
day = np.arange(ROWS) // 7


def nulls(values, share):
    return [None if r < share else v for v, r in zip(values, rng.random(len(values)))]


columns = {
    "micros": pa.array(day * 86_400_000_000, pa.timestamp("us")),
    "nanos": pa.array(day * 60_000_000_007, pa.timestamp("ns", "UTC")),
    "millis": pa.array(nulls((day * 3_600_000).tolist(), 0.01), pa.timestamp("ms")),
    "date": pa.array((day - 3).astype("int32"), pa.date32()),
    "price": pa.array((100 + rng.standard_normal(ROWS)).round(2)),
    "noise": pa.array(rng.standard_normal(ROWS)),
    "sparse": pa.array(nulls(rng.standard_normal(ROWS).tolist(), 0.5)),
    "rare": pa.array(nulls(rng.integers(0, 9, ROWS).astype(float).tolist(), 0.001)),
    "single": pa.array(rng.standard_normal(ROWS).astype("float32")),
    "int": pa.array(rng.integers(-(2**40), 2**40, ROWS)),
    "short": pa.array(nulls(rng.integers(-5, 5, ROWS).tolist(), 0.2), pa.int32()),
    "asset": pa.array([f"A{i % 7}" for i in range(ROWS)]),
    "name": pa.array(nulls([f"a longer name {i}" for i in rng.integers(0, 3_000, ROWS)], 0.1)),
    "flag": pa.array(rng.random(ROWS) < 0.01),
    "maybe": pa.array(nulls((rng.random(ROWS) < 0.5).tolist(), 0.3), pa.bool_()),
    "empty": pa.array([None] * ROWS, pa.float64()),
}
table = pa.table(columns)
for compression in ("none", "snappy", "zstd", "gzip", "lz4"):
    for version in ("1.0", "2.0"):
        pq.write_table(
            table, f"{folder}/arrow-{compression}-{version}.parquet", compression=compression, data_page_version=version,
            data_page_size=20_000, row_group_size=9_000)
pq.write_table(table, f"{folder}/arrow-plain.parquet", use_dictionary=False)
pq.write_table(table, f"{folder}/arrow-required.parquet", use_dictionary=["asset"])
pq.write_table(table.slice(0, 0), f"{folder}/arrow-no-rows.parquet")
pq.write_table(table.slice(0, 1), f"{folder}/arrow-one-row.parquet")
required = pa.schema([f.with_nullable(f.name in ("millis", "sparse", "rare", "short", "name", "maybe", "empty")) for f in table.schema])
pq.write_table(table.cast(required), f"{folder}/arrow-not-null.parquet")
pq.write_table(table, f"{folder}/arrow-delta.parquet", use_dictionary=False, column_encoding={"int": "DELTA_BINARY_PACKED"})
frame = pl.from_arrow(table)
for compression in ("zstd", "snappy", "uncompressed"):
    frame.write_parquet(f"{folder}/polars-{compression}.parquet", compression=compression, row_group_size=6_000)
frame.with_columns(pl.col("asset").cast(pl.Categorical), pl.col("int").cast(pl.UInt64, strict=False).alias("unsigned")).write_parquet(
    f"{folder}/polars-other.parquet")
