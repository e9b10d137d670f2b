public import Primitives

/// A calendar without a night: see `SessionCalendars.alwaysOpen`. It computes what others look up.
public struct AlwaysOpenCalendar: SessionCalendar {
    public let name = "ALWAYS_OPEN"
    public let coverage = CivilDate(daysSinceEpoch: 0)...CivilDate(daysSinceEpoch: 84_005)

    init() {}

    public func session(on date: CivilDate) throws -> TradingSession? { try day(date) }

    public func sessions(in dates: ClosedRange<CivilDate>) throws -> [TradingSession] {
        try check(dates.lowerBound)
        try check(dates.upperBound)
        return (dates.lowerBound.daysSinceEpoch...dates.upperBound.daysSinceEpoch).map {
            Self.hours(CivilDate(daysSinceEpoch: $0))
        }
    }

    public func nextSession(after date: CivilDate) throws -> TradingSession {
        try check(date)
        return try day(date + 1)
    }

    public func tradeDate(at time: UnixNanos) throws -> CivilDate { try day(time.utcDate).tradeDate }

    public func instant(on date: CivilDate, localNanosOfDay: Int64) -> UnixNanos { UnixNanos(date) + localNanosOfDay }

    public func segment(at time: UnixNanos) throws -> SessionSegment {
        let session = try day(time.utcDate)
        return SessionSegment(start: session.fullOpen, end: session.fullClose, session: session, hours: .regular)
    }

    private func day(_ date: CivilDate) throws -> TradingSession {
        try check(date)
        return Self.hours(date)
    }

    private static func hours(_ date: CivilDate) -> TradingSession {
        let open = UnixNanos(date), close = UnixNanos(date + 1)
        return TradingSession(tradeDate: date, regularOpen: open, regularClose: close, fullOpen: open, fullClose: close)
    }

    private func check(_ date: CivilDate) throws {
        guard coverage.contains(date) else { throw CalendarError.outsideCoverage(date, calendar: name) }
    }
}
