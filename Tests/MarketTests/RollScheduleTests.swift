import Market
import Primitives
import TestKit
import Testing

struct RollScheduleTests {
    private static let calendar = FuturesSamples.calendar

    private static func december() throws -> (z: FuturesContract, h: FuturesContract, sessions: [CivilDate]) {
        let sessions = try calendar.sessions(in: FuturesSamples.date("2013-12-02")...FuturesSamples.date("2013-12-31"))
        return (try FuturesContract("ESZ13"), try FuturesContract("ESH14"), sessions.map(\.tradeDate))
    }

    /// Daily bars of two contracts whose volume (and open interest) of each December session a test gives.
    private static func pair(_ volumes: (Int, CivilDate) -> (Double, Double)) throws -> [ContractBars] {
        let (z, h, sessions) = try december()
        let rows = sessions.enumerated().map { ($0.element, volumes($0.offset, $0.element)) }
        return [
            try FuturesSamples.daily(
                z,
                rows.filter { $0.0 <= z.lastTradeDate }.map { date, volume in
                    .init(date: date, open: 1800, close: 1801, volume: volume.0, openInterest: volume.0)
                }),
            try FuturesSamples.daily(
                h,
                rows.map { date, volume in
                    .init(date: date, open: 1793, close: 1794, volume: volume.1, openInterest: volume.1)
                }),
        ]
    }

    private static func roll(_ bars: [ContractBars], _ rule: RollRule) throws -> Roll? {
        try RollSchedule(bars, rule: rule, calendar: calendar).rolls.first
    }

    // MARK: Calendar

    @Test(arguments: [
        (RollRule.Anchor.expiry, 0, "2013-12-20"), (.expiry, 1, "2013-12-19"), (.expiry, 6, "2013-12-12"),
        (.month, 0, "2013-12-02"), (.month, 1, "2013-11-29"),
    ]) func calendarRulesCountSessions(anchor: RollRule.Anchor, before: Int, expected: String) throws {
        let days = try Self.calendar.sessions(in: FuturesSamples.date("2013-11-18")...FuturesSamples.date("2013-12-20"))
        let bars = try ["ESZ13", "ESH14"].map { code in
            try FuturesSamples.daily(
                FuturesContract(code), days.map { .init(date: $0.tradeDate, open: code == "ESZ13" ? 1800 : 1793, close: 1800) })
        }
        let roll = try #require(try Self.roll(bars, .calendar(anchor, sessionsBefore: before)))
        #expect(roll.session.description == expected && roll.time == UnixNanos(roll.session))
        #expect(roll.reason == .calendar && roll.decided == nil)
        #expect(roll.oldPrice == 1800 && roll.newPrice == 1793 && roll.difference == -7 && roll.ratio == 1793.0 / 1800)
    }

    /// All 55 rolls of two of the map file's rules. LEAN writes the last date of the old contract, ours is the first session of
    /// the new one.
    @Test(
        .enabled(if: SharedData.has("es/es_map_file.csv")),
        arguments: [
            (MapFile.Rule.lastTradingDay, RollRule.calendar(.expiry, sessionsBefore: 0)),
            (.firstDayOfMonth, .calendar(.month, sessionsBefore: 0)),
        ]) func calendarRollsAreThoseOfTheMapFile(mapRule: MapFile.Rule, rule: RollRule) throws
    {
        let rows = try MapFile.rows().filter { $0.rule == mapRule }
        #expect(rows.count == 55)
        let last = try #require(rows.map(\.lastTradeDate).max())
        let months = Set(rows.map { ContractMonth(of: $0.lastTradeDate) } + [ContractMonth(of: last.adding(months: 3))])
        let bars = try months.sorted().map { month in
            let contract = try FuturesContract(root: "ES", month: month)
            let days = try Self.calendar.sessions(in: (contract.lastTradeDate - 150)...contract.lastTradeDate)
            return try FuturesSamples.daily(contract, days.map { .init(date: $0.tradeDate, open: 1, close: 1) })
        }
        let rolls = try RollSchedule(bars, rule: rule, calendar: Self.calendar).rolls
        #expect(rolls.map(\.from.lastTradeDate) == rows.map(\.lastTradeDate))
        #expect(try rolls.map(\.session) == rows.map { try Self.calendar.nextSession(after: $0.until).tradeDate })
    }

    // MARK: Volume and open interest

