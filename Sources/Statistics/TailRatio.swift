extension Performance {
    /// Tail ratio: |95th percentile| / |5th percentile| of the returns; 0.25 means that losses are four times as bad as profits.
    ///
    /// Percentiles as in `Distribution.quantile`. Nil for an empty series and where the 5th percentile is 0. Same as empyrical `tail_ratio`.
    public static func tailRatio(_ returns: [Double]) -> Double? {
        guard let high = Distribution.quantile(returns, 0.95), let low = Distribution.quantile(returns, 0.05), low != 0 else {
            return nil
        }
        return (abs(high) / abs(low)).finite
    }
}
