"""Daily P&L as ml4t-backtest aggregates it: one JSON object on standard input, a list of rows on standard output."""
import json
import sys
from datetime import datetime, timedelta

from ml4t.backtest import BacktestResult
from ml4t.backtest.sessions import SessionConfig, compute_session_pnl

given = json.load(sys.stdin)
curve = [(datetime(1970, 1, 1) + timedelta(microseconds=time), value) for time, value in given["equity"]]
if given["calendar"] == "calendar days":
    frame = BacktestResult(
        trades=[], equity_curve=curve, fills=[], metrics={}, initial_capital=100_000.0
    ).to_daily_pnl()
else:
    session = SessionConfig(
        calendar=given["calendar"], timezone=given["zone"], session_start_time=given["start"]
    )
    frame = compute_session_pnl(curve, session, initial_capital=100_000.0).rename({"session_date": "date"})
print(json.dumps([{**row, "date": str(row["date"])[:10]} for row in frame.to_dicts()], default=str))
