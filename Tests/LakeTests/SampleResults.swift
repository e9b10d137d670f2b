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
