public import Primitives

/// A daily series that a run is compared with: what buying it at the first bar and holding it would have given.
public struct Benchmark: Sendable {
    public var name: String
    /// Ascending.
    public var dates: [CivilDate]
    /// Closing values, one for each date, > 0.
    public var closes: [Double]

    public init(name: String, dates: [CivilDate], closes: [Double]) {
        precondition(dates.count == closes.count, "one close for each date")
        self.name = name
        self.dates = dates
        self.closes = closes
    }

    /// The last close on or before each of the ascending `days`; NaN before the first one.
    func closes(asOf days: [CivilDate]) -> [Double] {
        var next = 0
        var last = Double.nan
        return days.map { day in
            while next < dates.count, dates[next] <= day {
                last = closes[next]
                next += 1
            }
            return last
        }
    }

    /// `capital` invested at the first day that has a close, valued on each of the days; NaN before.
    func wealth(on days: [CivilDate], capital: Double) -> [Double] {
        let values = closes(asOf: days)
        guard let base = values.first(where: { $0.isFinite }) else { return values }
        return values.map { $0 / base * capital }
    }
}
