import Market
import Primitives
import Testing

@testable import Pipeline

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
