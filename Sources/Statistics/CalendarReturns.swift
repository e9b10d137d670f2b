public import Primitives

/// The compound return of one calendar month or year.
public struct CalendarReturn: Hashable, Sendable {
    public let year: Int
    /// 1...12, or 0 for a whole year.
    public let month: Int
    /// A fraction. A month of which the series covers only a part has the return of that part.
    public let value: Double

    public init(year: Int, month: Int, value: Double) {
        self.year = year
        self.month = month
        self.value = value
    }
}

extension Performance {
    /// Compound return of each month that has an observation, in order. `dates` are ascending, one for each return.
    ///
    /// Same as empyrical `aggregate_returns(..., "monthly")`. Months whose compound return is not finite are left out.
    public static func monthlyReturns(dates: [CivilDate], returns: [Double]) -> [CalendarReturn] {
        grouped(dates, returns) { ($0.year, $0.month) }
    }

    /// Compound return of each calendar year that has an observation, in order.
    public static func yearlyReturns(dates: [CivilDate], returns: [Double]) -> [CalendarReturn] {
        grouped(dates, returns) { ($0.year, 0) }
    }

    private static func grouped(
        _ dates: [CivilDate], _ returns: [Double], key: ((year: Int, month: Int, day: Int)) -> (year: Int, month: Int)
    ) -> [CalendarReturn] {
        precondition(dates.count == returns.count, "one date for each return")
        var groups: [CalendarReturn] = []
        var current: (year: Int, month: Int)?
        var growth = 1.0
        func close() {
            if let current, growth.isFinite { groups.append(.init(year: current.year, month: current.month, value: growth - 1)) }
        }
        for (date, value) in zip(dates, returns) {
            let next = key(date.components)
            if current.map({ $0 != next }) ?? true {
                close()
                current = next
                growth = 1
            }
            growth *= 1 + value
        }
        close()
        return groups
    }
}
