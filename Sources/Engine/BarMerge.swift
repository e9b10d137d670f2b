public import Market
public import Primitives

/// Merges the bars of several instruments into one stream of opens and closes.
public struct BarMerge: MarketEventSource {
    /// One instrument's bars, in time order, with the trade date of each.
    public struct Lane: Sendable {
        public let bars: [Bar]
        public let tradeDates: [CivilDate]

        /// - Precondition: equal lengths.
        public init(bars: [Bar], tradeDates: [CivilDate]) {
            precondition(bars.count == tradeDates.count, "bars and trade dates differ in number")
            self.bars = bars
            self.tradeDates = tradeDates
        }
    }

    private struct Cursor {
        var index = 0
        var dayOrdinal = 0
        var isOpen = false
    }

    private let lanes: [Lane]
    private var cursors: [Cursor]

    public init(_ lanes: [Lane]) {
        self.lanes = lanes
        cursors = Array(repeating: Cursor(), count: lanes.count)
    }

    public mutating func next() -> MarketEvent? {
        var best: Int?
        var bestTime = UnixNanos(Int64.max)
        var bestIsClose = false
        for lane in lanes.indices where cursors[lane].index < lanes[lane].bars.count {
            let bar = lanes[lane].bars[cursors[lane].index]
            let isClose = cursors[lane].isOpen
            let time = isClose ? bar.closeTime : bar.openTime
            if time < bestTime || (time == bestTime && isClose && !bestIsClose) {
                best = lane
                bestTime = time
                bestIsClose = isClose
            }
        }
        guard let lane = best else { return nil }
        return advance(lane)
    }

    private mutating func advance(_ lane: Int) -> MarketEvent {
        let cursor = cursors[lane]
        let dates = lanes[lane].tradeDates
        let isLast = cursor.index + 1 == dates.count
        let lastOfDay = isLast || dates[cursor.index + 1] != dates[cursor.index]
        let slot = BarSlot(
            instrument: lane, bar: lanes[lane].bars[cursor.index], index: cursor.index, tradeDate: dates[cursor.index],
            dayOrdinal: cursor.dayOrdinal, lastOfDay: lastOfDay)
        guard cursor.isOpen else {
            cursors[lane].isOpen = true
            return .open(slot)
        }
        cursors[lane] = Cursor(index: cursor.index + 1, dayOrdinal: cursor.dayOrdinal + (lastOfDay ? 1 : 0), isOpen: false)
        return .close(slot)
    }
}
