import Backtesting
import Contracts
import Engine
import Market
import Primitives
import Testing

private func bar(_ open: Int64, _ close: Int64) -> Bar {
    Bar(openTime: UnixNanos(open), closeTime: UnixNanos(close), open: 1, high: 1, low: 1, close: 1, volume: 0)
}

private let date = CivilDate(daysSinceEpoch: 0)

/// Notes every decision that it is asked for.
private final class Notes {
    var seen: [String] = []
}

private struct Witness: DecisionMaker {
    let notes: Notes
    /// Wanted from the decision at this time on.
    var target: (time: Int64, units: Double)?

    mutating func decide(_ context: DecisionContext) -> TargetPosition? {
        let time = context.decisionTime.rawValue
        notes.seen.append("\(time) bar \(context.index) day \(context.session)\(context.endsSession ? " ends" : "")")
        return target.flatMap { $0.time == time ? TargetPosition(units: $0.units) : nil }
    }
}

private func run(
    _ bars: [Bar], _ dates: [CivilDate], closes: [Int64], target: (Int64, Double)? = nil, schedule: FillSchedule = .thisClose
) throws -> (decisions: [String], recording: BacktestRecording) {
    let notes = Notes()
    var backtest = try LaneBacktest(
        LaneTerms(instruments: [LaneTerms.Instrument(asset: "A")], initialCash: 100, runID: "t"),
        decisions: [Witness(notes: notes, target: target)],
        checkInvariants: true
    ) { _ in schedule }
    let recording = try backtest.run([BarLane(bars: bars, tradeDates: dates, sessionCloses: closes.map { UnixNanos($0) })])
    return (notes.seen, recording)
}

@Test func everyBarIsDecidedOnAtItsClose() throws {
    let seen = try run([bar(0, 10), bar(10, 20), bar(30, 40)], [date, date, date + 1], closes: [20, 20, 50]).decisions
    #expect(seen == ["10 bar 0 day 0", "20 bar 1 day 0 ends", "40 bar 2 day 1"])
}

/// A day whose last bar ends before its session is ended by the clock, but only once another day proves that it was the last.
@Test func aSessionEndsByTheClockWhereItsLastBarEndedEarlier() throws {
    let bars = [bar(0, 10), bar(40, 50), bar(50, 60)]
    let result = try run(bars, [date, date + 1, date + 1], closes: [30, 90, 90], target: (30, 2))
    #expect(result.decisions == ["10 bar 0 day 0", "30 bar 0 day 0 ends", "50 bar 1 day 1", "60 bar 2 day 1"])
    // The decision at the end of the session fills there, at the bar's close, and stands in the bar's equity.
    #expect(result.recording.fills.map(\.time.rawValue) == [30, 60])
    #expect(result.recording.fills.map(\.decisionTime.rawValue) == [30, 60])
    #expect(result.recording.equity.map(\.timestamp.rawValue) == [0, 40, 50])
    #expect(result.recording.equity.first?.account?.openPositions == 1)
}
