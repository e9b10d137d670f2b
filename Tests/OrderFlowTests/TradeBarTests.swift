import Market
import OrderFlow
import Primitives
import Testing

/// What bars that trades close promise: independence of blocks and of other symbols, session ends, no row that changes later.
struct TradeBarTests {
    final class Rows: TradeBarSink {
        struct Row: Hashable {
            var start: Int64
            var end: Int64
            var symbol: String
            var prices: [Double]
            var counts: [Int64]
            var dollars: Double
        }

        var rows: [TradeBarRule: [Row]] = [:]
        var takes = 0

        func take(_ columns: TradeBarColumns, rule: TradeBarRule, symbols: [String]) throws {
            takes += 1
            for i in 0..<columns.count {
                rows[rule, default: []].append(
                    Row(
                        start: columns.start[i], end: columns.end[i], symbol: symbols[Int(columns.symbol[i])],
                        prices: [columns.open[i], columns.high[i], columns.low[i], columns.close[i]],
                        counts: [
                            columns.volume[i], columns.buyVolume[i], columns.sellVolume[i], columns.unknownVolume[i],
                            columns.tradeCount[i],
                        ], dollars: columns.dollarVolume[i]))
            }
        }
    }

    static let rules = TradeBarRule.Kind.allCases.compactMap { kind in
        TradeBarRule(kind, size: kind.rawValue.hasPrefix("dollar") ? 200_000 : kind.rawValue.hasPrefix("volume") ? 40 : 12)
    }

    static func run(
        _ trades: [RawTrade], _ rules: [TradeBarRule] = TradeBarTests.rules, session: SessionKind = .full, blocks: [Int] = [.max],
        rowsPerDrain: Int = 100_000
    ) throws -> Rows {
        let rows = Rows()
        let builder = try TradeBarBuilder(
            rules: rules, session: session, calendar: SessionCalendars.cmeEquity,
            instruments: [FlowInstrument(id: 11, symbol: "B"), FlowInstrument(id: 10, symbol: "A")], rowsPerDrain: rowsPerDrain,
            sink: rows)
        var position = 0
        var turn = 0
        while position < trades.count {
            let size = min(blocks[turn % blocks.count], trades.count - position)
            try trades[position..<(position + size)].withUnsafeBufferPointer { try builder.add($0) }
            position += size
            turn += 1
        }
        try builder.finish()
        return rows
    }

    @Test(arguments: 0..<60) func blocksAndDrainsChangeNothing(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let trades = RandomStreamTests.stream(&random)
        let session: SessionKind = seed % 2 == 0 ? .full : .rth
        let whole = try Self.run(trades, session: session)
        let cut = try Self.run(trades, session: session, blocks: [1, 7, 30], rowsPerDrain: 1)
        #expect(cut.rows == whole.rows)
        #expect(whole.rows.isEmpty || cut.takes >= whole.takes)
    }

    @Test(arguments: 0..<60) func aSymbolIsTheSameAloneAndAmongOthers(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let trades = RandomStreamTests.stream(&random)
        let together = try Self.run(trades).rows
        for (id, name) in [(10, "A"), (11, "B"), (12, "12"), (13, "13")] as [(UInt32, String)] {
            let alone = try Self.run(trades.filter { $0.instrumentID == id }).rows
            for rule in Self.rules {
                let mine = (together[rule] ?? []).filter { $0.symbol == name }
                // Alone the stream ends earlier, so that its last session may be open still.
                let theirs = alone[rule] ?? []
                #expect(Array(mine.prefix(theirs.count)) == theirs, "seed \(seed), \(name), \(rule)")
                #expect(mine.count - theirs.count <= 1, "seed \(seed), \(name), \(rule)")
            }
        }
    }