    @Test(arguments: [
        // The next contract leads on the sessions of these places (0 is 2013-12-02): decided at the close, held from the next.
        (RollRule.volume(sessions: 1, lag: 0), [5], "2013-12-09", "2013-12-10", Roll.Reason.volume),
        (.volume(sessions: 1, lag: 2), [5], "2013-12-09", "2013-12-12", .volume),
        (.volume(sessions: 2, lag: 0), [2, 5, 6], "2013-12-10", "2013-12-11", .volume),
        (.openInterest(sessions: 1, lag: 1), [4], "2013-12-06", "2013-12-10", .openInterest),
        // Friday decides, Monday acts.
        (.volume(sessions: 1, lag: 0), [4], "2013-12-06", "2013-12-09", .volume),
        // Too late, or never: the last trade date.
        (.volume(sessions: 1, lag: 0), [], "-", "2013-12-20", .lastTradeDate),
        (.volume(sessions: 1, lag: 3), [13], "-", "2013-12-20", .lastTradeDate),
        // The session before the last: its decision and the last trade date coincide.
        (.volume(sessions: 3, lag: 0), [10, 11, 13], "-", "2013-12-20", .lastTradeDate),
    ]) func activityDecidesAtTheClose(rule: RollRule, leads: [Int], decided: String, session: String, reason: Roll.Reason) throws
    {
        let bars = try Self.pair { place, _ in leads.contains(place) ? (100, 101) : (100, 99) }
        let roll = try #require(try Self.roll(bars, rule))
        #expect(roll.session.description == session && roll.reason == reason)
        #expect(roll.decided.map { "\($0)" } ?? "-" == decided)
        #expect(roll.time == UnixNanos(roll.session))
    }

