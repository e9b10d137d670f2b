import Backtesting
import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

/// Holds the targets it is given, one a bar; nil leaves things as they are.
private struct Script: DecisionMaker {
    var targets: [Double?]
    mutating func decide(_ context: DecisionContext) -> TargetPosition? {
        context.slot.index < targets.count ? targets[context.slot.index].map { TargetPosition(units: $0) } : nil
    }
}

private let minute = UnixNanos.perMinute
private let free = CostProfile.free

private func run(
    _ closes: [Double], targets: [Double?], costs: CostProfile = free, schedule: @escaping (DecisionContext) -> FillSchedule
) throws -> Kernel<Script, SimulatedVenue> {
    let bars = closes.indices.map { index in
        let start = UnixNanos(Int64(index) * minute)
        let close = closes[index]
        return Bar(
            openTime: start, closeTime: start + minute, open: close - 1, high: close + 2, low: close - 3, close: close, volume: 1)
    }
    let venue = SimulatedVenue(rules: [
        SimulatedVenue.Rules(pricing: FillPricing(model: .mid, costs: costs, tickSize: 0), costs: costs, multiplier: 1)
    ])
    var kernel = Kernel(
        instruments: [KernelInstrument(asset: "A", multiplier: 1)], initialCash: 1000, decisions: Script(targets: targets),
        venue: venue,
        runID: "t", checkInvariants: true, schedule: schedule)
    var source = BarMerge([
        BarMerge.Lane(
            bars: bars, tradeDates: bars.map { $0.openTime.utcDate }, sessionCloses: bars.map { _ in UnixNanos(UnixNanos.perDay) }
        )
    ])
    try kernel.run(&source)
    return kernel
}

@Test func nextOpenFillsAtTheFollowingOpen() throws {
    let kernel = try run([10, 20, 30, 40], targets: [1, nil, 0]) { .openAtOrAfter($0.decisionTime) }
    #expect(kernel.fills.map(\.price) == [19, 39])
    #expect(kernel.fills.map(\.time.rawValue) == [minute, 3 * minute])
    #expect(kernel.ledger.trades.map(\.pnl) == [20])
    #expect(kernel.equity.map(\.equity) == [1000, 1001, 1011, 1020])
    // Held through bars 1 and 2; left at the open of bar 3, so its range does not count.
    #expect(kernel.ledger.trades.map(\.mfe) == [(39.0 - 19) / 19])
    #expect(kernel.ledger.trades.map(\.mae) == [(17.0 - 19) / 19])
    #expect(kernel.ledger.trades.map(\.barsHeld) == [2])
}

@Test func sameCloseIsMarkedAndNextCloseWaitsABar() throws {
    let same = try run([10, 20, 30], targets: [2, 0]) { _ in .thisClose }
    #expect(same.fills.map(\.price) == [10, 20])
    #expect(same.fills.allSatisfy { $0.sameBar })
    let next = try run([10, 20, 30], targets: [2, 0]) { .closeAfter($0.decisionTime) }
    #expect(next.fills.map(\.price) == [20, 30])
    #expect(next.fills.allSatisfy { !$0.sameBar })
}

@Test func whatIsOpenAtTheEndIsClosedAtTheLastClose() throws {
    let kernel = try run([10, 20, 30], targets: [-1]) { .openAtOrAfter($0.decisionTime) }
    #expect(kernel.ledger.trades.map(\.exitReason) == [.endOfData])
    #expect(kernel.ledger.trades.map(\.exitPrice) == [30])
    #expect(kernel.ledger.trades.map(\.quantity) == [-1])
    #expect(kernel.equity.last?.equity == 989.0)
}

@Test func anOrderThatIsStillOpenIsReplacedByADifferentTarget() throws {
    let late = FillSchedule.openAtOrAfter(UnixNanos(3 * minute))
    let kernel = try run([10, 20, 30, 40, 50], targets: [1, 1, 5]) { _ in late }
    #expect(kernel.fills.map(\.orderID) == ["t-2", "t-3"])
    #expect(kernel.fills.map(\.signedQuantity) == [5, -5])
    #expect(kernel.fills.first?.price == 39)
}

@Test func aTargetThatReturnsToThePositionCancelsTheOpenOrder() throws {
    let late = FillSchedule.openAtOrAfter(UnixNanos(3 * minute))
    let kernel = try run([10, 20, 30, 40, 50], targets: [1, 0]) { _ in late }
    #expect(kernel.fills.isEmpty)
    #expect(kernel.equity.allSatisfy { $0.equity == 1000 })
}

@Test func anOrderWithoutABarToFillInIsDropped() throws {
    let kernel = try run([10, 20], targets: [nil, 3]) { .openAtOrAfter($0.decisionTime) }
    #expect(kernel.fills.isEmpty)
    #expect(kernel.ledger.trades.isEmpty)
}
