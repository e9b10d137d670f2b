public import Primitives

/// A calendar over a table of sessions made once. Queries are a look-up by day or a binary search by time.
public struct TableCalendar: SessionCalendar {
    public let name: String
    public let coverage: ClosedRange<CivilDate>
    public let zone: USTimeZone
    /// In trade date order; `fullOpen` and `fullClose` ascend with it and do not overlap.
    public let all: [TradingSession]
    /// Per covered day the number of sessions before it.
    private let before: [Int32]

    /// - Parameter hours: the session of a weekday that is not a holiday; nil where there is none.
    init(
        name: String, coverage: ClosedRange<CivilDate>, zone: USTimeZone,
        hours: (_ date: CivilDate, _ zone: USTimeZone) -> TradingSession?
    ) {
        self.name = name
        self.coverage = coverage
        self.zone = zone
        var sessions: [TradingSession] = []
        var before: [Int32] = []
        var date = coverage.lowerBound
        while date <= coverage.upperBound {
            before.append(Int32(sessions.count))
            if date.isoWeekday <= 5, let session = hours(date, zone) { sessions.append(session) }
            date = date + 1
        }
        before.append(Int32(sessions.count))
        self.all = sessions
        self.before = before
    }

    public func session(on date: CivilDate) throws -> TradingSession? {
        try check(date)
        let day = date - coverage.lowerBound
        return before[day + 1] > before[day] ? all[Int(before[day])] : nil
    }

    public func sessions(in dates: ClosedRange<CivilDate>) throws -> [TradingSession] {
        try check(dates.lowerBound)
        try check(dates.upperBound)
        return Array(
            all[Int(before[dates.lowerBound - coverage.lowerBound])..<Int(before[dates.upperBound - coverage.lowerBound + 1])])
    }

    public func nextSession(after date: CivilDate) throws -> TradingSession {
        try check(date)
        let index = Int(before[date - coverage.lowerBound + 1])
        guard index < all.count else { throw CalendarError.outsideCoverage(coverage.upperBound + 1, calendar: name) }
        return all[index]
    }

    public func tradeDate(at time: UnixNanos) throws -> CivilDate { try segment(at: time).tradeDate }

    public func instant(on date: CivilDate, localNanosOfDay: Int64) -> UnixNanos {
        zone.instant(on: date, nanosOfDay: localNanosOfDay)
    }

    public func segment(at time: UnixNanos) throws -> SessionSegment {
        let date = zone.localDate(at: time)
        try check(date)
        let index = firstSession(closingAfter: time)
        guard index < all.count else { throw CalendarError.outsideCoverage(date, calendar: name) }
        let session = all[index]
        if time < session.fullOpen {
            let start = index > 0 ? all[index - 1].fullClose : zone.instant(on: coverage.lowerBound, nanosOfDay: 0)
            return SessionSegment(start: start, end: session.fullOpen, session: session, hours: .closed)
        }
        if time < session.regularOpen {
            return SessionSegment(start: session.fullOpen, end: session.regularOpen, session: session, hours: .extended)
        }
        if time < session.regularClose {
            return SessionSegment(start: session.regularOpen, end: session.regularClose, session: session, hours: .regular)
        }
        return SessionSegment(start: session.regularClose, end: session.fullClose, session: session, hours: .extended)
    }

    /// Index of the first session with `fullClose` after a time; `all.count` where there is none.
    private func firstSession(closingAfter time: UnixNanos) -> Int {
        var low = 0
        var high = all.count
        while low < high {
            let middle = (low + high) / 2
            if all[middle].fullClose > time { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func check(_ date: CivilDate) throws {
        guard coverage.contains(date) else { throw CalendarError.outsideCoverage(date, calendar: name) }
    }
}
