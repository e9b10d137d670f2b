import Backtesting
import Contracts
import Engine
import Features
import Market
import Primitives
import Strategies
import Testing

private let minute = UnixNanos.perMinute

/// Thirty sessions of at most sixty minutes each, some minutes without a bar, the last ones too.
private func lane(seed: UInt64) -> BarLane {
    var random = SeededGenerator(seed: seed)
    var bars: [Bar] = []
    var dates: [CivilDate] = []
    var closes: [UnixNanos] = []
    var price = 100.0
    for day in 0..<30 as Range<Int32> {
        let date = CivilDate(daysSinceEpoch: day)
        for index in 0..<60 as Range<Int64> where random.nextUnit() < 0.7 {
            let start = UnixNanos(date) + index * minute
            let open = price * (1 + 0.001 * random.nextNormal())
            price = open * (1 + 0.002 * random.nextNormal())
            bars.append(
                Bar(
                    openTime: start, closeTime: start + minute, open: open, high: max(open, price) + 0.05,
                    low: min(open, price) - 0.05, close: price, volume: 1))
            dates.append(date)
            closes.append(UnixNanos(date) + 60 * minute)
        }
    }
    return BarLane(bars: bars, tradeDates: dates, sessionCloses: closes)
}

private func fills(_ whole: BarLane, first count: Int, rebalance: BacktestSpec.RebalanceRule) throws -> [FillRecord] {
    let bars = Array(whole.bars.prefix(count))
    let input = Series(
        name: "close", labels: bars.map(\.openTime), values: bars.map(\.close), availableAt: bars.map(\.closeTime))
    func feature(_ id: String, window: Int64) throws -> Feature {
        var kernel = try #require(TransformCatalogue.named("sma")).makeKernel(["window": .int(window)])
        return Feature(
            id: id, lagRows: nil,
            series: Series(
                name: id, labels: input.labels, values: kernel.apply([input.values]), availableAt: input.availableAt))
    }
    let decider = SignalDecider(
        template: .crossover(band: 0), primary: try feature("fast", window: 3), secondary: try feature("slow", window: 12),
        gate: nil, rules: PositionRules(positionValues: [-1, 0, 1], allowFlipSameDay: true, minHoldDays: 0, cooldownDays: 0),
        scaling: nil, sizing: SignalDecider.Sizing(units: 1, multiplier: 1), rebalance: rebalance)
    var backtest = try LaneBacktest(
        LaneTerms(instruments: [LaneTerms.Instrument(asset: "A")], initialCash: 10_000, runID: "t"), decisions: [decider],
        checkInvariants: true
    ) { .openAtOrAfter($0.decisionTime) }
    return try backtest.run([whole.prefix(count)]).fills.filter { $0.reason == "signal" }
}

/// What the whole path decides - features, template, rules, kernel, venue - does not depend on what comes later: run on data that
/// ends early it makes the same fills up to there, at every cut.
@Test(arguments: [BacktestSpec.RebalanceRule.everyBar, .daily])
func noDecisionDependsOnTheFuture(rebalance: BacktestSpec.RebalanceRule) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
        let lane = lane(seed: seed)
        let whole = try fills(lane, first: lane.bars.count, rebalance: rebalance)
        #expect(whole.count > 10)
        for cut in stride(from: 20, to: lane.bars.count, by: 13) {
            let part = try fills(lane, first: cut, rebalance: rebalance)
            #expect(part == Array(whole.prefix(part.count)), "seed \(seed), cut at \(cut)")
            let end = lane.bars[cut - 1].openTime
            #expect(part.count == whole.count { $0.time <= end }, "seed \(seed), cut at \(cut)")
        }
    }
}
