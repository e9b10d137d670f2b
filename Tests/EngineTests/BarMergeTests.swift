import Engine
import Market
import Primitives
import Testing

private func bar(_ open: Int64, _ close: Int64) -> Bar {
    Bar(openTime: UnixNanos(open), closeTime: UnixNanos(close), open: 1, high: 1, low: 1, close: 1, volume: 0)
}

private let date = CivilDate(daysSinceEpoch: 0)

@Test func closesComeBeforeOpensAtOneInstantAndLanesKeepTheirOrder() {
    var merge = BarMerge([
        BarMerge.Lane(bars: [bar(0, 10), bar(10, 20)], tradeDates: [date, date + 1]),
        BarMerge.Lane(bars: [bar(0, 10), bar(10, 20)], tradeDates: [date, date]),
    ])
    var seen: [String] = []
    while let event = merge.next() {
        let kind = if case .open = event { "open" } else { "close" }
        let last = event.slot.lastOfDay ? " last" : ""
        seen.append("\(event.time.rawValue) \(kind) \(event.slot.instrument) \(event.slot.dayOrdinal)\(last)")
    }
    #expect(
        seen == [
            "0 open 0 0 last", "0 open 1 0", "10 close 0 0 last", "10 close 1 0", "10 open 0 1 last", "10 open 1 0 last",
            "20 close 0 1 last", "20 close 1 0 last",
        ])
}
