import Contracts
import Market
import Primitives
import Reporting
import Testing

/// A defect planted in a real run: the S&P 500 strategy of `SampleRun` with its bars.
struct DoctorPlant: Sendable, CustomTestStringConvertible {
    let code: String
    let severity: DoctorSeverity
    /// What the check needs to speak at all; with it alone it finds nothing.
    let clean: @Sendable (inout Doctor.Case) -> Void
    let defect: @Sendable (inout Doctor.Case) -> Void

    init(
        _ code: String, _ severity: DoctorSeverity, clean: @escaping @Sendable (inout Doctor.Case) -> Void = { _ in },
        _ defect: @escaping @Sendable (inout Doctor.Case) -> Void
    ) {
        self.code = code
        self.severity = severity
        self.clean = clean
        self.defect = defect
    }

    var testDescription: String { "\(code) \(severity)" }

    static let asset = "SPX"

    static func honestRun() throws -> Doctor.Case {
        let run = try SampleRun()
        var result = run.result
        result.configuration = [
            "account": ["allow_leverage": false, "allow_short_selling": true], "cash": ["initial": .double(SampleRun.capital)],
            "strategy": ["parameters": ["fast": 12, "slow": 60]],
        ]
        let bars = run.days.map { day in
            Bar(
                openTime: UnixNanos(day.date), closeTime: UnixNanos(day.date) + 16 * UnixNanos.perHour, open: day.open,
                high: day.high, low: day.low, close: day.close, volume: 1e9)
        }
        return Doctor.Case(result: result, prices: PriceHistory([asset: bars]), rolls: [], alteredFiles: [])
    }

    static let all = book + fills + bars + costs + profits + exposure + rolls

    private static let book = [
        Self("result.altered", .error) { $0.alteredFiles = ["trades.parquet"] },
        Self("equity.times", .error) { $0.result.equity.insert($0.result.equity[40], at: 41) },
        Self("equity.values", .error) { $0.result.equity[40].equity = .nan },
        Self("equity.account", .error) { subject in
            for row in subject.result.equity.indices where row > 1000 { subject.result.equity[row].equity += 500 }
        },
        Self("equity.account", .error, clean: { $0.recordAccounts() }) { $0.result.equity[900].account?.cash += 10 },
        Self("metrics.final_value", .error) { $0.result.metrics["final_value"] = 1 },
        Self("trades.pnl", .error) { $0.result.trades[3].pnl += 1000 },
        Self("trades.pnl", .error) { $0.result.trades[3].exitTime = $0.result.trades[3].entryTime - 1 },
        Self("trades.sum", .error) { $0.result.trades.remove(at: 5) },
        Self("trades.fills", .error) { $0.result.trades[2].entryTime = $0.result.trades[2].entryTime + UnixNanos.perHour },
    ]

    private static let fills = [
        Self("fills.before_decision", .error) { $0.result.fills[0].decisionTime = $0.result.fills[0].time + 1 },
        Self("fills.same_bar", .warning) { subject in
            subject.reprice { $0.close }
            for row in subject.result.fills.indices {
                subject.result.fills[row].sameBar = true
                subject.result.fills[row].priceSource = "close"
                subject.result.fills[row].time = subject.result.fills[row].time + UnixNanos.perHour
            }
        },
        Self("fills.same_bar", .error) { $0.result.fills[6].sameBar = true },
        Self("fills.one_price", .error) { subject in
            subject.reprice { _ in 1000 }
        },
        Self(
            "fills.off_tick", .warning,
            clean: { subject in
                subject.setTick(0.25)
                for row in subject.result.fills.indices {
                    subject.result.fills[row].price = (subject.result.fills[row].price * 4).rounded() / 4
                }
            }
        ) { $0.result.fills[8].price += 0.1 },
    ]

    private static let bars = [
        Self("bars.other_file", .warning) { $0.otherPrices = "prices.parquet" },
        Self("fills.no_bar", .error) { subject in
            let time = subject.result.fills[5].time
            subject.editBars { $0.removeAll { $0.openTime == time } }
        },
        Self("fills.outside_bar", .error) { $0.result.fills[4].referencePrice *= 1.2 },
        Self("fills.stale_price", .warning) { subject in
            let time = subject.result.fills[5].time
            subject.editBars { bars in
                guard let row = bars.firstIndex(where: { $0.openTime == time }) else { return }
                let price = bars[row - 1].close
                bars[row] = Bar(
                    openTime: time, closeTime: bars[row].closeTime, open: price, high: price, low: price, close: price, volume: 0)
            }
        },
        Self("fills.beyond_volume", .error) { $0.editBars { for row in $0.indices { $0[row].volume = 10 } } },
        Self("fills.beyond_volume", .warning) { subject in
            let most = subject.result.fills.map { abs($0.signedQuantity) }.max() ?? 0
            subject.editBars { for row in $0.indices { $0[row].volume = 5 * most } }
        },
        Self("fills.at_extreme", .warning) { subject in
            subject.repriceFills { $1.signedQuantity > 0 ? $0.low : $0.high }
        },
        Self("fills.entry_bar", .warning) { subject in
            subject.repriceFills { 0.7 * ($1.signedQuantity > 0 ? $0.low : $0.high) + 0.3 * $0.close }
        },
    ]

