extension Performance {
    /// Sharpe ratio: mean(r - rf) / standard deviation(r - rf) (ddof 1) x sqrt(periodsPerYear).
    ///
    /// Nil with fewer than two observations and for a constant series. Sharpe, "The Sharpe Ratio", Journal of Portfolio
    /// Management 21 (1994); same as empyrical `sharpe_ratio`.
    public static func sharpe(
        _ returns: some Collection<Double>, riskFreePerPeriod: Double = 0, periodsPerYear: Double
    ) -> Double? {
        guard returns.count >= 2, let moments = centredMoments(returns), moments.squares > 0 else { return nil }
        let deviation = (moments.squares / Double(returns.count - 1)).squareRoot()
        return ((moments.mean - riskFreePerPeriod) / deviation * periodsPerYear.squareRoot()).finite
    }
}
