public import Contracts
public import Primitives

/// From bar equity to one row a day.
public enum DailyAggregation {
    /// Groups the bars of an equity curve into days, in the order of the bars.
    ///
    /// `open_equity` is the value before the day's first bar: `initialEquity` on the first day, the previous day's close later. High, low
    /// and close are over the day's bar values, without the open. `pnl` = close - open; `returnPct` = close / open - 1, so that it is the
    /// close-to-close return; `cumulativeReturn` is relative to `initialEquity`. A return on an open that is not positive is 0.
    ///
    /// - Parameters:
    ///   - equity: bars in ascending time.
    ///   - dateOf: the day that a bar belongs to, by its label: the UTC date, or a calendar's trade date. It must not decrease.
    public static func daily(
        equity: [EquityPoint], initialEquity: Double, dateOf: (UnixNanos) -> CivilDate
    ) -> [DailyPnL] {
        var days: [DailyPnL] = []
        var open = initialEquity
        for point in equity {
            let date = dateOf(point.timestamp)
            if var day = days.last, day.date == date {
                day.closeEquity = point.equity
                day.highEquity = max(day.highEquity, point.equity)
                day.lowEquity = min(day.lowEquity, point.equity)
                day.numBars += 1
                days[days.count - 1] = day
            } else {
                open = days.last?.closeEquity ?? initialEquity
                days.append(
                    DailyPnL(
                        date: date, openEquity: open, closeEquity: point.equity, highEquity: point.equity, lowEquity: point.equity,
                        pnl: 0, returnPct: 0, cumulativeReturn: 0, numBars: 1))
            }
        }
        for index in days.indices {
            let close = days[index].closeEquity
            days[index].pnl = close - days[index].openEquity
            days[index].returnPct = fraction(close, of: days[index].openEquity)
            days[index].cumulativeReturn = fraction(close, of: initialEquity)
        }
        return days
    }

    private static func fraction(_ value: Double, of base: Double) -> Double { base > 0 ? value / base - 1 : 0 }
}
