/// Mean and sum of squared deviations of the last `window` values. Both are NaN before the window is full; a constant window has
/// exactly no deviation.
struct RollingMoments: Sendable {
    private var block: BlockWindow<Sums>

    /// - Precondition: `window` > 0.
    init(window: Int) { block = BlockWindow(window) }

    var window: Int { block.window }
    /// Nothing was added so far.
    var isEmpty: Bool { block.isEmpty }
    var mean: Double { block.summary.mean }
    var squaredDeviations: Double { block.summary.squares }
    /// With `window` - 1 in the divisor.
    var variance: Double { squaredDeviations / Double(window - 1) }
    var standardDeviation: Double { variance.squareRoot() }

    @inline(__always) mutating func add(_ x: Double) { block.add(x) }
    mutating func archive(_ archive: inout StateArchive) { block.archive(&archive) }

    private struct Sums: WindowSummary {
        var mean = 0.0
        var squares = 0.0

        static var missing: Sums { Sums(mean: .nan, squares: .nan) }

        /// Welford's update.
        @inline(__always) mutating func append(_ x: Double, count: Int, inverse: Double) {
            let delta = x - mean
            mean += delta * inverse
            squares += delta * (x - mean)
        }

        /// Chan's formula.
        @inline(__always) func joined(_ behind: Int, with head: Sums, _ ahead: Int, inverse: Double) -> Sums {
            let distance = head.mean - mean
            let share = Double(ahead) * inverse
            return Sums(
                mean: mean + distance * share,
                squares: squares + head.squares + distance * distance * share * Double(behind))
        }

        mutating func archive(_ archive: inout StateArchive) {
            archive.value(&mean)
            archive.value(&squares)
        }
    }
}
