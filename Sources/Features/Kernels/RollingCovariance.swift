/// Means, squared deviations and co-deviation of the last `window` pairs.
struct RollingCovariance: Sendable {
    private var block: BlockWindow<Sums>

    /// - Precondition: `window` > 0.
    init(window: Int) { block = BlockWindow(window) }

    var window: Int { block.window }
    /// Of the last `window` pairs, NaN before there are as many.
    var sums: Sums { block.summary }
    /// With `window` - 1 in the divisor.
    var covariance: Double { sums.products / Double(window - 1) }

    /// NaN where x or y is constant.
    var correlation: Double {
        let scale = (sums.squares.x * sums.squares.y).squareRoot()
        return scale > 0 ? max(-1, min(1, sums.products / scale)) : .nan
    }

    /// Slope of y on x; NaN where x is constant.
    var slope: Double { sums.squares.x > 0 ? sums.products / sums.squares.x : .nan }
    var intercept: Double { sums.means.y - slope * sums.means.x }

    @inline(__always) mutating func add(_ x: Double, _ y: Double) {
        // A pair with one value is no pair.
        block.add((x + y).isNaN ? Sums.missingRow : SIMD2(x, y))
    }

    mutating func archive(_ archive: inout StateArchive) { block.archive(&archive) }

    /// Sums over some pairs, x first.
    struct Sums: WindowSummary {
        var means = SIMD2<Double>.zero
        var squares = SIMD2<Double>.zero
        var products = 0.0

        static var missingRow: SIMD2<Double> { SIMD2(.nan, .nan) }
        static var missing: Sums { Sums(means: missingRow, squares: missingRow, products: .nan) }

        /// Welford's update.
        @inline(__always) mutating func append(_ pair: SIMD2<Double>, count: Int, inverse: Double) {
            let delta = pair - means
            means += delta * inverse
            let rest = pair - means
            squares += delta * rest
            products += delta.x * rest.y
        }

        /// Chan's formula.
        @inline(__always) func joined(_ behind: Int, with head: Sums, _ ahead: Int, inverse: Double) -> Sums {
            let distance = head.means - means
            let share = Double(ahead) * inverse
            let weight = share * Double(behind)
            return Sums(
                means: means + distance * share, squares: squares + head.squares + distance * distance * weight,
                products: products + head.products + distance.x * distance.y * weight)
        }

        mutating func archive(_ archive: inout StateArchive) {
            Self.archive(&means, &archive)
            Self.archive(&squares, &archive)
            archive.value(&products)
        }

        static func archive(_ pair: inout SIMD2<Double>, _ archive: inout StateArchive) {
            archive.value(&pair.x)
            archive.value(&pair.y)
        }
    }
}
