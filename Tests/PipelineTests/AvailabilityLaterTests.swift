import Market
import Primitives
import Testing

@testable import Pipeline

/// An early close brings nothing forward: what is known inside a session keeps its distance from the open.
@Test func aDelayFromAnEarlyCloseIsNotEarly() throws {
    let calendar = try SessionCalendars.named("US_EQUITY")
    func time(_ text: String) throws -> UnixNanos { try #require(UnixNanos(iso8601: text)) }
    // The day after Thanksgiving 2024 closes at 13:00 New York time.
    #expect(try Availability.later(try time("2024-11-27T17:00:00Z"), by: 1, calendar) == time("2024-11-29T17:00:00Z"))
    #expect(try Availability.later(try time("2024-11-29T17:00:00Z"), by: 1, calendar) == time("2024-12-02T17:00:00Z"))
    // What is known at the close comes neither before what was known ahead of it nor before the close.
    #expect(try Availability.later(try time("2024-11-27T21:00:00Z"), by: 1, calendar) == time("2024-11-29T21:00:00Z"))
    #expect(try Availability.later(try time("2024-11-29T18:00:00Z"), by: 1, calendar) == time("2024-12-02T21:00:00Z"))
}

/// What was known later is known later, whichever sessions end early and whenever clocks change.
@Test(arguments: ["CME_EQUITY", "US_EQUITY", "ALWAYS_OPEN"], [1, 2, 5])
func aDelayInSessionsKeepsTheOrder(_ name: String, _ sessions: Int) throws {
    let calendar = try SessionCalendars.named(name)
    var last = UnixNanos(Int64.min)
    for date in ["2023-06-30", "2023-11-20", "2024-03-05", "2024-10-31", "2024-12-20"] {
        let start = try #require(UnixNanos(iso8601: date + "T00:00:00Z"))
        for step in 0..<(12 * 24 * 12) {
            let later = try Availability.later(start + Int64(step) * 5 * UnixNanos.perMinute, by: sessions, calendar)
            #expect(later >= last, "\(start + Int64(step) * 5 * UnixNanos.perMinute)")
            last = later
        }
    }
}

/// A delay in sessions goes from session to session, over a weekend and behind the close too.
@Test(arguments: ["CME_EQUITY", "US_EQUITY"])
func aDelayInSessionsSkipsTheWeekend(_ name: String) throws {
    let calendar = try SessionCalendars.named(name)
    let friday = try #require(CivilDate("2024-03-01"))
    let close = try #require(try calendar.session(on: friday))
    let monday = try #require(try calendar.session(on: friday + 3))
    let tuesday = try #require(try calendar.session(on: friday + 4))
    // At the close of all hours on Friday: a session later is the same place on Monday, never Saturday. What lies between the
    // sessions of Friday and Monday does not come behind what is known when Monday's opens.
    let days = monday.regularClose.rawValue - close.regularClose.rawValue
    for time in [close.regularClose, close.fullClose, close.regularClose + 5 * UnixNanos.perHour] {
        #expect(try Availability.later(time, by: 1, calendar) == min(time + days, tuesday.fullOpen), "\(time)")
    }
}
