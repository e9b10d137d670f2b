/// Straight line through the last `window` values, by blocks as in `RollingMoments`: the mean of the values and their
/// co-deviation with the row number. A constant window has exactly no slope.
struct RollingTrend: Sendable {
    let window: Int
    /// Up to `filled` values of the present block, from there on tail means of the one before.
    private var means: [Double]
    private var products: [Double]
    private let inverse: [Double]
    private let share: Double
    private var filled = 0
    private var headMean = 0.0
    private var headProducts = 0.0
    private var hasTail = false
    /// NaN before the window is full, as `coDeviation`.
    private(set) var mean = Double.nan
    /// Sum of (row number - mean row number) x (value - mean).
    private(set) var coDeviation = Double.nan

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        means = [Double](repeating: .nan, count: window)
        products = means
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
        share = 1 / Double(window)
    }

    /// Squared deviations of the row number.
    var timeSquares: Double { Double(window) * (Double(window) * Double(window) - 1) / 12 }
    /// Change of the line in a row; NaN for a window of 1.
    var slope: Double { coDeviation / timeSquares }
    /// Mean with the weights 1, 2, ... `window`, the last value's being the largest.
    var weightedMean: Double { mean + 2 * coDeviation / (Double(window) * Double(window + 1)) }
    /// The line `rows` after the middle of the window; its last row is (window - 1) / 2 after it.
    @inline(__always) func line(afterMiddle rows: Double) -> Double { mean + slope * rows }

    @inline(__always) mutating func add(_ x: Double) {
        means[filled] = x
        // Chan's formula for joining one value, whose row number lies half the rows so far behind the mean one.
        let distance = x - headMean
        headProducts += 0.5 * Double(filled) * distance
        filled += 1
        headMean += distance * inverse[filled]
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let tailMean = means[filled]
        let between = headMean - tailMean
        let count = Double(filled)
        mean = tailMean + between * count * share
        coDeviation = products[filled] + headProducts + 0.5 * count * Double(window - filled) * between
    }

    @inline(never) private mutating func endBlock() {
        mean = headMean
        coDeviation = headProducts
        var tailMean = 0.0
        var tailProducts = 0.0
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            let x = means[index]
            let distance = tailMean - x
            tailProducts += 0.5 * Double(count) * distance
            count += 1
            tailMean -= distance * inverse[count]
            means[index] = tailMean
            products[index] = tailProducts
        }
        hasTail = true
        filled = 0
        headMean = 0
        headProducts = 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&means)
        archive.fixed(&products)
        archive.value(&filled)
        archive.value(&headMean)
        archive.value(&headProducts)
        archive.value(&hasTail)
        archive.value(&mean)
        archive.value(&coDeviation)
    }
}