    @Test func equalVolumeIsNoLeadAndMissingVolumeSaysNothing() throws {
        let equal = try Self.pair { _, _ in (100, 100) }
        #expect(try Self.roll(equal, .volume(sessions: 1, lag: 0))?.reason == .lastTradeDate)
        // Two leads with a session without figures between them are two in a row; one where the held contract leads is not.
        let gap = try Self.pair { place, _ in place == 4 ? (100, .nan) : (3...5).contains(place) ? (1, 2) : (2, 1) }
        #expect(try Self.roll(gap, .volume(sessions: 2, lag: 0))?.decided == (try FuturesSamples.date("2013-12-09")))
        let silent = try Self.pair { _, _ in (.nan, .nan) }
        #expect(throws: FuturesError.noActivity(.volume(sessions: 1, lag: 0))) {
            try Self.roll(silent, .volume(sessions: 1, lag: 0))
        }
    }

    /// Whatever the volume of a session and of those after it, the rolls up to and in that session are the same.
    @Test(arguments: [UInt64(1), 2, 3]) func noDecisionUsesItsOwnSession(seed: UInt64) throws {
        let chain = try FuturesSamples.randomChain(seed: seed, years: 2012...2013)
        var random = SeededGenerator(seed: seed)
        var changed = 0
        for rule in [RollRule.volume(sessions: 1, lag: 0), .volume(sessions: 2, lag: 0), .openInterest(sessions: 1, lag: 0)] {
            let full = try RollSchedule(chain, rule: rule, calendar: Self.calendar)
            #expect(full.rolls.count == 7)
            for roll in full.rolls {
                let salt = random.next()
                let other = try chain.map { bars in
                    try FuturesSamples.copy(bars, rows: bars.count) { date, value in
                        date < roll.session ? value : Double((UInt64(date.daysSinceEpoch) &* salt ^ UInt64(value)) % 1_000)
                    }
                }
                let schedule = try RollSchedule(other, rule: rule, calendar: Self.calendar)
                let known = full.rolls.filter { $0.session <= roll.session }
                #expect(schedule.rolls.filter { $0.session <= roll.session } == known, "\(rule), \(roll.session)")
                changed += schedule.rolls == full.rolls ? 0 : 1
                #expect(roll.decided.map { $0 < roll.session } ?? (roll.reason == .lastTradeDate))
            }
        }
        // The noise must matter, or the test says nothing.
        #expect(changed > 10)
    }

    // MARK: Where prices come from

    @Test func theRollWaitsForABarOfBoth() throws {
        let (z, h, _) = try Self.december()
        let session = try #require(try Self.calendar.session(on: FuturesSamples.date("2013-12-20")))
        func bars(_ contract: FuturesContract, _ minutes: [Int64], _ price: Double) throws -> ContractBars {
            let times = minutes.map { session.fullOpen + $0 * UnixNanos.perMinute }
            let open = minutes.map { price + Double($0) }
            return try ContractBars(
                contract: contract, times: times, sessions: times.map { _ in session.tradeDate }, open: open, high: open,
                low: open, close: open, volume: open, openInterest: open)
        }
        let rule = RollRule.calendar(.expiry, sessionsBefore: 0)
        let before = try #require(try Self.calendar.session(on: session.tradeDate - 1))
        func withDayBefore(_ bars: ContractBars) throws -> ContractBars {
            try ContractBars(
                contract: bars.contract, times: [before.fullOpen] + bars.times, sessions: [before.tradeDate] + bars.sessions,
                open: [1] + bars.open, high: [1] + bars.high, low: [1] + bars.low, close: [1] + bars.close,
                volume: [1] + bars.volume, openInterest: [1] + bars.openInterest)
        }
        let roll = try #require(
            try Self.roll([withDayBefore(bars(z, [0, 3, 7], 100)), withDayBefore(bars(h, [1, 2, 7, 8], 200))], rule))
        #expect(roll.time == session.fullOpen + 7 * UnixNanos.perMinute && roll.oldPrice == 107 && roll.newPrice == 207)
        // The data end before the two meet: not rolled yet.
        #expect(try Self.roll([withDayBefore(bars(z, [0, 3], 100)), withDayBefore(bars(h, [1, 2], 200))], rule) == nil)
        // The new contract goes on without the old one.
        let late = try FuturesSamples.daily(h, [.init(date: session.tradeDate + 3, open: 1, close: 1)])
        let gone = try FuturesSamples.daily(z, [.init(date: before.tradeDate, open: 1, close: 1)])
        #expect(throws: FuturesError.noOverlap(from: "ESZ13", to: "ESH14", session: session.tradeDate)) {
            try Self.roll([gone, late], rule)
        }
    }

    @Test func theFirstContractIsTheNearestLeft() throws {
        let chain = try FuturesSamples.randomChain(seed: 4, years: 2013...2013)
        #expect(
            try RollSchedule(chain, rule: .calendar(.expiry, sessionsBefore: 6), calendar: Self.calendar).contracts.map(\.code)
                == ["ESH13", "ESM13", "ESU13", "ESZ13"])
        let late = try Self.pair { _, _ in (1, 2) }
        // Held from 12-02 on by the month's rule already.
        let schedule = try RollSchedule(late, rule: .calendar(.month, sessionsBefore: 0), calendar: Self.calendar)
        #expect(schedule.contracts.map(\.code) == ["ESH14"] && schedule.rolls.isEmpty)
        #expect(throws: FuturesError.noContracts) {
            try RollSchedule([], rule: .volume(sessions: 1, lag: 0), calendar: Self.calendar)
        }
        #expect(throws: FuturesError.duplicateContract("ESZ13")) {
            try RollSchedule([late[0], late[0], late[1]], rule: .volume(sessions: 1, lag: 0), calendar: Self.calendar)
        }
    }

    @Test func datesBeyondTheCalendar() throws {
        // The calendar ends with 2028; the contract of March 2029 is held to the end of the data.
        let days = try Self.calendar.sessions(in: FuturesSamples.date("2028-10-01")...FuturesSamples.date("2028-12-31"))
        let bars = try ["ESZ28", "ESH29"].map { code in
            let contract = try FuturesContract(code)
            return try FuturesSamples.daily(
                contract,
                days.filter { $0.tradeDate <= contract.lastTradeDate }.map { .init(date: $0.tradeDate, open: 1, close: 1) })
        }
        let schedule = try RollSchedule(bars, rule: .calendar(.expiry, sessionsBefore: 5), calendar: Self.calendar)
        #expect(try schedule.rolls.map(\.session) == [FuturesSamples.date("2028-12-08")])
        #expect(throws: CalendarError.self) {
            try RollSchedule(bars, rule: .calendar(.expiry, sessionsBefore: 60), calendar: Self.calendar)
        }
    }

    @Test func ruleNames() {
        #expect(
            FuturesSamples.rules.map(\.description) == [
                "expiry-0", "expiry-6", "month-2", "volume-1", "volume-3+1", "open_interest-2",
            ])
        #expect(FuturesSamples.rules.map { RollRule($0.description) } == FuturesSamples.rules)
        for text in ["", "volume", "volume-0", "volume--1", "volume-1+", "expiry-1+1", "expiry-", "opening-1", "month-1-1"] {
            #expect(RollRule(text) == nil, "\(text)")
        }
    }
}
