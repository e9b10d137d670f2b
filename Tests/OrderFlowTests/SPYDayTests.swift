import Market
import OrderFlow
import Primitives
import TestKit
import Testing

/// SPY on 2013-10-07: 250,601 real prints with millisecond stamps, 68 % of them tied, so that only file order decides opens
/// and closes. The oracle reads the zip and builds bars in plain Python.
struct SPYDayTests {
    static let hasData = Oracle.isInstalled && SharedData.has("equities/spy_20131007_trade.zip")

    /// The prints in file order. Parsed by bytes: a debug build takes a while for ten million characters.
    static func trades(_ path: String) throws -> [RawTrade] {
        var trades: [RawTrade] = []
        var fields: [Int64] = [0, 0, 0]
        var field = 0
        for byte in Array(try Oracle.run(script: "flow_spy.py", arguments: [path, "trades"]).utf8) {
            switch byte {
            case UInt8(ascii: " "): field += 1
            case UInt8(ascii: "\n"):
                trades.append(
                    RawTrade(
                        time: UnixNanos(fields[0]), price: fields[1], size: UInt32(fields[2]), side: .unknown, instrumentID: 1))
                fields = [0, 0, 0]
                field = 0
            default: fields[field] = fields[field] * 10 + Int64(byte) - 48
            }
        }
        return trades
    }

    @Test(.enabled(if: hasData), arguments: [SessionKind.full, .rth]) func barsEqualFileOrder(session: SessionKind) throws {
        let path = try #require(SharedData.path("equities/spy_20131007_trade.zip"))
        let trades = try Self.trades(path)
        try #require(trades.count == 250_601)
        let configuration = FlowConfiguration(barIntervals: [.minute, .day], session: session)
        let rows = try CollectedRows.run(
            trades, configuration, calendar: SessionCalendars.usEquity, instruments: [FlowInstrument(id: 1, symbol: "SPY")]
        ).rows
        let expected = try Oracle.run(script: "flow_spy.py", arguments: [path, session.rawValue]).split(separator: "\n")
        let bars = try #require(rows.bars[.minute])
        #expect(bars.count == (session == .full ? 828 : 390))
        func text(_ value: Double) -> String { String(Int64((value * 10_000).rounded())) }
        let lines = bars.map {
            "\($0.start) \(text($0.open)) \(text($0.high)) \(text($0.low)) \(text($0.close)) \($0.volume) \($0.count)"
        }
        #expect(lines.count == expected.count)
        #expect(zip(lines, expected).allSatisfy { $0.0 == $0.1 })
        let day = try #require(rows.bars[.day]?.first)
        #expect(rows.bars[.day]?.count == 1 && day.volume == bars.reduce(0) { $0 + $1.volume })
        #expect(day.open == bars.first?.open && day.close == bars.last?.close)
        let open = session == .full ? "2013-10-07T08:00Z" : "2013-10-07T13:30Z"
        #expect(day.start == UnixNanos(iso8601: open)?.rawValue)
    }
}
