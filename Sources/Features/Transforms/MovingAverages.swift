internal import Glibc

/// Linearly weighted mean.
struct WeightedMean: UnaryKernel {
    private var trend: RollingTrend

    init(window: Int) { trend = RollingTrend(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        trend.add(x)
        return trend.weightedMean
    }

    mutating func archive(_ archive: inout StateArchive) { trend.archive(&archive) }
}

/// What a straight line through the last rows says.
struct LineFit: UnaryKernel {
    enum Output: Sendable { case end, slope, angle, start, forecast }

    private var trend: RollingTrend
    private let output: Output
    private let half: Double

    init(window: Int, _ output: Output) {
        trend = RollingTrend(window: window)
        self.output = output
        half = Double(window - 1) / 2
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        trend.add(x)
        switch output {
        case .end: return trend.line(afterMiddle: half)
        case .slope: return trend.slope
        case .angle: return atan(trend.slope) * 180 / Double.pi
        case .start: return trend.line(afterMiddle: -half)
        case .forecast: return trend.line(afterMiddle: half + 1)
        }
    }

    mutating func archive(_ archive: inout StateArchive) { trend.archive(&archive) }
}

/// Exponential means of exponential means, each begun with the mean of its first window.
struct MeanCascade: UnaryKernel {
    enum Output: Sendable {
        case double, triple
        /// Tillson's, with his volume factor.
        case tillson(Double)
    }

    private var first, second, third, fourth, fifth, sixth: ExponentialMean
    private let output: Output

    init(window: Int, _ output: Output) {
        first = ExponentialMean(window: window, start: .meanOfWindow)
        second = first
        third = first
        fourth = first
        fifth = first
        sixth = first
        self.output = output
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let one = first.next(x)
        let two = second.next(one)
        if case .double = output { return 2 * one - two }
        let three = third.next(two)
        guard case .tillson(let v) = output else { return 3 * one - 3 * two + three }
        let four = fourth.next(three)
        let five = fifth.next(four)
        let six = sixth.next(five)
        let square = v * v
        let cube = square * v
        return (1 + 3 * v + 3 * square + cube) * three - (3 * v + 6 * square + 3 * cube) * four
            + (3 * square + 3 * cube) * five - cube * six
    }

    mutating func archive(_ archive: inout StateArchive) {
        first.archive(&archive)
        second.archive(&archive)
        third.archive(&archive)
        fourth.archive(&archive)
        fifth.archive(&archive)
        sixth.archive(&archive)
    }
}

/// Mean of a mean: weights that rise to the middle and fall again.
struct TriangularMean: UnaryKernel {
    private var inner, outer: RollingMean

    init(window: Int) {
        inner = RollingMean(window: (window + 1) / 2)
        outer = RollingMean(window: window / 2 + 1)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { outer.next(inner.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        inner.archive(&archive)
        outer.archive(&archive)
    }
}

/// Kaufman's adaptive mean.
struct AdaptiveMean: UnaryKernel {
    private var earlier: Delay
    private var path: RollingSum
    private var before = Double.nan
    private var state = Double.nan
    private let fast: Double
    private let slow: Double

    init(window: Int, fast: Int, slow: Int) {
        earlier = Delay(rows: window)
        path = RollingSum(window: window)
        self.fast = 2 / Double(fast + 1)
        self.slow = 2 / Double(slow + 1)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let previous = before
        let old = earlier.next(x)
        before = x
        if previous.isNaN { return .nan }
        let length = path.next(abs(x - previous))
        if old.isNaN { return .nan }
        if state.isNaN { state = previous }
        // Without any movement, or with none back, the path is straight.
        let efficiency = length <= 0 ? 1 : min(1, abs(x - old) / length)
        let step = efficiency * (fast - slow) + slow
        state += step * step * (x - state)
        return state
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlier.archive(&archive)
        path.archive(&archive)
        archive.value(&before)
        archive.value(&state)
    }
}

/// Hull's mean: weighted mean of twice the faster less the slower one.
struct HullMean: UnaryKernel {
    private var half, whole, outer: WeightedMean

    init(window: Int) {
        half = WeightedMean(window: window / 2)
        whole = WeightedMean(window: window)
        outer = WeightedMean(window: Self.smoothing(window))
    }

    /// Rows of the outer mean: the whole part of the root.
    static func smoothing(_ window: Int) -> Int { Int(Double(window).squareRoot()) }

    @inline(__always) mutating func next(_ x: Double) -> Double { outer.next(2 * half.next(x) - whole.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        half.archive(&archive)
        whole.archive(&archive)
        outer.archive(&archive)
    }
}

/// Sum of weight x value over the sum of weights.
struct VolumeWeightedMean: BinaryKernel {
    private var products, weights: RollingSum

    init(window: Int) {
        products = RollingSum(window: window)
        weights = products
    }

    @inline(__always) mutating func next(_ x: Double, _ weight: Double) -> Double {
        products.next(x * weight) / weights.next(weight)
    }

    mutating func archive(_ archive: inout StateArchive) {
        products.archive(&archive)
        weights.archive(&archive)
    }
}

/// Mean with fixed weights on the last rows.
struct FixedWeightMean: UnaryKernel {
    private var recent: RecentValues
    private let weights: [Double]

    /// - Parameter weights: oldest first; they are made to add up to 1.
    init(weights: [Double]) {
        recent = RecentValues(window: weights.count)
        let total = weights.reduce(0, +)
        self.weights = weights.map { $0 / total }
    }

    /// Arnaud Legoux's weights: a Gaussian around `offset` of the window.
    static func arnaudLegoux(window: Int, offset: Double, sigma: Double) -> FixedWeightMean {
        let centre = offset * Double(window - 1)
        let width = Double(window) / sigma
        return FixedWeightMean(
            weights: (0..<window).map { index in
                let distance = (Double(index) - centre) / width
                return exp(-0.5 * distance * distance)
            })
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        recent.add(x)
        return recent.dot(weights)
    }

    mutating func archive(_ archive: inout StateArchive) { recent.archive(&archive) }
}

/// Exponential mean of x plus what it moved in the mean's lag.
struct ZeroLagMean: UnaryKernel {
    private var earlier: Delay
    private var mean: ExponentialMean

    init(window: Int) {
        earlier = Delay(rows: Self.lag(window))
        mean = ExponentialMean(window: window, start: .meanOfWindow)
    }

    static func lag(_ window: Int) -> Int { (window - 1) / 2 }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        return mean.next(2 * x - earlier.next(x))
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlier.archive(&archive)
        mean.archive(&archive)
    }
}

/// x over its exponential mean, less 1.
struct ExponentialRatio: UnaryKernel {
    private var mean: ExponentialMean

    init(window: Int) { mean = ExponentialMean(window: window, start: .firstValue) }

    @inline(__always) mutating func next(_ x: Double) -> Double { x / mean.next(x) - 1 }
    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}
