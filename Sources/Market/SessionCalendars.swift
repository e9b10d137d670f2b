import Primitives

/// The calendars that ship with the product.
public enum SessionCalendars {
    /// The names `named(_:)` accepts, sorted.
    public static let names = ["ALWAYS_OPEN", "CME_EQUITY", "US_EQUITY"]

    /// - Throws: `CalendarError.unknownCalendar`.
    public static func named(_ name: String) throws -> any SessionCalendar {
        switch name {
        case "ALWAYS_OPEN": alwaysOpen
        case "CME_EQUITY": cmeEquity
        case "US_EQUITY": usEquity
        default: throw CalendarError.unknownCalendar(name)
        }
    }

    /// Markets that never close, such as crypto exchanges, 1970-01-01 to 2199-12-31: every day of UTC is a session of 24 hours,
    /// all of them regular.
    public static let alwaysOpen = AlwaysOpenCalendar()

    /// US stock exchanges, 1990-01-01 to 2028-12-31, New York time.
    ///
    /// Regular hours 09:30-16:00, or to the early close (13:00, 14:00 before 1993); all hours 04:00-20:00, to 17:00 on a day
    /// with an early close. The reference states the hours of today for all years; openings delayed and closings advanced
    /// within a day by weather, circuit breakers or mourning minutes are not modelled.
    public static let usEquity: TableCalendar = {
        let days = SpecialDays(holidays: USEquityDates.holidays, earlyCloses: USEquityDates.earlyCloses)
        return TableCalendar(
            name: "US_EQUITY", coverage: coverage(USEquityDates.first, USEquityDates.last), zone: .newYork
        ) { date, zone in
            if days.holidays.contains(date) { return nil }
            let early = days.earlyCloses[date]
            return TradingSession(
                tradeDate: date, regularOpen: zone.instant(on: date, nanosOfDay: clock(9, 30)),
                regularClose: zone.instant(on: date, nanosOfDay: early ?? clock(16, 0)),
                fullOpen: zone.instant(on: date, nanosOfDay: clock(4, 0)),
                fullClose: zone.instant(on: date, nanosOfDay: early == nil ? clock(20, 0) : clock(17, 0)))
        }
    }()

    /// CME equity index futures (ES, NQ and their kin), 1998-01-01 to 2028-12-31, Chicago time; from 2027 on by the rules that
    /// held since 2015.
    ///
    /// All hours: 17:00 of the calendar day before, also where that day is a holiday, to 16:00 of the trade date. Regular
    /// hours 08:30-15:15. Both end at an early close; where that comes before 08:30 (08:15 on Good Fridays with a
    /// payroll report) the regular session is empty and lies at the close.
    ///
    /// Simplifications: the close was 16:15 from 2012-11-19 to 2015-09-18, and before that 16:30 (15:15 on Fridays); the halt
    /// 15:15-15:30 of the years before 2021 is not cut out. A holiday with a half day of electronic trading is a trade date
    /// of its own, where the exchange settles it with the following one. Before 2009 the reference closes such holidays.
    public static let cmeEquity: TableCalendar = {
        let days = SpecialDays(holidays: CMEEquityDates.holidays, earlyCloses: CMEEquityDates.earlyCloses)
        return TableCalendar(
            name: "CME_EQUITY", coverage: coverage(CMEEquityDates.first, CMEEquityDates.last), zone: .chicago
        ) { date, zone in
            if days.holidays.contains(date) { return nil }
            let early = days.earlyCloses[date]
            let regularClose = early ?? clock(15, 15)
            return TradingSession(
                tradeDate: date, regularOpen: zone.instant(on: date, nanosOfDay: min(clock(8, 30), regularClose)),
                regularClose: zone.instant(on: date, nanosOfDay: regularClose),
                fullOpen: zone.instant(on: date - 1, nanosOfDay: clock(17, 0)),
                fullClose: zone.instant(on: date, nanosOfDay: early ?? cmeClose(on: date)))
        }
    }()

    private static func cmeClose(on date: CivilDate) -> Int64 {
        if date < closeOf2012 { return date.isoWeekday == 5 ? clock(15, 15) : clock(16, 30) }
        return date < closeOf2015 ? clock(16, 15) : clock(16, 0)
    }

    private static let closeOf2012 = civil("2012-11-19")
    private static let closeOf2015 = civil("2015-09-21")

    private static func clock(_ hour: Int64, _ minute: Int64) -> Int64 { hour * UnixNanos.perHour + minute * UnixNanos.perMinute }

    private static func coverage(_ first: String, _ last: String) -> ClosedRange<CivilDate> { civil(first)...civil(last) }

    /// The texts are constants of this module; a typo would show at once in the tests of the tables.
    private static func civil(_ text: String) -> CivilDate { CivilDate(text) ?? CivilDate(daysSinceEpoch: 0) }
}

/// Holidays and early closes, read from the tables' compact text.
struct SpecialDays {
    let holidays: Set<CivilDate>
    /// Local nanoseconds since midnight.
    let earlyCloses: [CivilDate: Int64]

    init(holidays: String, earlyCloses: String) {
        self.holidays = Set(Self.numbers(holidays).compactMap(Self.date))
        let pairs = Self.numbers(earlyCloses)
        var closes: [CivilDate: Int64] = [:]
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            guard let date = Self.date(pairs[index]) else { continue }
            let time = Int64(pairs[index + 1])
            closes[date] = time / 100 * UnixNanos.perHour + time % 100 * UnixNanos.perMinute
        }
        self.earlyCloses = closes
    }

    /// The numbers in a text of digits and separators. By bytes: every command that needs a calendar reads these tables, and
    /// splitting them as text took longer than the rest of its start.
    private static func numbers(_ text: String) -> [Int] {
        var numbers: [Int] = []
        var wasDigit = false
        for byte in text.utf8 {
            let isDigit = (48...57).contains(byte)
            if isDigit, wasDigit { numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - 48) }
            if isDigit, !wasDigit { numbers.append(Int(byte - 48)) }
            wasDigit = isDigit
        }
        return numbers
    }

    private static func date(_ number: Int) -> CivilDate? {
        CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}
