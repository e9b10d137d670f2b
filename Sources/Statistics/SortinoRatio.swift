extension Performance {
    /// Sortino ratio: mean(r - required) x periodsPerYear / annualised downside deviation below `requiredReturn`.
    ///
    /// Nil with fewer than two observations and where no observation falls short of the requirement. Same as empyrical
    /// `sortino_ratio`, which gives infinity in the latter case.
    public static func sortino(_ returns: [Double], requiredReturn: Double = 0, periodsPerYear: Double) -> Double? {
        guard returns.count >= 2, let mean = Distribution.mean(returns),
            let risk = downsideDeviation(returns, requiredReturn: requiredReturn, periodsPerYear: periodsPerYear), risk > 0
        else { return nil }
        return ((mean - requiredReturn) * periodsPerYear / risk).finite
    }
}
