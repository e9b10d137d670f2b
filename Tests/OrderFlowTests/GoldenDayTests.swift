import Market
import OrderFlow
import Primitives
import TestKit
import Testing

/// The first hour of ESH4 after Christmas 2023 (CME via Databento) against the tables published beside it.
struct GoldenDayTests {
    static let hasData = SharedData.has("es/esh4_20231225_trades.csv")

    static func csv(_ name: String) throws -> [[Substring]] {
        let path = try #require(SharedData.path("es/" + name))
        return try FileBytes.readText(path).split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    }

    static func number(_ text: Substring) throws -> Int64 { try #require(Int64(text)) }

    static func trades() throws -> [RawTrade] {
        try csv("esh4_20231225_trades.csv").map { row in
            RawTrade(
                instrumentID: 17077, tsEvent: UInt64(try number(row[0])), price: try number(row[2]),
                size: UInt32(try number(row[3])),
                side: try #require(row[4].utf8.first), tsRecv: UInt64(try number(row[1])), sequence: UInt32(try number(row[5])))
        }
    }

    static func run(_ blocks: [Int] = [Int.max], rowsPerDrain: Int = 100_000) throws -> CollectedRows {
        let configuration = FlowConfiguration(rowsPerDrain: rowsPerDrain)
        let instruments = [FlowInstrument(id: 17077, symbol: "ESH4")]
        return try CollectedRows.run(
            try trades(), configuration, calendar: SessionCalendars.cmeEquity, instruments: instruments, blocks: blocks
        ).rows
    }

    @Test(.enabled(if: hasData)) func barsEqualThePublishedBars() throws {
        let bars = try #require(try Self.run().bars[.minute])
        let expected = try Self.csv("esh4_20231225_bars_1m.csv")
        #expect(bars.count == 60)
        #expect(bars.reduce(0) { $0 + $1.volume } == 9_892)
        try #require(bars.count == expected.count)
        for (bar, row) in zip(bars, expected) {
            let n = try row.map { try Self.number($0) }
            #expect(bar.start == n[0] && bar.end == n[0] + UnixNanos.perMinute && bar.symbol == "ESH4")
            #expect([bar.open, bar.high, bar.low, bar.close] == n[1...4].map { Double($0) / 1e9 })
            #expect([bar.volume, bar.count, bar.buy, bar.sell, bar.unknown] == Array(n[5...9]))
        }
    }

    @Test(.enabled(if: hasData)) func footprintEqualsThePublishedFootprint() throws {
        let rows = try Self.run().footprint
        let expected = try Self.csv("esh4_20231225_footprint_1m.csv")
        #expect(rows.count == 227)
        try #require(rows.count == expected.count)
        for (row, text) in zip(rows, expected) {
            let n = try text.map { try Self.number($0) }
            #expect(row.start == n[0] && row.price == Double(n[1]) / 1e9)
            #expect([row.buy, row.sell, row.unknown] == Array(n[2...4]))
        }
        #expect(rows.reduce(0) { $0 + $1.count } == 2_973)
    }

    @Test(.enabled(if: hasData)) func deltaEqualsThePublishedDelta() throws {
        let rows = try Self.run().cvd
        let expected = try Self.csv("esh4_20231225_bars_1m.csv")
        try #require(rows.count == expected.count)
        for (row, text) in zip(rows, expected) {
            let delta = try Self.number(text[10])
            let cvd = try Self.number(text[11])
            // All of it is one trade date, so the session's sum is the stream's.
            #expect(row.delta == delta && row.cvd == cvd && row.cvdSession == cvd)
        }
        #expect(rows.last?.cvd == 796)
    }

    @Test(.enabled(if: hasData)) func blocksAndDrainsChangeNothing() throws {
        let whole = try Self.run()
        let single = try Self.run([1], rowsPerDrain: 1)
        let ragged = try Self.run([7, 1, 500, 3, 64], rowsPerDrain: 10)
        for other in [single, ragged] {
            #expect(other.bars == whole.bars && other.footprint == whole.footprint && other.cvd == whole.cvd)
            #expect(other.drains > whole.drains)
        }
    }
}
