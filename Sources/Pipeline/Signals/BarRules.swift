/// What holds for the four prices of every bar: open and close lie within low and high.
enum BarRules {
    /// Prices that were adjusted or kept as 32-bit floats may be off by as much, as a fraction.
    static let tolerance = 1e-6

    /// The first of the rows whose prices, all of them finite, contradict each other, and in what.
    static func contradiction(
        open: UnsafeBufferPointer<Double>, high: UnsafeBufferPointer<Double>, low: UnsafeBufferPointer<Double>,
        close: UnsafeBufferPointer<Double>, rows: Range<Int>
    ) -> (row: Int, column: PriceColumn, problem: String)? {
        // The sign bit is set where a difference is below 0; without branches, for nearly all bars are right.
        var signs: UInt64 = 0
        for row in rows {
            signs |= (high[row] - open[row]).bitPattern | (high[row] - close[row]).bitPattern
            signs |= (open[row] - low[row]).bitPattern | (close[row] - low[row]).bitPattern
        }
        guard signs >> 63 == 1 else { return nil }
        for row in rows {
            let slack = max(high[row].magnitude, low[row].magnitude) * tolerance
            if high[row] < low[row] - slack { return (row, .high, "the high is below the low") }
            for (column, price) in [(PriceColumn.open, open[row]), (.close, close[row])]
            where price > high[row] + slack || price < low[row] - slack {
                return (row, column, "the \(column) lies outside of low and high")
            }
        }
        return nil
    }
}
