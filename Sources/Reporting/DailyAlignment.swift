import Contracts
import Market
public import Primitives

/// Which day a bar's equity counts for.
///
/// Days are UTC dates unless the configuration speaks of sessions: `calendar.enforce_sessions`, or a `feed.session_start_time`.
/// Then a bar belongs to the session it lies in. A session that begins in the evening belongs to the next date (CME: 17:00 in
/// Chicago), one that begins in the morning to its own local date, with what is traded before and after. A bar that is labelled
/// by its close (`timestamp_semantics: bar_close` or `bar_label: right`) belongs to the session that it ends in. Daily bars and
/// such with `timestamp_semantics: session_label` carry their day as their label.
public struct DailyAlignment: Sendable {
    /// The day is the UTC date of the label.
    public static let calendarDays = DailyAlignment(session: nil, dataZone: nil, labelsAreCloses: false)

    private struct Session {
        /// nil is UTC.
        let zone: USTimeZone?
        /// Since local midnight.
        let start: Int64
    }

    private let session: Session?
    /// Of the labels; nil is UTC.
    private let dataZone: USTimeZone?
    private let labelsAreCloses: Bool

    private init(session: Session?, dataZone: USTimeZone?, labelsAreCloses: Bool) {
        self.session = session
        self.dataZone = dataZone
        self.labelsAreCloses = labelsAreCloses
    }

    /// - Parameter configuration: in ML4T's vocabulary.
    /// - Throws: `ApusError` `config.calendar` naming the key, where the sessions are not known.
    public init(_ configuration: JSONValue) throws {
        let (section, feed) = (configuration["calendar"], configuration["feed"])
        let semantics = feed?["timestamp_semantics"]?.stringValue
        let frequency = section?["data_frequency"]?.stringValue ?? feed?["data_frequency"]?.stringValue ?? "daily"
        let start = feed?["session_start_time"]?.stringValue
        let labelsAreDays = semantics == "session_label" || (semantics == nil && frequency == "daily")
        guard !labelsAreDays, start != nil || section?["enforce_sessions"]?.boolValue == true else {
            self = .calendarDays
            return
        }
        let dataZone = try Self.zone(section?["timezone"]?.stringValue ?? feed?["timezone"]?.stringValue ?? "UTC")
        var session: Session
        switch ML4TYear.calendar(configuration)?.uppercased() {
        case "NYSE", "XNYS", "AMEX", "NASDAQ", "US_EQUITY": session = Session(zone: .newYork, start: 570 * UnixNanos.perMinute)
        case "CME", "CME_EQUITY": session = Session(zone: .chicago, start: 17 * UnixNanos.perHour)
        case "CRYPTO", "24/7", "ALWAYS_OPEN": session = Session(zone: nil, start: 0)
        case nil: session = Session(zone: dataZone, start: 0)
        case let name?:
            throw ApusError(
                "config.calendar", "the sessions of this calendar are not known", context: ["key": "calendar", "value": name])
        }
        if let start { session = Session(zone: session.zone, start: try Self.clock(start)) }
        self.init(
            session: session, dataZone: dataZone,
            labelsAreCloses: EngineConfiguration.Feed.labelsAreCloses(feed))
    }

    private static func zone(_ name: String) throws -> USTimeZone? {
        if name == "UTC" || name == "Etc/UTC" { return nil }
        guard let zone = USTimeZone(rawValue: name) else {
            throw ApusError(
                "config.calendar", "sessions are known in UTC, America/New_York and America/Chicago",
                context: ["key": "calendar.timezone", "value": name])
        }
        return zone
    }

    private static func clock(_ text: String) throws -> Int64 {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], 0..<24 ~= hour, 0..<60 ~= minute else {
            throw ApusError(
                "config.calendar", "a session begins at a time such as 17:00",
                context: ["key": "feed.session_start_time", "value": text])
        }
        return hour * UnixNanos.perHour + minute * UnixNanos.perMinute
    }

    /// The day that a bar with this label counts for.
    public func date(of label: UnixNanos) -> CivilDate {
        guard let session else { return label.utcDate }
        var time = dataZone.map { $0.instant(on: label.utcDate, nanosOfDay: label.nanosOfDay) } ?? label
        if labelsAreCloses { time = time - 1 }
        let local = time + (session.zone?.offset(at: time) ?? 0)
        let startsInTheEvening = session.start >= 12 * UnixNanos.perHour
        return startsInTheEvening && local.nanosOfDay >= session.start ? local.utcDate + 1 : local.utcDate
    }
}
