/// How long trades last, in whatever unit the durations have (bars, days, seconds).
public struct DurationSummary: Hashable, Sendable {
    public let mean: Double
    public let median: Double
    public let minimum: Double
    public let maximum: Double

    public init(mean: Double, median: Double, minimum: Double, maximum: Double) {
        self.mean = mean
        self.median = median
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Nil without durations or where one is not finite.
    public static func of(_ durations: [Double]) -> DurationSummary? {
        guard let mean = Distribution.mean(durations), let order = Distribution.quantiles(durations, [0, 0.5, 1]) else { return nil }
        return DurationSummary(mean: mean, median: order[1], minimum: order[0], maximum: order[2])
    }
}