    private static let costs = [
        Self("costs.near_zero", .warning) { $0.setCosts(commission: 0, slippage: 0) },
        Self("costs.no_slippage", .note) { $0.setCosts(commission: 1, slippage: 0) },
        Self("costs.one_tick", .warning) { $0.setTick(50) },
        Self("costs.one_tick", .note) { subject in
            let profit = (subject.result.equity.last?.equity ?? 0) - SampleRun.capital
            let units = subject.result.fills.reduce(0) { $0 + abs($1.signedQuantity) }
            subject.setTick(0.7 * profit / units)
        },
    ]

    private static let profits = [
        Self("trades.none", .warning) { ($0.result.trades, $0.result.fills) = ([], []) },
        Self("trades.too_few", .warning) { $0.result.trades.removeLast($0.result.trades.count - 12) },
        Self("trades.too_few", .warning) { subject in
            subject.result.configuration = [
                "strategy": ["parameters": .array((0..<100).map { .int($0) })], "cash": ["initial": .double(SampleRun.capital)],
            ]
        },
        Self("returns.one_trade", .warning, clean: { $0.spreadProfit() }) { $0.result.trades[7].pnl += 1e6 },
        Self("returns.open_trade", .warning) { subject in
            let last = subject.result.trades.count - 1
            subject.result.trades[last].exitReason = .endOfData
            subject.result.trades[last].pnl = 1e6
        },
        Self(
            "returns.one_month", .warning,
            clean: { subject in
                for row in subject.result.dailyPnL.indices { subject.result.dailyPnL[row].pnl = row % 2 == 0 ? 10 : -9 }
            }
        ) { $0.result.dailyPnL[900].pnl += 1e6 },
        Self(
            "returns.one_asset", .warning,
            clean: { subject in
                subject.spreadProfit()
                for row in subject.result.trades.indices { subject.result.trades[row].asset = ["A", "B", "C"][row % 3] }
            }
        ) { subject in
            for row in subject.result.trades.indices where row % 3 > 0 { subject.result.trades[row].pnl = -1 }
            subject.result.trades[0].pnl += 1e6
        },
        Self("returns.no_losing_month", .warning) { subject in
            for row in subject.result.dailyPnL.indices {
                subject.result.dailyPnL[row].pnl = abs(subject.result.dailyPnL[row].pnl)
            }
        },
        Self("returns.sharpe", .warning) { subject in
            for row in subject.result.dailyPnL.indices { subject.result.dailyPnL[row].returnPct += 0.003 }
        },
        Self("returns.smooth", .warning) { subject in
            for row in subject.result.dailyPnL.indices.dropFirst() {
                subject.result.dailyPnL[row].returnPct += 0.8 * subject.result.dailyPnL[row - 1].returnPct
            }
        },
        Self("returns.win_rate", .warning) { subject in
            for row in subject.result.trades.indices { subject.result.trades[row].pnl = abs(subject.result.trades[row].pnl) + 1 }
        },
    ]

    private static let exposure = [
        Self("equity.flat", .error) { subject in
            for row in subject.result.equity.indices { subject.result.equity[row].equity = SampleRun.capital }
        },
        Self("equity.flat", .warning) { subject in
            for row in 2000..<2030 {
                subject.result.equity[row].equity = 99_000
                subject.result.equity[row].netExposure = 1
            }
        },
        Self("equity.ends_flat", .warning) { subject in
            let half = subject.result.equity[subject.result.equity.count / 2].timestamp
            subject.result.fills.removeAll { $0.time > half }
            subject.result.equity[subject.result.equity.count - 1].netExposure = 0
        },
        Self("exposure.leverage", .error) { subject in
            subject.result.configuration = ["account": ["allow_leverage": false, "allow_short_selling": false]]
            subject.result.equity[500].netExposure = 1.5
        },
        Self("exposure.leverage", .warning) { subject in
            subject.result.configuration = ["account": ["allow_leverage": true]]
            subject.result.equity[500].netExposure = 1.5
        },
        Self("exposure.leverage", .note) { subject in
            subject.result.configuration = ["account": ["allow_leverage": true, "initial_margin": 0.5]]
            subject.result.equity[500].netExposure = 1.5
        },
        Self("exposure.drift", .warning, clean: { $0.setExposure { _ in 0.5 } }) { subject in
            let count = Double(subject.result.equity.count)
            subject.setExposure { 0.1 + 0.9 * Double($0) / count }
        },
        Self("exposure.time_in_market", .note, clean: { $0.setExposure { $0 % 2 == 0 ? 0.5 : 0 } }) {
            $0.setExposure { _ in 0.5 }
        },
        Self("positions.over_close", .note, clean: { $0.makeIntraday() }) { subject in
            for row in subject.result.trades.indices {
                subject.result.trades[row].exitTime = subject.result.trades[row].entryTime + 2 * UnixNanos.perDay
            }
        },
        Self("positions.over_close", .warning, clean: { $0.makeIntraday() }) { subject in
            subject.result.trades[3].exitTime = subject.result.trades[3].entryTime + 2 * UnixNanos.perDay
        },
        Self("returns.beta", .warning) { subject in
            guard let bars = subject.prices?.bars[asset], let first = bars.first else { return }
            subject.setExposure { _ in 1 }
            for row in subject.result.equity.indices {
                subject.result.equity[row].equity = SampleRun.capital * bars[row].close / first.close
            }
        },
    ]

