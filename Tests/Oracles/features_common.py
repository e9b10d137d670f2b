"""What the oracles of the feature transforms share: read the cases, recompute each, compare.

A script maps transform names to functions f(p, c): p holds the parameters, defaults filled in, c the input columns as pandas
Series, in the transform's order and by name, without infinite numbers, which count as missing. The result is array-like; NaN marks a missing value.
"""
import json
import sys

import numpy as np
import pandas as pd


class Columns:
    def __init__(self, names, table):
        self.names = names
        self.series = [table[name] for name in names]

    def __getitem__(self, key):
        return self.series[key] if isinstance(key, int) else self.series[self.names.index(key)]

    def __len__(self):
        return len(self.series)

    def __iter__(self):
        return iter(self.series)


def number(value):
    return np.nan if value is None else float(value)


def check(expected, tolerance=1e-9, absolute=None):
    """Recomputes every case of the file named on the command line. `absolute` maps names to an absolute tolerance where the
    result is a difference of larger numbers."""
    absolute = absolute or {}
    document = json.load(open(sys.argv[1]))
    samples = {
        name: {
            key: pd.Series([number(v) for v in values], dtype=float).replace([np.inf, -np.inf], np.nan)
            for key, values in table.items()
        }
        for name, table in document["samples"].items()
    }
    wrong = []
    for case in document["cases"]:
        got = np.array([number(v) for v in case["values"]])
        columns = Columns(case["columns"], samples[case["sample"]])
        with np.errstate(all="ignore"):
            want = np.asarray(expected[case["name"]](case["parameters"], columns), dtype=float)
        try:
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=absolute.get(case["name"], 1e-12))
        except AssertionError as error:
            wrong.append(f"{case['name']} {case['parameters']} on {case['sample']}: {error}")
    if wrong:
        sys.exit("\n".join(wrong))
    print("ok", len(document["cases"]))
