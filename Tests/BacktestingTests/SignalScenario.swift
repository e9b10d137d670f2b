import Backtesting
import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

/// A backtest of a few bars written down by hand. Assets are A, B, ...; a bar is (open, high, low, close).
struct SignalScenario {
    typealias Prices = (open: Double, high: Double, low: Double, close: Double)

    var configuration: JSONValue = [:]
    var schedule = AccountSchedule()
    /// By asset, a bar for each label.
    var bars: [[Prices]]
    /// By asset, (label, flags).
    var signals: [[Int: SignalFlags]]
    /// Nanoseconds between labels.
    var step = UnixNanos.perHour
    /// Labels that are left out, as on a weekend.
    var missing: Set<Int> = []

    static func time(_ label: Int, step: Int64 = UnixNanos.perHour) -> UnixNanos { UnixNanos(Int64(label) * step) }

    func run() throws -> BacktestRecording {
        let names = ["A", "B", "C"].prefix(bars.count).map { $0 }
        let labels = bars[0].indices.filter { !missing.contains($0) }
        func column(_ value: (Prices) -> Double) -> [Double] { labels.flatMap { label in bars.map { value($0[label]) } } }
        let panel = BarPanel(
            assets: names, times: labels.map { Self.time($0, step: step) }, open: column(\.open), high: column(\.high),
            low: column(\.low), close: column(\.close), volume: column { _ in 1_000 })
        let flags = labels.flatMap { label in signals.map { ($0[label] ?? []).rawValue } }
        var backtest = try SignalBacktest(
            EngineConfiguration(json: configuration), assets: names, schedule: schedule, checkInvariants: true)
        try backtest.process(panel, SignalPanel(flags: flags))
        return try backtest.finish()
    }

    /// Bars whose four prices are one.
    static func flat(_ prices: [Double]) -> [Prices] { prices.map { ($0, $0, $0, $0) } }
}

extension BacktestRecording {
    func amounts(_ kind: CashEventRecord.Kind) -> [Double] { cashEvents.filter { $0.kind == kind }.map(\.amount) }
}

/// Rounded, for sums whose last bits depend on their order.
func cents(_ value: Double?) -> Double { ((value ?? .nan) * 1e6).rounded() / 1e6 }
