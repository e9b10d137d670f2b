import Backtesting
import Contracts
import Engine
import Market
import Primitives
import Testing

/// Holds the targets it is given by label; nothing else changes anything.
private struct Script: DecisionMaker {
    var targets: [Int: Double]
    mutating func decide(_ context: DecisionContext) -> TargetPosition? {
        targets[context.index].map { TargetPosition(units: $0) }
    }
}

private func lane(_ closes: [Int: Double], length: Int64 = UnixNanos.perMinute) -> BarLane {
    let bars = closes.sorted { $0.key < $1.key }.map { index, close in
        let start = UnixNanos(Int64(index) * UnixNanos.perMinute)
        return Bar(
            openTime: start, closeTime: start + length, open: close, high: close, low: close, close: close, volume: 1)
    }
    return BarLane(
        bars: bars, tradeDates: bars.map { $0.openTime.utcDate }, sessionCloses: bars.map { _ in UnixNanos(UnixNanos.perDay) })
}

private func run(
    _ lanes: [BarLane], _ targets: [[Int: Double]], _ change: (inout LaneTerms) -> Void = { _ in }
) throws -> BacktestRecording {
    let names = ["A", "B", "C"].prefix(lanes.count)
    var terms = LaneTerms(instruments: names.map { LaneTerms.Instrument(asset: $0) }, initialCash: 1_000, runID: "t")
    change(&terms)
    var backtest = try LaneBacktest(terms, decisions: targets.map { Script(targets: $0) }, checkInvariants: true) {
        .openAtOrAfter($0.decisionTime)
    }
    return try backtest.run(lanes)
}

@Suite struct MergedLanesTests {
    private static let a = lane([0: 10, 1: 11, 2: 12, 3: 13])
    private static let b = lane([0: 100, 2: 120, 3: 90])

    @Test func instrumentsShareTheAccount() throws {
        // B has no bar at label 1: its order waits for label 2.
        let recording = try run([Self.a, Self.b], [[0: 10], [0: 1]])
        #expect(recording.fills.map(\.asset) == ["A", "B", "A", "B"])
        #expect(recording.fills.map(\.price) == [11, 120, 13, 90])
        #expect(recording.equity.map(\.equity) == [1_000, 1_000, 1_010, 990])
        #expect(recording.equity.map { $0.account?.cash } == [1_000, 890, 770, 990])
        #expect(recording.trades.map(\.pnl) == [20, -30])
        #expect(recording.fills.map(\.orderID) == ["t-1", "t-2", "t-3", "t-4"])
    }

    @Test func whoHasNoBarKeepsItsLastPriceAndDoesNotDecide() throws {
        let gap = lane([0: 100, 1: 110, 3: 90])
        let recording = try run([Self.a, gap], [[:], [0: 1, 2: 5]])
        #expect(recording.equity.map(\.equity) == [1_000, 1_000, 1_000, 980])
        #expect(recording.fills.map(\.signedQuantity) == [1, -1])
    }

    /// Alone, an instrument makes what it makes with another one that does not trade.
    @Test func anIdleNeighbourChangesNothing() throws {
        let alone = try run([Self.a], [[0: 10, 2: -5]])
        let beside = try run([Self.a, Self.b], [[0: 10, 2: -5], [:]])
        #expect(alone.fills == beside.fills && alone.trades == beside.trades && alone.equity == beside.equity)
    }

    @Test func costsAreThoseOfTheInstrument() throws {
        let recording = try run([Self.a, Self.b], [[0: 10], [0: 1]]) { terms in
            terms.instruments[1].costs = CostProfile(
                commission: CommissionModel(model: .perUnit, value: 2, minimum: 0), feePerUnit: 0, spread: .none,
                slippage: PriceCost(model: .fixed, value: 0.5))
        }
        #expect(recording.fills.map(\.commission) == [0, 2, 0, 2])
        #expect(recording.fills.map(\.price) == [11, 120.5, 13, 89.5])
    }

    /// 2,000 of A would be within the limits alone; B has taken half of what the portfolio may hold.
    @Test func limitsCountAllInstruments() throws {
        let recording = try run([Self.a, Self.b], [[0: 80], [0: 5]]) { $0.limits.maxGrossExposure = 1 }
        let bought = recording.fills.filter { $0.signedQuantity > 0 }
        #expect(bought.map(\.asset) == ["A", "B"])
        #expect(bought.map(\.signedQuantity).first == 80)
        let rest = try #require(bought.last?.signedQuantity)
        // Of 1,000 of equity A's order has 800 at label 0.
        #expect((rest - 2).magnitude < 1e-6)
    }

    @Test func barsThatOverlapAreRefused() throws {
        let error = #expect(throws: ApusError.self) {
            try run([Self.a, lane([0: 100], length: 3 * UnixNanos.perMinute)], [[:], [:]])
        }
        #expect(error?.code == "run.lanes")
    }
}
