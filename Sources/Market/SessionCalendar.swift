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
