/// Distances below the high-water mark. A drawdown is a fraction <= 0.
public enum Drawdown {
    /// Running maximum of `equity`, starting no lower than `initial`.
    public static func highWaterMarks(_ equity: [Double], initial: Double? = nil) -> [Double] {
        var mark = initial ?? -.infinity
        return equity.map { value in
            mark = max(mark, value)
            return mark
        }
    }

    /// equity / high-water mark - 1 at each point; 0 where the mark is not positive, since no fraction of it can be lost.
    public static func series(equity: [Double], initial: Double? = nil) -> [Double] {
        zip(equity, highWaterMarks(equity, initial: initial)).map { $1 > 0 ? $0 / $1 - 1 : 0 }
    }

    /// The same for a unit of capital that earns `returns`; the capital before the first return counts as a mark.
    /// Same as empyrical `drawdown_series`.
    public static func series(returns: [Double]) -> [Double] {
        var growth = 1.0
        return series(
            equity: returns.map { value in
                growth *= 1 + value
                return growth
            }, initial: 1)
    }

    /// The deepest drawdown: min(equity / high-water mark - 1), 0 where there is none. Nil for an empty series and where a value
    /// is not finite.
    public static func maximum(equity: [Double], initial: Double? = nil) -> Double? {
        equity.allSatisfy(\.isFinite) ? series(equity: equity, initial: initial).min() : nil
    }

    /// Same as empyrical `max_drawdown`.
    public static func maximum(returns: [Double]) -> Double? {
        returns.allSatisfy(\.isFinite) ? series(returns: returns).min() : nil
    }
}
