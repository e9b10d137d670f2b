import Market
import OrderFlow
import Primitives
import TestKit
import Testing

/// Tables of quotes: independence of blocks, nothing that changes afterwards, and every rule by example. The numbers of random
/// streams are compared with an independent program in IntegrationTests.
struct QuoteTableTests {
    final class Rows: QuoteSink {
        var rows: [QuoteRow] = []
        /// Rows as text: a missing value equals itself.
        var texts: [String] = []
        func take(_ rows: [QuoteRow], interval: BarInterval, symbols: [String]) throws {
            self.rows += rows
            texts += rows.map { "\(symbols[Int($0.symbol)]) \($0)" }
        }
    }

    private static let intervals = ["1s", "5s", "1m", "5m", "1h", "4h", "1d"].compactMap { BarInterval($0) }

    static func run(
        _ quotes: [RawQuote], _ interval: BarInterval, _ session: SessionKind = .full, blocks: [Int] = [.max],
        rowsPerDrain: Int = 20_000
    ) throws -> (rows: Rows, statistics: FlowStatistics) {
        let rows = Rows()
        let builder = try QuoteTableBuilder(
            interval: interval, session: session, calendar: SessionCalendars.cmeEquity,
            instruments: [FlowInstrument(id: 12, symbol: "A"), FlowInstrument(id: 10, symbol: "B")],
            rowsPerDrain: rowsPerDrain, sink: rows)
        var position = 0
        var turn = 0
        while position < quotes.count {
            let size = min(blocks[turn % blocks.count], quotes.count - position)
            try quotes[position..<(position + size)].withUnsafeBufferPointer { try builder.add($0) }
            position += size
            turn += 1
        }
        try builder.finish()
        return (rows, builder.statistics)
    }

    private static func random(_ seed: Int) -> (quotes: [RawQuote], interval: BarInterval, session: SessionKind) {
        var random = SeededGenerator(seed: UInt64(seed))
        let gap = [0.05, 1, 20, 300][Int(random.next() % 4)]
        let quotes = RandomQuotes.stream(&random, count: 1 + Int(random.next() % 500), gap: gap)
        // Seconds of days would be many rows.
        let intervals = gap > 1 ? Self.intervals.filter { $0.seconds >= 60 } : Self.intervals
        return (quotes, intervals[seed % intervals.count], seed % 3 == 0 ? .rth : .full)
    }

    @Test(arguments: 0..<50) func blocksChangeNothing(seed: Int) throws {
        let (quotes, interval, session) = Self.random(seed)
        let whole = try Self.run(quotes, interval, session)
        let cut = try Self.run(quotes, interval, session, blocks: [1, 9, 40], rowsPerDrain: 1)
        #expect(whole.rows.texts == cut.rows.texts && whole.statistics == cut.statistics, "seed \(seed)")
        let statistics = whole.statistics
        #expect(statistics.records == Int64(quotes.count) && statistics.undefined == 0)
        #expect(statistics.aggregated + statistics.filtered == statistics.records)
    }

    /// Where the stream ends early, what was handed out is the beginning of what the whole stream gives, and all of it whose
    /// buckets had ended.
    @Test(arguments: 0..<50) func noRowChangesAfterwards(seed: Int) throws {
        let (quotes, interval, session) = Self.random(seed)
        let whole = try Self.run(quotes, interval, session).rows
        var random = SeededGenerator(seed: UInt64(seed) + 1_000)
        for _ in 0..<5 {
            let count = Int(random.next() % UInt64(quotes.count))
            let early = try Self.run(Array(quotes[..<count]), interval, session).rows
            #expect(whole.texts.starts(with: early.texts), "seed \(seed), \(count) of \(quotes.count)")
            guard !interval.isDay, let clock = quotes[..<count].map(\.time.rawValue).max() else { continue }
            let final = whole.rows.prefix { $0.start + interval.nanos <= clock }
            #expect(early.rows.count == final.count, "seed \(seed), \(count) of \(quotes.count)")
        }
    }

    /// Buckets inside regular hours hold the same in both tables: what stands before the opening stands at it.
    @Test(arguments: 0..<30) func regularHoursAreThoseOfAllHours(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let quotes = RandomQuotes.stream(&random, count: 600, gap: 60)
        let interval = BarInterval.minute
        let full = try Self.run(quotes, interval).rows, regular = try Self.run(quotes, interval, .rth).rows
        let hours = try full.rows.map { row in try SessionCalendars.cmeEquity.segment(at: UnixNanos(row.start)).isRegular }
        #expect(zip(full.texts, hours).filter(\.1).map(\.0) == regular.texts, "seed \(seed)")
    }

    // MARK: by example

