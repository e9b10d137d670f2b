public import Primitives

/// Trading days and hours of one venue, with its time zone, holidays, early closes and late opens.
public protocol SessionCalendar: Sendable {
    /// The name that SESSIONS and INSTRUMENTS use, such as `CME_EQUITY` or `US_EQUITY`.
    var name: String { get }
    /// The first and last date the calendar knows. Outside of it every query is an error, never a guess.
    var coverage: ClosedRange<CivilDate> { get }
    /// The session of a trade date; nil on a holiday or weekend.
    /// - Throws: `CalendarError.outsideCoverage`.
    func session(on date: CivilDate) throws -> TradingSession?
    /// The trade date an instant belongs to: its own session's, or the next session's where the venue is closed.
    /// - Throws: `CalendarError.outsideCoverage`.
    func tradeDate(at time: UnixNanos) throws -> CivilDate
    /// The instant of a local wall-clock time (nanoseconds since local midnight) on a date.
    func instant(on date: CivilDate, localNanosOfDay: Int64) -> UnixNanos
    /// The longest stretch around an instant in which trade date and hours do not change.
    /// - Throws: `CalendarError.outsideCoverage`.
    func segment(at time: UnixNanos) throws -> SessionSegment
    /// The sessions whose trade dates lie in a range, in order.
    /// - Throws: `CalendarError.outsideCoverage` where the range leaves the coverage.
    func sessions(in dates: ClosedRange<CivilDate>) throws -> [TradingSession]
    /// The first session with a trade date later than `date`.
    /// - Throws: `CalendarError.outsideCoverage` where the date or that session lies outside the coverage.
    func nextSession(after date: CivilDate) throws -> TradingSession
}

extension SessionCalendar {
    /// The last session that the calendar knows. No later instant, and no later date, has one.
    /// - Throws: `CalendarError.outsideCoverage` where it knows none at all.
    public var lastSession: TradingSession {
        get throws {
            var date = coverage.upperBound
            while true {
                if let session = try session(on: date) { return session }
                date = date - 1
            }
        }
    }
}

/// A half-open stretch of time, [start, end), in which trade date and hours are constant.
public struct SessionSegment: Hashable, Sendable {
    public enum Hours: UInt8, Sendable {
        /// The venue is closed; trades reported here count toward the next trade date.
        case closed
        /// Open, outside regular hours.
        case extended
        case regular
    }

    public let start: UnixNanos
    public let end: UnixNanos
    /// The session the stretch belongs to, or the next one where the venue is closed.
    public let session: TradingSession
    public let hours: Hours

    public init(start: UnixNanos, end: UnixNanos, session: TradingSession, hours: Hours) {
        self.start = start
        self.end = end
        self.session = session
        self.hours = hours
    }

    public var tradeDate: CivilDate { session.tradeDate }
    public var isRegular: Bool { hours == .regular }
}

public enum CalendarError: Error, Equatable, CustomStringConvertible {
    case outsideCoverage(CivilDate, calendar: String)
    case unknownCalendar(String)

    public var description: String {
        switch self {
        case .outsideCoverage(let date, let calendar): "calendar \(calendar) does not know \(date)"
        case .unknownCalendar(let name): "there is no calendar named \(name)"
        }
    }
}
