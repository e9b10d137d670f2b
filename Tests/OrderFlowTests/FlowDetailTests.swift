import Market
import OrderFlow
import Primitives
import Testing

/// Details of bars: the keys of the bars, independence of blocks, and every rule for ties by example.
struct FlowDetailTests {
    final class Rows: FlowDetailSink {
        var rows: [FlowDetailRow] = []
        var symbols: [String] = []
        func take(_ rows: [FlowDetailRow], symbols: [String]) throws {
            self.rows += rows
            self.symbols = symbols
        }
        var keys: [String] { rows.map { "\($0.start) \(symbols[Int($0.symbol)])" } }
    }

    static let instruments = [
        FlowInstrument(id: 12, symbol: "A"), FlowInstrument(id: 10, symbol: "B"), FlowInstrument(id: 11, symbol: "A"),
    ]

    static func run(_ trades: [RawTrade], _ configuration: FlowDetailConfiguration, blocks: [Int] = [.max]) throws -> Rows {
        let rows = Rows()
        let builder = try FlowDetailBuilder(
            configuration: configuration, calendar: SessionCalendars.cmeEquity, instruments: instruments, sink: rows)
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

    /// Beside the bars and big trades of the same stream: ties, disorder, several symbols, all lengths, session ends.
    @Test(arguments: 0..<120) func keysAndSumsAreTheBars(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let trades = RandomStreamTests.stream(&random)
        let interval = RandomStreamTests.intervals[seed % RandomStreamTests.intervals.count]
        let session: SessionKind = seed % 2 == 0 ? .rth : .full
        let rules = [BigTradeRule.percentile(fraction: 0.8, window: 5)]
        let (rows, _) = try CollectedRows.run(
            trades,
            FlowConfiguration(
                barIntervals: [interval], footprintInterval: nil, cvdInterval: nil, bigTradeRules: rules, session: session),
            calendar: SessionCalendars.cmeEquity, instruments: Self.instruments)
        let bars = rows.bars[interval] ?? []
        var configuration = FlowDetailConfiguration(interval: interval, session: session, bigTradeRules: rules)
        let details = try Self.run(trades, configuration)
        #expect(details.keys == bars.map { "\($0.start) \($0.symbol)" }, "seed \(seed)")
        #expect(details.rows.map(\.delta) == bars.map { $0.buy - $0.sell })
        #expect(details.rows.allSatisfy { $0.minDelta <= min(0, $0.delta) && $0.maxDelta >= max(0, $0.delta) })
        for (row, bar) in zip(details.rows, bars) {
            #expect((row.valueAreaLow...row.valueAreaHigh).contains(row.pointOfControl))
            #expect(row.valueAreaLow >= bar.low && row.valueAreaHigh <= bar.high)
            #expect(row.medianSize <= row.p90Size && row.p90Size <= row.p99Size && row.p99Size <= row.maxSize)
        }
        #expect(details.rows.reduce(0) { $0 + $1.bigTrades } == Int64(rows.big.count))
        #expect(details.rows.reduce(0) { $0 + $1.bigVolume } == rows.big.reduce(0) { $0 + $1.size })
        // A rule given twice finds the same trades, which count once.
        configuration.bigTradeRules += [.fixed(size: 1)]
        configuration.rowsPerDrain = 1
        let cut = try Self.run(trades, configuration, blocks: [1, 9, 40])
        #expect(cut.rows.map(\.bigVolume) == bars.map(\.volume) && cut.rows.map(\.bigTrades) == bars.map(\.count))
        configuration.bigTradeRules.removeLast()
        #expect(try Self.run(trades, configuration, blocks: [1, 9, 40]).rows == details.rows, "seed \(seed)")
    }

    /// One bucket of trades (price in ticks of 0.25, size, side), in file order.
    private static func row(_ trades: [(Int64, UInt32, AggressorSide)], tick: Int64? = 250_000_000) throws -> FlowDetailRow {
        let start = try #require(UnixNanos(iso8601: "2024-01-09T15:00:00Z"))
        let raw = trades.map { RawTrade(time: start, price: $0.0 * 250_000_000, size: $0.1, side: $0.2, instrumentID: 10) }
        let rows = try run(raw, FlowDetailConfiguration(interval: .minute, otherTickSize: tick)).rows
        try #require(rows.count == 1)
        return rows[0]
    }

    @Test func theDeltaRuns() throws {
        let row = try Self.row([(100, 4, .buy), (100, 9, .sell), (101, 2, .buy), (101, 50, .unknown)])
        #expect([row.delta, row.minDelta, row.maxDelta, row.buyTrades, row.sellTrades] == [-3, -5, 4, 2, 1])
        let roots = 2 - 3 + 2.0.squareRoot()
        #expect(row.signedRootVolume == roots && row.maxSize == 50 && row.meanSize == 16.25)
        // 13 at 25 and 52 at 25.25.
        #expect(abs(row.vwap - 25.2) < 1e-12 && abs(row.dollarVolume - 1_638) < 1e-9)
    }

    @Test func percentilesAreNearestRanks() throws {
        let row = try Self.row((1...200).map { (100, UInt32(201 - $0), .buy) })
        #expect([row.medianSize, row.p90Size, row.p99Size, row.maxSize] == [100, 180, 198, 200])
        let large = try Self.row([(100, 70_000, .buy), (100, 4_000_000, .buy), (100, 5, .sell)])
        #expect([large.medianSize, large.p90Size, large.maxSize] == [70_000, 4_000_000, 4_000_000])
    }

    @Test func tiesOfTheProfile() throws {
        // 100 and 104 have most, both two from the close at 102: the lower. Then 101 against nothing below, and so on.
        let tied = try Self.row([(100, 20, .buy), (104, 20, .buy), (101, 5, .buy), (103, 5, .buy), (102, 5, .buy)])
        #expect(tied.pointOfControl == 25 && tied.valueAreaLow == 25)
        // 20 + 5 + 5 + 5 = 35 of 55 is less than 70 %, so that 104 is needed.
        #expect(tied.valueAreaHigh == 26)
        // Nearer to the close at 104.
        #expect(try Self.row([(100, 20, .buy), (102, 3, .buy), (104, 20, .buy)]).pointOfControl == 26)
        // Equal neighbours: the upper first, and with it 70 % are held.
        let upper = try Self.row([(99, 10, .buy), (101, 10, .buy), (100, 15, .buy)])
        #expect([upper.valueAreaLow, upper.valueAreaHigh] == [25, 25.25])
        // The larger neighbour first.
        let lower = try Self.row([(99, 11, .buy), (101, 10, .buy), (100, 15, .buy)])
        #expect([lower.valueAreaLow, lower.valueAreaHigh] == [24.75, 25])
    }

    @Test func imbalancesAreDiagonal() throws {
        // Bought at 101 30 against 10 sold at 100; at 102 10 against nothing; at 104 9, too few; 100 has nothing below it.
        let trades: [(Int64, UInt32, AggressorSide)] = [
            (100, 90, .buy), (100, 10, .sell), (101, 30, .buy), (102, 10, .buy), (104, 9, .buy), (103, 1, .sell),
        ]
        let row = try Self.row(trades)
        #expect([row.buyImbalances, row.buyImbalanceStack] == [2, 2])
        // Sold at 100 10 against 30 bought at 101 is none; 103 is too small.
        #expect([row.sellImbalances, row.sellImbalanceStack] == [0, 0])
        // 29 are not three times 10.
        let less = try Self.row(trades.map { $0.1 == 30 ? (101, 29, .buy) : $0 })
        #expect([less.buyImbalances, less.buyImbalanceStack] == [1, 1])
        // Mirrored: sold at 99 against bought at 100.
        let mirrored = try Self.row(trades.map { (200 - $0.0, $0.1, $0.2 == .buy ? .sell : .buy) })
        #expect([mirrored.sellImbalances, mirrored.sellImbalanceStack, mirrored.buyImbalances] == [2, 2, 0])
        // Without a tick size the smallest distance counts; with another one the pairs are others.
        #expect(try Self.row(trades, tick: nil) == row)
        let wide = try Self.row(trades, tick: 500_000_000)
        // 102 against 100: 10 are not three times 10. 101 would be compared with a price below the bar.
        #expect([wide.buyImbalances, wide.buyImbalanceStack] == [0, 0])
    }
}
