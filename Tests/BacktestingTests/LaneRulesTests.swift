import Backtesting
import Contracts
import Engine
import Market
import Primitives
import Testing

/// Holds the targets it is given, one a bar; nil leaves things as they are.
private struct Script: DecisionMaker {
    let targets: [Double?]
    mutating func decide(_ context: DecisionContext) -> TargetPosition? {
        context.index < targets.count ? targets[context.index].map { TargetPosition(units: $0) } : nil
    }
}

/// Bars of a minute, three a session, each given as open, high, low, close.
private func run(
    _ bars: [[Double]], targets: [Double?], rules: [RiskRuleSpec] = [], cash: Double = 1000,
    schedule: FillSchedule? = nil,
    _ change: (inout LaneTerms) -> Void = { _ in }
) throws -> BacktestRecording {
    let minute = UnixNanos.perMinute
    let lane = bars.enumerated().map { index, prices in
        let day = Int64(index / 3) * UnixNanos.perDay
        let start = UnixNanos(day + Int64(index % 3) * minute)
        return Bar(
            openTime: start, closeTime: start + minute, open: prices[0], high: prices[1], low: prices[2], close: prices[3],
            volume: 1)
    }
    var terms = LaneTerms(instruments: [LaneTerms.Instrument(asset: "A")], initialCash: cash, runID: "t")
    terms.rules = rules
    change(&terms)
    var backtest = try LaneBacktest(terms, decisions: [Script(targets: targets)], checkInvariants: true) {
        schedule ?? .openAtOrAfter($0.decisionTime)
    }
    return try backtest.run([
        BarLane(
            bars: lane, tradeDates: lane.map { $0.openTime.utcDate },
            sessionCloses: lane.map { UnixNanos($0.openTime.utcDate) + 3 * minute })
    ])
}

private let quiet: [Double] = [100, 101, 99, 100]

@Suite struct LaneRulesTests {
    @Test func aStopActsInsideTheBarOfItsEntryToo() throws {
        let recording = try run(
            [quiet, [100, 102, 94, 101], quiet], targets: [10], rules: [.stopLoss(FractionRule(pct: 0.05))])
        #expect(recording.fills.map(\.price) == [100, 95])
        #expect(recording.fills.map(\.priceSource) == ["open", "level"])
        #expect(recording.fills.map(\.time.rawValue) == [UnixNanos.perMinute, 2 * UnixNanos.perMinute])
        #expect(recording.trades.map(\.exitReason) == [.stopLoss])
        #expect(recording.trades.map(\.exitReasonDetail) == ["stop_loss_5.0%"])
        #expect(recording.equity.last?.equity == 950)
    }

    @Test func aBarThatOpensBeyondTheStopFillsAtTheOpen() throws {
        let recording = try run(
            [quiet, quiet, [90, 92, 88, 91]], targets: [10], rules: [.stopLoss(FractionRule(pct: 0.05))])
        #expect(recording.fills.map(\.price) == [100, 90] && recording.fills.last?.priceSource == "open")
    }

    /// The side stays left until another one is decided, whatever becomes of its size.
    @Test func whatARuleClosedStaysClosedUntilTheSideChanges() throws {
        let bars = [quiet, [100, 101, 94, 100], quiet, quiet, quiet, quiet, quiet]
        let rules = [RiskRuleSpec.stopLoss(FractionRule(pct: 0.05))]
        let kept = try run(bars, targets: [10, 12, 8, nil], rules: rules)
        #expect(kept.fills.count == 2)
        let turned = try run(bars, targets: [10, 12, 0, nil, 7], rules: rules)
        #expect(turned.fills.map(\.signedQuantity) == [10, -10, 7, -7])
    }

    /// Rules that the close decides act like the decisions of that close.
    @Test func rulesOfTheCloseFillWhereDecisionsDo() throws {
        let rules = [RiskRuleSpec.timeExit(TimeExitRule(maxBars: 1))]
        let bars = [quiet, quiet, quiet, [103, 104, 102, 103], quiet, quiet]
        let next = try run(bars, targets: [10], rules: rules)
        #expect(next.fills.map(\.price) == [100, 103] && next.trades.map(\.barsHeld) == [2])
        let same = try run(bars, targets: [10], rules: rules, schedule: .thisClose)
        #expect(same.fills.map(\.time.rawValue) == [UnixNanos.perMinute, 2 * UnixNanos.perMinute])
        #expect(same.trades.map(\.exitReason) == [.timeStop])
    }

