public import Primitives

/// Equities in the order of time, grouped to days.
///
/// `openEquity` is the value before the day's first bar: the initial equity on the first day, the previous day's close later.
/// High, low and close are over the day's bar values, without the open. `pnl` = close - open; `returnPct` = close / open - 1, so
/// that it is the close-to-close return; `cumulativeReturn` is relative to the initial equity. A return on an open that is not
/// positive is 0.
public struct DailyGrouping: Sendable {
    private let initialEquity: Double
    private var grouped: [DailyPnL] = []

    public init(initialEquity: Double) { self.initialEquity = initialEquity }

    /// - Parameter date: the day that the bar belongs to: the UTC date of its label, or a calendar's trade date. It must not
    ///   decrease.
    public mutating func add(_ equity: Double, on date: CivilDate) {
        if let last = grouped.indices.last, grouped[last].date == date {
            grouped[last].closeEquity = equity
            grouped[last].highEquity = max(grouped[last].highEquity, equity)
            grouped[last].lowEquity = min(grouped[last].lowEquity, equity)
            grouped[last].numBars += 1
        } else {
            grouped.append(
                DailyPnL(
                    date: date, openEquity: grouped.last?.closeEquity ?? initialEquity, closeEquity: equity, highEquity: equity,
                    lowEquity: equity, pnl: 0, returnPct: 0, cumulativeReturn: 0, numBars: 1))
        }
    }

    /// One row a day so far.
    public var days: [DailyPnL] {
        grouped.map { day in
            var day = day
            day.pnl = day.closeEquity - day.openEquity
            day.returnPct = fraction(day.closeEquity, of: day.openEquity)
            day.cumulativeReturn = fraction(day.closeEquity, of: initialEquity)
            return day
        }
    }

    private func fraction(_ value: Double, of base: Double) -> Double { base > 0 ? value / base - 1 : 0 }
}
