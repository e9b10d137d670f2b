/// Statistics of any sample of numbers. Nil where undefined; a result that is not nil is finite.
public enum Distribution {
    /// Arithmetic mean. Nil for an empty sample.
    public static func mean(_ values: some Collection<Double>) -> Double? {
        values.isEmpty ? nil : (compensatedSum(values) / Double(values.count)).finite
    }

    /// Standard deviation: sqrt(sum of squared deviations / (n - ddof)). Nil with n <= ddof; 0 for a constant sample.
    public static func standardDeviation(_ values: some Collection<Double>, ddof: Int = 1) -> Double? {
        guard values.count > ddof, let moments = centredMoments(values) else { return nil }
        return (moments.squares / Double(values.count - ddof)).squareRoot().finite
    }
}
