"""Compare a Parquet file with the flat dump of what was to be written, through four readers.

usage: lake_parquet.py DUMP_FOLDER...     each holds table.parquet and the dump
"""
import json
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ARROW = {"bool": pa.bool_(), "double": pa.float64(), "string": pa.string(), "date": pa.date32(),
         "us": pa.timestamp("us"), "us_utc": pa.timestamp("us", "UTC"), "ns": pa.timestamp("ns"), "ns_utc": pa.timestamp("ns", "UTC")}
ARROW |= {f"{u}int{b}": getattr(pa, f"{u}int{b}")() for u in ("", "u") for b in (8, 16, 32, 64)}
POLARS = {"bool": pl.Boolean, "double": pl.Float64, "string": pl.String, "date": pl.Date, "us": pl.Datetime("us"),
          "us_utc": pl.Datetime("us", "UTC"), "ns": pl.Datetime("ns"), "ns_utc": pl.Datetime("ns", "UTC")}
POLARS |= {f"{u}int{b}": getattr(pl, f"{'U' if u else ''}Int{b}") for u in ("", "u") for b in (8, 16, 32, 64)}
DUCK = {"bool": "BOOLEAN", "double": "DOUBLE", "string": "VARCHAR", "date": "DATE", "us": "TIMESTAMP", "us_utc": "TIMESTAMP WITH TIME ZONE",
        "ns": "TIMESTAMP_NS", "ns_utc": "TIMESTAMPTZ_NS", "int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER",
        "int64": "BIGINT", "uint8": "UTINYINT", "uint16": "USMALLINT", "uint32": "UINTEGER", "uint64": "UBIGINT"}
PANDAS = {"bool": "bool", "double": "float64", "string": "str", "us": "datetime64[us]", "us_utc": "datetime64[us, UTC]",
          "ns": "datetime64[ns]", "ns_utc": "datetime64[ns, UTC]"} | {f"{u}int{b}": f"{u}int{b}" for u in ("", "u") for b in (8, 16, 32, 64)}


def expected(column):
    """The values as an Arrow array, built from the dump alone."""
    base = f"{dump}/{column['name']}"
    kind = column["type"]
    valid = np.fromfile(base + ".valid", np.uint8).astype(bool) if column["has_nulls"] else np.ones(rows, bool)
    if kind == "string":
        data = open(base + ".values", "rb").read()
        ends = np.cumsum(np.fromfile(base + ".lengths", np.int64))
        starts = np.r_[0, ends[:-1]] if rows else ends
        items = [data[a:b].decode() if ok else None for a, b, ok in zip(starts, ends, valid)]
        return pa.array(items, pa.string())
    raw = np.fromfile(base + ".values", {"bool": np.uint8, "double": np.float64}.get(kind, np.int64))
    if kind == "bool":
        raw = raw.astype(bool)
    elif kind.startswith(("int", "uint")):
        raw = raw.astype(kind) if kind != "uint64" else raw.view(np.uint64)
    elif kind == "date":
        raw = raw.astype(np.int32)
    array = pa.array(raw, mask=~valid, from_pandas=False)
    return array if kind in ("bool", "double") or "int" in kind else array.cast(ARROW[kind])


