"""What databento's own packages make of DBN files.

    dbn_oracle.py convert OUT FILE...   per file OUT/<name>.{csv,json,raw.csv,raw.json,table,raw.table,asis.table}
    dbn_oracle.py same A B              whether two files hold equal metadata and equal records, and how many
    dbn_oracle.py metadata FILE...      one JSON object per file

A .table file has one line per column: name, type and values, separated by tabs. Doubles are their bits in hex, so that
comparing text compares values exactly.
"""

import json
import os
import struct
import sys
import warnings

warnings.simplefilter("ignore")

import databento
import pyarrow as pa
from databento_dbn import DBNDecoder, VersionUpgradePolicy


def upgraded(store):
    """The same file as databento-dbn presents it by default: everything as version 3."""
    raw = store.reader.read()
    decoder = DBNDecoder(upgrade_policy=VersionUpgradePolicy.UPGRADE_TO_V3)
    parts = []
    for item in decoder.write_and_decode(raw):
        parts.append(item.encode() if hasattr(item, "encode") else bytes(item))
    return databento.DBNStore.from_bytes(b"".join(parts))


def cell(value, kind):
    if value is None:
        return "null"
    if kind == "double":
        return struct.pack(">d", value).hex()
    if kind == "string":
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def table(store, **options):
    """One line per column of what to_parquet would write."""
    frame = store.to_df(**options)
    arrow = pa.Table.from_pandas(frame)
    lines = []
    for name, column in zip(arrow.schema.names, arrow.columns):
        kind = str(column.type)
        if kind in ("large_string", "null", "string"):
            kind = "string"
        if kind.startswith("timestamp"):
            column = column.cast(pa.int64())
        lines.append("\t".join([name, kind] + [cell(value, kind) for value in column.to_pylist()]))
    return "\n".join(lines) + "\n"


def convert(out, files):
    for path in files:
        name = os.path.join(out, os.path.basename(path))
        store = databento.DBNStore.from_file(path)
        store.to_csv(name + ".csv")
        store.to_json(name + ".json")
        store.to_csv(name + ".raw.csv", pretty_px=False, pretty_ts=False, map_symbols=False)
        store.to_json(name + ".raw.json", pretty_px=False, pretty_ts=False, map_symbols=False)
        newest = upgraded(store)
        for suffix, source, options in (
            (".table", newest, {}),
            (".raw.table", newest, {"price_type": "fixed", "pretty_ts": False}),
            (".asis.table", store, {}),
        ):
            with open(name + suffix, "w") as sink:
                sink.write(table(source, **options))


def describe(store):
    meta = store.metadata
    return {
        "version": meta.version,
        "dataset": meta.dataset,
        "schema": str(meta.schema) if meta.schema else None,
        "start": meta.start,
        "end": meta.end,
        "limit": meta.limit,
        "stype_in": str(meta.stype_in) if meta.stype_in is not None else None,
        "stype_out": str(meta.stype_out),
        "ts_out": meta.ts_out,
        "symbols": meta.symbols,
        "partial": meta.partial,
        "not_found": meta.not_found,
        "mappings": {
            symbol: [[str(i["start_date"]), str(i["end_date"]), i["symbol"]] for i in intervals]
            for symbol, intervals in meta.mappings.items()
        },
    }


def records(store):
    return [bytes(record) for record in store]


def main():
    verb, arguments = sys.argv[1], sys.argv[2:]
    if verb == "convert":
        convert(arguments[0], arguments[1:])
        print("ok")
    elif verb == "same":
        left, right = (databento.DBNStore.from_file(path) for path in arguments)
        a, b = records(left), records(right)
        print(json.dumps({"records": len(a), "equal": a == b, "metadata": describe(left) == describe(right)}, sort_keys=True))
    elif verb == "metadata":
        for path in arguments:
            print(json.dumps(describe(databento.DBNStore.from_file(path)), sort_keys=True))


main()
