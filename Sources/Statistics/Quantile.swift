extension Distribution {
    /// The `probability` quantile (0...1), linear between order statistics: type 7 of Hyndman and Fan, The American Statistician 50
    /// (1996), the default of numpy and pandas. Nil for an empty sample, a value that is not finite or a probability outside 0...1.
    public static func quantile(_ values: [Double], _ probability: Double) -> Double? {
        quantiles(values, [probability])?.first
    }

    /// Several quantiles of one sample, sorted once.
    public static func quantiles(_ values: [Double], _ probabilities: [Double]) -> [Double]? {
        guard !values.isEmpty, values.allSatisfy(\.isFinite), probabilities.allSatisfy({ (0...1).contains($0) }) else { return nil }
        let sorted = values.sorted()
        return probabilities.map { probability in
            let position = probability * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
        }
    }
}
