"""Concurrency, uniqueness, weights and the sequential bootstrap: ml4t-engineer's and, where it has none, numpy."""
import json
import sys

import numpy as np
from ml4t.engineer.labeling.uniqueness import (
    build_concurrency,
    calculate_label_uniqueness,
    calculate_sample_weights,
    sequential_bootstrap,
)


class Replay(np.random.Generator):
    """Draws with given uniform numbers."""

    def __init__(self, uniforms):
        super().__init__(np.random.PCG64(0))
        self.uniforms = iter(uniforms)

    def choice(self, count, p):
        return int(np.searchsorted(np.cumsum(p), next(self.uniforms), side="right"))


d = json.load(open(sys.argv[1]))
starts, ends = np.array(d["starts"]), np.array(d["ends"])
rows, returns = d["rows"], np.array(d["log_returns"])


def close(name, want):
    np.testing.assert_allclose(np.array(d[name], float), want, rtol=1e-9, atol=1e-14, err_msg=name)


concurrency = build_concurrency(starts, ends, rows)
close("concurrency", concurrency)
uniqueness = calculate_label_uniqueness(starts, ends, rows)
close("uniqueness", uniqueness)
moves = np.array([returns[s : e + 1].sum() for s, e in zip(starts, ends)])
close("uniqueness_and_returns", calculate_sample_weights(uniqueness, moves))
close("uniqueness_only", calculate_sample_weights(uniqueness, moves, "uniqueness_only"))
attributed = np.array([abs((returns[s : e + 1] / concurrency[s : e + 1]).sum()) for s, e in zip(starts, ends)])
close("attribution", attributed * len(attributed) / attributed.sum())
for oldest, got in d["decay"].items():
    last = float(oldest)
    sums = np.cumsum(uniqueness)
    slope = (1 - last) / sums[-1] if last >= 0 else 1 / ((last + 1) * sums[-1])
    np.testing.assert_allclose(got, np.maximum(0, 1 - slope * sums[-1] + slope * sums), rtol=1e-9, atol=1e-12)
order = sequential_bootstrap(starts, ends, rows, n_draws=len(d["drawn"]), random_state=Replay(d["uniforms"]))
assert order.tolist() == d["drawn"], (order.tolist(), d["drawn"])
print("ok")
