import Primitives

/// Statistics of a return series: simple returns per period as fractions (0.01 = 1 %), oldest first.
///
/// Shared conventions, stated once:
/// - `periodsPerYear` is the number of periods of the series in one year (252 for US trading days); nothing assumes it.
/// - Rates that go in (`riskFreePerPeriod`, `requiredReturn`) are per period; `perPeriod(annualRate:periodsPerYear:)` converts.
/// - What is not defined is nil: an empty series, too few observations, a constant series under a ratio whose denominator is
///   its dispersion, an observation that is NaN or infinite. A result that is not nil is finite.
public enum Performance {
    /// The rate per period that compounds to `annualRate` over a year: (1 + annualRate)^(1 / periodsPerYear) - 1.
    public static func perPeriod(annualRate: Double, periodsPerYear: Double) -> Double {
        power(1 + annualRate, 1 / periodsPerYear) - 1
    }
}
