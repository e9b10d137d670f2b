import Backtesting
import Contracts
import Engine
import Glibc
import Market
import Primitives

/// How many bars a second the kernel does by itself: bars in memory, a strategy in Swift, fills, trades, excursions and equity
/// recorded, nothing read or written. One thread, CPU seconds, the best of several runs. Words given choose cases by name.
@main
struct KernelBenchmark {
    static let bars = 2_000_000
    static let block = 8_192
    static let runs = 5

    static func main() throws {
        let panels = walk(bars: bars, block: block)
        var missed = false
        print("case                                         M bars/s    bar   trades    fills      equity")
        for (name, needed, strategy) in [
            ("a market entry with stop and target, in OCO", 10.0, Plan.brackets(every: 500, distance: 0.02)),
            ("an order at every bar", 1.0, Plan.everyBar),
        ] where CommandLine.arguments.dropFirst().allSatisfy(name.contains) {
            var best = 0.0
            var outcome = Outcome()
            for _ in 0..<runs {
                let before = clock()
                outcome = try run(strategy, panels)
                let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
                best = max(best, Double(bars) / seconds / 1e6)
            }
            let verdict = best < needed ? "MISSED" : ""
            missed = missed || best < needed
            let columns = [
                pad(name, 42), pad(fixed(best, 2), -11), pad(fixed(needed, 0), -7), pad("\(outcome.trades)", -9),
                pad("\(outcome.fills)", -9), pad(fixed(outcome.equity, 2), -13),
            ]
            print(columns.joined(), verdict)
        }
        if missed { exit(1) }
    }

    struct Outcome {
        var trades = 0
        var fills = 0
        var equity = 0.0
    }

    static func run(_ plan: Plan, _ panels: [BarPanel]) throws -> Outcome {
        var configuration = EngineConfiguration()
        configuration.account.allowShortSelling = true
        configuration.account.allowLeverage = true
        configuration.commission.model = .perShare
        configuration.commission.perShare = 0.005
        configuration.cash.initial = 1e7
        let assets = ["A"]
        var backtest = try StrategyBacktest(configuration, assets: assets, strategy: plan)
        var outcome = Outcome()
        for panel in panels {
            try backtest.process(panel)
            outcome.add(try backtest.take())
        }
        outcome.add(try backtest.finish())
        return outcome
    }

    /// A random walk of minutes.
    static func walk(bars: Int, block: Int) -> [BarPanel] {
        var random = SeededGenerator(seed: 1)
        var last = 100.0
        return stride(from: 0, to: bars, by: block).map { start in
            var columns = Array(repeating: [Double](), count: 5)
            let labels = start..<min(bars, start + block)
            for _ in labels {
                let open = last * (1 + Double.random(in: -0.0002...0.0002, using: &random))
                last = open * (1 + Double.random(in: -0.001...0.001, using: &random))
                let reach = 1 + Double.random(in: 0...0.0005, using: &random)
                for (index, value) in [open, max(open, last) * reach, min(open, last) / reach, last, 1_000].enumerated() {
                    columns[index].append(value)
                }
            }
            return BarPanel(
                assets: ["A"], times: labels.map { UnixNanos(Int64($0) * 60 * UnixNanos.perSecond) }, open: columns[0],
                high: columns[1], low: columns[2], close: columns[3], volume: columns[4])
        }
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let text = String(Int((value * scale).rounded()))
        guard digits > 0 else { return text }
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    static func pad(_ text: String, _ width: Int) -> String {
        let blank = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? blank + text : text + blank
    }
}

extension KernelBenchmark.Outcome {
    mutating func add(_ part: BacktestRecording) {
        trades += part.trades.count
        fills += part.fills.count
        equity = part.equity.last?.equity ?? equity
    }
}

/// What the benchmark trades.
enum Plan: TradingStrategy {
    /// Where flat, every so many bars: an entry with a stop and a target that hang on it and cancel each other.
    case brackets(every: Int, distance: Double)
    /// One order at every bar, in and out.
    case everyBar

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws {
        switch self {
        case .brackets(let every, let distance):
            guard slice.index % every == 0, desk.quantity(0) == 0, desk.orders.isEmpty else { return }
            let isLong = slice.index / every % 2 == 0
            let side = isLong ? 1.0 : -1.0
            let price = slice.close[0]
            guard let entry = desk.submit(0, delta: 100 * side, at: slice) else { return }
            var stop = Desk.Terms()
            stop.parent = entry
            stop.ocoGroup = entry
            var target = stop
            stop.type = .stop
            stop.stopPrice = price * (1 - distance * side)
            target.type = .limit
            target.limitPrice = price * (1 + distance * side)
            desk.submit(0, delta: -100 * side, at: slice, terms: stop)
            desk.submit(0, delta: -100 * side, at: slice, terms: target)
        case .everyBar:
            desk.submit(0, delta: desk.quantity(0) > 0 ? -100 : 100, at: slice)
        }
    }
}