    /// 14:00 UTC on a Tuesday, in regular hours.
    private static let start = UnixNanos(1_725_976_800_000_000_000)

    /// A record at milliseconds after the start; prices in quarters, nil where nobody quotes.
    private static func quote(
        _ millis: Int64, _ bid: Int64?, _ bidSize: UInt32, _ ask: Int64?, _ askSize: UInt32, action: String = "A",
        trade: (price: Int64, size: UInt32, side: AggressorSide)? = nil, id: UInt32 = 10
    ) -> RawQuote {
        let time = UInt64(bitPattern: (start + millis * 1_000_000).rawValue)
        return RawQuote(
            instrumentID: id, tsEvent: time, tsRecv: time, price: trade.map { $0.price * RandomQuotes.tick } ?? RawQuote.noPrice,
            size: trade?.size ?? 0, action: trade == nil ? action.utf8.first ?? 0 : UInt8(ascii: "T"),
            side: trade?.side.rawValue ?? 78, bidPrice: bid.map { $0 * RandomQuotes.tick } ?? RawQuote.noPrice,
            askPrice: ask.map { $0 * RandomQuotes.tick } ?? RawQuote.noPrice, bidSize: bidSize, askSize: askSize)
    }

    private static func rows(_ quotes: [RawQuote]) throws -> [QuoteRow] { try run(quotes, .second).rows.rows }

    @Test func meansAreWeightedByTime() throws {
        let rows = try Self.rows([
            Self.quote(250, 400, 30, 401, 10), Self.quote(500, 400, 10, 402, 10), Self.quote(1_250, 399, 5, 402, 15),
            Self.quote(2_000, 399, 5, 402, 15),
        ])
        #expect(rows.count == 2)
        // A quarter of a second at 0.25, a half at 0.5: nothing stood before.
        #expect(rows[0].meanSpread == (0.25 * 0.25 + 0.5 * 0.5) / 0.75 && rows[0].meanImbalance == 0.5 * 0.25 / 0.75)
        #expect([rows[0].minSpread, rows[0].maxSpread, rows[0].spread] == [0.25, 0.5, 0.5])
        #expect(rows[1].meanSpread == 0.25 * 0.5 + 0.75 * 0.75 && rows[1].meanImbalance == -0.75 * 0.5)
        #expect([rows[1].bid, rows[1].ask, rows[1].mid] == [99.75, 100.5, 100.125])
        #expect(rows[1].microprice == (99.75 * 15 + 100.5 * 5) / 20)
        // The second: the ask rises, which takes 10 away; the bid shrinks by 20. The third: the bid falls, and the ask grows by
        // 5.
        #expect(rows.map(\.orderFlowImbalance) == [-20 + 10, -10 - 5])
    }

    @Test func theStandingQuoteIsCarried() throws {
        let rows = try Self.rows([
            Self.quote(0, 400, 3, 401, 4), Self.quote(3_200, 400, 5, 401, 4), Self.quote(4_000, 400, 5, 401, 4),
        ])
        #expect(rows.map(\.updates) == [1, 0, 0, 1] && rows.map(\.bidSize) == [3, 3, 3, 5])
        #expect(rows.map(\.trades) == [0, 0, 0, 0] && rows.map(\.orderFlowImbalance) == [0, 0, 0, 2])
        #expect(rows[1].meanSpread == 0.25 && rows[1].minSpread == 0.25 && rows[1].effectiveSpreadBps.isNaN)
    }

    @Test func aSideThatNobodyQuotesIsMissing() throws {
        let rows = try Self.rows([
            Self.quote(0, 400, 3, 401, 4), Self.quote(500, 400, 3, nil, 9), Self.quote(1_500, nil, 0, nil, 0),
            Self.quote(2_000, 400, 8, 401, 1), Self.quote(3_000, 400, 8, 401, 1),
        ])
        #expect(rows[0].bid == 100 && rows[0].ask.isNaN && rows[0].askSize == 0 && rows[0].mid.isNaN && rows[0].spread.isNaN)
        #expect(rows[0].meanSpread == 0.25 && rows[0].microprice.isNaN)
        #expect(rows[1].bid.isNaN && rows[1].meanSpread.isNaN && rows[1].minSpread.isNaN && rows[1].updates == 1)
        // The ask of 4 withdrawn; the bid of 3 withdrawn; a bid of 8 and an ask of 1 come.
        #expect(rows.map(\.orderFlowImbalance) == [4, -3, 7])
    }

    @Test func crossedAndLockedBooksAreCounted() throws {
        let rows = try Self.rows([
            Self.quote(0, 400, 3, 401, 4), Self.quote(250, 402, 3, 401, 4), Self.quote(500, 401, 3, 401, 4),
            Self.quote(1_000, 401, 3, 401, 4),
        ])
        #expect([rows[0].crossed, rows[0].locked, rows[0].updates] == [1, 1, 3])
        // The crossed quarter of a second does not weigh.
        #expect(rows[0].meanSpread == 0.25 * 0.25 / 0.75 && rows[0].minSpread == 0 && rows[0].maxSpread == 0.25)
    }

