import Primitives

extension Performance {
    /// Compound annual growth rate: (product of (1 + r))^(periodsPerYear / n) - 1, a fraction.
    ///
    /// The years are counted in observations, n / periodsPerYear, not in calendar time. A series that lost everything (or more)
    /// has -1. Nil for an empty series, and where the annual figure of a short series is beyond the range of a Double.
    /// Same as empyrical `cagr`.
    public static func cagr(_ returns: [Double], periodsPerYear: Double) -> Double? {
        guard let total = totalReturn(returns) else { return nil }
        return annualised(totalReturn: total, periods: returns.count, periodsPerYear: periodsPerYear)
    }

    /// The annual rate that compounds to `totalReturn` over `periods`.
    public static func annualised(totalReturn: Double, periods: Int, periodsPerYear: Double) -> Double? {
        guard periods > 0, periodsPerYear > 0, totalReturn.isFinite else { return nil }
        guard totalReturn > -1 else { return -1 }
        return (power(1 + totalReturn, periodsPerYear / Double(periods)) - 1).finite
    }
}
