public import Contracts
public import Primitives

/// From bar equity to one row a day.
public enum DailyAggregation {
    /// Groups the bars of an equity curve into days, in the order of the bars, as `DailyGrouping` does.
    ///
    /// - Parameters:
    ///   - equity: bars in ascending time.
    ///   - dateOf: the day that a bar belongs to, by its label: the UTC date, or a calendar's trade date. It must not decrease.
    public static func daily(
        equity: [EquityPoint], initialEquity: Double, dateOf: (UnixNanos) -> CivilDate
    ) -> [DailyPnL] {
        var days = DailyGrouping(initialEquity: initialEquity)
        for point in equity { days.add(point.equity, on: dateOf(point.timestamp)) }
        return days.days
    }
}