    private static let rolls = [
        Self("rolls.unadjusted", .error, clean: { $0.rollInside(isUnadjusted: false) }) { $0.rollInside(isUnadjusted: true) },
        Self("rolls.profit", .warning, clean: { $0.rollInside(isUnadjusted: false) }) { subject in
            let equity = subject.result.equity
            let best = equity.indices.dropFirst().sorted {
                equity[$0].equity - equity[$0 - 1].equity > equity[$1].equity - equity[$1 - 1].equity
            }
            subject.rolls = best.prefix(60).sorted().map {
                PriceRoll(time: equity[$0].timestamp, asset: asset, oldPrice: 1000, newPrice: 1001, isUnadjusted: false)
            }
        },
        Self("rolls.exits", .warning, clean: { $0.rollInside(isUnadjusted: false) }) { subject in
            subject.rolls = subject.result.trades.map {
                PriceRoll(time: $0.exitTime, asset: asset, oldPrice: 1000, newPrice: 1001, isUnadjusted: false)
            }
        },
    ]
}

extension Doctor.Case {
    fileprivate mutating func editBars(_ body: (inout [Bar]) -> Void) {
        var bars = prices?.bars[DoctorPlant.asset] ?? []
        body(&bars)
        prices = PriceHistory([DoctorPlant.asset: bars])
    }

    fileprivate mutating func reprice(_ price: (Bar) -> Double) { repriceFills { bar, _ in price(bar) } }

    /// Fills at other prices of their bars, costs as they were; trades and equity stay.
    fileprivate mutating func repriceFills(_ price: (Bar, FillRecord) -> Double) {
        let bars = prices?.bars[DoctorPlant.asset] ?? []
        for row in result.fills.indices {
            guard let bar = bars.last(where: { $0.openTime <= result.fills[row].time }) else { continue }
            result.fills[row].referencePrice = price(bar, result.fills[row])
        }
    }

    fileprivate mutating func setTick(_ tick: Double) {
        var members = result.configuration.objectValue ?? [:]
        members["metadata"] = ["apus": ["instruments": [DoctorPlant.asset: ["tick_size": .double(tick)]]]]
        result.configuration = .object(members)
    }

    fileprivate mutating func setCosts(commission: Double, slippage: Double) {
        for row in result.fills.indices {
            result.fills[row].commission *= commission
            result.fills[row].spreadCost *= slippage
            result.fills[row].slippageCost *= slippage
        }
    }

    /// The same profit for every trade.
    fileprivate mutating func spreadProfit() {
        let profit = (result.equity.last?.equity ?? 0) - SampleRun.capital
        for row in result.trades.indices { result.trades[row].pnl = profit / Double(result.trades.count) }
    }

    fileprivate mutating func setExposure(_ exposure: (Int) -> Double) {
        for row in result.equity.indices { result.equity[row].netExposure = exposure(row) }
    }

    fileprivate mutating func recordAccounts() {
        for row in result.equity.indices {
            let point = result.equity[row]
            let net = point.netExposure * point.equity
            result.equity[row].account = AccountState(
                cash: point.equity - net, grossExposure: abs(net), netExposure: net, openPositions: net == 0 ? 0 : 1)
        }
    }

    fileprivate mutating func makeIntraday() {
        for row in result.dailyPnL.indices { result.dailyPnL[row].numBars = 10 }
        for row in result.trades.indices { result.trades[row].exitTime = result.trades[row].entryTime + UnixNanos.perHour }
    }

    /// One roll on the worst day on which a position is held.
    fileprivate mutating func rollInside(isUnadjusted: Bool) {
        let rows = result.equity.indices.dropFirst().filter { row in
            !result.trades.contains {
                $0.exitTime == result.equity[row].timestamp || $0.entryTime == result.equity[row].timestamp
            }
        }
        let worst = rows.min {
            result.equity[$0].equity - result.equity[$0 - 1].equity < result.equity[$1].equity - result.equity[$1 - 1].equity
        }
        rolls = worst.map { row in
            [
                PriceRoll(
                    time: result.equity[row].timestamp, asset: DoctorPlant.asset, oldPrice: 1000, newPrice: 1010,
                    isUnadjusted: isUnadjusted)
            ]
        }
    }
}
