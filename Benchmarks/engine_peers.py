"""The peers of engine.py, each in a process of its own: engine_peers.py PEER PRICES SIGNALS CASE OUT.

Prints {"seconds": [CPU seconds of each run], "trades": number of trades, open ones included, "final": equity at the end, "peak": memory in
MiB} as JSON. Imports and warm-up are not counted; reading, running and writing are.
"""
import json
import logging
import os
import resource
import sys
import time
import warnings

os.environ.setdefault("POLARS_MAX_THREADS", "1")
peer, prices_path, signals_path, case_path, out = sys.argv[1:6]
case = json.load(open(case_path))
SHARES, RATE, CASH = case["strategy"]["shares"], case["commission"]["rate"], case["cash"]["initial"]
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
    return {"seconds": [seconds], "trades": len(result.trades), "final": float(result.metrics["final_value"])}


def vectorbt():
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq
    import vectorbt as vbt

    # Every bar has every asset, in one order, so that a column is a matrix as it is: ten times faster than a pivot.
    codes = pq.read_table(prices_path, columns=["asset"])["asset"].combine_chunks().dictionary_encode()
    names, width = codes.dictionary.to_pylist(), len(codes.dictionary)
    assert (codes.indices.to_numpy().reshape(-1, width) == np.arange(width)).all()

    def read(path, columns):
        table = pq.read_table(path, columns=columns, use_threads=False)
        return [table[column].to_numpy().reshape(-1, width) for column in columns]

    def run():
        """Decisions at a bar's close fill at the next bar's open, one account for all assets."""
        marks = [time.process_time()]
        times, opening, close = read(prices_path, ["timestamp", "open", "close"])
        entry, leave = (np.vstack([np.zeros((1, width), bool), flags[:-1]]) for flags in read(signals_path, ["entry", "exit"]))
        close = pd.DataFrame(close, index=times[:, 0], columns=names)
        marks.append(time.process_time())
        portfolio = vbt.Portfolio.from_signals(
            close, entry, leave, price=opening, size=float(SHARES), fees=RATE, init_cash=CASH, group_by=True, cash_sharing=True, freq="1D")
        marks.append(time.process_time())
        equity = portfolio.value()
        records = portfolio.trades.records
        marks.append(time.process_time())
        records.to_parquet(f"{out}/trades.parquet")
        portfolio.orders.records.to_parquet(f"{out}/fills.parquet")
        equity.to_frame("equity").to_parquet(f"{out}/equity.parquet")
        marks.append(time.process_time())
        return np.diff(marks), len(records), float(equity.iloc[-1])

    run()
    answers = [run() for _ in range(10)]
    best, trades, final = min(answers, key=lambda answer: answer[0].sum())
    return {"seconds": [float(parts.sum()) for parts, *_ in answers], "trades": trades, "final": final,
            "parts": dict(zip(("read", "from_signals", "equity and trades", "write"), best.tolist()))}


def nautilus():
    from decimal import Decimal

    import pandas as pd
    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig, RiskEngineConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Money, Price, Quantity
    from nautilus_trader.persistence.wranglers import BarDataWrangler
    from nautilus_trader.trading.strategy import Strategy

    class Writable(pd.DataFrame):
        """The wrangler wants arrays that it may write to, which those of pandas 3 are not."""

        _constructor = property(lambda self: Writable)
        values = property(lambda self: super().values.copy())

    venue, rate = Venue("XNAS"), Decimal(str(RATE))
    instrument = Equity(
        InstrumentId(Symbol("A000"), venue), Symbol("A000"), USD, price_precision=2, price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1), ts_event=0, ts_init=0, maker_fee=rate, taker_fee=rate)
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
    # Without what it offers on top of the run: logs, checks of orders, statistics.
    engine = BacktestEngine(BacktestEngineConfig(
        logging=LoggingConfig(bypass_logging=True), risk_engine=RiskEngineConfig(bypass=True), run_analysis=False))
    engine.add_venue(venue, OmsType.NETTING, AccountType.CASH, [Money(CASH, USD)], base_currency=USD)
    engine.add_instrument(instrument)
    engine.add_data(bars)
    strategy = Signals()
    engine.add_strategy(strategy)
    engine.run()
    fills = engine.trader.generate_order_fills_report()
    fills.astype(str).to_parquet(f"{out}/fills.parquet")
    seconds = time.process_time() - start
    cash = engine.portfolio.account(venue).balance_total(USD).as_double()
    held = SHARES * prices["close"].iloc[-1] if strategy.held else 0
    # An entry is one fill, an exit the other.
    return {"seconds": [seconds], "trades": (len(fills) + 1) // 2, "final": cash + held}


answer = {"ml4t": ml4t, "vectorbt": vectorbt, "nautilus": nautilus}[peer]()
print(json.dumps(answer | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
