/// Mean and sums of the second, third and fourth powers of the deviations of the last `window` values.
struct RollingHigherMoments: Sendable {
    private var block: BlockWindow<Sums>

    /// - Precondition: `window` > 0.
    init(window: Int) { block = BlockWindow(window) }

    var window: Int { block.window }
    /// NaN before the window is full.
    var sums: Sums { block.summary }

    @inline(__always) mutating func add(_ x: Double) { block.add(x) }
    mutating func archive(_ archive: inout StateArchive) { block.archive(&archive) }

    struct Sums: WindowSummary {
        var mean = 0.0
        var second = 0.0
        var third = 0.0
        var fourth = 0.0

        static var missing: Sums { Sums(mean: .nan, second: .nan, third: .nan, fourth: .nan) }

        @inline(__always) mutating func append(_ x: Double, count: Int, inverse: Double) {
            let count = Double(count)
            let delta = x - mean
            let step = delta * inverse
            let term = delta * step * (count - 1)
            fourth += term * step * step * (count * count - 3 * count + 3) + 6 * step * step * second - 4 * step * third
            third += term * step * (count - 2) - 3 * step * second
            second += term
            mean += step
        }

        /// Pébay's formulas (2008).
        @inline(__always) func joined(_ behind: Int, with head: Sums, _ ahead: Int, inverse: Double) -> Sums {
            let (behind, ahead) = (Double(behind), Double(ahead))
            let delta = head.mean - mean
            let step = delta * inverse
            let square = step * step
            let product = behind * ahead
            let thirds = delta * step * step * product * (behind - ahead) + 3 * step * (behind * head.second - ahead * second)
            let fourths =
                delta * step * square * product * (behind * behind - product + ahead * ahead)
                + 6 * square * (behind * behind * head.second + ahead * ahead * second)
                + 4 * step * (behind * head.third - ahead * third)
            return Sums(
                mean: mean + step * ahead, second: second + head.second + delta * step * product,
                third: third + head.third + thirds, fourth: fourth + head.fourth + fourths)
        }

        mutating func archive(_ archive: inout StateArchive) {
            archive.value(&mean)
            archive.value(&second)
            archive.value(&third)
            archive.value(&fourth)
        }
    }
}
