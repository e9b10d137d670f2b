public import Primitives

/// Answers "which trade date, and are these regular hours?" for a stream of mostly increasing times.
///
/// It keeps the stretch around the last query, so that a query inside of it costs two comparisons.
public struct SessionClock: Sendable {
    public let calendar: any SessionCalendar
    /// The stretch of the last query; nil before the first.
    public private(set) var current: SessionSegment?

    public init(calendar: any SessionCalendar) { self.calendar = calendar }

    /// - Throws: `CalendarError.outsideCoverage`.
    public mutating func segment(at time: UnixNanos) throws -> SessionSegment {
        if let current, time >= current.start, time < current.end { return current }
        let found = try calendar.segment(at: time)
        current = found
        return found
    }

    /// - Throws: `CalendarError.outsideCoverage`.
    public mutating func tradeDate(at time: UnixNanos) throws -> CivilDate { try segment(at: time).tradeDate }

    /// - Throws: `CalendarError.outsideCoverage`.
    public mutating func isRegular(at time: UnixNanos) throws -> Bool { try segment(at: time).isRegular }
}
