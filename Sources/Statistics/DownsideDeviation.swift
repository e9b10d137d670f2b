extension Performance {
    /// Annualised downside deviation: sqrt(mean(min(r - required, 0)^2)) x sqrt(periodsPerYear), a fraction.
    ///
    /// The mean is over all observations, those above the requirement counting as 0 (not the standard deviation of the negative
    /// returns alone). Nil for an empty series; 0 where nothing falls short. Sortino and van der Meer, "Downside risk", Journal of
    /// Portfolio Management 17 (1991); same as empyrical `downside_risk`.
    public static func downsideDeviation(_ returns: [Double], requiredReturn: Double = 0, periodsPerYear: Double) -> Double? {
        guard !returns.isEmpty, returns.allSatisfy(\.isFinite) else { return nil }
        var squares = CompensatedSum()
        for value in returns {
            let shortfall = min(value - requiredReturn, 0)
            squares.add(shortfall * shortfall)
        }
        return ((squares.value / Double(returns.count)).squareRoot() * periodsPerYear.squareRoot()).finite
    }
}
