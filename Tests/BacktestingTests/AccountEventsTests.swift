import Backtesting
import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives
import Testing

private let longShort: JSONValue = ["type": "long_short", "shares": 1_000]

/// The rates and marks of the XRP/USDT perpetual on 2021-11-18, funded at hours 2, 4 and 6 here.
private func funding(marks: Bool) -> AccountSchedule {
    let rows: [(hour: Int, rate: Double, mark: Double)] = [(2, 0.0001, 1.0959), (4, 0.0001, 1.1075), (6, -0.0002, 1.0564)]
    return AccountSchedule(
        funding: rows.map {
            .init(time: SignalScenario.time($0.hour), instrument: 0, rate: $0.rate, mark: marks ? $0.mark : .nan)
        })
}

private func perpetual(_ flags: SignalFlags, marks: Bool) throws -> BacktestRecording {
    try SignalScenario(
        configuration: [
            "account": ["allow_short_selling": true], "strategy": longShort, "apus": ["funding": ["file": "f.parquet"]],
        ], schedule: funding(marks: marks), bars: [SignalScenario.flat([1.10, 1.10, 1.11, 1.12, 1.13, 1.14, 1.15, 1.16])],
        signals: [[1: flags]]
    ).run()
}

@Test func longsPayFundingAndShortsReceiveIt() throws {
    // Sent at label 1, filled at label 2: what is funded at label 2 is not held yet.
    let long = try perpetual(.longEntry, marks: true)
    #expect(long.cashEvents.map(\.quantity) == [0, 1_000, 1_000])
    #expect(long.amounts(.funding).map { cents($0) } == [0, -0.11075, 0.21128])
    #expect(long.cashEvents.map(\.time) == [2, 4, 6].map { SignalScenario.time($0) })
    let short = try perpetual(.shortEntry, marks: true)
    #expect(short.amounts(.funding).map { cents($0) } == [0, 0.11075, -0.21128])
    // Price profit and funding, nothing else.
    #expect(cents(long.equity.last?.equity) == cents(100_000 + (1.16 - 1.11) * 1_000 - 0.11075 + 0.21128))
    #expect(cents(short.equity.last?.equity) == cents(100_000 - (1.16 - 1.11) * 1_000 + 0.11075 - 0.21128))
    #expect(cents(long.equity.last?.account?.cash) == cents(100_000 - 1_110 - 0.11075 + 0.21128))
}

@Test func withoutMarksOfTheExchangeTheLabelsOwnPriceCounts() throws {
    let long = try perpetual(.longEntry, marks: false)
    #expect(long.amounts(.funding).map { cents($0) } == [0, -0.113, 0.23])
}

@Test func borrowedSharesCostByTheCalendarDay() throws {
    // Daily labels 0, 1 and 4: the night after label 1 is three days long. Short 1,000 from label 1.
    let recording = try SignalScenario(
        configuration: [
            "account": ["allow_short_selling": true], "strategy": longShort, "apus": ["borrow": ["rate": 0.0365]],
        ], bars: [SignalScenario.flat([10, 10, 10, 10, 20, 20])], signals: [[0: .shortEntry]], step: UnixNanos.perDay,
        missing: [2, 3]
    ).run()
    #expect(recording.amounts(.borrow).map { cents($0) } == [-3, -2])
    #expect(cents(recording.equity.last?.equity) == 100_000 - 10_000 - 5)
}

@Test func negativeCashCostsInterest() throws {
    let recording = try SignalScenario(
        configuration: [
            "account": ["allow_leverage": true], "cash": ["initial": 6_000], "strategy": longShort,
            "apus": ["financing": ["rate": 0.073]],
        ], bars: [SignalScenario.flat([10, 10, 10, 10])], signals: [[0: .longEntry]], step: UnixNanos.perDay
    ).run()
    // 4,000 borrowed from label 1 on; the second night also on the first night's interest.
    #expect(recording.amounts(.financing).map { cents($0) } == [-0.8, -0.80016])
}

@Test func futuresAreSettledAtTheLastMarkOfTheSession() throws {
    let bars = SignalScenario.flat((0..<30).map { 100 + Double($0) })
    let instrument: JSONValue = ["multiplier": 50, "initial_margin": 5_000, "maintenance_margin": 4_000]
    func run(margined: Bool) throws -> BacktestRecording {
        try SignalScenario(
            configuration: [
                "account": ["allow_leverage": true], "strategy": ["shares": 2],
                "apus": ["instruments": ["A": margined ? instrument : ["multiplier": 50]]],
            ], bars: [bars], signals: [[0: .longEntry, 26: .longExit]]
        ).run()
    }
    let futures = try run(margined: true)
    // Bought at 101; hour 23 is the last label of the first UTC day, sold at 127.
    #expect(futures.cashEvents.map(\.kind) == [.variation])
    #expect(futures.amounts(.variation) == [(123 - 101) * 2 * 50])
    #expect(futures.cashEvents.map(\.time) == [SignalScenario.time(23)])
    let cash = futures.equity.map { $0.account?.cash }
    #expect(cash[22] == 100_000.0)
    #expect(cash[23] == 102_200.0)
    #expect(cash[26] == 102_200.0)
    #expect(cash[27] == 102_600.0)
    #expect(futures.trades.map(\.pnl) == [2_600])
    #expect(futures.equity.map(\.equity) == (try run(margined: false)).equity.map(\.equity))
}

private func leveraged(_ liquidation: JSONValue, low: Double) throws -> BacktestRecording {
    var bars = SignalScenario.flat([100, 100, 100, 90, 80, 70, 60])
    bars[3].low = low
    return try SignalScenario(
        configuration: [
            "account": ["allow_leverage": true], "cash": ["initial": 6_000], "strategy": ["shares": 100],
            "apus": ["liquidation": liquidation],
        ], bars: [bars], signals: [[0: .longEntry]]
    ).run()
}

