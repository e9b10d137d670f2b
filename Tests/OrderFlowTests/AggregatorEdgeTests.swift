import Market
import OrderFlow
import Primitives
import Testing

/// Errors, sentinels and limits of the aggregator.
struct AggregatorEdgeTests {
    static let calendar = SessionCalendars.cmeEquity

    static func time(_ text: String) throws -> Int64 { try #require(UnixNanos(iso8601: text)).rawValue }

    static func trade(_ time: Int64, price: Int64 = 4_800_000_000_000, size: UInt32 = 1, side: AggressorSide = .buy) -> RawTrade {
        RawTrade(time: UnixNanos(time), price: price, size: size, side: side, instrumentID: 1)
    }

    @Test func aTradeIsLateOnceItsBucketWasWritten() throws {
        let minute = try Self.time("2024-02-01T15:00:00Z")
        let newest = minute + 2 * UnixNanos.perMinute
        // The bucket 15:00 ends at 15:01 and stays open for the grace of one minute: up to, not including, 15:02.
        let inTime = [Self.trade(minute), Self.trade(newest - 1), Self.trade(minute + 5)]
        let rows = try CollectedRows.run(inTime, FlowConfiguration(), calendar: Self.calendar).rows
        #expect(rows.bars[.minute]?.map(\.count) == [2, 1])
        let late = [Self.trade(minute), Self.trade(newest), Self.trade(newest), Self.trade(minute + 5)]
        for blocks in [[Int.max], [1], [3]] {
            #expect(throws: OrderFlowError.lateTrade(time: UnixNanos(minute + 5), watermark: UnixNanos(newest), index: 3)) {
                try CollectedRows.run(late, FlowConfiguration(), calendar: Self.calendar, blocks: blocks)
            }
        }
        // Late also where the early bucket had no trade, so that the answer does not depend on luck.
        #expect(throws: OrderFlowError.lateTrade(time: UnixNanos(minute), watermark: UnixNanos(newest), index: 1)) {
            try CollectedRows.run([Self.trade(newest), Self.trade(minute)], FlowConfiguration(), calendar: Self.calendar)
        }
        // A longer shortest bucket waits longer.
        let hourly = FlowConfiguration(barIntervals: [.hour], footprintInterval: nil, cvdInterval: nil)
        #expect(try CollectedRows.run(late, hourly, calendar: Self.calendar).rows.bars[.hour]?.map(\.count) == [4])
    }

    @Test func sentinelsNeverBecomeNumbers() throws {
        let start = try Self.time("2024-02-01T15:00:00Z")
        var quote = Self.trade(start + 3)
        quote.action = UInt8(ascii: "F")
        let stamp = RawTrade(instrumentID: 1, tsEvent: .max, price: 1, size: 1, side: 66)
        let trades = [
            Self.trade(start), Self.trade(start + 1, price: .max), Self.trade(start + 2, size: .max), quote, stamp,
            Self.trade(start + 4, price: 4_801_000_000_000, size: 3, side: .sell),
        ]
        for blocks in [[Int.max], [1]] {
            let (rows, statistics) = try CollectedRows.run(trades, FlowConfiguration(), calendar: Self.calendar, blocks: blocks)
            let bar = try #require(rows.bars[.minute]?.first)
            #expect(rows.bars[.minute]?.count == 1)
            #expect([bar.open, bar.high, bar.low, bar.close] == [4_800, 4_801, 4_800, 4_801])
            #expect([bar.volume, bar.buy, bar.sell, bar.count] == [4, 1, 3, 2])
            #expect(rows.footprint.map(\.price) == [4_800, 4_801])
            #expect(statistics.records == 6 && statistics.undefined == 4 && statistics.aggregated == 2)
        }
    }

    @Test func negativePricesAndManyPrices() throws {
        // A spread trades below zero, and one bucket holds far more prices than a table begins with.
        let start = try Self.time("2024-02-01T15:00:00Z")
        let trades: [RawTrade] = (0..<5_000).map { index in
            let cents: Int = (index * 7_919) % 5_000 - 2_500
            return Self.trade(start + Int64(index), price: Int64(cents) * 10_000_000)
        }
        let rows = try CollectedRows.run(trades + trades, FlowConfiguration(), calendar: Self.calendar).rows
        #expect(rows.footprint.map(\.price) == (-2_500..<2_500).map { (cents: Int) in Double(cents * 10_000_000) / 1e9 })
        #expect(rows.footprint.allSatisfy { $0.count == 2 && $0.buy == 2 })
        #expect(rows.bars[.minute]?.first?.low == -25 && rows.bars[.minute]?.first?.high == 24.99)
    }

    @Test func manySymbolsKeepTheirOrder() throws {
        let start = try Self.time("2024-02-01T15:00:00Z")
        let trades: [RawTrade] = (0..<4_000).map { (index: Int) -> RawTrade in
            let time = start + Int64(index) * (UnixNanos.perSecond / 10)
            let id = index % 100
            return RawTrade(
                time: UnixNanos(time), price: Int64(1 + id) * 1_000_000_000, size: 1, side: .sell, instrumentID: UInt32(id))
        }
        let rows = try CollectedRows.run(trades, FlowConfiguration(), calendar: Self.calendar).rows
        let bars = try #require(rows.bars[.minute])
        #expect(bars.map { "\($0.start) \($0.symbol)" } == bars.map { "\($0.start) \($0.symbol)" }.sorted())
        #expect(Set(bars.map(\.symbol)).count == 100)
        #expect(bars.allSatisfy { $0.open == Double(1 + (Int($0.symbol) ?? 0)) })
    }

    @Test func whatIsAskedForIsChecked() throws {
        func run(_ configuration: FlowConfiguration) throws {
            _ = try CollectedRows.run([], configuration, calendar: Self.calendar)
        }
        #expect(throws: OrderFlowError.duplicateInterval("1m")) { try run(FlowConfiguration(barIntervals: [.minute, .minute])) }
        #expect(throws: OrderFlowError.invalidRowsPerDrain(0)) { try run(FlowConfiguration(rowsPerDrain: 0)) }
        for rule in [
            BigTradeRule.percentile(fraction: 0, window: 5), .percentile(fraction: 1.1, window: 5), .zScore(score: 2, window: 1),
        ] {
            #expect(throws: OrderFlowError.invalidRule(rule.description)) { try run(FlowConfiguration(bigTradeRules: [rule])) }
        }
        #expect(BarInterval("7s") == nil && BarInterval("0s") == nil && BarInterval("2d") == nil && BarInterval("") == nil)
        #expect(["1s", "90s", "5m", "4h", "1d"].compactMap { BarInterval($0)?.description } == ["1s", "90s", "5m", "4h", "1d"])
        #expect(BarInterval("60m") == .hour && BarInterval("24h") == .day)
        try run(FlowConfiguration())
    }

    @Test func nothingAfterTheEnd() throws {
        let rows = CollectedRows()
        let aggregator = try FlowAggregator(configuration: FlowConfiguration(), calendar: Self.calendar, sink: rows)
        try aggregator.finish()
        try aggregator.finish()
        #expect(rows.drains == 0)
        let trades = [Self.trade(try Self.time("2024-02-01T15:00:00Z"))]
        #expect(throws: OrderFlowError.finished) { try trades.withUnsafeBufferPointer { try aggregator.add($0) } }
    }

    @Test func timesBeyondTheCalendarAreAnError() throws {
        let trades = [Self.trade(try Self.time("2031-02-03T15:00:00Z"))]
        #expect(throws: CalendarError.self) { try CollectedRows.run(trades, FlowConfiguration(), calendar: Self.calendar) }
    }
}
