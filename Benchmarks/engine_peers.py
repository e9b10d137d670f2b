"""The peers of engine.py, each in a process of its own: engine_peers.py PEER PRICES SIGNALS CASE OUT.

Prints {"seconds": CPU seconds, "trades": number of trades, ...} as JSON. Imports and warm-up are not counted; reading, running
and writing are.
"""
import json
import logging
import os
import sys
import time
import warnings

os.environ.setdefault("POLARS_MAX_THREADS", "1")
peer, prices_path, signals_path, case_path, out = sys.argv[1:6]
case = json.load(open(case_path))
SHARES = case["strategy"]["shares"]
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
os.makedirs(out, exist_ok=True)


def ml4t():
    from ml4t.backtest import BacktestConfig, DataFeed, Engine, Strategy

    class Signals(Strategy):
        def on_data(self, timestamp, data, context, broker):
            for asset in sorted(data):
                flags = data[asset].get("signals", {})
                position = broker.get_position(asset)
                quantity = position.quantity if position else 0
                if flags.get("exit") and quantity > 0:
                    broker.close_position(asset)
                elif flags.get("entry") and quantity == 0:
                    broker.submit_order(asset, SHARES)

    config = BacktestConfig.from_dict({key: value for key, value in case.items() if key != "strategy"})
    start = time.process_time()
    result = Engine(DataFeed(prices_path=prices_path, signals_path=signals_path), Signals(), config).run()
    result.to_parquet(out)
    seconds = time.process_time() - start
    return {"seconds": seconds, "trades": len(result.trades), "final": float(result.metrics["final_value"])}


def vectorbt():
    import numpy as np
    import pandas as pd
    import vectorbt as vbt

    def run():
        """Decisions at a bar's close fill at the next bar's open, one account for all assets."""
        marks = [time.process_time()]
        prices, signals = pd.read_parquet(prices_path), pd.read_parquet(signals_path)
        wide = {name: prices.pivot(index="timestamp", columns="asset", values=name) for name in ("open", "close")}
        flags = {name: signals.pivot(index="timestamp", columns="asset", values=name) for name in ("entry", "exit")}
        late = {name: frame.shift(1, fill_value=False).astype(bool) for name, frame in flags.items()}
        marks.append(time.process_time())
        portfolio = vbt.Portfolio.from_signals(
            wide["close"], late["entry"], late["exit"], price=wide["open"], size=float(SHARES), fees=case["commission"]["rate"],
            init_cash=case["cash"]["initial"], group_by=True, cash_sharing=True, freq="1D")
        equity = portfolio.value()
        records = portfolio.trades.records
        marks.append(time.process_time())
        records.to_parquet(f"{out}/trades.parquet")
        portfolio.orders.records.to_parquet(f"{out}/fills.parquet")
        equity.to_frame("equity").to_parquet(f"{out}/equity.parquet")
        marks.append(time.process_time())
        return np.diff(marks), len(records), float(equity.iloc[-1])

    run()
    best = min((run() for _ in range(3)), key=lambda answer: answer[0].sum())
    return {"seconds": float(best[0].sum()), "trades": best[1], "final": best[2],
            "parts": dict(zip(("read", "kernel", "write"), best[0].tolist()))}


def nautilus():
    import pandas as pd
    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.identifiers import Venue
    from nautilus_trader.model.objects import Money
    from nautilus_trader.persistence.wranglers import BarDataWrangler
    from nautilus_trader.test_kit.providers import TestInstrumentProvider
    from nautilus_trader.trading.strategy import Strategy

    class Writable(pd.DataFrame):
        """The wrangler wants arrays that it may write to, which those of pandas 3 are not."""

        _constructor = property(lambda self: Writable)
        values = property(lambda self: super().values.copy())

    instrument = TestInstrumentProvider.equity(symbol="A000", venue="XNAS")
    bar_type = BarType.from_str("A000.XNAS-1-MINUTE-LAST-EXTERNAL")
    size = instrument.make_qty(SHARES)

    class Signals(Strategy):
        def on_start(self):
            self.index, self.held = -1, False
            self.subscribe_bars(bar_type)

        def on_bar(self, bar):
            self.index += 1
            if self.held and exits[self.index]:
                self.trade(OrderSide.SELL)
            elif not self.held and entries[self.index]:
                self.trade(OrderSide.BUY)

        def trade(self, side):
            self.held = side == OrderSide.BUY
            self.submit_order(self.order_factory.market(instrument.id, side, size))

    start = time.process_time()
    prices, signals = pd.read_parquet(prices_path), pd.read_parquet(signals_path)
    entries, exits = signals["entry"].tolist(), signals["exit"].tolist()
    frame = prices.set_index(prices["timestamp"].dt.tz_localize("UTC").astype("datetime64[ns, UTC]"))
    bars = BarDataWrangler(bar_type, instrument).process(Writable(frame[["open", "high", "low", "close", "volume"]]))
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(Venue("XNAS"), OmsType.NETTING, AccountType.CASH, [Money(case["cash"]["initial"], USD)], base_currency=USD)
    engine.add_instrument(instrument)
    engine.add_data(bars)
    engine.add_strategy(Signals())
    engine.run()
    fills = engine.trader.generate_order_fills_report()
    fills.astype(str).to_parquet(f"{out}/fills.parquet")
    seconds = time.process_time() - start
    # An entry is one fill, an exit the other.
    return {"seconds": seconds, "trades": (len(fills) + 1) // 2}


print(json.dumps({"ml4t": ml4t, "vectorbt": vectorbt, "nautilus": nautilus}[peer]()))
