import Backtesting
import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

/// Labels that counted, of hourly or daily bars from a Friday on.
private func labels(_ calendar: JSONValue, feed: JSONValue = [:], start: String, step: Int64, count: Int) throws -> [String] {
    let begin = try #require(UnixNanos(iso8601: start))
    let times = (0..<count).map { begin + Int64($0) * step }
    let prices = [Double](repeating: 10, count: count)
    let panel = BarPanel(assets: ["A"], times: times, open: prices, high: prices, low: prices, close: prices, volume: prices)
    var backtest = try SignalBacktest(EngineConfiguration(json: ["calendar": calendar, "feed": feed]), assets: ["A"])
    try backtest.process(panel, SignalPanel(flags: [UInt8](repeating: 0, count: count)))
    let recording = try backtest.finish()
    #expect(recording.skippedBars == count - recording.equity.count)
    return recording.equity.map { String($0.timestamp.description.prefix(16)) }
}

@Test func dailyBarsOutsideOfTradingDaysArePassedOver() throws {
    // 2023-12-22 is a Friday, the 25th a holiday.
    let calendar: JSONValue = ["enforce_sessions": true, "calendar": "NYSE"]
    let found = try labels(calendar, start: "2023-12-22", step: UnixNanos.perDay, count: 6)
    #expect(found.map { $0.prefix(10) } == ["2023-12-22", "2023-12-26", "2023-12-27"])
    #expect(try labels(["calendar": "NYSE"], start: "2023-12-22", step: UnixNanos.perDay, count: 6).count == 6)
    #expect(
        try labels(["enforce_sessions": true, "calendar": "24/7"], start: "2023-12-22", step: UnixNanos.perDay, count: 6).count
            == 6)
}

@Test func hourlyBarsOutsideOfRegularHoursArePassedOver() throws {
    // 14:30 to 21:00 UTC in winter.
    let calendar: JSONValue = ["enforce_sessions": true, "calendar": "NYSE", "data_frequency": "1h"]
    let half = 30 * UnixNanos.perMinute
    let left = try labels(calendar, start: "2023-12-22T13:30", step: half, count: 18)
    #expect(left.first == "2023-12-22T14:30")
    #expect(left.last == "2023-12-22T20:30")
    #expect(left.count == 13)
    let right = try labels(calendar, feed: ["bar_label": "right"], start: "2023-12-22T13:30", step: half, count: 18)
    #expect(right.first == "2023-12-22T15:00")
    #expect(right.last == "2023-12-22T21:00")
    let local: JSONValue = [
        "enforce_sessions": true, "calendar": "NYSE", "data_frequency": "1h", "timezone": "America/New_York",
    ]
    #expect(try labels(local, start: "2023-12-22T08:30", step: half, count: 18).first == "2023-12-22T09:30")
}

@Test func signalsOfPassedOverBarsMeanNothing() throws {
    let days: [Double] = [10, 11, 12, 13, 14, 15]
    let begin = try #require(UnixNanos(iso8601: "2023-12-22"))
    let panel = BarPanel(
        assets: ["A"], times: days.indices.map { begin + Int64($0) * UnixNanos.perDay }, open: days, high: days, low: days,
        close: days, volume: days)
    var backtest = try SignalBacktest(
        EngineConfiguration(json: ["calendar": ["enforce_sessions": true, "calendar": "NYSE"], "strategy": ["shares": 1]]),
        assets: ["A"])
    // Entries on Saturday, which is passed over, and on the 26th, which fills on the 27th.
    try backtest.process(panel, SignalPanel(flags: [0, 1, 0, 0, 1, 0]))
    let recording = try backtest.finish()
    #expect(recording.fills.map(\.price) == [15])
}

@Test func theHaltOfCMEFuturesLiesOutside() throws {
    let half = 30 * UnixNanos.perMinute
    let right: JSONValue = ["bar_label": "right"]
    let calendar: JSONValue = ["enforce_sessions": true, "calendar": "CME_Equity", "data_frequency": "30m"]
    // 15:30 in Chicago is 21:30 UTC; the bar to 22:00 ends the session.
    #expect(
        try labels(calendar, feed: right, start: "2020-01-06T20:30", step: half, count: 4).map { $0.suffix(5) }
            == ["20:30", "21:00", "22:00"])
    #expect(try labels(calendar, feed: right, start: "2022-01-05T20:30", step: half, count: 4).count == 4)
}
