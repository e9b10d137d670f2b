extension Performance {
    /// Sharpe ratio of each window of `window` returns; the first `window - 1` entries are nil, as is a constant window.
    ///
    /// The windows are computed afresh, not updated, so that one extreme day leaves no rounding behind: O(n x window).
    /// Same as empyrical `roll_sharpe_ratio`.
    public static func rollingSharpe(
        _ returns: [Double], window: Int, riskFreePerPeriod: Double = 0, periodsPerYear: Double
    ) -> [Double?] {
        rolling(returns, window: window) {
            sharpe($0, riskFreePerPeriod: riskFreePerPeriod, periodsPerYear: periodsPerYear)
        }
    }

    /// Annualised volatility (ddof 1) of each window of `window` returns; the first `window - 1` entries are nil. O(n x window).
    public static func rollingVolatility(_ returns: [Double], window: Int, periodsPerYear: Double) -> [Double?] {
        rolling(returns, window: window) { volatility($0, periodsPerYear: periodsPerYear) }
    }

    private static func rolling(_ values: [Double], window: Int, _ statistic: (ArraySlice<Double>) -> Double?) -> [Double?] {
        guard window > 0 else { return Array(repeating: nil, count: values.count) }
        return values.indices.map { $0 + 1 < window ? nil : statistic(values[($0 + 1 - window)...$0]) }
    }
}
