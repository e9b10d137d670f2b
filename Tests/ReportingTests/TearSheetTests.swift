import Contracts
import Foundation
import Primitives
import Reporting
import TestKit
import Testing

func random(bars: Int, seed: UInt64, asset: String = "ES") -> BacktestResult {
    var generator = SeededGenerator(seed: seed)
    var equity: [EquityPoint] = []
    var (value, mark) = (1e6, 1e6)
    for index in 0..<bars {
        let change = generator.nextNormal() * 1e-4
        value *= 1 + change
        mark = max(mark, value)
        equity.append(
            EquityPoint(
                timestamp: UnixNanos(1_600_000_000 * UnixNanos.perSecond + Int64(index) * UnixNanos.perMinute), equity: value,
                periodReturn: change, cumulativeReturn: value / 1e6 - 1, drawdown: value / mark - 1, highWaterMark: mark,
                netExposure: Double(index / 50 % 3 - 1)))
    }
    let trades = (0..<(bars / 100)).map { index in
        let result = generator.nextNormal() * 0.01
        let time = equity[index * 100].timestamp
        return TradeRecord(
            asset: asset, entryTime: time, exitTime: time + 30 * UnixNanos.perMinute, entryPrice: 4000,
            exitPrice: 4000 * (1 + result),
            quantity: index % 2 == 0 ? 1 : -1, pnl: result * 4000, pnlPercent: result, barsHeld: 30, commission: 2, slippage: 6,
            mfe: abs(result) + 0.001, mae: -0.002, exitReason: .takeProfit)
    }
    let daily = DailyAggregation.daily(equity: equity, initialEquity: 1e6) { $0.utcDate }
    let metrics = BacktestMetrics.compute(
        trades: trades, equity: equity, daily: daily, fills: [], initialCash: 1e6, periodsPerYear: 252, riskFreeRate: 0)
    return BacktestResult(
        trades: trades, equity: equity, dailyPnL: daily, fills: [], metrics: metrics, configuration: ["seed": 1])
}

@Test(.enabled(if: SharedData.has(SampleRun.file), "no ../shared/data"))
func aTearSheetHoldsEverySection() throws {
    let run = try SampleRun()
    let page = TearSheet.html(result: run.result, title: "Trend", benchmark: run.benchmark, manifest: SampleRun.manifest)
    let reader = expectSound(page, "sample")
    let sections = [
        "Equity", "Drawdown", "Monthly returns", "Yearly returns", "Rolling Sharpe", "Exposure", "Trade returns", "MFE and MAE",
        "Worst drawdowns", "Costs", "All figures", "Trades", "Configuration", "Provenance", "Break-even at",
        "moving_average_cross",
    ]
    for section in sections { #expect(reader.text.contains(section), "\(section)") }
    #expect(reader.addresses.isEmpty)
    #expect(page.contains("name=\"viewport\""))
    #expect(page.contains("prefers-color-scheme:dark"))
    let digest = try #require(SampleRun.manifest["snapshot"]?["sha256"]?.stringValue)
    #expect(page.contains(digest) && reader.text.contains(digest.prefix(12)))
    // Every chart has a title and a description.
    #expect(reader.elements["svg"] == reader.elements["desc"])
    // A cell of the heat map, from the closes themselves.
    let closes = run.result.dailyPnL
    let september = try #require(closes.last { $0.date.year == 2008 && $0.date.month == 9 })
    let october = try #require(closes.last { $0.date.year == 2008 && $0.date.month == 10 })
    let change = (october.closeEquity / september.closeEquity - 1) * 100
    let expected = "Oct 2008: " + (change < 0 ? "\u{2212}" : "+") + String(format: "%.2f", abs(change)) + "%"
    #expect(page.contains(expected), "\(expected)")
    #expect(page == TearSheet.html(result: run.result, title: "Trend", benchmark: run.benchmark, manifest: SampleRun.manifest))
}

@Test func emptyAndTinyRunsHaveAPage() {
    let nothing = BacktestResult(trades: [], equity: [], dailyPnL: [], fills: [], metrics: [:], configuration: .null)
    let empty = expectSound(TearSheet.html(result: nothing, title: "Nothing"), "empty")
    #expect(empty.text.contains("The run has no bars."))
    for bars in [1, 2, 3] {
        let reader = expectSound(TearSheet.html(result: random(bars: bars, seed: 7), title: "Tiny"), "\(bars) bars")
        #expect(reader.text.contains("The run has no closed trades."))
    }
    let ruined = random(bars: 300, seed: 3)
    var copy = ruined
    for index in copy.equity.indices { copy.equity[index].equity = 0 }
    _ = expectSound(
        TearSheet.html(result: copy, title: "Ruin", benchmark: Benchmark(name: "None", dates: [], closes: [])), "ruin")
}

@Test func longRunsAreThinned() throws {
    let long = random(bars: 200_000, seed: 11)
    let page = TearSheet.html(result: long, title: "Long")
    _ = expectSound(page, "200,000 bars")
    #expect(page.utf8.count < 1_000_000)
    // The tool tip's points include both extremes of the equity.
    let start = try #require(page.range(of: "class=\"hover\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    let hover = try JSONParser.parse(String(page[start.upperBound..<end.lowerBound]))
    let values = try #require(hover["series"]?.arrayValue?.first?["values"]?.arrayValue).compactMap(\.doubleValue)
    #expect(values.count <= 2_000 && values.count > 1_000)
    func cents(_ value: Double?) -> Double? { value.map { ($0 * 100).rounded() / 100 } }
    #expect(values.max() == cents(long.equity.map(\.equity).max()))
    #expect(values.min() == cents(long.equity.map(\.equity).min()))
    #expect(values.first == cents(long.equity.first?.equity) && values.last == cents(long.equity.last?.equity))
}

@Test func hostileNamesStayText() {
    let hostile = "</script><script>alert(1)</script>\"' onload=x <img src=a> & \u{0}\u{1B}]]>"
    var result = random(bars: 500, seed: 5, asset: hostile)
    result.configuration = .object([hostile: .array([.string(hostile), .object([hostile: .string(hostile)])])])
    let benchmark = Benchmark(name: hostile, dates: result.dailyPnL.map(\.date), closes: result.dailyPnL.map(\.closeEquity))
    let page = TearSheet.html(result: result, title: hostile, benchmark: benchmark, manifest: result.configuration)
    let reader = expectSound(page, "hostile")
    #expect(reader.elements["img"] == nil)
    #expect(!page.contains("<script>alert"))
    #expect(reader.text.contains("alert(1)"))

    let runs = ["javascript:alert(1)", "//evil.example/x", "runs/a/report.html", hostile].map {
        RunSummary(title: hostile, detail: hostile, href: $0, metrics: result.metrics, equity: result.equity.map(\.equity))
    }
    let index = PageReader(IndexPage.html(runs: runs))
    #expect(index.failure == nil)
    #expect(index.addresses.prefix(3) == ["#", "#", "runs/a/report.html"])
    #expect(index.elements["tr"] == 5)
    #expect(PageReader(IndexPage.html(runs: [])).text.contains("There are no runs yet."))
}
