"""What the oracles of labels share: samples and cases from the file named on the command line, and the comparison.

A sample holds the columns open, high, low, close, volatility, side, benchmark (NaN for null) and, as nanoseconds, known and
session. A case holds a label's name, parameters, the inputs it was given, and what the program made of it.
"""
import json
import sys

import numpy as np


def numbers(values):
    return np.array([np.nan if v is None else float(v) for v in values])


class Sample:
    def __init__(self, table):
        for name in ("open", "high", "low", "close", "volatility", "side", "benchmark"):
            setattr(self, name, numbers(table[name]))
        self.known = np.array(table["known"], dtype=np.int64)
        self.session = np.array(table["session"], dtype=np.int64)
        self.n = len(self.close)


def load():
    document = json.load(open(sys.argv[1]))
    samples = {name: Sample(table) for name, table in document["samples"].items()}
    for case in document["cases"]:
        case["values"] = numbers(case["values"])
        case["ends"] = numbers(case["ends"])
        case["sides"] = {name: numbers(values) for name, values in case["sides"].items()}
    return samples, document["cases"]


wrong = []


def compare(case, what, got, want, tolerance=1e-9, absolute=1e-12):
    try:
        np.testing.assert_allclose(np.asarray(got, float), np.asarray(want, float), rtol=tolerance, atol=absolute)
    except AssertionError as error:
        wrong.append(f"{case['name']} {case['parameters']} on {case['sample']}: {what}: {error}")


def finish(count):
    if wrong:
        print("\n".join(wrong[:20]), file=sys.stderr)
        sys.exit(1)
    print("ok", count)