@Test func anAccountBelowMaintenanceIsClosed() throws {
    // 100 bought at 100 with 6,000 of own money: at the last close equity is 2,000, maintenance a quarter of 6,000.
    #expect(try leveraged(["fee_rate": 0.01], low: 85).trades.map(\.exitReason) == [.endOfData])
    let worst = try leveraged(["fee_rate": 0.01, "uses_extremes": true], low: 50)
    #expect(worst.trades.map(\.exitReason) == [.riskLiquidation])
    #expect(worst.trades.map(\.exitPrice) == [50])
    #expect(worst.trades.map(\.commission) == [50])
    #expect(worst.equity.last?.equity == 950.0)
    // The close of that bar is high enough.
    #expect(try leveraged(["fee_rate": 0.01], low: 50).trades.map(\.exitReason) == [.endOfData])
    #expect(try leveraged(["enabled": false, "uses_extremes": true], low: 50).trades.map(\.exitReason) == [.endOfData])
}

@Test(arguments: [false, true]) func aCloseBelowMaintenanceLiquidatesAtTheMark(reserves: Bool) throws {
    let recording = try SignalScenario(
        configuration: [
            "account": ["allow_leverage": true, "allow_short_selling": true], "cash": ["initial": 6_000],
            // What is closed by force is not asked for its cash.
            "orders": ["next_bar_submission_precheck": .bool(reserves)],
            "strategy": ["type": "short_only", "shares": 100], "apus": ["liquidation": ["fee_rate": 0.001]],
        ], bars: [SignalScenario.flat([100, 100, 110, 125, 130, 130])], signals: [[0: .shortEntry, 3: .shortEntry]]
    ).run()
    // At 125 equity is 3,500, maintenance 0.3 x 12,500 = 3,750.
    #expect(recording.trades.first?.exitReason == .riskLiquidation)
    #expect(recording.trades.first?.exitPrice == 125)
    #expect(recording.fills[1].time == SignalScenario.time(3))
    #expect(recording.trades.first?.commission == 12.5)
}

@Test func splitsChangeUnitsAndDividendsPayThem() throws {
    let actions = AccountSchedule(actions: [
        .init(time: SignalScenario.time(3), instrument: 0, kind: .split, value: 2),
        .init(time: SignalScenario.time(3), instrument: 0, kind: .dividend, value: 0.5),
        .init(time: SignalScenario.time(1), instrument: 0, kind: .dividend, value: 9),
    ])
    func run(_ type: JSONValue, _ flags: SignalFlags, _ exit: SignalFlags) throws -> BacktestRecording {
        try SignalScenario(
            configuration: [
                "account": ["allow_short_selling": true], "strategy": ["type": type, "shares": 100],
                "apus": ["actions": ["file": "a.parquet"]],
            ], schedule: actions, bars: [SignalScenario.flat([50, 50, 50, 25, 26, 26])], signals: [[0: flags, 4: exit]]
        ).run()
    }
    // Held from label 1 on: the dividend of label 1 comes before that label's fill, that of label 3 after the split.
    let long = try run("long_signal", .longEntry, .longExit)
    #expect(long.amounts(.dividend) == [100])
    #expect(long.trades.map(\.quantity) == [200])
    #expect(long.trades.map(\.entryPrice) == [25])
    #expect(long.trades.map(\.pnl) == [200])
    #expect(long.equity.map(\.equity) == [100_000, 100_000, 100_000, 100_100, 100_300, 100_300])
    let short = try run("short_only", .shortEntry, .shortExit)
    #expect(short.amounts(.dividend) == [-100])
    #expect(short.equity.last?.equity == 99_700.0)
}

@Test func aBrokenShareIsPaidInCash() throws {
    let recording = try SignalScenario(
        configuration: ["strategy": ["shares": 5], "apus": ["actions": ["file": "a.parquet"]]],
        schedule: AccountSchedule(actions: [.init(time: SignalScenario.time(3), instrument: 0, kind: .split, value: 1.5)]),
        bars: [SignalScenario.flat([30, 30, 30, 20, 20])], signals: [[0: .longEntry, 3: .longExit]]
    ).run()
    #expect(recording.amounts(.cashInLieu) == [10])
    #expect(recording.trades.map(\.quantity) == [7])
    #expect(recording.equity.last?.equity == 100_000)
}

@Test(
    arguments: [
        ("execution.corporate_action_policy", ["execution": ["corporate_action_policy": "zipline_3_2"]]),
        ("calendar.calendar", ["calendar": ["enforce_sessions": true, "calendar": "LSE"]]),
        ("calendar.timezone", ["calendar": ["enforce_sessions": true, "calendar": "NYSE", "timezone": "Asia/Tokyo"]]),
        ("apus.intrabar_path", ["apus": ["intrabar_path": "finer", "finer_bars": "f.parquet"]]),
        ("apus.instruments.A.currency", ["apus": ["instruments": ["A": ["currency": "EUR"]]]]),
        (
            "apus.instruments.A.initial_margin",
            ["apus": ["instruments": ["A": ["initial_margin": 5, "maintenance_margin": 4]]]]
        ),
    ] as [(String, JSONValue)])
func whatTheEngineDoesNotActOnIsRefused(key: String, configuration: JSONValue) throws {
    let error = #expect(throws: ApusError.self) {
        _ = try SignalBacktest(EngineConfiguration(json: configuration), assets: ["A"])
    }
    #expect(error?.context.first { $0.key == "key" }?.value == key)
}
