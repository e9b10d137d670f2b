public import Market
public import Primitives

/// Merges the bars of several instruments into one stream of opens and closes.
public struct BarMerge: MarketEventSource {
    /// One instrument's bars, in time order, with the trade date of each and the end of that date's session.
    public struct Lane: Sendable {
        public let bars: [Bar]
        public let tradeDates: [CivilDate]
        public let sessionCloses: [UnixNanos]

        /// - Precondition: equal lengths.
        public init(bars: [Bar], tradeDates: [CivilDate], sessionCloses: [UnixNanos]) {
            precondition(
                bars.count == tradeDates.count && bars.count == sessionCloses.count, "bars and their dates differ in number")
            self.bars = bars
            self.tradeDates = tradeDates
            self.sessionCloses = sessionCloses
        }
    }

    private struct Cursor {
        /// The next event of the bar.
        enum Step: Int {
            case close, sessionClose, open
        }

        var index = 0
        var dayOrdinal = 0
        var step = Step.open
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
        for lane in lanes.indices where cursors[lane].index < lanes[lane].bars.count {
            let time = time(lane)
            let isFirst = best.map { time == bestTime && cursors[lane].step.rawValue < cursors[$0].step.rawValue } ?? true
            if time < bestTime || isFirst {
                best = lane
                bestTime = time
            }
        }
        return best.map { advance($0) }
    }

    private func time(_ lane: Int) -> UnixNanos {
        let cursor = cursors[lane]
        return switch cursor.step {
        case .open: lanes[lane].bars[cursor.index].openTime
        case .close: lanes[lane].bars[cursor.index].closeTime
        case .sessionClose: lanes[lane].sessionCloses[cursor.index]
        }
    }

    private mutating func advance(_ lane: Int) -> MarketEvent {
        let cursor = cursors[lane]
        let source = lanes[lane]
        let slot = BarSlot(
            instrument: lane, bar: source.bars[cursor.index], index: cursor.index, tradeDate: source.tradeDates[cursor.index],
            dayOrdinal: cursor.dayOrdinal, sessionClose: source.sessionCloses[cursor.index])
        switch cursor.step {
        case .open:
            cursors[lane].step = .close
            return .open(slot)
        case .close:
            // Whether the day goes on is known only once its session has ended: at the end of the data nobody knows.
            let next = cursor.index + 1
            let endsDay = next < source.bars.count && source.tradeDates[next] != slot.tradeDate
            if endsDay && slot.bar.closeTime < slot.sessionClose {
                cursors[lane].step = .sessionClose
            } else {
                cursors[lane] = Cursor(index: next, dayOrdinal: cursor.dayOrdinal + (endsDay ? 1 : 0))
            }
            return .close(slot)
        case .sessionClose:
            cursors[lane] = Cursor(index: cursor.index + 1, dayOrdinal: cursor.dayOrdinal + 1)
            return .sessionClose(slot)
        }
    }
}