    /// What was handed out for a part of the stream stands at the front of what the whole gives, and was known by then.
    @Test(arguments: 0..<60) func rowsNeverChangeLater(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let trades = RandomStreamTests.stream(&random).filter { $0.instrumentID == 10 }
        let whole = try Self.run(trades).rows
        for cut in stride(from: 1, to: trades.count, by: 13) {
            let part = try Self.run(Array(trades[..<cut])).rows
            let now = trades[..<cut].map(\.time.rawValue).max() ?? 0
            for rule in Self.rules {
                let rows = part[rule] ?? []
                #expect(Array((whole[rule] ?? []).prefix(rows.count)) == rows, "seed \(seed), \(cut), \(rule)")
                #expect(rows.allSatisfy { $0.end <= now && $0.start <= $0.end })
            }
        }
        for rows in whole.values {
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
    }

    static func at(_ text: String, _ price: Int64 = 100, size: UInt32 = 1, side: AggressorSide = .buy, id: UInt32 = 10) throws
        -> RawTrade
    {
        RawTrade(
            time: try #require(UnixNanos(iso8601: text)), price: price * 1_000_000_000, size: size, side: side, instrumentID: id)
    }

    @Test func aSessionsEndClosesTheRest() throws {
        let rule = try #require(TradeBarRule("tick:3"))
        // Chicago 15:59 and 16:00 of a Tuesday; the venue reopens at 17:00 for Wednesday.
        var trades = try ["2024-01-09T21:59:00Z", "2024-01-09T21:59:30Z", "2024-01-09T23:00:00Z"].map { try Self.at($0) }
        let rest = try #require(try Self.run(trades, [rule]).rows[rule])
        #expect(rest.count == 1 && rest[0].counts == [2, 2, 0, 0, 2])
        #expect(rest[0].start == trades[0].time.rawValue)
        #expect(rest[0].end == UnixNanos(iso8601: "2024-01-09T22:00:00Z")?.rawValue)
        // Without a trade behind the session nobody knows that it is over.
        trades.removeLast()
        #expect(try Self.run(trades, [rule]).rows.isEmpty)
        // Another symbol's trade tells the time too, once no late trade may come.
        trades.append(try Self.at("2024-01-09T23:00:00Z", id: 11))
        #expect(try Self.run(trades, [rule]).rows[rule] == rest)
        // Regular hours end at 15:15; what comes later that day is left out.
        let regular = try ["2024-01-09T21:14:00Z", "2024-01-09T21:20:00Z"].map { try Self.at($0) }
        let cut = try #require(try Self.run(regular, [rule], session: .rth).rows[rule])
        #expect(cut.count == 1 && cut[0].end == UnixNanos(iso8601: "2024-01-09T21:15:00Z")?.rawValue && cut[0].counts[4] == 1)
    }

    @Test func aTradeIsNotSplit() throws {
        let trades = try [3, 4, 50, 5, 5].map { try Self.at("2024-01-09T15:00:00Z", 100, size: $0) }
        let volume = try #require(TradeBarRule("volume:10")), dollar = try #require(TradeBarRule("dollar:1000"))
        let rows = try Self.run(trades, [volume, dollar]).rows
        #expect(rows[volume]?.map(\.counts[0]) == [57, 10] && rows[dollar]?.map(\.counts[0]) == [57, 10])
        #expect(rows[dollar]?.map(\.dollars) == [5_700, 1_000])
    }

    /// Expectations feed on the bars they make: without bounds the threshold would run away or vanish.
    @Test func thresholdsStayWithinTheirBounds() throws {
        let rule = try #require(TradeBarRule("volume_imbalance:100"))
        // Ever larger trades drive the expectation up, ones of alternating side drive it to nothing.
        let growing = try (0..<400).map { try Self.at("2024-01-09T15:00:00Z", size: UInt32(1 + $0 * 3)) }
        let high = try #require(try Self.run(growing, [rule]).rows[rule])
        #expect(high.count > 100 && high.suffix(50).allSatisfy { $0.counts[4] == 1 })
        let mixed = try (0..<4_000).map { index in
            try Self.at("2024-01-09T15:00:00Z", size: 25, side: index / 4 % 2 == 0 ? .buy : .sell)
        }
        let low = try #require(try Self.run(mixed, [rule]).rows[rule])
        // One trade of 25 reaches the lower bound of 25: a bar never needs less, nor is it ever empty.
        #expect(low.count <= 4_000 && low.allSatisfy { abs($0.counts[1] - $0.counts[2]) >= 25 })
        #expect(low.allSatisfy { abs($0.counts[1] - $0.counts[2]) <= 400 })
    }

    @Test func rulesParse() throws {
        #expect(TradeBarRule("dollar:1e6")?.table == "bars_dollar_1000000")
        #expect(TradeBarRule("volume_imbalance:5000")?.description == "volume_imbalance:5000")
        #expect(TradeBarRule(tableSuffix: "tick_runs_50") == TradeBarRule("tick_runs:50"))
        for text in ["", "tick", "tick:", "tick:0", "tick:-1", "tick:1.5", "ticks:5", "tick:1e16", "tick:0x10", "tick:nan", ":5"]
        {
            #expect(TradeBarRule(text) == nil, "\(text)")
        }
        let twice = [try #require(TradeBarRule("tick:1000")), try #require(TradeBarRule("tick:1e3"))]
        #expect(throws: OrderFlowError.duplicateInterval("tick:1000")) { try Self.run([], twice) }
    }
}
