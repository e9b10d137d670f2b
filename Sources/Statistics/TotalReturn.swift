extension Performance {
    /// Compound return of the whole series: the product of (1 + r) - 1, a fraction.
    ///
    /// Nil for an empty series. Not annualised. Same as empyrical `cum_returns_final`.
    public static func totalReturn(_ returns: [Double]) -> Double? {
        guard !returns.isEmpty else { return nil }
        var growth = 1.0
        for value in returns { growth *= 1 + value }
        return (growth - 1).finite
    }

    /// final / initial - 1, a fraction. Nil where the initial value is not positive.
    public static func totalReturn(initial: Double, final: Double) -> Double? {
        initial > 0 ? (final / initial - 1).finite : nil
    }
}
