import Market
import Primitives
import TestKit
import Testing

struct CalendarTests {
    static let cme = SessionCalendars.cmeEquity
    static let us = SessionCalendars.usEquity

    static func utc(_ text: String) throws -> UnixNanos { try #require(UnixNanos(iso8601: text)) }
    static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    /// Regular and full hours in UTC, "-" where there is no session.
    static func hours(_ calendar: TableCalendar, _ text: String) throws -> String {
        guard let session = try calendar.session(on: date(text)) else { return "-" }
        func time(_ instant: UnixNanos) -> String { String("\(instant)".dropFirst(5).dropLast(4)) }
        return "\(time(session.fullOpen)) \(time(session.regularOpen)) \(time(session.regularClose)) \(time(session.fullClose))"
    }

    @Test func christmas2023BelongsToTheNextDay() throws {
        let open = try Self.utc("2023-12-25T23:00:00Z")
        #expect(try Self.cme.tradeDate(at: open) == (try Self.date("2023-12-26")))
        let segment = try Self.cme.segment(at: open)
        #expect(segment.hours == .extended && segment.start == open)
        // The hours before are closed, and trades reported then would count toward the same trade date.
        let before = try Self.cme.segment(at: open - 1)
        #expect(before.hours == .closed && before.tradeDate == segment.tradeDate && before.end == open)
        #expect(before.start == (try Self.utc("2023-12-22T22:00:00Z")))
    }

    @Test(arguments: [
        // Known days: CME.
        ("2023-12-22", "12-21T23:00 12-22T14:30 12-22T21:15 12-22T22:00"), ("2023-12-25", "-"), ("2023-12-24", "-"),
        ("2024-07-15", "07-14T22:00 07-15T13:30 07-15T20:15 07-15T21:00"),
        ("2024-01-15", "01-14T23:00 01-15T14:30 01-15T18:00 01-15T18:00"),
        ("2024-11-29", "11-28T23:00 11-29T14:30 11-29T18:15 11-29T18:15"),
        ("2021-04-02", "04-01T22:00 04-02T13:15 04-02T13:15 04-02T13:15"), ("2024-03-29", "-"),
        ("2018-12-05", "12-04T23:00 12-05T14:30 12-05T14:30 12-05T14:30"), ("2012-10-29", "-"),
        // Clock changes on a Sunday between two sessions.
        ("2024-03-08", "03-07T23:00 03-08T14:30 03-08T21:15 03-08T22:00"),
        ("2024-03-11", "03-10T22:00 03-11T13:30 03-11T20:15 03-11T21:00"),
        ("2024-11-04", "11-03T23:00 11-04T14:30 11-04T21:15 11-04T22:00"),
        // The hours of 2013: close at 16:15 Chicago.
        ("2013-10-11", "10-10T22:00 10-11T13:30 10-11T20:15 10-11T21:15"),
        ("2010-10-11", "10-10T22:00 10-11T13:30 10-11T20:15 10-11T21:30"),
    ]) func cmeDays(date: String, expected: String) throws {
        #expect(try Self.hours(Self.cme, date) == expected)
    }

    @Test(arguments: [
        ("2013-10-07", "10-07T08:00 10-07T13:30 10-07T20:00 10-08T00:00"), ("2024-11-28", "-"),
        ("2024-11-29", "11-29T09:00 11-29T14:30 11-29T18:00 11-29T22:00"),
        ("2001-09-10", "09-10T08:00 09-10T13:30 09-10T20:00 09-11T00:00"),
        ("2001-09-11", "-"), ("2001-09-14", "-"), ("2001-09-17", "09-17T08:00 09-17T13:30 09-17T20:00 09-18T00:00"),
        ("2004-06-11", "-"), ("2007-01-02", "-"), ("2012-10-29", "-"), ("2012-10-30", "-"), ("1994-04-27", "-"),
        ("2025-01-09", "-"),
        ("1990-01-01", "-"), ("1990-11-23", "11-23T09:00 11-23T14:30 11-23T19:00 11-23T22:00"),
        ("1997-01-20", "01-20T09:00 01-20T14:30 01-20T21:00 01-21T01:00"), ("1998-01-19", "-"),
        ("2021-06-18", "06-18T08:00 06-18T13:30 06-18T20:00 06-19T00:00"),
        ("2022-06-20", "-"), ("1993-12-31", "12-31T09:00 12-31T14:30 12-31T21:00 01-01T01:00"),
    ]) func usDays(date: String, expected: String) throws {
        #expect(try Self.hours(Self.us, date) == expected)
    }

    @Test(arguments: SessionCalendars.names) func sessionsAreOrderedAndHang(name: String) throws {
        let calendar = try SessionCalendars.named(name)
        let sessions = try calendar.sessions(in: calendar.coverage)
        var last = UnixNanos(.min)
        for session in sessions {
            let instants = [session.fullOpen, session.regularOpen, session.regularClose, session.fullClose]
            var holds = instants == instants.sorted() && session.fullOpen < session.fullClose && last <= session.fullOpen
            last = session.fullClose
            holds = try holds && calendar.session(on: session.tradeDate) == session
            for time in [session.fullOpen, session.regularOpen, session.regularClose - 1, session.fullClose - 1]
            where time < session.fullClose {  // regular hours may be empty and lie at the close
                holds = try holds && calendar.tradeDate(at: time) == session.tradeDate
            }
            if !holds { Issue.record("\(name) \(session)") }
        }
        // NYSE closes on 9 to 13 weekdays of a year; CME's half days leave 2 to 4 from 2009 on.
        guard name != "ALWAYS_OPEN" else {
            #expect(sessions.count == calendar.coverage.upperBound - calendar.coverage.lowerBound + 1)
            #expect(zip(sessions, sessions.dropFirst()).allSatisfy { $0.fullClose == $1.fullOpen })
            return
        }
        for year in (calendar.coverage.lowerBound.year)...(calendar.coverage.upperBound.year) {
            let count = sessions.filter { $0.tradeDate.year == year }.count
            #expect((name == "CME_EQUITY" && year >= 2009 ? 256...260 : 248...254).contains(count), "\(name) \(year): \(count)")
        }
    }

    @Test func whatNeverClosesHasDaysOfUTC() throws {
        let open = SessionCalendars.alwaysOpen
        #expect(open.coverage == (try Self.date("1970-01-01"))...(try Self.date("2199-12-31")))
        let sunday = try #require(try open.session(on: Self.date("2024-03-10")))
        #expect(sunday.fullOpen == (try Self.utc("2024-03-10T00:00:00Z")))
        #expect(sunday.fullClose == (try Self.utc("2024-03-11T00:00:00Z")))
        #expect(sunday.regularOpen == sunday.fullOpen && sunday.regularClose == sunday.fullClose)
        let last = try open.segment(at: sunday.fullClose - 1), next = try open.segment(at: sunday.fullClose)
        #expect(last.session == sunday && last.isRegular && last.end == next.start)
        #expect(next.session == (try open.nextSession(after: sunday.tradeDate)))
        #expect(
            open.instant(on: sunday.tradeDate, localNanosOfDay: 90 * UnixNanos.perMinute)
                == (try Self.utc("2024-03-10T01:30:00Z")))
        #expect(try open.sessions(in: Self.date("2024-02-28")...Self.date("2024-03-01")).count == 3)
        let late = try Self.date("2200-01-01")
        #expect(throws: CalendarError.outsideCoverage(late, calendar: "ALWAYS_OPEN")) { try open.session(on: late) }
        #expect(throws: CalendarError.outsideCoverage(late, calendar: "ALWAYS_OPEN")) { try open.nextSession(after: late - 1) }
    }

