import Contracts
import Market
import Primitives

/// Which labels lie in a session of the configured calendar, under `calendar.enforce_sessions`.
///
/// Labels of daily bars name the session; other labels lie in one from its opening to before its close, those of a bar's end
/// from after the opening to the close. US stocks have their regular hours, CME futures all of theirs.
struct SessionFilter: Sendable {
    private var clock: SessionClock
    private let usesFullHours: Bool
    private let labelsAreDays: Bool
    private let labelsAreCloses: Bool
    /// Of labels without a zone; nil is UTC.
    private let zone: USTimeZone?

    /// - Returns: nil where every label counts.
    /// - Throws: `ApusError` `config.unsupported` for a calendar or a zone that is not known.
    init?(_ configuration: EngineConfiguration) throws {
        let section = configuration.calendar
        let feed = configuration.feed
        guard section.enforceSessions, let name = Self.calendar(section, feed) else { return nil }
        switch name.uppercased() {
        case "NYSE", "XNYS", "AMEX", "NASDAQ", "US_EQUITY":
            (clock, usesFullHours) = (SessionClock(calendar: SessionCalendars.usEquity), false)
        case "CME", "CME_EQUITY": (clock, usesFullHours) = (SessionClock(calendar: SessionCalendars.cmeEquity), true)
        case "CRYPTO", "24/7": return nil
        default: throw Self.refuse("calendar.calendar", name, "the sessions of this calendar are not known")
        }
        switch section.timezone {
        case "UTC", "Etc/UTC": zone = nil
        case let name:
            guard let known = USTimeZone(rawValue: name) else {
                throw Self.refuse(
                    "calendar.timezone", name, "sessions are known in UTC, America/New_York and America/Chicago")
            }
            zone = known
        }
        labelsAreDays =
            feed.timestampSemantics == .sessionLabel || (feed.timestampSemantics == nil && section.dataFrequency == .daily)
        labelsAreCloses = feed.timestampSemantics == .barClose || feed.barLabel == .right
    }

    /// A calendar that nothing names is the New York Stock Exchange's since version 2 of the time contract, and none before.
    private static func calendar(_ section: EngineConfiguration.Calendar, _ feed: EngineConfiguration.Feed) -> String? {
        switch (section.calendar, feed.calendar) {
        case (.named(let name), _), (.unset, .named(let name)): name
        case (.none, _), (.unset, .none): nil
        case (.unset, .unset): section.timeContractVersion == 2 ? "NYSE" : nil
        }
    }

    private static func refuse(_ key: String, _ value: String, _ message: String) -> ApusError {
        ApusError("config.unsupported", message, context: ["key": key, "value": value])
    }

    /// The number of the session that the label lies in, nil outside of all.
    /// - Throws: `ApusError` `calendar.coverage` for a time that the calendar does not know.
    mutating func session(of label: UnixNanos) throws -> Int? {
        do {
            if labelsAreDays {
                let date = label.utcDate
                return try clock.calendar.session(on: date) == nil ? nil : Int(date.daysSinceEpoch)
            }
            let time = zone.map { $0.instant(on: label.utcDate, nanosOfDay: label.nanosOfDay) } ?? label
            let segment = try clock.segment(at: labelsAreCloses ? time - 1 : time)
            let isOpen = usesFullHours ? segment.hours != .closed : segment.isRegular
            return isOpen ? Int(segment.tradeDate.daysSinceEpoch) : nil
        } catch let error as CalendarError {
            throw ApusError("calendar.coverage", error.description, context: ["time": label.description])
        }
    }
}
