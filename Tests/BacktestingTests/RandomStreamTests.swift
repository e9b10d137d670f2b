import Backtesting
import Contracts
import Market
import Portfolio
import Primitives
import Testing

/// Random bars, orders and configurations; after every label the account's identities must hold.
@Suite struct RandomStreamTests {
    private static let streams = 10_000

    @Test func theIdentitiesHoldOnRandomStreams() throws {
        var fills = 0
        var trades = 0
        for seed in 0..<UInt64(Self.streams) {
            let recording = try run(seed)
            fills += recording.fills.count
            trades += recording.trades.count
            check(recording, seed)
        }
        // Streams that trade nothing would prove nothing.
        #expect(fills > 5 * Self.streams)
        #expect(trades > 2 * Self.streams)
    }

    /// What is taken block by block is what is taken at the end.
    @Test func partsAreTheWhole() throws {
        for seed in 0..<UInt64(300) {
            let whole = try run(seed)
            let parts = try run(seed, inBlocks: true)
            #expect(whole.equity == parts.equity && whole.fills == parts.fills && whole.trades == parts.trades, "seed \(seed)")
            #expect(whole.rejectedOrders == parts.rejectedOrders && whole.orderCount == parts.orderCount, "seed \(seed)")
        }
    }

    private static func hasMargins(_ seed: UInt64) -> Bool { seed % 2 == 1 }

