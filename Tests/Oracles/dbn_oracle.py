"""What databento's own packages make of DBN files.

    dbn_oracle.py convert OUT FILE...   per file OUT/<name>.{csv,json,raw.csv,raw.json,table,raw.table,asis.table}
    dbn_oracle.py same A B              whether two files hold equal metadata and equal records, and how many
    dbn_oracle.py metadata FILE...      one JSON object per file
    dbn_oracle.py edges OUT             makes files with unusual values, and what databento-dbn turns them into:
                                        OUT/<name>.{dbn,csv,json}; prints a name and the schema to ask for per line

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
import numpy as np
import pyarrow as pa
from databento_dbn import Compression, DBNDecoder, Encoding, Metadata, SType, Schema, Transcoder, VersionUpgradePolicy, v1, v2, v3


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


def head(version, schema, ts_out=False):
    return Metadata(
        dataset="GLBX.MDP3", start=0, stype_in=SType.RAW_SYMBOL, stype_out=SType.INSTRUMENT_ID, schema=schema, symbols=[],
        partial=[], not_found=[], mappings=[], ts_out=ts_out, version=version,
    ).encode()


def record(kind, rtype, ts_out=None, **values):
    row = np.zeros(1, dtype=list(kind._dtypes))
    tail = b"" if ts_out is None else struct.pack("<Q", ts_out)
    row["length"] = (row.nbytes + len(tail)) // 4
    row["rtype"] = rtype
    for name, value in values.items():
        row[name] = value
    return row.tobytes() + tail


def edge_files():
    none, price = 2**64 - 1, 2**63 - 1
    trade = v3.TradeMsg
    yield "sentinels", Schema.TRADES, head(3, Schema.TRADES) + b"".join([
        record(trade, 0),
        record(trade, 0, ts_recv=none, ts_event=none, price=price, size=2**32 - 1, action=b"T", side=b"N"),
        record(trade, 0, ts_recv=2**63 + 5, ts_event=none - 1, price=-1, ts_in_delta=-(2**31), depth=255, flags=255),
        record(trade, 0, ts_recv=1, price=-(10**18) - 1, action=b",", side=b'"', sequence=2**32 - 1),
        record(trade, 0, price=999_999_999, action=b" ", side=b"~"),
    ])
    yield "ts_out", Schema.TRADES, head(3, Schema.TRADES, True) + b"".join(record(trade, 0, ts_out=x) for x in (5, none, 10**18))
    yield "ts_out_v1", Schema.STATISTICS, head(1, Schema.STATISTICS, True) + record(v1.StatMsg, 0x18, ts_out=77, quantity=-7)
    yield "statistics_v1", Schema.STATISTICS, head(1, Schema.STATISTICS) + b"".join(
        record(v1.StatMsg, 0x18, quantity=q, price=p, ts_ref=t) for q, p, t in ((2**31 - 1, price, none), (-(2**31), 0, 0), (9, 5, 9)))
    yield "statistics_v3", Schema.STATISTICS, head(3, Schema.STATISTICS) + b"".join(
        record(v3.StatMsg, 0x18, quantity=q) for q in (2**63 - 1, -(2**63), 2**31 - 1))
    yield "mbo", Schema.MBO, head(3, Schema.MBO) + record(v3.MBOMsg, 0xA0, order_id=none, channel_id=255, action=b"F", side=b"B")
    yield "ohlcv", Schema.OHLCV_EOD, head(3, Schema.OHLCV_EOD) + record(v3.OHLCVMsg, 0x24, volume=none, high=price, low=-price)
    yield "status", Schema.STATUS, head(3, Schema.STATUS) + record(v3.StatusMsg, 0x12, is_trading=b"~", action=65535)
    yield "imbalance", Schema.IMBALANCE, head(3, Schema.IMBALANCE) + record(v3.ImbalanceMsg, 0x14, auction_time=none, unpaired_side=b"B")
    yield "tcbbo", Schema.TCBBO, head(3, Schema.TCBBO) + record(v3.CMBP1Msg, 0xC2, bid_pb_00=65535, ask_px_00=price, ts_in_delta=-1)
    yield "cbbo", Schema.CBBO_1M, head(3, Schema.CBBO_1M) + record(v3.CBBOMsg, 0xC1, bid_pb_00=7, ask_sz_00=2**32 - 1)
    text = dict(raw_symbol='a"b,c/\\\n\t\x7f é'.encode(), asset=b" lead", group=b"a\r\nb", currency=b"U'D", underlying=b"\x01\x1f\x08\x0c")
    numbers = dict(strike_price=7, contract_multiplier_unit=-1, raw_instrument_id=2**32 - 1, appl_id=-2, min_lot_size=-3, instrument_class=b"K")
    for version, kinds in ((1, v1), (2, v2), (3, v3)):
        yield f"definition_v{version}", Schema.DEFINITION, head(version, Schema.DEFINITION) + record(
            kinds.InstrumentDefMsg, 0x13, **text, **numbers) + record(kinds.InstrumentDefMsg, 0x13, raw_symbol=b"x" * 21)
    mapping = dict(instrument_id=7, stype_in_symbol=b"ES.FUT", stype_out_symbol=b"ESH4", start_ts=5, end_ts=none)
    for version, kinds in ((1, v1), (2, v2), (3, v3)):
        live = [record(kinds.SymbolMappingMsg, 0x16, **mapping), record(trade, 0, instrument_id=7, ts_recv=9), record(trade, 0, instrument_id=8)]
        live += [record(kinds.SystemMsg, 0x17, msg=m) for m in (
            b"Heartbeat", b'hi "there",\n', b"Subscription request 1 for mbo data succeeded", b"Finished mbo replay", b"")]
        live += [record(kinds.ErrorMsg, 0x15, err=b"no / such"), record(v3.MBP1Msg, 1, instrument_id=7, ask_px_00=price)]
        live += [record(kinds.SymbolMappingMsg, 0x16, **{**mapping, "stype_out_symbol": b"A,B"}), record(trade, 0, instrument_id=7)]
        yield f"live_v{version}", Schema.TRADES, head(version, None) + b"".join(live)


def edges(out):
    for name, schema, data in edge_files():
        with open(os.path.join(out, name + ".dbn"), "wb") as sink:
            sink.write(data)
        for suffix, encoding in ((".csv", Encoding.CSV), (".json", Encoding.JSON)):
            with open(os.path.join(out, name + suffix), "wb") as sink:
                coder = Transcoder(sink, encoding, Compression.NONE, map_symbols=True, schema=schema)
                coder.write(data)
                coder.flush()
        print(name, schema)


def main():
    verb, arguments = sys.argv[1], sys.argv[2:]
    if verb == "convert":
        convert(arguments[0], arguments[1:])
        print("ok")
    elif verb == "edges":
        edges(arguments[0])
    elif verb == "same":
        left, right = (databento.DBNStore.from_file(path) for path in arguments)
        a, b = records(left), records(right)
        print(json.dumps({"records": len(a), "equal": a == b, "metadata": describe(left) == describe(right)}, sort_keys=True))
    elif verb == "metadata":
        for path in arguments:
            print(json.dumps(describe(databento.DBNStore.from_file(path)), sort_keys=True))


main()
