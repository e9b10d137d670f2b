internal import Glibc

/// Weights of the last rows, the oldest first.
enum FilterWeights {
    /// More weights than this are refused.
    static let most = 100_000

    /// Least squares by orthogonal polynomials on the rows (Forsythe 1957).
    static func savitzkyGolay(window: Int, degree: Int) -> [Double] {
        let middle = Double(window - 1) / 2
        let places = (0..<window).map { (Double($0) - middle) / middle }
        var before = [Double](repeating: 0, count: window)
        var polynomial = [Double](repeating: 1, count: window)
        var normBefore = 1.0
        var weights = [Double](repeating: 0, count: window)
        for order in 0...degree {
            let norm = polynomial.reduce(0) { $0 + $1 * $1 }
            let atEnd = polynomial[window - 1] / norm
            for row in weights.indices { weights[row] += atEnd * polynomial[row] }
            let ratio = order == 0 ? 0 : norm / normBefore
            // The rows lie even about 0, so the recurrence has no term of the polynomial itself.
            let next = places.indices.map { places[$0] * polynomial[$0] - ratio * before[$0] }
            before = polynomial
            polynomial = next
            normBefore = norm
        }
        return weights
    }

    /// Nil where there are more than `most`.
    static func fractional(_ parameters: TransformParameters) -> [Double]? {
        let order = parameters.double("order"), threshold = parameters.double("threshold")
        var weights = [1.0]
        var weight = 1.0
        while true {
            let k = Double(weights.count)
            weight *= -(order - k + 1) / k
            if abs(weight) < threshold { return weights.reversed() }
            if weights.count == most { return nil }
            weights.append(weight)
        }
    }
}

struct WeightedWindow: UnaryKernel {
    private var values: RecentValues
    private let weights: [Double]

    /// - Parameter weights: the oldest row's first.
    init(_ weights: [Double]) {
        values = RecentValues(window: weights.count)
        self.weights = weights
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        return values.dot(weights)
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct HampelFilter: UnaryKernel {
    private var values: SortedWindow
    private let threshold: Double

    init(window: Int, threshold: Double) {
        values = SortedWindow(window: window)
        self.threshold = 1.4826 * threshold
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        guard values.isComplete else { return .nan }
        let median = values.median
        return abs(x - median) > threshold * values.medianAbsoluteDeviation(around: median) ? median : x
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

/// Variances are multiples of the noise's.
struct KalmanLevel: UnaryKernel {
    private var level = Double.nan
    private var variance = 1.0
    private let stepVariance: Double

    init(signalToNoise: Double) { stepVariance = signalToNoise }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if level.isNaN {
            level = x
            return x
        }
        variance += stepVariance
        if x.isNaN { return .nan }
        // The gain is the variance left as well.
        variance /= variance + 1
        level += variance * (x - level)
        return level
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&level)
        archive.value(&variance)
    }
}

/// Variances are multiples of the noise's.
struct KalmanTrend: UnaryKernel {
    enum Output: Sendable { case level, slope }

    private var level = Double.nan
    private var slope = Double.nan
    private var levelVariance = 1.0
    private var covariance = 1.0
    private var slopeVariance: Double
    private let levelShock: Double
    private let slopeShock: Double
    private let output: Output

    init(_ parameters: TransformParameters, output: Output) {
        levelShock = parameters.double("level_to_noise")
        slopeShock = parameters.double("slope_to_noise")
        self.output = output
        // What two rows say of a line about which nothing was known.
        slopeVariance = 2 + levelShock + slopeShock
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if slope.isNaN {
            slope = x - level
            level = x
        } else {
            level += slope
            levelVariance += 2 * covariance + slopeVariance + levelShock
            covariance += slopeVariance
            slopeVariance += slopeShock
            if x.isNaN { return .nan }
            let gain = levelVariance / (levelVariance + 1), slopeGain = covariance / (levelVariance + 1)
            let surprise = x - level
            level += gain * surprise
            slope += slopeGain * surprise
            slopeVariance -= slopeGain * covariance
            covariance = slopeGain
            levelVariance = gain
        }
        switch output {
        case .level: return slope.isNaN ? .nan : level
        case .slope: return slope
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&level)
        archive.value(&slope)
        archive.value(&levelVariance)
        archive.value(&covariance)
        archive.value(&slopeVariance)
    }
}

struct SuperSmoother: UnaryKernel {
    private var inputBefore = Double.nan
    private var outputs = (Double.nan, Double.nan)
    private var seen = 0
    private let weights: (input: Double, first: Double, second: Double)

    init(period: Double) {
        let angle = 2.0.squareRoot() * Double.pi / period
        let decay = exp(-angle)
        let first = 2 * decay * cos(angle), second = -decay * decay
        weights = ((1 - first - second) / 2, first, second)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        var result = x
        if seen < 2 {
            seen += 1
        } else {
            result = weights.input * (x + inputBefore) + weights.first * outputs.0 + weights.second * outputs.1
        }
        inputBefore = x
        outputs = (result, outputs.0)
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&inputBefore)
        archive.value(&outputs.0)
        archive.value(&outputs.1)
        archive.value(&seen)
    }
}

struct Decycler: UnaryKernel {
    private var inputBefore = Double.nan
    private var output = Double.nan
    private let alpha: Double

    init(period: Double) {
        let angle = 2 * Double.pi / period
        alpha = (cos(angle) + sin(angle) - 1) / cos(angle)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        output = output.isNaN ? x : alpha / 2 * (x + inputBefore) + (1 - alpha) * output
        inputBefore = x
        return output
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&inputBefore)
        archive.value(&output)
    }
}
