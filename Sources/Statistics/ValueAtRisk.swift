extension Performance {
    /// Historical value at risk: the `level` quantile of the returns, a fraction, usually negative (a return, not a loss).
    ///
    /// Empirical, interpolated as in `Distribution.quantile`; nothing is assumed normal and nothing is annualised. Nil for an empty
    /// series. Same as empyrical `value_at_risk`.
    public static func valueAtRisk(_ returns: [Double], level: Double = 0.05) -> Double? {
        Distribution.quantile(returns, level)
    }
}
