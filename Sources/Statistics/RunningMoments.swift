/// Mean and standard deviation of values that come one by one (Welford 1962).
public struct RunningMoments: Sendable {
    public private(set) var count = 0
    private var average = 0.0
    private var squares = 0.0

    public init() {}

    public mutating func add(_ value: Double) {
        count += 1
        let difference = value - average
        average += difference / Double(count)
        squares += difference * (value - average)
    }

    /// Nil without values.
    public var mean: Double? { count > 0 ? average : nil }

    /// With one degree of freedom less; nil for fewer than two values.
    public var standardDeviation: Double? { count > 1 ? (squares / Double(count - 1)).squareRoot() : nil }
}
