import Contracts
import Market
public import Primitives

/// Which session a label belongs to: a trade date of the configured calendar, the UTC date without one that is known. Under
/// `calendar.enforce_sessions` also whether it lies in a session at all.
///
/// Labels of daily bars name the session; other labels lie in one from its opening to before its close, those of a bar's end
/// from after the opening to the close. US stocks have their regular hours, CME futures all of theirs but the halt from 15:15 to
/// 15:30 in Chicago that ended in June 2021.
@usableFromInline
struct Sessions: Sendable {
    private var clock: SessionClock?
    private let isEnforced: Bool
    let calendar: TableCalendar?
    let usesFullHours: Bool
    let labelsAreDays: Bool
    let labelsAreCloses: Bool
    /// A calendar that the configuration names and nobody knows.
    private let unknownCalendar: String?
    /// Of labels without a zone; nil is UTC.
    private let zone: USTimeZone?

    /// - Throws: `ApusError` `config.unsupported` for a calendar or a zone that is not known and must be.
    init(_ configuration: EngineConfiguration) throws {
        let section = configuration.calendar
        let feed = configuration.feed
        let name = try Self.calendar(configuration)
        var known: TableCalendar?
        var unknown: String?
        switch name?.uppercased() {
        case "NYSE", "XNYS", "AMEX", "NASDAQ", "US_EQUITY": known = SessionCalendars.usEquity
        case "CME", "CME_EQUITY": known = SessionCalendars.cmeEquity
        case nil, "CRYPTO", "24/7", "ALWAYS_OPEN": break
        case _?: unknown = name
        }
        calendar = known
        unknownCalendar = unknown
        clock = known.map { SessionClock(calendar: $0) }
        usesFullHours = known?.name == SessionCalendars.cmeEquity.name
        isEnforced = section.enforceSessions && clock != nil
        zone = USTimeZone(rawValue: section.timezone)
        labelsAreDays =
            feed.timestampSemantics == .sessionLabel || (feed.timestampSemantics == nil && section.dataFrequency == .daily)
        labelsAreCloses = feed.labelsAreCloses
        if section.enforceSessions { try checkKnown(configuration) }
    }

    /// Refuses a calendar that is not known and a zone in which it is not known.
    func checkKnown(_ configuration: EngineConfiguration) throws {
        if let unknownCalendar {
            throw Self.refuse("calendar.calendar", unknownCalendar, "the sessions of this calendar are not known")
        }
        let name = configuration.calendar.timezone
        guard calendar == nil || zone != nil || ["UTC", "Etc/UTC"].contains(name) else {
            throw Self.refuse("calendar.timezone", name, "sessions are known in UTC, America/New_York and America/Chicago")
        }
    }

    /// The moment that a label of an intraday bar names.
    func instant(of label: UnixNanos) -> UnixNanos {
        guard calendar != nil else { return label }
        return zone.map { $0.instant(on: label.utcDate, nanosOfDay: label.nanosOfDay) } ?? label
    }

    /// The name that the configuration gives, or else the instruments.
    ///
    /// Where sessions are enforced and nothing names a calendar it is the New York Stock Exchange's since version 2 of the time
    /// contract, and none before.
    private static func calendar(_ configuration: EngineConfiguration) throws -> String? {
        let section = configuration.calendar
        switch (section.calendar, configuration.feed.calendar) {
        case (.named(let name), _), (.unset, .named(let name)): return name
        case (.none, _), (.unset, .none): return nil
        case (.unset, .unset): break
        }
        let venues = configuration.apus.instruments.compactMap { asset, instrument in instrument.calendar.map { (asset, $0) } }
            .sorted { $0.0 < $1.0 }
        if let first = venues.first {
            if let other = venues.first(where: { $0.1 != first.1 }) {
                throw refuse(
                    "apus.instruments.\(other.0).calendar", other.1,
                    "all instruments share the sessions of one calendar; \(first.0) has \(first.1)")
            }
            return first.1
        }
        return section.enforceSessions && section.timeContractVersion == 2 ? "NYSE" : nil
    }

    private static func refuse(_ key: String, _ value: String, _ message: String) -> ApusError {
        ApusError("config.unsupported", message, context: ["key": key, "value": value])
    }

    /// The number of the label's session, which grows with time; nil where the label does not count.
    /// - Throws: `ApusError` `calendar.coverage` for a time that an enforced calendar does not know.
    @usableFromInline
    mutating func session(of label: UnixNanos) throws -> Int? {
        let day = label.utcDate
        guard let calendar = clock?.calendar, isEnforced || !labelsAreDays else { return Int(day.daysSinceEpoch) }
        do {
            if labelsAreDays { return try calendar.session(on: day) == nil ? nil : Int(day.daysSinceEpoch) }
            let time = instant(of: label)
            let instant = labelsAreCloses ? time - 1 : time
            guard let segment = try clock?.segment(at: instant) else { return nil }
            let isOpen = !isEnforced || (usesFullHours ? segment.hours != .closed && !Self.isHalted(instant) : segment.isRegular)
            return isOpen ? Int(segment.tradeDate.daysSinceEpoch) : nil
        } catch let error as CalendarError {
            guard isEnforced else { return Int(day.daysSinceEpoch) }
            throw ApusError("calendar.coverage", error.description, context: ["time": label.description])
        }
    }

    private static func isHalted(_ time: UnixNanos) -> Bool {
        let local = time + USTimeZone.chicago.offset(at: time)
        let minute = local.nanosOfDay / UnixNanos.perMinute
        return (915..<930).contains(minute) && local < endOfHalts
    }

    /// 2021-06-28.
    private static let endOfHalts = UnixNanos(CivilDate(daysSinceEpoch: 18_806))
}
