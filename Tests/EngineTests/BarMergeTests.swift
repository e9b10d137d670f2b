import Engine
import Market
import Primitives
import Testing

private func bar(_ open: Int64, _ close: Int64) -> Bar {
    Bar(openTime: UnixNanos(open), closeTime: UnixNanos(close), open: 1, high: 1, low: 1, close: 1, volume: 0)
}

private let date = CivilDate(daysSinceEpoch: 0)

private func lane(_ bars: [Bar], _ dates: [CivilDate], closes: [Int64]) -> BarMerge.Lane {
    BarMerge.Lane(bars: bars, tradeDates: dates, sessionCloses: closes.map { UnixNanos($0) })
}

private func events(_ merge: BarMerge) -> [String] {
    var merge = merge
    var seen: [String] = []
    while let event = merge.next() {
        let kind =
            switch event {
            case .open: "open"
            case .close: "close"
            case .sessionClose: "session close"
            }
        seen.append("\(event.time.rawValue) \(kind) \(event.slot.instrument) day \(event.slot.dayOrdinal)")
    }
    return seen
}

@Test func closesComeBeforeOpensAtOneInstantAndLanesKeepTheirOrder() {
    let merge = BarMerge([
        lane([bar(0, 10), bar(10, 20)], [date, date + 1], closes: [10, 20]),
        lane([bar(0, 10), bar(10, 20)], [date, date], closes: [20, 20]),
    ])
    #expect(
        events(merge) == [
            "0 open 0 day 0", "0 open 1 day 0", "10 close 0 day 0", "10 close 1 day 0", "10 open 0 day 1", "10 open 1 day 0",
            "20 close 0 day 1", "20 close 1 day 0",
        ])
}

/// A day whose last bar ends before its session is ended by the clock, but only once another day proves that it was the last.
@Test func aSessionEndsByTheClockWhereItsLastBarEndedEarlier() {
    let merge = BarMerge([lane([bar(0, 10), bar(40, 50), bar(50, 60)], [date, date + 1, date + 1], closes: [30, 90, 90])])
    #expect(
        events(merge) == [
            "0 open 0 day 0", "10 close 0 day 0", "30 session close 0 day 0", "40 open 0 day 1", "50 close 0 day 1",
            "50 open 0 day 1",
            "60 close 0 day 1",
        ])
}
