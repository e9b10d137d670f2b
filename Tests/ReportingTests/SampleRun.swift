import Contracts
import Primitives
import Reporting
import TestKit
import Testing

/// A moving-average strategy on the daily S&P 500, traded at the next open, long and half as large short. It is here to give the reports
/// real numbers; its bookkeeping is independent of the engine's.
struct SampleRun {
    struct Day {
        let date: CivilDate
        let open: Double
        let high: Double
        let low: Double
        let close: Double
    }

    static let file = "daily/sp500.csv.gz"
    static let capital = 100_000.0

    var result: BacktestResult
    let days: [Day]

    var benchmark: Benchmark { Benchmark(name: "S&P 500", dates: days.map(\.date), closes: days.map(\.close)) }

    static func days() throws -> [Day] {
        let path = try #require(SharedData.path(file))
        let text = try ChildProcess.run(["zcat", path]).output
        return try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let cells = line.split(separator: ",")
            let date = cells[0].split(separator: "/").compactMap { Int($0) }
            let numbers = try cells[1...4].map { try #require(Double($0)) }
            let day = try #require(CivilDate(year: date[2], month: date[0], day: date[1]))
            return Day(date: day, open: numbers[0], high: numbers[1], low: numbers[2], close: numbers[3])
        }
    }

    /// - Parameter fast, slow: lengths of the averages in days.
    init(fast: Int = 12, slow: Int = 60, asset: String = "SPX") throws {
        let days = try Self.days()
        self.days = days
        var book = SampleBook(capital: Self.capital, asset: asset)
        var target = 0.0
        for (index, day) in days.enumerated() {
            book.begin(day, target: target)
            book.end(day)
            guard index + 1 >= slow else { continue }
            func mean(_ length: Int) -> Double { days[(index + 1 - length)...index].reduce(0) { $0 + $1.close } / Double(length) }
            target = mean(fast) > mean(slow) ? 1 : -0.5
        }
        book.close(days[days.count - 1])
        let daily = DailyAggregation.daily(equity: book.equity, initialEquity: Self.capital) { $0.utcDate }
        let metrics = BacktestMetrics.compute(
            trades: book.trades, equity: book.equity, daily: daily, fills: book.fills, initialCash: Self.capital, periodsPerYear: 252,
            riskFreeRate: 0.01)
        result = BacktestResult(
            trades: book.trades, equity: book.equity, dailyPnL: daily, fills: book.fills, metrics: metrics,
            configuration: [
                "strategy": [
                    "id": "spx_trend", "template": "moving_average_cross", "parameters": ["fast": .int(Int64(fast)), "slow": .int(Int64(slow))],
                ],
                "account": ["initial_cash": .double(Self.capital), "currency": "USD"],
                "execution": ["mode": "next_open", "availability_lag_days": 0, "price": "mid"],
                "costs": ["profile": "index_default", "commission_bps": 1.0, "spread_bps": 1.0, "slippage_bps": 0.5],
                "universe": ["SPX"], "gates": [:],
            ])
    }

    static var manifest: JSONValue {
        [
            "artifact_type": "apus-backtest-result", "schema_version": "1.0.0", "run_id": "spx_trend-0123456789ab",
            "backtest_id": "spx_trend", "as_of": "2018-12-31T21:00:00Z", "run_key": .string(Digest.of("key").hex),
            "snapshot": ["sha256": .string(Digest.of("snapshot").hex)],
            "costs": ["sha256": .string(Digest.of("costs").hex), "profile": ["spread": ["model": "bps", "value": 1.0]]],
            "code": ["name": "apus", "version": "0.1.0"],
            "inputs": [
                ["role": "sp500_daily", "path": "raw/daily/sp500.csv", "sha256": .string(Digest.of("a").hex)],
                ["role": "vix_daily", "path": "raw/daily/vix.csv", "sha256": .string(Digest.of("b").hex)],
            ],
            "files": ["trades.parquet": .string(Digest.of("c").hex), "equity.parquet": .string(Digest.of("d").hex)],
        ]
    }
}

