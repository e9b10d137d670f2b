/// Mean and sums of the second, third and fourth powers of the deviations of the last `window` values, by blocks as in
/// `RollingMoments`. A tail and a head are joined by Pébay's formulas (2008).
struct RollingHigherMoments: Sendable {
    struct Sums: Sendable {
        var mean = 0.0
        var second = 0.0
        var third = 0.0
        var fourth = 0.0

        static let missing = Sums(mean: .nan, second: .nan, third: .nan, fourth: .nan)

        /// - Parameter count: of the values, `x` included.
        @inline(__always) mutating func add(_ x: Double, count: Double, inverseCount: Double) {
            let delta = x - mean
            let step = delta * inverseCount
            let term = delta * step * (count - 1)
            fourth += term * step * step * (count * count - 3 * count + 3) + 6 * step * step * second - 4 * step * third
            third += term * step * (count - 2) - 3 * step * second
            second += term
            mean += step
        }

        func archive(_ archive: inout StateArchive) -> Sums {
            var copy = self
            archive.value(&copy.mean)
            archive.value(&copy.second)
            archive.value(&copy.third)
            archive.value(&copy.fourth)
            return copy
        }
    }

    let window: Int
    private var values: [Double]
    private var tails: [Sums]
    private let inverse: [Double]
    private var filled = 0
    private var head = Sums()
    private var hasTail = false
    /// NaN before the window is full.
    private(set) var sums = Sums.missing

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        values = [Double](repeating: .nan, count: window)
        tails = [Sums](repeating: .missing, count: window)
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
    }

    @inline(__always) mutating func add(_ x: Double) {
        values[filled] = x
        filled += 1
        let ahead = Double(filled)
        head.add(x, count: ahead, inverseCount: inverse[filled])
        if filled == window { return endBlock() }
        guard hasTail else { return }
        let tail = tails[filled]
        let behind = Double(window - filled)
        let all = inverse[window]
        let delta = head.mean - tail.mean
        let step = delta * all
        let product = behind * ahead
        sums.mean = tail.mean + step * ahead
        sums.second = tail.second + head.second + delta * step * product
        let thirds = delta * step * step * product * (behind - ahead) + 3 * step * (behind * head.second - ahead * tail.second)
        sums.third = tail.third + head.third + thirds
        let square = step * step
        let fourths =
            delta * step * square * product * (behind * behind - product + ahead * ahead)
            + 6 * square * (behind * behind * head.second + ahead * ahead * tail.second)
            + 4 * step * (behind * head.third - ahead * tail.third)
        sums.fourth = tail.fourth + head.fourth + fourths
    }

    @inline(never) private mutating func endBlock() {
        sums = head
        var tail = Sums()
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            count += 1
            tail.add(values[index], count: Double(count), inverseCount: inverse[count])
            tails[index] = tail
        }
        hasTail = true
        filled = 0
        head = Sums()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        for index in tails.indices { tails[index] = tails[index].archive(&archive) }
        head = head.archive(&archive)
        sums = sums.archive(&archive)
        archive.value(&filled)
        archive.value(&hasTail)
    }
}
