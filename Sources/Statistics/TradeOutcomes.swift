/// Statistics of closed trades. `results` holds one number for each trade, in order: its profit in currency, or its return as a
/// fraction; money in gives money out, fractions give fractions. A win is > 0, a loss < 0, and 0 is neither.
public enum TradeOutcomes {
    /// Wins / trades, a fraction. Nil without trades.
    public static func winRate(_ results: [Double]) -> Double? {
        results.isEmpty ? nil : Double(results.count { $0 > 0 }) / Double(results.count)
    }

    /// Mean of the wins, > 0. Nil without a win.
    public static func averageWin(_ results: [Double]) -> Double? { Distribution.mean(results.filter { $0 > 0 }) }

    /// Mean of the losses, < 0. Nil without a loss.
    public static func averageLoss(_ results: [Double]) -> Double? { Distribution.mean(results.filter { $0 < 0 }) }

    /// The largest win, > 0. Nil without a win.
    public static func largestWin(_ results: [Double]) -> Double? { results.filter { $0 > 0 }.max().flatMap(\.finite) }

    /// The largest loss, < 0. Nil without a loss.
    public static func largestLoss(_ results: [Double]) -> Double? { results.filter { $0 < 0 }.min().flatMap(\.finite) }
}