/// A ledger of one position.
struct SampleBook {
    private(set) var trades: [TradeRecord] = []
    private(set) var fills: [FillRecord] = []
    private(set) var equity: [EquityPoint] = []
    private let capital: Double
    private let asset: String
    private var cash: Double
    private var quantity = 0.0
    private var entry: FillRecord?
    private var best = 0.0
    private var worst = 0.0
    private var bars: Int32 = 0
    private var mark = 0.0
    private var previous = 0.0

    init(capital: Double, asset: String) {
        self.capital = capital
        self.asset = asset
        cash = capital
        mark = capital
        previous = capital
    }

    mutating func begin(_ day: SampleRun.Day, target: Double) {
        let side = quantity > 0 ? 1.0 : (quantity < 0 ? -0.5 : 0)
        guard target != side else { return }
        if quantity != 0 { exit(at: day.open, UnixNanos(day.date), .signal) }
        if target != 0 {
            let units = (cash * target / day.open).rounded(.towardZero)
            entry = fill(units, day.open, UnixNanos(day.date), "open")
            (best, worst, bars) = (0, 0, 0)
        }
    }

    mutating func end(_ day: SampleRun.Day) {
        if let entry {
            let up = (quantity > 0 ? day.high : -day.low) - (quantity > 0 ? entry.price : -entry.price)
            let down = (quantity > 0 ? day.low : -day.high) - (quantity > 0 ? entry.price : -entry.price)
            best = max(best, up / entry.price)
            worst = min(worst, down / entry.price)
            bars += 1
        }
        append(UnixNanos(day.date), cash + quantity * day.close, exposure: quantity * day.close / (cash + quantity * day.close))
    }

    mutating func close(_ day: SampleRun.Day) {
        guard quantity != 0 else { return }
        exit(at: day.close, UnixNanos(day.date) + 1, .endOfData)
        equity.removeLast()
        previous = equity.last?.equity ?? capital
        append(UnixNanos(day.date), cash, exposure: 0)
    }

    private mutating func append(_ time: UnixNanos, _ value: Double, exposure: Double) {
        mark = max(mark, value)
        equity.append(
            EquityPoint(
                timestamp: time, equity: value, periodReturn: value / previous - 1, cumulativeReturn: value / capital - 1,
                drawdown: value / mark - 1, highWaterMark: mark, netExposure: exposure))
        previous = value
    }

    private mutating func fill(_ units: Double, _ reference: Double, _ time: UnixNanos, _ source: String) -> FillRecord {
        let worse = units > 0 ? 1.0 : -1
        let price = reference * (1 + worse * 1e-4)
        let cost = abs(units) * reference
        let record = FillRecord(
            orderID: "o\(fills.count)", fillSequence: Int64(fills.count), asset: asset, time: time, decisionTime: time - UnixNanos.perDay,
            signedQuantity: units, price: price, referencePrice: reference, multiplier: 1, commission: abs(units) * price * 1e-4,
            spreadCost: cost * 0.5e-4, slippageCost: cost * 0.5e-4, priceSource: source, sameBar: false, reason: "signal")
        cash -= units * price + record.commission
        quantity += units
        fills.append(record)
        return record
    }

    private mutating func exit(at reference: Double, _ time: UnixNanos, _ reason: ExitReason) {
        guard let opened = entry else { return }
        let held = quantity
        let closed = fill(-held, reference, time, reason == .endOfData ? "close" : "open")
        let commission = opened.commission + closed.commission
        let pnl = (closed.price - opened.price) * held - commission
        trades.append(
            TradeRecord(
                asset: asset, entryTime: opened.time, exitTime: closed.time, entryPrice: opened.price, exitPrice: closed.price,
                quantity: held, pnl: pnl, pnlPercent: pnl / (abs(held) * opened.price), barsHeld: bars, commission: commission,
                slippage: opened.spreadCost + opened.slippageCost + closed.spreadCost + closed.slippageCost, mfe: best, mae: worst,
                exitReason: reason))
        entry = nil
    }
}
