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
    // Closes follow closes.
    #expect(try Availability.later(try time("2024-11-27T21:00:00Z"), by: 1, calendar) == time("2024-11-29T18:00:00Z"))
}

/// A delay in sessions goes from session to session, over a weekend and behind the close too.
@Test(arguments: ["CME_EQUITY", "US_EQUITY"])
func aDelayInSessionsSkipsTheWeekend(_ name: String) throws {
    let calendar = try SessionCalendars.named(name)
    let friday = try #require(CivilDate("2024-03-01"))
    let close = try #require(try calendar.session(on: friday))
    let monday = try #require(try calendar.session(on: friday + 3))
    // At the close of all hours on Friday: a session later is the same place on Monday, never Saturday.
    for time in [close.regularClose, close.fullClose, close.regularClose + 5 * UnixNanos.perHour] {
        let later = try Availability.later(time, by: 1, calendar)
        #expect(later.rawValue - time.rawValue == monday.regularClose.rawValue - close.regularClose.rawValue, "\(time)")
    }
}
