public import Primitives

/// A United States time zone with daylight saving by the federal rules.
///
/// Uniform Time Act rules: until 1986 last Sunday of April to last Sunday of October, 1987-2006 first Sunday of April to last
/// Sunday of October, from 2007 second Sunday of March to first Sunday of November, changes at 02:00 local. The emergency
/// rules of 1974 and 1975 and everything before 1967 are not modelled; no calendar here reaches back that far.
public enum USTimeZone: String, Sendable, CaseIterable {
    case chicago = "America/Chicago"
    case newYork = "America/New_York"

    /// Nanoseconds to add to UTC for standard time; negative.
    public var standardOffset: Int64 {
        switch self {
        case .chicago: -6 * UnixNanos.perHour
        case .newYork: -5 * UnixNanos.perHour
        }
    }

    /// Nanoseconds to add to a UTC instant for this zone's wall clock.
    public func offset(at time: UnixNanos) -> Int64 {
        let standard = time + standardOffset
        let (start, end) = Self.daylightSaving(year: standard.utcDate.year)
        // Both limits in standard time: the change back happens at 02:00 daylight time, 01:00 standard time.
        let inside = standard >= UnixNanos(start) + 2 * UnixNanos.perHour && standard < UnixNanos(end) + UnixNanos.perHour
        return standardOffset + (inside ? UnixNanos.perHour : 0)
    }

    /// The wall-clock date at an instant.
    public func localDate(at time: UnixNanos) -> CivilDate { (time + offset(at: time)).utcDate }

    /// The instant of a wall-clock time, `nanosOfDay` after local midnight. Negative values and values of a day or more
    /// count from that midnight on the wall clock, so -7 h is 17:00 the evening before.
    ///
    /// A time that occurs twice means its first occurrence; a time that the clock skips means as long after 01:59:59 standard
    /// time as written (02:30 becomes 03:30 daylight time).
    public func instant(on date: CivilDate, nanosOfDay: Int64) -> UnixNanos {
        let wall = UnixNanos(date) + nanosOfDay
        let daylight = wall - standardOffset - UnixNanos.perHour
        if offset(at: daylight) == standardOffset + UnixNanos.perHour { return daylight }
        return wall - standardOffset
    }

    /// The instants at which a wall clock shows a time: two where the hour repeats in autumn, none where it is skipped in spring.
    /// - Parameter wall: what the clock shows, as if it were UTC.
    public func instants(showing wall: UnixNanos) -> [UnixNanos] {
        let standard = wall - standardOffset, daylight = standard - UnixNanos.perHour
        return [daylight, standard].filter { $0 + offset(at: $0) == wall }
    }

    /// First and last day on which daylight saving time begins and ends.
    static func daylightSaving(year: Int) -> (start: CivilDate, end: CivilDate) {
        switch year {
        case ..<1987: (sunday(year, 4, last: 30), sunday(year, 10, last: 31))
        case ..<2007: (sunday(year, 4, last: 7), sunday(year, 10, last: 31))
        default: (sunday(year, 3, last: 14), sunday(year, 11, last: 7))
        }
    }

    /// The last Sunday on or before a day of a month.
    private static func sunday(_ year: Int, _ month: Int, last day: Int) -> CivilDate {
        guard let date = CivilDate(year: year, month: month, day: day) else { return CivilDate(daysSinceEpoch: 0) }
        return date - date.isoWeekday % 7
    }
}
