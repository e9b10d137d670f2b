import Contracts
internal import Glibc
import Primitives

private func ofDate(
    _ name: String, _ formula: String, source: String, units: String, parameters: [ParameterSpec] = [],
    _ function: @escaping @Sendable (CivilDate, TransformParameters) -> Double
) -> TransformDefinition {
    TransformDefinition(
        name, .calendar, inputs: [.clock(.tradeDate)], formula, source: source, units: units, parameters: parameters,
        warmUp: { _ in 0 },
        kernel: { parameters in DateFunction { function($0, parameters) } })
}

private let weekdaysOnly = "; weekdays alone count, holidays do not, since later ones may be decreed"

extension TransformCatalogue {
    static let dateTransforms: [TransformDefinition] = [
        ofDate(
            "day_of_week", "0 on Monday to 6 on Sunday, of the trade date",
            source: "pandas dayofweek", units: "day"
        ) { date, _ in
            Double(date.isoWeekday - 1)
        },
        ofDate("day_of_month", "1 to 31, of the trade date", source: "pandas day", units: "day") { date, _ in Double(date.day) },
        ofDate("day_of_year", "1 to 366, of the trade date", source: "pandas dayofyear", units: "day") { date, _ in
            Double(date.dayOfYear)
        },
        ofDate("week_of_year", "1 to 53, ISO 8601, of the trade date", source: "pandas isocalendar", units: "week") { date, _ in
            Double(((date + (4 - date.isoWeekday)).dayOfYear - 1) / 7 + 1)
        },
        ofDate("month", "1 to 12, of the trade date", source: "pandas month", units: "month") { date, _ in Double(date.month) },
        ofDate("quarter", "1 to 4, of the trade date", source: "pandas quarter", units: "quarter") { date, _ in
            Double((date.month + 2) / 3)
        },
        ofDate(
            "year_sine", "sin(2 pi (day of the year - 1) / days of the year), of the trade date", source: "cyclical encoding",
            units: "-1..1"
        ) { date, _ in sin(date.yearAngle) },
        ofDate(
            "year_cosine", "cos(2 pi (day of the year - 1) / days of the year), of the trade date", source: "cyclical encoding",
            units: "-1..1"
        ) { date, _ in cos(date.yearAngle) },
        ofDate(
            "weekdays_to_month_end", "Mondays to Fridays of the trade date's month that come after it" + weekdaysOnly,
            source: "numpy busday_count", units: "days"
        ) { date, _ in Double(date.weekdaysLeft) },
        ofDate(
            "is_month_start", "1 where no Monday to Friday of the month comes before the trade date, else 0" + weekdaysOnly,
            source: "numpy busday_count", units: "0 or 1"
        ) { date, _ in date.weekdaysBefore == 0 ? 1 : 0 },
        ofDate(
            "is_month_end", "1 where no Monday to Friday of the month comes after the trade date, else 0" + weekdaysOnly,
            source: "numpy busday_count", units: "0 or 1"
        ) { date, _ in date.weekdaysLeft == 0 ? 1 : 0 },
        ofDate(
            "is_quarter_end", "is_month_end in March, June, September and December", source: "numpy busday_count",
            units: "0 or 1"
        ) {
            date, _ in date.weekdaysLeft == 0 && date.month % 3 == 0 ? 1 : 0
        },
        ofDate(
            "turn_of_month",
            "1 on the last `before` and the first `after` Mondays to Fridays of a month, else 0" + weekdaysOnly,
            source: "Lakonishok and Smidt 1988: the last day and the first three", units: "0 or 1",
            parameters: [
                .rows("before", atLeast: 0, default: 1, "days at the end of the month"),
                .rows("after", atLeast: 0, default: 3, "days at its beginning"),
            ]
        ) { date, parameters in
            date.weekdaysLeft < parameters.int("before") || date.weekdaysBefore < parameters.int("after") ? 1 : 0
        },
        ofDate(
            "options_expiry_week",
            "1 from Monday to Sunday of the week of the month's third Friday, else 0; moved expiries (Good Friday) are not known",
            source: "Cboe: standard monthly options expire on the third Friday", units: "0 or 1"
        ) { date, _ in (15...21).contains((date + (5 - date.isoWeekday)).day) ? 1 : 0 },
        ofDate(
            "days_to_options_expiry", "days from the trade date to the next third Friday of a month, 0 on one",
            source: "Cboe: standard monthly options expire on the third Friday", units: "days"
        ) { date, _ in Double(date.daysToThirdFriday) },
    ]
}

/// A function of the trade date, evaluated once a date.
private struct DateFunction: UnaryKernel {
    private let function: @Sendable (CivilDate) -> Double
    /// What the function said of the last date: saved states need not hold it.
    private var date = Double.nan
    private var value = Double.nan

    init(_ function: @escaping @Sendable (CivilDate) -> Double) { self.function = function }

    @inline(__always) mutating func next(_ tradeDate: Double) -> Double {
        if tradeDate != date { change(to: tradeDate) }
        return value
    }

    @inline(never) private mutating func change(to tradeDate: Double) {
        date = tradeDate
        value = Int32(exactly: tradeDate).map { function(CivilDate(daysSinceEpoch: $0)) } ?? .nan
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

extension CivilDate {
    fileprivate var dayOfYear: Int {
        let (year, month, day) = components
        return (1..<month).reduce(day) { $0 + Self.daysIn(month: $1, year: year) }
    }

    fileprivate var yearAngle: Double {
        let days = 337 + Self.daysIn(month: 2, year: year)
        return 2 * .pi * Double(dayOfYear - 1) / Double(days)
    }

    fileprivate var isWeekday: Bool { isoWeekday <= 5 }

    fileprivate var weekdaysLeft: Int {
        let (year, month, day) = components
        let days = Self.daysIn(month: month, year: year) - day
        return days == 0 ? 0 : (1...days).reduce(0) { $0 + ((self + $1).isWeekday ? 1 : 0) }
    }

    fileprivate var weekdaysBefore: Int { (1..<day).reduce(0) { $0 + ((self - $1).isWeekday ? 1 : 0) } }

    fileprivate var daysToThirdFriday: Int {
        var friday = self + (12 - isoWeekday) % 7
        while !(15...21).contains(friday.day) { friday = friday + 7 }
        return friday - self
    }
}