    @Test func tradesMeetTheQuoteBeforeThem() throws {
        let rows = try Self.rows([
            Self.quote(0, 400, 3, 402, 4), Self.quote(100, 400, 3, 402, 4, trade: (402, 2, .buy)),
            Self.quote(100, 400, 3, 402, 2, action: "C"), Self.quote(200, 400, 3, 402, 2, trade: (401, 6, .sell)),
            Self.quote(300, 400, 3, 402, 2, trade: (400, 1, .unknown)), Self.quote(400, 400, 3, nil, 0, trade: (400, 1, .sell)),
            Self.quote(1_000, 400, 3, 402, 2),
        ])
        let row = rows[0]
        #expect([row.trades, row.volume] == [4, 10])
        // Two at half a spread, six at the middle; without an aggressor or an ask none counts.
        #expect(abs(row.effectiveSpreadBps - (2 * 0.25 / 100.25 * 2 * 1e4) / 8) < 1e-9)
        #expect(row.shareAtBid == 1.0 / 3 && row.shareAtAsk == 1.0 / 3)
        let snapshots = try Self.rows([Self.quote(0, 400, 3, 401, 4, action: ""), Self.quote(1_000, 400, 3, 401, 4, action: "")])
        #expect(snapshots[0].trades.isNaN && snapshots[0].volume.isNaN && snapshots[0].updates == 1)
    }

    /// The night before ends with the session; the book before the opening stands at it.
    @Test func nothingIsCarriedIntoTheNextSession() throws {
        let close: Int64 = 7 * 3_600_000, open = close + 3_600_000
        let quotes = [
            Self.quote(close - 1_500, 400, 3, 401, 4), Self.quote(open - 600_000, 410, 1, 412, 1),
            Self.quote(open + 2_500, 411, 1, 412, 1),
        ]
        let (rows, statistics) = try Self.run(quotes, .second)
        let seconds = rows.rows.map { ($0.start - Self.start.rawValue) / UnixNanos.perSecond }
        #expect(seconds == [close / 1_000 - 2, close / 1_000 - 1, open / 1_000, open / 1_000 + 1])
        #expect(rows.rows.map(\.updates) == [1, 0, 0, 0] && rows.rows.map(\.bid) == [100, 100, 102.5, 102.5])
        #expect(statistics.filtered == 1 && statistics.outsideHours == 1 && statistics.aggregated == 2)
        // A bucket that holds both: the last quote is the newer session's, and the closed hour weighs nothing.
        let four = try Self.run(quotes + [Self.quote(open + 3 * 3_600_000, 411, 1, 412, 1)], try #require(BarInterval("4h"))).rows
            .rows
        #expect(four.map(\.updates) == [2] && four[0].bid == 102.75)
        let weights = 1.5 * 0.25 + 2.5 * 0.5 + (7_200 - 2.5) * 0.25
        #expect(abs(four[0].meanSpread - weights / (1.5 + 7_200)) < 1e-12)
    }

    @Test func aRecordBehindAnotherCountsAtThatOnesTime() throws {
        let rows = try Self.rows([
            Self.quote(900, 400, 3, 401, 4), Self.quote(1_500, 400, 3, 402, 4), Self.quote(700, 400, 3, 403, 4, id: 12),
            Self.quote(2_000, 400, 3, 402, 4),
        ])
        #expect(rows.map(\.symbol) == [1, 0, 1] && rows.map(\.updates) == [1, 1, 1])
        #expect(rows[1].start == Self.start.rawValue + UnixNanos.perSecond)
        let error = #expect(throws: OrderFlowError.self) {
            try Self.rows([Self.quote(90_000, 400, 3, 401, 4), Self.quote(29_999, 400, 3, 401, 4)])
        }
        guard case .lateQuote(_, _, let index) = error else {
            Issue.record("\(error.map(String.init(describing:)) ?? "no error")")
            return
        }
        #expect(index == 1)
    }

    @Test func whoWasReceivedAtNoTimeIsLeftOut() throws {
        var quotes = [Self.quote(0, 400, 3, 401, 4), Self.quote(500, 400, 3, 401, 4), Self.quote(1_000, 400, 3, 401, 4)]
        quotes[1].tsRecv = .max
        let (rows, statistics) = try Self.run(quotes, .second)
        #expect(statistics.undefined == 1 && statistics.aggregated == 2 && rows.rows.map(\.updates) == [1])
    }
}
