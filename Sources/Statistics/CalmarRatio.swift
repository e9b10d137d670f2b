extension Performance {
    /// Calmar ratio: compound annual growth rate / |maximum drawdown|, over the whole series.
    ///
    /// Nil where there is no drawdown. Young, "Calmar Ratio: A Smoother Tool", Futures 20 (1991), which takes 36 months; same as
    /// empyrical `calmar_ratio`, which takes all.
    public static func calmar(_ returns: [Double], periodsPerYear: Double) -> Double? {
        guard let growth = cagr(returns, periodsPerYear: periodsPerYear), let worst = Drawdown.maximum(returns: returns) else {
            return nil
        }
        return calmar(cagr: growth, maxDrawdown: worst)
    }

    /// The same from its two parts; `maxDrawdown` is a fraction <= 0.
    public static func calmar(cagr: Double, maxDrawdown: Double) -> Double? {
        maxDrawdown < 0 ? (cagr / -maxDrawdown).finite : nil
    }
}