    /// A wall clock that is put forward or back shows some times never or twice.
    @Test func wallClocksSkipAndRepeatAnHour() throws {
        for (zone, offset) in [(USTimeZone.newYork, 5), (.chicago, 6)] {
            func utc(_ text: String, _ hours: Int) throws -> UnixNanos { try Self.utc(text) + Int64(hours) * UnixNanos.perHour }
            let cases: [(String, [Int])] = [
                ("2024-01-15T12:00:00Z", [offset]), ("2024-07-15T12:00:00Z", [offset - 1]), ("2024-03-10T01:59:59Z", [offset]),
                ("2024-03-10T02:00:00Z", []), ("2024-03-10T02:59:59Z", []), ("2024-03-10T03:00:00Z", [offset - 1]),
                ("2024-11-03T00:59:59Z", [offset - 1]), ("2024-11-03T01:00:00Z", [offset - 1, offset]),
                ("2024-11-03T01:59:59Z", [offset - 1, offset]), ("2024-11-03T02:00:00Z", [offset]),
            ]
            for (wall, offsets) in cases {
                #expect(try zone.instants(showing: Self.utc(wall)) == offsets.map { try utc(wall, $0) }, "\(zone) \(wall)")
            }
        }
    }

    @Test func queriesByRange() throws {
        let week = try Self.us.sessions(in: Self.date("2024-11-25")...Self.date("2024-12-01"))
        #expect(week.map { "\($0.tradeDate)" } == ["2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29"])
        #expect(try Self.us.nextSession(after: Self.date("2024-11-27")).tradeDate == (try Self.date("2024-11-29")))
        #expect(try Self.us.nextSession(after: Self.date("2024-11-30")).tradeDate == (try Self.date("2024-12-02")))
        #expect(try Self.us.sessions(in: Self.date("2024-11-30")...Self.date("2024-12-01")).isEmpty)
    }

    @Test func outsideCoverageIsAnError() throws {
        let early = try Self.date("1989-12-31")
        let late = try Self.date("2029-01-01")
        #expect(throws: CalendarError.outsideCoverage(early, calendar: "US_EQUITY")) { try Self.us.session(on: early) }
        #expect(throws: CalendarError.outsideCoverage(late, calendar: "US_EQUITY")) { try Self.us.session(on: late) }
        #expect(throws: CalendarError.outsideCoverage(late, calendar: "US_EQUITY")) {
            try Self.us.nextSession(after: Self.date("2028-12-29"))
        }
        #expect(throws: CalendarError.outsideCoverage(early, calendar: "US_EQUITY")) {
            try Self.us.sessions(in: early...Self.date("1990-01-05"))
        }
        #expect(throws: CalendarError.self) { try Self.cme.tradeDate(at: UnixNanos(0)) }
        #expect(throws: CalendarError.self) { try Self.cme.tradeDate(at: Self.utc("2028-12-29T22:30:00Z")) }
        #expect(throws: CalendarError.unknownCalendar("NYSE")) { try SessionCalendars.named("NYSE") }
        for name in SessionCalendars.names { #expect(try SessionCalendars.named(name).name == name) }
    }

    @Test func clockEqualsTheCalendar() throws {
        var random = SeededGenerator(seed: 7)
        var clock = SessionClock(calendar: Self.cme)
        var time = try Self.utc("2023-12-20T00:00:00Z")
        for _ in 0..<20_000 {
            time = time + Int64(random.next() % UInt64(40 * UnixNanos.perMinute)) - 2 * UnixNanos.perMinute
            let segment = try clock.segment(at: time)
            let holds = try segment == Self.cme.segment(at: time) && time >= segment.start && time < segment.end
            guard try holds && clock.tradeDate(at: time) == Self.cme.tradeDate(at: time) else {
                Issue.record("seed 7, \(time)")
                return
            }
        }
    }
}
