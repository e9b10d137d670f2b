import Contracts
import Primitives

/// A consistent result from a seed: equity follows a random walk of daily bars, trades are long and short.
enum SampleResults {
    static func make(seed: UInt64, bars: Int, trades: Int) -> BacktestResult {
        var generator = SeededGenerator(seed: seed)
        let start = UnixNanos(iso8601: "2016-01-04T15:00:00Z") ?? UnixNanos(0)
        let equity = equity(bars: bars, start: start, &generator)
        var records: [TradeRecord] = []
        var fills: [FillRecord] = []
        for index in 0..<trades {
            let trade = trade(index, bars: max(bars, 2), start: start, &generator)
            records.append(trade)
            for isExit in [false, true] {
                fills.append(fill(of: trade, isExit: isExit, sequence: Int64(fills.count)))
            }
        }
        return BacktestResult(
            trades: records, equity: equity, dailyPnL: days(equity), fills: fills,
            metrics: ["initial_cash": 100_000.0, "num_trades": .int(Int64(trades)), "sharpe": 1.25],
            configuration: ["cash": ["initial": 100_000.0]])
    }

    /// The same with everything that only the layout of ml4t-backtest 0.2.0 has a place for.
    static func ml4t(seed: UInt64, bars: Int, trades: Int) -> BacktestResult {
        var result = make(seed: seed, bars: bars, trades: trades)
        var generator = SeededGenerator(seed: seed + 1)
        for index in result.trades.indices {
            var trade = result.trades[index]
            trade.multiplier = [1, 50, 0.1][index % 3]
            (trade.entrySlippage, trade.exitSlippage) = (generator.nextUnit() * 0.1, generator.nextUnit() * 0.1)
            trade.slippage = (trade.entrySlippage + trade.exitSlippage) * abs(trade.quantity) * trade.multiplier
            trade.pnl = (trade.exitPrice - trade.entryPrice) * trade.quantity * trade.multiplier - trade.commission
            trade.pnlPercent = trade.pnl / (trade.entryPrice * abs(trade.quantity) * trade.multiplier)
            trade.exitReason = ExitReason.allCases[index % ExitReason.allCases.count]
            trade.exitReasonDetail = index % 4 == 0 ? "rule_\(index)" : nil
            trade.status = TradeStatus.allCases[index % 3]
            if index % 5 == 0 {
                trade.quotes = TradeQuotes(
                    entry: FillQuote(midPrice: 100, bidPrice: 99.75, askPrice: 100.25, spread: 0.5, availableSize: nil),
                    exit: FillQuote(availableSize: generator.nextUnit()))
            }
            result.trades[index] = trade
        }
        for index in result.fills.indices {
            result.fills[index].multiplier = result.trades[index / 2].multiplier
            decorate(&result.fills[index], index, &generator)
        }
        for index in result.equity.indices {
            let point = result.equity[index]
            let net = point.netExposure * point.equity
            result.equity[index].account = AccountState(
                cash: point.equity - net, grossExposure: abs(net), netExposure: net, openPositions: net == 0 ? 0 : 1)
        }
        result.rejectedOrders = (0..<min(trades, 2)).map { index in
            RejectedOrder(
                orderID: "r\(index)", asset: "SPY", time: result.equity[0].timestamp, side: OrderSide.allCases[index],
                orderType: .marketOnClose, requestedQuantity: 100, limitPrice: index == 0 ? nil : 12.5,
                code: "insufficient_cash", reason: "not enough cash")
        }
        result.metrics["profit_factor"] = .double(.infinity)
        result.metrics["lifecycle_callback_counts"] = ["market_event": .int(Int64(bars))]
        result.configuration = ["cash": ["initial": 100_000.0], "strategy": ["type": "long_signal"], "metadata": ["note": "x"]]
        return result
    }

