extension Performance {
    /// Annualised volatility: standard deviation of the returns (ddof 1) x sqrt(periodsPerYear), a fraction.
    ///
    /// Nil with fewer than two observations; 0 for a constant series. Same as empyrical `annual_volatility` (alpha 2).
    public static func volatility(_ returns: some Collection<Double>, periodsPerYear: Double) -> Double? {
        Distribution.standardDeviation(returns).flatMap { ($0 * periodsPerYear.squareRoot()).finite }
    }
}
