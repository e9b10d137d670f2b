public import Market
public import Primitives

/// Streams of quotes with everything that a feed can bring: ties, slight disorder, several instruments, books without a side,
/// crossed and locked ones, pauses, and the edges of sessions.
public enum RandomQuotes {
    /// Around the openings and closings of both calendars, in weeks without a holiday.
    public static let anchors = [
        "2024-09-10T13:29:30Z", "2024-09-10T20:14:30Z", "2024-09-10T20:59:30Z", "2024-09-10T21:59:00Z", "2024-09-13T20:50:00Z",
        "2024-09-10T07:59:00Z", "2024-09-10T23:59:00Z", "2024-09-11T00:00:30Z", "2024-09-15T21:59:30Z",
    ].compactMap { UnixNanos(iso8601: $0) }

    public static let tick: Int64 = 250_000_000

    /// - Parameters:
    ///   - gap: mean seconds between records.
    ///   - instruments: ids 10, 11 and so on.
    public static func stream(
        _ random: inout SeededGenerator, count: Int, gap: Double, instruments: UInt64 = 3
    ) -> [RawQuote] {
        let disorder = random.next() % 2 == 0 ? 0 : 50e9 * random.nextUnit()
        var time = anchors[Int(random.next() % UInt64(anchors.count))].rawValue
        var level: Int64 = 20_000
        return (0..<count).map { sequence in
            switch random.next() % 40 {
            case 0: time += Int64(gap * 1e11 * random.nextUnit())
            case 1...10: break  // a tie
            case 11...14: time = (time / UnixNanos.perMinute + 1) * UnixNanos.perMinute - Int64(random.next() % 2)
            default: time += Int64(random.nextExponential(mean: gap * 1e9))
            }
            level += Int64(random.next() % 3) - 1
            let late = random.next() % 4 == 0 ? Int64(disorder * random.nextUnit()) : 0
            return quote(&random, at: time - late, level, id: UInt32(10 + random.next() % instruments), UInt32(sequence))
        }
    }

    private static func quote(
        _ random: inout SeededGenerator, at time: Int64, _ level: Int64, id: UInt32, _ sequence: UInt32
    ) -> RawQuote {
        let steps = [1, 1, 1, 2, 3, 0, -1][Int(random.next() % 7)]
        let sides: [AggressorSide] = [.buy, .sell, .unknown]
        let actions: [UInt8] = Array("TTAACCMR".utf8)
        let hasPrice = random.next() % 10 != 0
        return RawQuote(
            instrumentID: id, tsEvent: UInt64(time - 90_000), tsRecv: UInt64(time),
            price: hasPrice ? (level + Int64(random.next() % 4) - 1) * tick : RawQuote.noPrice,
            size: UInt32(random.next() % 30), action: actions[Int(random.next() % 8)],
            side: sides[Int(random.next() % 3)].rawValue, sequence: sequence, publisherID: 1,
            bidPrice: random.next() % 12 == 0 ? RawQuote.noPrice : level * tick,
            askPrice: random.next() % 12 == 0 ? RawQuote.noPrice : (level + Int64(steps)) * tick,
            bidSize: UInt32(random.next() % 40), askSize: UInt32(random.next() % 40))
    }
}
