/// Volatilities that barriers are multiples of.
public enum TrailingVolatility {
    /// Sample standard deviation of the last `window` one-row returns up to each row, known at the row's close; of fewer, at
    /// least `minimum`, at the beginning. NaN before that, and where a price among them is missing or not above 0. O(n x window).
    /// - Precondition: 2 <= `minimum` <= `window`.
    public static func ofReturns(_ close: [Double], window: Int = 20, minimum: Int = 5) -> [Double] {
        precondition(minimum >= 2 && minimum <= window, "minimum must be from 2 to window")
        guard !close.isEmpty else { return [] }
        var changes = [Double.nan]
        for row in 1..<max(1, close.count) { changes.append(close[row - 1] > 0 ? close[row] / close[row - 1] - 1 : .nan) }
        return close.indices.map { row in
            let first = max(1, row + 1 - window)
            guard row + 1 - first >= minimum else { return .nan }
            let values = changes[first...row]
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / Double(values.count - 1)).squareRoot()
        }
    }
}
