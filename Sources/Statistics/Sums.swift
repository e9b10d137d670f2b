/// Compensated summation (Neumaier 1974): the error of a sum does not grow with the number of terms.
public struct CompensatedSum: Sendable {
    private var sum = 0.0
    private var correction = 0.0

    public init() {}

    public mutating func add(_ value: Double) {
        let next = sum + value
        correction += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
        sum = next
    }

    /// Once the running sum is infinite the correction is NaN, so that the plain sum is the answer.
    public var value: Double { sum.isFinite ? sum + correction : sum }
}

extension Double {
    /// Nil for NaN and the infinities: no statistic hands them on.
    var finite: Double? { isFinite ? self : nil }
}

func compensatedSum(_ values: some Sequence<Double>) -> Double {
    var sum = CompensatedSum()
    for value in values { sum.add(value) }
    return sum.value
}

/// Whether all values are the same number. A constant series has dispersion 0 exactly; the rounding of its mean would say
/// about 1e-18, and a ratio over that is a meaningless 1e15.
func isConstant(_ values: some Collection<Double>) -> Bool {
    guard let first = values.first else { return true }
    return values.allSatisfy { $0 == first }
}

/// Mean and the sum of squared deviations from it, in two passes. Nil for an empty collection.
func centredMoments(_ values: some Collection<Double>) -> (mean: Double, squares: Double)? {
    guard !values.isEmpty else { return nil }
    if isConstant(values), let first = values.first { return (first, 0) }
    let mean = compensatedSum(values) / Double(values.count)
    var squares = CompensatedSum()
    for value in values { squares.add((value - mean) * (value - mean)) }
    return (mean, squares.value)
}