    private static func decorate(_ fill: inout FillRecord, _ index: Int, _ generator: inout SeededGenerator) {
        fill.decisionTime = fill.time
        fill.sameBar = false
        fill.slippagePerUnit = generator.nextUnit() * 0.1
        fill.spreadCost = 0
        fill.slippageCost = fill.slippagePerUnit * abs(fill.signedQuantity) * fill.multiplier
        fill.exitReasonDetail = index % 3 == 0 ? "detail" : nil
        fill.orderType = OrderType.allCases.filter { $0 != .marketOnOpen }[index % 6]
        fill.limitPrice = index % 2 == 0 ? fill.price : nil
        fill.stopPrice = index % 3 == 0 ? fill.price : nil
        fill.stopTriggeredAt = index % 3 == 0 ? fill.time - UnixNanos.perMinute : nil
        fill.rebalanceID = index % 4 == 0 ? "REB-1" : nil
        fill.currency = index % 2 == 0 ? "EUR" : nil
        if index % 5 == 0 { fill.quote = FillQuote(bidPrice: 1.5, bidSize: 200, askSize: 300) }
    }

    private static func time(_ bar: Int, _ start: UnixNanos) -> UnixNanos { start + Int64(bar) * UnixNanos.perDay }

    private static func equity(bars: Int, start: UnixNanos, _ generator: inout SeededGenerator) -> [EquityPoint] {
        var points: [EquityPoint] = []
        var value = 100_000.0
        var high = value
        for bar in 0..<bars {
            let previous = value
            if bar > 0 { value *= 1 + generator.nextNormal() * 0.01 }
            high = max(high, value)
            points.append(
                EquityPoint(
                    timestamp: time(bar, start), equity: value, periodReturn: value / previous - 1,
                    cumulativeReturn: value / 100_000 - 1, drawdown: value / high - 1, highWaterMark: high,
                    netExposure: generator.nextUnit() * 2 - 1))
        }
        return points
    }

    private static func trade(
        _ index: Int, bars: Int, start: UnixNanos, _ generator: inout SeededGenerator
    ) -> TradeRecord {
        let entry = Int(generator.next() % UInt64(bars - 1))
        let held = 1 + Int(generator.next() % UInt64(bars - entry - 1 == 0 ? 1 : bars - entry - 1))
        let entryPrice = 100 + generator.nextUnit() * 10
        let exitPrice = entryPrice * (1 + generator.nextNormal() * 0.02)
        let quantity = Double(1 + generator.next() % 100) * (generator.next() & 1 == 0 ? 1 : -1)
        let commission = generator.nextUnit() * 2
        let pnl = (exitPrice - entryPrice) * quantity - commission
        let move = (exitPrice / entryPrice - 1) * (quantity < 0 ? -1 : 1)
        let slippage = generator.nextUnit()
        let reasons = ExitReason.allCases.filter { $0 != .riskLiquidation }
        return TradeRecord(
            asset: ["SPY", "QQQ", "BTC-USD"][index % 3], entryTime: time(entry, start), exitTime: time(entry + held, start),
            entryPrice: entryPrice, exitPrice: exitPrice, quantity: quantity, pnl: pnl,
            pnlPercent: pnl / (abs(quantity) * entryPrice), barsHeld: Int32(held), commission: commission,
            slippage: slippage, exitSlippage: slippage / abs(quantity), mfe: max(0, move) + 0.001, mae: min(0, move) - 0.001,
            exitReason: reasons[index % reasons.count])
    }

    private static func fill(of trade: TradeRecord, isExit: Bool, sequence: Int64) -> FillRecord {
        let time = isExit ? trade.exitTime : trade.entryTime
        return FillRecord(
            orderID: "o\(sequence)", fillSequence: sequence, asset: trade.asset, time: time,
            decisionTime: time - UnixNanos.perDay, signedQuantity: isExit ? -trade.quantity : trade.quantity,
            price: isExit ? trade.exitPrice : trade.entryPrice, referencePrice: isExit ? trade.exitPrice : trade.entryPrice,
            multiplier: Double(1 + sequence % 3),
            commission: trade.commission / 2, spreadCost: trade.slippage / 4, slippageCost: trade.slippage / 4,
            priceSource: "open", sameBar: sequence % 7 == 0, reason: isExit ? trade.exitReason.rawValue : "")
    }

    private static func days(_ equity: [EquityPoint]) -> [DailyPnL] {
        var open = 100_000.0
        return equity.map { point in
            defer { open = point.equity }
            return DailyPnL(
                date: point.timestamp.utcDate, openEquity: open, closeEquity: point.equity, highEquity: point.equity,
                lowEquity: point.equity, pnl: point.equity - open, returnPct: point.equity / open - 1,
                cumulativeReturn: point.cumulativeReturn, numBars: 1)
        }
    }
}