    @Test func scaledExitsLeaveTheirPart() throws {
        let rules = [RiskRuleSpec.scaledExit(ScaledExitRule(targets: [ReturnLevel(0.02, 0.5), ReturnLevel(0.5, 1)]))]
        let bars = [quiet, [100, 103, 100, 103], [103, 104, 102, 103], quiet]
        let recording = try run(bars, targets: [10, nil, 6], rules: rules)
        // Half of 10 leaves; the new size of 6 is cut to the half that is still wanted.
        #expect(recording.fills.map(\.signedQuantity) == [10, -5, -2, -3])
        #expect(recording.trades.first?.status == .partial)
    }

    /// A turn that waits for the close of a bar is not undone, nor doubled, by a stop inside that bar.
    @Test func aStopBeforeATurnLeavesTheTurn() throws {
        let rules = [RiskRuleSpec.stopLoss(FractionRule(pct: 0.05))]
        let bars = [quiet, quiet, [100, 101, 94, 97], quiet, quiet]
        let recording = try run(bars, targets: [10, -10], rules: rules, schedule: .nextClose)
        #expect(recording.fills.map(\.signedQuantity) == [10, -10, -10, 10])
        #expect(recording.fills.map(\.price) == [100, 95, 97, 100])
    }

    @Test func theDayEndsWithItsLoss() throws {
        let bars = [quiet, quiet, [95, 95, 89, 90], [90, 91, 89, 90], [90, 91, 89, 90], [90, 91, 89, 90], quiet]
        let recording = try run(bars, targets: [10, nil, 20, 0, 5]) { $0.limits.maxDailyLoss = 0.08 }
        #expect(recording.trades.map(\.exitReason) == [.riskLiquidation, .endOfData])
        #expect(recording.trades.first?.exitReasonDetail == "max_daily_loss" && recording.trades.first?.exitPrice == 90)
        // The larger target of the losing bar is refused; the next day trades again once the side has changed.
        #expect(recording.fills.map(\.signedQuantity) == [10, -10, 5, -5])
    }

    @Test func aDrawdownEndsTheRunsTrading() throws {
        let bars = [quiet, quiet, [95, 95, 89, 90], quiet, quiet, quiet, quiet]
        let recording = try run(bars, targets: [10, nil, nil, 0, -5, 5]) { $0.limits.maxDrawdown = 0.05 }
        #expect(recording.fills.map(\.signedQuantity) == [10, -10])
        #expect(recording.fills.last?.exitReasonDetail == "max_drawdown")
    }

    @Test func anExposureCutsTheOrder() throws {
        let recording = try run([quiet, quiet, quiet], targets: [10]) {
            $0.limits.maxGrossExposure = 0.55
            $0.usesIntegerShares = true
        }
        #expect(recording.fills.map(\.signedQuantity) == [5, -5])
    }

    @Test func leverageIsCutBackAtTheClose() throws {
        let bars = [quiet, [100, 100, 50, 50], [50, 51, 49, 50], [50, 51, 49, 50]]
        let recording = try run(bars, targets: [-10], cash: 2000) { $0.limits.maxLeverage = 0.55 }
        #expect(recording.fills.map(\.signedQuantity) == [-10, 10])
        let short = try run([quiet, [100, 150, 100, 150], [150, 151, 149, 150]], targets: [-10], cash: 2000) {
            $0.limits.maxLeverage = 0.8
            $0.usesIntegerShares = true
        }
        // 1,500 owed on an equity of 1,500: a fifth leaves.
        #expect(short.fills.map { $0.signedQuantity.rounded() } == [-10, 2, 8])
        #expect(short.trades.map(\.exitReason) == [.riskLiquidation, .endOfData])
    }
}
