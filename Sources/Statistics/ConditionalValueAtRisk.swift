extension Performance {
    /// Historical conditional value at risk (expected shortfall): the mean of the k + 1 lowest returns, k = floor((n - 1) x level).
    ///
    /// Nil for an empty series. Rockafellar and Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2 (2000); the
    /// discrete form is that of empyrical `conditional_value_at_risk`.
    public static func conditionalValueAtRisk(_ returns: [Double], level: Double = 0.05) -> Double? {
        guard !returns.isEmpty, (0...1).contains(level), returns.allSatisfy(\.isFinite) else { return nil }
        let count = Int(Double(returns.count - 1) * level) + 1
        return Distribution.mean(returns.sorted().prefix(count))
    }
}
