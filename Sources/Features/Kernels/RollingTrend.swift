/// Straight line through the last `window` values: their mean and their co-deviation with the row number. A constant window has
/// exactly no slope.
struct RollingTrend: Sendable {
    private var block: BlockWindow<Sums>

    /// - Precondition: `window` > 0.
    init(window: Int) { block = BlockWindow(window) }

    var window: Int { block.window }
    /// NaN before the window is full, as `coDeviation`.
    var mean: Double { block.summary.mean }
    /// Sum of (row number - mean row number) x (value - mean).
    var coDeviation: Double { block.summary.products }
    /// Squared deviations of the row number.
    var timeSquares: Double { Double(window) * (Double(window) * Double(window) - 1) / 12 }
    /// Change of the line in a row; NaN for a window of 1.
    var slope: Double { coDeviation / timeSquares }
    /// Mean with the weights 1, 2, ... `window`, the last value's being the largest.
    var weightedMean: Double { mean + 2 * coDeviation / (Double(window) * Double(window + 1)) }
    /// The line `rows` after the middle of the window; its last row is (window - 1) / 2 after it.
    @inline(__always) func line(afterMiddle rows: Double) -> Double { mean + slope * rows }

    @inline(__always) mutating func add(_ x: Double) { block.add(x) }
    mutating func archive(_ archive: inout StateArchive) { block.archive(&archive) }

    /// Chan's formula throughout: parts lie half of all their rows apart.
    private struct Sums: WindowSummary {
        var mean = 0.0
        var products = 0.0

        static var missing: Sums { Sums(mean: .nan, products: .nan) }

        @inline(__always) mutating func append(_ x: Double, count: Int, inverse: Double) {
            let distance = x - mean
            products += 0.5 * Double(count - 1) * distance
            mean += distance * inverse
        }

        @inline(__always) mutating func prepend(_ x: Double, count: Int, inverse: Double) {
            let distance = mean - x
            products += 0.5 * Double(count - 1) * distance
            mean -= distance * inverse
        }

        @inline(__always) func joined(_ behind: Int, with head: Sums, _ ahead: Int, inverse: Double) -> Sums {
            let distance = head.mean - mean
            return Sums(
                mean: mean + distance * Double(ahead) * inverse,
                products: products + head.products + 0.5 * Double(ahead) * Double(behind) * distance)
        }

        mutating func archive(_ archive: inout StateArchive) {
            archive.value(&mean)
            archive.value(&products)
        }
    }
}
