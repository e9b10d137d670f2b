import Market
import OrderFlow
import Primitives
import Testing

/// Random streams with ties, slight disorder, several instruments, session edges and clock changes against the reference.
struct RandomStreamTests {
    static let intervals = ["1s", "5s", "1m", "5m", "15m", "1h", "4h", "12h", "1d"].compactMap { BarInterval($0) }

    /// Instants around which something happens: CME and NYSE opens and closes, holidays, half days, clock changes.
    static let anchors = [
        "2023-12-25T22:58:00Z", "2023-12-22T21:50:00Z", "2024-03-08T21:59:00Z", "2024-03-10T21:58:00Z", "2024-03-11T13:25:00Z",
        "2024-11-01T20:55:00Z", "2024-11-03T22:55:00Z", "2024-11-29T18:10:00Z", "2024-07-04T16:58:00Z", "2024-03-28T21:00:00Z",
        "2021-04-02T13:10:00Z", "2013-10-07T21:10:00Z", "2024-01-15T17:59:00Z", "2024-06-20T20:14:00Z", "2024-06-20T23:59:00Z",
    ].compactMap { UnixNanos(iso8601: $0) }

    static func stream(_ random: inout SeededGenerator) -> [RawTrade] {
        let count = 1 + Int(random.next() % 400)
        let instruments = 1 + random.next() % 4
        let gaps: [Double] = [0.02, 1, 20, 400]
        let gap = gaps[Int(random.next() % 4)] * 1e9
        // Half of the streams are in order; the others are up to 50 s behind the newest.
        let disorder = random.next() % 2 == 0 ? 0.0 : 50e9 * random.nextUnit()
        var time = anchors[Int(random.next() % UInt64(anchors.count))].rawValue
        var trades: [RawTrade] = []
        for sequence in 0..<count {
            switch random.next() % 40 {
            case 0: time += Int64(gap * 100 * random.nextUnit())
            case 1...12: break  // a tie
            case 13...16: time = (time / UnixNanos.perMinute + 1) * UnixNanos.perMinute - Int64(random.next() % 2)
            default: time += Int64(random.nextExponential(mean: gap))
            }
            let back = random.next() % 3 == 0 ? Int64(disorder * random.nextUnit()) : 0
            let tick = 19_200 + Int64(random.next() % 40) * (random.next() % 50 == 0 ? 100 : 1)
            let sides: [AggressorSide] = [.buy, .sell, .unknown]
            trades.append(
                RawTrade(
                    time: UnixNanos(time - back), price: tick * 250_000_000,
                    size: UInt32(1 + random.next() % (random.next() % 20 == 0 ? 9_000 : 5)), side: sides[Int(random.next() % 3)],
                    instrumentID: UInt32(10 + random.next() % instruments), sequence: UInt32(sequence)))
        }
        return trades
    }

    static func configuration(_ random: inout SeededGenerator) -> FlowConfiguration {
        let window = 2 + Int(random.next() % 30)
        return FlowConfiguration(
            barIntervals: intervals.filter { _ in random.next() % 3 == 0 },
            footprintInterval: random.next() % 5 == 0 ? nil : intervals[Int(random.next() % 9)],
            cvdInterval: random.next() % 5 == 0 ? nil : intervals[Int(random.next() % 9)],
            bigTradeRules: [
                .fixed(size: 4), .percentile(fraction: 0.05 + 0.95 * random.nextUnit(), window: window),
                .zScore(score: 2, window: window),
            ],
            session: random.next() % 2 == 0 ? .rth : .full, rowsPerDrain: 1 + Int(random.next() % 50))
    }

    @Test(arguments: 0..<300) func equalsTheReference(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let trades = Self.stream(&random)
        let configuration = Self.configuration(&random)
        let calendar: any SessionCalendar = random.next() % 2 == 0 ? SessionCalendars.cmeEquity : SessionCalendars.usEquity
        // Not in the order of their ids, one symbol with two ids, one id without a symbol.
        let instruments = [
            FlowInstrument(id: 12, symbol: "A"), FlowInstrument(id: 10, symbol: "B"), FlowInstrument(id: 11, symbol: "A"),
        ]
        let reference = ReferenceAggregator(
            configuration: configuration, calendar: calendar,
            symbolOf: Dictionary(uniqueKeysWithValues: instruments.map { ($0.id, $0.symbol) }))
        let blocks = (0..<20).map { _ in 1 + Int(random.next() % 40) }
        let (rows, statistics) = try CollectedRows.run(
            trades, configuration, calendar: calendar, instruments: instruments, blocks: blocks)
        for interval in configuration.barIntervals {
            #expect(rows.bars[interval] ?? [] == (try reference.bars(trades, interval)), "seed \(seed), \(interval)")
        }
        if let interval = configuration.footprintInterval {
            #expect(rows.footprint == (try reference.footprint(trades, interval)), "seed \(seed), \(interval)")
        }
        if let interval = configuration.cvdInterval {
            #expect(rows.cvd == (try reference.cvd(trades, interval)), "seed \(seed), \(interval)")
        }
        try compareBigTrades(rows.big, try reference.bigTrades(trades), seed)
        let kept = try reference.kept(trades)
        #expect(statistics.records == trades.count && statistics.aggregated == kept.count, "seed \(seed)")
        #expect(statistics.filtered == trades.count - kept.count && statistics.undefined == 0, "seed \(seed)")
        let closed = try trades.filter { try calendar.segment(at: $0.time).hours == .closed }.count
        #expect(statistics.outsideHours == closed, "seed \(seed)")
    }

    /// Thresholds agree to rounding: the reference sums in floating point.
    private func compareBigTrades(_ rows: [CollectedRows.BigRow], _ expected: [CollectedRows.BigRow], _ seed: Int) throws {
        try #require(rows.count == expected.count, "seed \(seed)")
        for (row, other) in zip(rows, expected) {
            #expect(abs(row.threshold - other.threshold) <= 1e-9 * other.threshold, "seed \(seed)")
            var same = row
            same.threshold = other.threshold
            #expect(same == other, "seed \(seed)")
        }
    }
}