    /// - Parameter replays: false where futures are held, whose notional is never paid.
    private func check(_ recording: BacktestRecording, _ seed: UInt64, replays: Bool = true) {
        var held: [String: Double] = [:]
        for fill in recording.fills { held[fill.asset, default: 0] += fill.signedQuantity }
        for (asset, sum) in held {
            let open = recording.trades.filter { $0.asset == asset && $0.status == .open }.reduce(0) { $0 + $1.quantity }
            #expect((sum - open).magnitude < 1e-6, "seed \(seed): fills of \(asset) add up to \(sum), held are \(open)")
        }
        let paid = recording.fills.reduce(0) { $0 + $1.commission }
        let charged = recording.trades.reduce(0) { $0 + $1.commission }
        #expect((paid - charged).magnitude < 1e-6 * max(1, paid), "seed \(seed): \(paid) was paid, trades carry \(charged)")
        let profit = recording.trades.reduce(0) { $0 + $1.pnl }
        let gain = (recording.equity.last?.equity ?? 0) - 100_000
        #expect((profit - gain).magnitude < 1e-6 * 100_000, "seed \(seed): trades made \(profit), equity \(gain)")
        for trade in recording.trades { #expect(trade.mfe >= 0 && trade.mae <= 0 && trade.barsHeld >= 0, "seed \(seed)") }
        if replays { replay(recording, seed) }
    }

    /// Cash and exposure of every label once more, from the fills alone.
    private func replay(_ recording: BacktestRecording, _ seed: UInt64) {
        var cash = 100_000.0
        var next = 0
        for point in recording.equity {
            while next < recording.fills.count, recording.fills[next].time <= point.timestamp {
                let fill = recording.fills[next]
                cash -= fill.signedQuantity * fill.price * fill.multiplier * fill.rate + fill.commission
                next += 1
            }
            guard let account = point.account else { continue }
            #expect((account.cash - cash).magnitude < 1e-6, "seed \(seed): cash \(account.cash), fills leave \(cash)")
            let error = (point.equity - account.cash - account.netExposure).magnitude
            #expect(error < 1e-6, "seed \(seed): equity \(point.equity) is not cash and positions")
        }
    }

    /// Two of three assets in other currencies whose rates change at most labels, futures among them.
    @Test func theIdentitiesHoldWithChangingRates() throws {
        var converted = 0
        var settled = 0
        for seed in 0..<UInt64(3_000) {
            let recording = try run(seed, converts: true)
            converted += recording.fills.count { $0.currency != nil && $0.rate != 1 }
            settled += recording.cashEvents.count
            check(recording, seed, replays: !Self.hasMargins(seed))
        }
        #expect(converted > 5_000)
        #expect(settled > 200)
    }

    /// Rates of one do not move a bit of the result.
    @Test func ratesOfOneChangeNothing() throws {
        for seed in 0..<UInt64(300) {
            let plain = try run(seed)
            let converted = try run(seed, converts: true, rate: 1)
            #expect(plain.equity == converted.equity, "seed \(seed)")
            #expect(plain.trades == converted.trades, "seed \(seed)")
        }
    }

    /// - Parameter rate: a fixed one in place of random walks.
    private func schedule(_ configuration: inout EngineConfiguration, _ seed: UInt64, rate: Double?) -> AccountSchedule {
        var random = SeededGenerator(seed: seed &+ 1_000_000)
        configuration.apus.conversion = EngineConfiguration.Conversion()
        configuration.apus.instruments["A0"] = EngineConfiguration.Instrument()
        configuration.apus.instruments["A0"]?.currency = "EUR"
        configuration.apus.instruments["A1"] = EngineConfiguration.Instrument()
        configuration.apus.instruments["A1"]?.currency = "JPY"
        if rate == nil {
            configuration.apus.instruments["A0"]?.multiplier = 2
            if configuration.account.allowLeverage, Self.hasMargins(seed) {
                configuration.apus.instruments["A0"]?.initialMargin = 150
                configuration.apus.instruments["A0"]?.maintenanceMargin = 100
            }
        }
        var rows: [AccountSchedule.Rate] = []
        for currency in ["EUR", "JPY"] {
            var value = currency == "EUR" ? 1.1 : 0.9
            for label in 0..<30 where label == 0 || Int.random(in: 0..<3, using: &random) > 0 {
                value *= Double.random(in: 0.97...1.03, using: &random)
                rows.append(
                    AccountSchedule.Rate(
                        time: UnixNanos(Int64(label) * 3_600 * UnixNanos.perSecond), currency: currency, rate: rate ?? value))
            }
        }
        return AccountSchedule(conversion: rows)
    }

    private func run(
        _ seed: UInt64, inBlocks: Bool = false, converts: Bool = false, rate: Double? = nil
    ) throws -> BacktestRecording {
        var random = SeededGenerator(seed: seed)
        let assets = (0..<Int.random(in: 1...3, using: &random)).map { "A\($0)" }
        let labels = Int.random(in: 5...25, using: &random)
        let panel = bars(assets, labels, &random)
        let orders = script(panel, &random)
        var configuration = configuration(&random)
        let schedule = converts ? schedule(&configuration, seed, rate: rate) : AccountSchedule()
        var engine = try SignalBacktest(
            configuration, assets: assets, orders: orders, schedule: schedule, checkInvariants: true)
        var parts: [BacktestRecording] = []
        for block in inBlocks ? blocks(of: panel) : [panel] {
            try engine.process(block, SignalPanel(flags: Array(repeating: 0, count: block.times.count * assets.count)))
            if inBlocks { parts.append(try engine.take()) }
        }
        var recording = try engine.finish()
        recording.equity = parts.flatMap(\.equity) + recording.equity
        recording.fills = parts.flatMap(\.fills) + recording.fills
        recording.trades = parts.flatMap(\.trades) + recording.trades
        recording.rejectedOrders = parts.flatMap(\.rejectedOrders) + recording.rejectedOrders
        return recording
    }

    private func blocks(of panel: BarPanel) -> [BarPanel] {
        stride(from: 0, to: panel.times.count, by: 4).map { start in
            let labels = start..<min(start + 4, panel.times.count)
            let cells = labels.lowerBound * panel.assets.count..<labels.upperBound * panel.assets.count
            return BarPanel(
                assets: panel.assets, times: Array(panel.times[labels]), open: Array(panel.open[cells]),
                high: Array(panel.high[cells]), low: Array(panel.low[cells]), close: Array(panel.close[cells]),
                volume: Array(panel.volume[cells]))
        }
    }

    private func bars(_ assets: [String], _ labels: Int, _ random: inout SeededGenerator) -> BarPanel {
        let count = assets.count * labels
        var columns = Array(repeating: [Double](repeating: .nan, count: count), count: 5)
        for asset in assets.indices {
            var last = 100.0
            for label in 0..<labels where Int.random(in: 0..<20, using: &random) > 0 {
                let open = last * Double.random(in: 0.97...1.03, using: &random)
                let close = open * Double.random(in: 0.96...1.04, using: &random)
                let place = label * assets.count + asset
                columns[0][place] = open
                columns[1][place] = max(open, close) * Double.random(in: 1...1.03, using: &random)
                columns[2][place] = min(open, close) * Double.random(in: 0.97...1, using: &random)
                columns[3][place] = close
                columns[4][place] = Double.random(in: 10...1_000, using: &random)
                last = close
            }
        }
        return BarPanel(
            assets: assets, times: (0..<labels).map { UnixNanos(Int64($0) * 3_600 * UnixNanos.perSecond) }, open: columns[0],
            high: columns[1], low: columns[2], close: columns[3], volume: columns[4])
    }

    private func script(_ panel: BarPanel, _ random: inout SeededGenerator) -> [ScriptedOrder] {
        let types: [OrderType] = [.market, .market, .limit, .stop, .stopLimit, .trailingStop, .marketOnClose, .marketOnOpen]
        let forces: [TimeInForce] = [.gtc, .gtc, .day, .ioc, .fok]
        var orders: [ScriptedOrder] = []
        var submitted: [String] = []
        for row in 0..<Int.random(in: 5...30, using: &random) {
            let label = orders.last.map { Int($0.time.rawValue / (3_600 * UnixNanos.perSecond)) } ?? 0
            let time = panel.times[min(panel.times.count - 1, label + Int.random(in: 0...1, using: &random))]
            let asset = panel.assets.randomElement(using: &random) ?? ""
            if Int.random(in: 0..<6, using: &random) == 0, let id = submitted.randomElement(using: &random) {
                let known = orders.first { $0.id == id }
                orders.append(
                    Bool.random(using: &random)
                        ? ScriptedOrder(row: row, time: time, asset: known?.asset ?? asset, id: id, action: .cancel)
                        : ScriptedOrder(
                            row: row, time: time, asset: known?.asset ?? asset, id: id, action: .modify,
                            quantity: Double.random(in: 1...60, using: &random)))
                continue
            }
            let type = types.randomElement(using: &random) ?? .market
            func price() -> Double { Double.random(in: 92...108, using: &random) }
            let isLimit = type == .limit || type == .stopLimit
            let isStop = type == .stop || type == .stopLimit
            let order = ScriptedOrder(
                row: row, time: time, asset: asset, id: "\(row)", action: .submit,
                side: Bool.random(using: &random) ? .buy : .sell,
                quantity: Double.random(in: 1...200, using: &random), type: type, limitPrice: isLimit ? price() : nil,
                stopPrice: isStop ? price() : nil, trailFraction: type == .trailingStop ? 0.02 : nil,
                timeInForce: forces.randomElement(using: &random) ?? .gtc,
                parentID: Int.random(in: 0..<4, using: &random) == 0 ? submitted.last : nil,
                ocoGroup: Int.random(in: 0..<4, using: &random) == 0 ? asset : nil,
                reduceOnly: Int.random(in: 0..<8, using: &random) == 0,
                postOnly: type == .limit && Int.random(in: 0..<5, using: &random) == 0)
            orders.append(order)
            submitted.append(order.id)
        }
        return orders
    }

    private func configuration(_ random: inout SeededGenerator) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.account.allowShortSelling = Int.random(in: 0..<5, using: &random) > 0
        configuration.account.allowLeverage = configuration.account.allowShortSelling && Bool.random(using: &random)
        configuration.execution.executionMode = Bool.random(using: &random) ? .nextBar : .sameBar
        configuration.execution.executionPrice = configuration.execution.executionMode == .sameBar ? .close : .open
        configuration.positionSizing.shareType = Bool.random(using: &random) ? .integer : .fractional
        configuration.commission.model =
            [.none, .percentage, .perShare, .perTrade, .perOrder].randomElement(using: &random) ?? .none
        configuration.commission.rate = configuration.commission.model == .percentage ? 0.001 : 0
        configuration.commission.perShare = configuration.commission.model == .perShare ? 0.01 : 0
        configuration.commission.perTrade = configuration.commission.model == .perTrade ? 1 : 0
        configuration.commission.minimum = configuration.commission.model == .perOrder ? 2 : 0
        configuration.slippage.model = Bool.random(using: &random) ? .percentage : .none
        configuration.slippage.rate = configuration.slippage.model == .percentage ? 0.001 : 0
        configuration.orders.fillOrdering = [.exitFirst, .fifo, .priority].randomElement(using: &random) ?? .fifo
        configuration.orders.partialFillsAllowed = Bool.random(using: &random)
        configuration.apus.volumeParticipation = Bool.random(using: &random) ? 0.2 : nil
        configuration.apus.intrabarPath = Bool.random(using: &random) ? .worstFirst : .ohlc
        if Bool.random(using: &random) { configuration.strategy.riskRules = [.stopLoss(FractionRule(pct: 0.03))] }
        if Int.random(in: 0..<4, using: &random) == 0 { configuration.execution.cancelPolicy = .sessionEnd }
        if Int.random(in: 0..<3, using: &random) == 0 {
            configuration.apus.risk.maxGrossExposure = Double.random(in: 0.1...1, using: &random)
            configuration.apus.risk.maxLeverage = Double.random(in: 0.1...1, using: &random)
            configuration.apus.risk.maxDailyLoss = 0.005
            configuration.apus.risk.maxDrawdown = 0.02
        }
        return configuration
    }
}
