import Backtesting
import Contracts
import Engine
import Market
import Primitives
import Testing

/// Holds the targets it is given, one a bar; nil leaves things as they are.
private struct Script: DecisionMaker {
    var targets: [Double?]
    mutating func decide(_ context: DecisionContext) -> TargetPosition? {
        context.index < targets.count ? targets[context.index].map { TargetPosition(units: $0) } : nil
    }
}

private let minute = UnixNanos.perMinute

private func run(
    _ closes: [Double], targets: [Double?], schedule: @escaping (DecisionContext) -> FillSchedule
) throws -> BacktestRecording {
    let bars = closes.indices.map { index in
        let start = UnixNanos(Int64(index) * minute)
        let close = closes[index]
        return Bar(
            openTime: start, closeTime: start + minute, open: close - 1, high: close + 2, low: close - 3, close: close, volume: 1)
    }
    var backtest = try LaneBacktest(
        LaneTerms(instruments: [LaneTerms.Instrument(asset: "A")], initialCash: 1000, runID: "t"),
        decisions: [Script(targets: targets)], checkInvariants: true,
        schedule: schedule)
    return try backtest.run([
        BarLane(
            bars: bars, tradeDates: bars.map { $0.openTime.utcDate },
            sessionCloses: bars.map { _ in UnixNanos(UnixNanos.perDay) })
    ])
}

@Test func nextOpenFillsAtTheFollowingOpen() throws {
    let recording = try run([10, 20, 30, 40], targets: [1, nil, 0]) { .openAtOrAfter($0.decisionTime) }
    #expect(recording.fills.map(\.price) == [19, 39])
    #expect(recording.fills.map(\.time.rawValue) == [minute, 3 * minute])
    #expect(recording.trades.map(\.pnl) == [20])
    #expect(recording.equity.map(\.equity) == [1000, 1001, 1011, 1020])
    // Held through bars 1 and 2; left at the open of bar 3, so its range does not count.
    #expect(recording.trades.map(\.mfe) == [(39.0 - 19) / 19])
    #expect(recording.trades.map(\.mae) == [(17.0 - 19) / 19])
    #expect(recording.trades.map(\.barsHeld) == [2])
}

@Test func sameCloseIsMarkedAndNextCloseWaitsABar() throws {
    let same = try run([10, 20, 30], targets: [2, 0]) { _ in .thisClose }
    #expect(same.fills.map(\.price) == [10, 20])
    #expect(same.fills.allSatisfy { $0.sameBar })
    let next = try run([10, 20, 30], targets: [2, 0]) { _ in .nextClose }
    #expect(next.fills.map(\.price) == [20, 30])
    #expect(next.fills.allSatisfy { !$0.sameBar })
}

@Test func whatIsOpenAtTheEndIsClosedAtTheLastClose() throws {
    let recording = try run([10, 20, 30], targets: [-1]) { .openAtOrAfter($0.decisionTime) }
    #expect(recording.trades.map(\.exitReason) == [.endOfData])
    #expect(recording.trades.map(\.exitPrice) == [30])
    #expect(recording.trades.map(\.quantity) == [-1])
    #expect(recording.equity.last?.equity == 989.0)
}

@Test func anOrderThatIsStillOpenIsReplacedByADifferentTarget() throws {
    let late = FillSchedule.openAtOrAfter(UnixNanos(3 * minute))
    let recording = try run([10, 20, 30, 40, 50], targets: [1, 1, 5]) { _ in late }
    #expect(recording.fills.map(\.orderID) == ["t-2", "t-3"])
    #expect(recording.fills.map(\.signedQuantity) == [5, -5])
    #expect(recording.fills.first?.price == 39)
}

@Test func aTargetThatReturnsToThePositionCancelsTheOpenOrder() throws {
    let late = FillSchedule.openAtOrAfter(UnixNanos(3 * minute))
    let recording = try run([10, 20, 30, 40, 50], targets: [1, 0]) { _ in late }
    #expect(recording.fills.isEmpty)
    #expect(recording.equity.allSatisfy { $0.equity == 1000 })
}

@Test func anOrderWithoutABarToFillInIsDropped() throws {
    let recording = try run([10, 20], targets: [nil, 3]) { .openAtOrAfter($0.decisionTime) }
    #expect(recording.fills.isEmpty)
    #expect(recording.trades.isEmpty)
}
