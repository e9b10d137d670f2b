/// A least-squares line through prices at 0, 1, 2 ..., one more price at a time.
///
/// The squared residuals grow by those of each new price against the line before it (Brown, Durbin and Evans 1975), all of them
/// positive, so that a close fit loses no digits.
struct TrendLine {
    private(set) var count = 0
    private var mean = 0.0
    private var products = 0.0
    private var residuals = 0.0
    /// What rounding of prices of this size leaves of a perfect line.
    private let noise: Double

    /// - Parameter price: the first one; the others are given as differences from it.
    init(price: Double) { noise = 1e-12 * abs(price) }

    private static func squares(_ count: Double) -> Double { count * (count * count - 1) / 12 }

    mutating func add(_ y: Double) {
        let n = Double(count)
        let distance = n - (n - 1) / 2
        if count >= 2 {
            let squares = Self.squares(n)
            let error = y - (mean + products / squares * distance)
            residuals += error * error / (1 + 1 / n + distance * distance / squares)
        }
        mean += (y - mean) / (n + 1)
        products += distance * (y - mean)
        count += 1
    }

    /// Slope over its standard error.
    /// - Precondition: `count` > 2.
    var t: Double {
        let n = Double(count)
        let squares = Self.squares(n)
        let deviation = max((residuals / (n - 2)).squareRoot(), noise)
        return products / squares / (deviation / squares.squareRoot())
    }
}
