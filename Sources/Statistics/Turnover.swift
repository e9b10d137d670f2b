/// How much is traded and held.
public enum Activity {
    /// Turnover of each period: notional traded in it (one way, >= 0) / equity at its end. 0 where the equity is not positive.
    public static func turnover(tradedNotional: [Double], equity: [Double]) -> [Double] {
        precondition(tradedNotional.count == equity.count, "one notional for each period")
        return zip(tradedNotional, equity).map { $1 > 0 ? $0 / $1 : 0 }
    }

    /// Mean turnover of a period x periodsPerYear: how often a year the equity is traded over, buys and sells both counted.
    /// Nil without periods.
    public static func annualTurnover(tradedNotional: [Double], equity: [Double], periodsPerYear: Double) -> Double? {
        Distribution.mean(turnover(tradedNotional: tradedNotional, equity: equity)).flatMap { ($0 * periodsPerYear).finite }
    }
}
