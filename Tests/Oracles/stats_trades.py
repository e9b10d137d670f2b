"""Trade statistics by pandas.

usage: stats_trades.py   (standard input: a JSON object with arrays `results`, `durations`, `notional`, `equity`, `exposure`)
"""
import json
import math
import sys

import pandas as pd

data = json.load(sys.stdin)
r = pd.Series(data["results"], dtype=float)
wins, losses = r[r > 0], r[r < 0]


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def streak(flags):
    return int(flags.astype(int).groupby((~flags).cumsum()).sum().max()) if len(flags) else 0


d = pd.Series(data["durations"], dtype=float)
turnover = pd.Series(data["notional"], dtype=float) / pd.Series(data["equity"], dtype=float)
exposure = pd.Series(data["exposure"], dtype=float)
print(json.dumps({
    "win_rate": number((r > 0).mean()),
    "profit_factor": number(wins.sum() / -losses.sum()) if len(losses) else None,
    "expectancy": number((len(wins) * wins.mean() + len(losses) * losses.mean()) / len(r)),
    "payoff_ratio": number(wins.mean() / -losses.mean()),
    "average_win": number(wins.mean()),
    "average_loss": number(losses.mean()),
    "largest_win": number(wins.max()),
    "largest_loss": number(losses.min()),
    "win_streak": streak(r > 0),
    "loss_streak": streak(r < 0),
    "duration": [number(v) for v in (d.mean(), d.median(), d.min(), d.max())],
    "turnover": number(turnover.mean() * 252),
    "time_in_market": number((exposure != 0).mean()),
}))
