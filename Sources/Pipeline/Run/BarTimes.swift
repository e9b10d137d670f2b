import Market
import Primitives

/// When the rows of a derived table are complete and to which session they belong.
struct BarTimes {
    private let calendar: any SessionCalendar
    private let kind: SessionKind
    private let interval: Int64
    private var clock: SessionClock

    /// - Parameter interval: nanoseconds; a whole day means the session.
    init(calendar: any SessionCalendar, kind: SessionKind, interval: Int64) {
        self.calendar = calendar
        self.kind = kind
        self.interval = interval
        clock = SessionClock(calendar: calendar)
    }

    struct Row {
        let close: UnixNanos
        let tradeDate: CivilDate
        let sessionOpen: UnixNanos
        let sessionClose: UnixNanos
    }

    /// A row is complete at the end of its interval, or with its session where that ends earlier and no trade can follow inside
    /// the interval.
    /// - Throws: `CalendarError`.
    mutating func row(labelled label: UnixNanos) throws -> Row {
        let session = try clock.segment(at: label).session
        let sessionClose = kind == .rth ? session.regularClose : session.fullClose
        return Row(
            close: try close(label, session, sessionClose), tradeDate: session.tradeDate,
            sessionOpen: kind == .rth ? session.regularOpen : session.fullOpen, sessionClose: sessionClose)
    }

    private func close(_ label: UnixNanos, _ session: TradingSession, _ sessionClose: UnixNanos) throws -> UnixNanos {
        let end = label + interval
        guard label < sessionClose, end > sessionClose else { return end }
        if interval == UnixNanos.perDay { return sessionClose }
        let next = try calendar.nextSession(after: session.tradeDate)
        return (kind == .rth ? next.regularOpen : next.fullOpen) >= end ? sessionClose : end
    }
}
