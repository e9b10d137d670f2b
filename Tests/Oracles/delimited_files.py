"""Writes csv files in every form that users' programs write, and what pandas reads in each: times, names, numbers bit by bit."""
import decimal
import json
import os
import random
import struct
import sys

import pandas as pd

folder, count = sys.argv[1], int(sys.argv[2])
os.makedirs(folder, exist_ok=True)
# What pandas takes for missing where nobody says otherwise, and the point of FRED.
MISSING = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
           "NaN", "None", "n/a", "nan", "null", "."]
TEXTS = ["BTC", "a, b", 'the "best"', "two\nlines", "x;y", "tab\there", "é日本", '"', "''", "0x10", "1,5", "12:30", "-", "True", "2024-05-01"]
FORMS = ["zoned", "offset", "blank", "plain", "minutes", "dates", "seconds", "millis", "micros", "nanos", "fractions"]


def number(rng):
    kind = rng.randrange(8)
    if kind < 3:
        value = round(rng.uniform(0, 10 ** rng.randrange(1, 7)), rng.randrange(0, 9))
    elif kind == 3:
        value = float(rng.randrange(-(10**6), 10**6))
    elif kind == 4:
        value = rng.gauss(0, 1) * 10.0 ** rng.randrange(-12, 12)
    elif kind == 5:
        value = struct.unpack("<d", rng.randbytes(8))[0]
        value = value if value == value and abs(value) < float("inf") else 0.1
    elif kind == 6:
        return str(rng.randrange(10 ** rng.randrange(1, 25)))
    else:
        return f"{rng.randrange(10**4)}.{rng.randrange(10**12):012d}{rng.randrange(10**12):012d}"[: rng.randrange(6, 29)]
    text = rng.choice([repr, lambda x: f"{x:.17g}", lambda x: f"{x:e}", lambda x: f"{x:.16E}", lambda x: f"{x:.6f}"])(value)
    if rng.random() < 0.1 and text[0] != "-":
        text = "+" + text
    if rng.random() < 0.1 and "e" not in text.lower():
        text = text[:-2] + "." if text.endswith(".0") else text
    if rng.random() < 0.1:
        text = text.replace("0.", ".", 1) if text.startswith("0.") and text != "0." else text
    if rng.random() < 0.05 and text[0].isdigit():
        text = "00" + text
    return text


def times(rng, rows, form):
    day = 86_400 * 10**9
    unit = {"minutes": 60 * 10**9, "dates": day, "seconds": 10**9, "millis": 10**6, "micros": 10**3}.get(form, 1)
    nanos = rng.randrange(10**8, 55 * 10**8) * 10**9 // unit * unit
    result = []
    for _ in range(rows):
        nanos += rng.randrange(1, 400) * max(unit, rng.choice([10**9, 10**6, 250 * 10**6, 1]) // unit * unit)
        result.append(nanos)
    return result


def time_text(rng, nanos, form):
    stamp = pd.Timestamp(nanos, tz="UTC")
    digits = rng.choice([3, 6, 9])
    fraction = f".{nanos % 10**9:09d}" if nanos % 10 ** (9 - digits) else f".{nanos % 10**9:09d}"[: digits + 1]
    fraction = "" if nanos % 10**9 == 0 and rng.random() < 0.7 else fraction
    seconds = stamp.strftime("%H:%M:%S") + fraction
    if form == "zoned":
        return stamp.strftime("%Y-%m-%dT") + seconds + "Z"
    if form == "offset":
        hours = rng.choice(["+00:00", "+0000"])
        if rng.random() < 0.7:
            local = stamp + pd.Timedelta(hours=-5, minutes=30)
            return local.strftime("%Y-%m-%d %H:%M:%S") + fraction + "-04:30"
        return stamp.strftime("%Y-%m-%d ") + seconds + hours
    if form in ("blank", "plain"):
        return stamp.strftime("%Y-%m-%d" + (" " if form == "blank" else "T")) + seconds
    if form == "minutes":
        return stamp.strftime("%Y-%m-%d %H:%M")
    if form == "dates":
        return stamp.strftime("%Y-%m-%d")
    if form == "fractions":
        return f"{nanos // 10**9}.{nanos % 10**9:09d}" + "0" * rng.randrange(3)
    return str(nanos // {"seconds": 10**9, "millis": 10**6, "micros": 10**3, "nanos": 1}[form])


def instants(texts, form):
    if form == "fractions":
        return [int(decimal.Decimal(text) * 10**9) for text in texts]
    unit = {"seconds": "s", "millis": "ms", "micros": "us", "nanos": "ns"}.get(form)
    parsed = pd.to_datetime(texts.astype("int64"), unit=unit, utc=True) if unit else pd.to_datetime(texts, format="ISO8601", utc=True)
    return [int(value) for value in parsed.dt.as_unit("ns").astype("int64")]


def write(path, rng):
    """One file, field by field: the csv module would quote in one way only."""
    delimiter, end = rng.choice([",", ",", ",", ";", "\t"]), rng.choice(["\n", "\n", "\r\n", "\r"])
    form = rng.choice(FORMS)
    quoting, gaps, missing = rng.choice([0, 0, 0.2, 1]), rng.choice([0, 0, 0.1]), rng.choice([0, 0.05, 0.4])
    names = ["open", "close", "volume", "score", "px; usd", "mark\tprice", "a, b", 'the "mid"'][: rng.randrange(1, 9)]
    texts = rng.random() < 0.5
    header = names + (["symbol"] if texts else [])
    rng.shuffle(header)
    header.insert(rng.randrange(len(header) + 1), "time")

    def field(text, always=False):
        needs = any(sign in text for sign in '",;\t\r\n') or always or rng.random() < quoting
        return '"' + text.replace('"', '""') + '"' if needs else text

    padded = rng.random() < 0.1
    empty = rng.choice(names) if rng.random() < 0.1 else None
    lines = [delimiter.join(field(name) for name in header)]
    for nanos in times(rng, rng.randrange(1, 40), form):
        cells = []
        for name in header:
            if name == "time":
                cells.append(field(time_text(rng, nanos, form)))
            elif name == "symbol":
                cells.append(field(rng.choice(TEXTS if end != "\r" else TEXTS[:3] + TEXTS[4:])))
            elif name == empty or rng.random() < missing:
                # An empty line of one empty cell is no row.
                cells.append(field(rng.choice(MISSING)))
            else:
                cells.append(field((" " if padded else "") + number(rng) + ("  " if padded else "")))
        lines.append(delimiter.join(cells))
        if rng.random() < gaps:
            lines.append(rng.choice(["", "  "]))
    text = end.join(lines) + (end if rng.random() < 0.7 else "")
    with open(path, "wb") as file:
        file.write((b"\xef\xbb\xbf" if rng.random() < 0.2 else b"") + text.encode())
    return delimiter, form, names


for index in range(count):
    rng = random.Random(7_000 + index)
    name = f"{index:03d}.csv"
    delimiter, form, numbers = write(f"{folder}/{name}", rng)
    # Cells and what is missing are pandas', numbers Python's: pandas itself does not round every number to the nearest.
    frame = pd.read_csv(f"{folder}/{name}", sep=delimiter, dtype=str, na_values=["."], index_col=False)
    kept = [column for column in frame.columns if column in numbers]
    print(json.dumps({
        "file": name, "times": instants(frame["time"], form), "names": kept,
        "left_out": [column for column in frame.columns if column == "symbol"],
        "columns": [["nan" if pd.isna(text) else struct.pack(">d", float(text)).hex() for text in frame[column]] for column in kept],
    }))