def bits(array):
    """Comparable numbers: doubles by bit pattern (every NaN alike), nulls marked apart."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks else pa.array([], array.type)
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks)
    valid = np.array(array.is_valid())
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        return valid, array.cast(pa.large_string()).fill_null("").to_pylist()
    if pa.types.is_boolean(array.type):
        return valid, np.array(array.fill_null(False)).tolist()
    if pa.types.is_floating(array.type):
        values = np.array(array.fill_null(0.0))
        values = np.where(np.isnan(values), np.nan, values)
        return valid, values.view(np.uint64).tolist()
    if pa.types.is_date(array.type):
        array = array.cast(pa.int32())
    elif pa.types.is_timestamp(array.type):
        array = array.cast(pa.int64())
    return valid, np.array(array.fill_null(0)).tolist()


def same(reader, name, got, want):
    gv, g = bits(got)
    wv, w = bits(want)
    assert len(gv) == len(wv) == rows, f"{reader}: {name} has {len(gv)} rows, want {rows}"
    assert (gv == wv).all(), f"{reader}: {name} differs in nulls at {np.flatnonzero(gv != wv)[:3]}"
    if g != w:
        i = next(i for i in range(rows) if g[i] != w[i])
        raise AssertionError(f"{reader}: {name}[{i}] is {g[i]!r}, want {w[i]!r}")


def check_metadata():
    meta = pq.ParquetFile(path).metadata
    sizes = [meta.row_group(i).num_rows for i in range(meta.num_row_groups)]
    full, rest = divmod(rows, group_rows)
    assert sizes == [group_rows] * full + ([rest] if rest else []), f"row groups {sizes}"
    assert meta.num_rows == rows and meta.created_by == "apus", meta
    for i, column in enumerate(spec["columns"]):
        leaf = meta.schema.column(i)
        assert leaf.max_definition_level == int(column["nullable"]), f"{column['name']}: repetition"
        want = expected(column)
        start = 0
        for g, size in enumerate(sizes):
            chunk = meta.row_group(g).column(i)
            assert chunk.compression == "ZSTD", chunk.compression
            part = want.slice(start, size)
            start += size
            check_statistics(column, chunk, part)


def check_statistics(column, chunk, part):
    stats, name, kind = chunk.statistics, column["name"], column["type"]
    assert stats is not None and stats.null_count == part.null_count, f"{name}: null_count {stats}"
    values = part.drop_null()
    if kind == "double":
        x = np.array(values)
        x = x[~np.isnan(x)]
        if len(x) == 0:
            assert not stats.has_min_max, f"{name}: bounds of nothing"
        else:
            assert stats.min == x.min() and stats.max == x.max(), f"{name}: {stats}"
            assert not (stats.min == 0 and not np.signbit(stats.min)), f"{name}: +0 as minimum"
            assert not (stats.max == 0 and np.signbit(stats.max)), f"{name}: -0 as maximum"
    elif len(values) == 0:
        assert not stats.has_min_max, f"{name}: bounds of nothing"
    elif kind == "string":
        items = [v.encode() for v in values.to_pylist()]
        if max(len(min(items)), len(max(items))) <= 256:
            raw = [(v if isinstance(v, bytes) else v.encode()) for v in (stats.min, stats.max)]
            assert raw == [min(items), max(items)], f"{name}: {stats}"
    else:
        raw = values.cast(pa.int32() if kind == "date" else pa.int64()) if kind == "date" or kind[:2] in ("us", "ns") else values
        low, high = (min(raw.to_pylist()), max(raw.to_pylist()))
        assert (stats.min_raw, stats.max_raw) == physical(kind, low, high), f"{name}: {stats} want {low} {high}"


def physical(kind, low, high):
    """pyarrow shows raw bounds of unsigned columns as the signed number of the same bits."""
    def wrap(v):
        if kind in ("uint8", "uint16", "uint32"):
            return v - 2**32 if v >= 2**31 else v
        return v - 2**64 if kind == "uint64" and v >= 2**63 else v
    return wrap(low), wrap(high)


def check_values():
    arrow = pq.read_table(path)
    frame = pl.read_parquet(path)
    lazy = pl.scan_parquet(path).collect()
    con = duckdb.connect()
    con.execute("set TimeZone='UTC'")
    types = [str(d[1]) for d in con.execute(f"describe select * from read_parquet('{path}')").fetchall()]
    duck = con.sql(f"select * from read_parquet('{path}')").to_arrow_table()
    names = [c["name"] for c in spec["columns"]]
    assert arrow.column_names == frame.columns == duck.column_names == names, "column names"
    small = rows <= 100_000
    pandas = pd.read_parquet(path) if small else None
    for i, column in enumerate(spec["columns"]):
        name, kind = column["name"], column["type"]
        want = expected(column)
        assert arrow.schema.field(i).type == ARROW[kind], f"pyarrow: {name} {arrow.schema.field(i)}"
        assert arrow.schema.field(i).nullable == column["nullable"], f"pyarrow: {name} nullable"
        assert frame.schema[name] == POLARS[kind], f"polars: {name} {frame.schema[name]} want {POLARS[kind]}"
        assert types[i] == DUCK[kind], f"duckdb: {name} {types[i]}"
        same("pyarrow", name, arrow.column(i), want)
        same("polars", name, frame[name].to_arrow(), want)
        same("polars lazy", name, lazy[name].to_arrow(), want)
        same("duckdb", name, duck.column(i) if kind == "string" else duck.column(i).cast(ARROW[kind]), want)
        if small and want.null_count == 0 and kind != "date" and rows:
            assert str(pandas[name].dtype) == PANDAS[kind], f"pandas: {name} {pandas[name].dtype}"


for dump in sys.argv[1:]:
    path = dump + "/table.parquet"
    spec = json.load(open(dump + "/table.json"))
    rows, group_rows = spec["rows"], spec["row_group_rows"]
    try:
        check_metadata()
        check_values()
    except AssertionError as error:
        sys.exit(f"{dump}: {error}")
    print("ok", rows)
