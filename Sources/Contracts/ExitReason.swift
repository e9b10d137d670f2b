/// Why a position was closed: the enumeration of the ML4T cross-library specification 1.0.0, and what ml4t-backtest 0.2.0 added.
public enum ExitReason: String, Sendable, CaseIterable {
    case signal
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case trailingStop = "trailing_stop"
    case timeStop = "time_stop"
    /// Written as `end_of_backtest` for ml4t-backtest 0.2.0.
    case endOfData = "end_of_data"
    /// Closed by force: the account could not hold it. The 1.0.0 enumeration has no word for it; its files say `stop_loss`.
    case riskLiquidation = "risk_liquidation"

    /// The name in a file of the 1.0.0 schema.
    public var nameInVersion1: String { self == .riskLiquidation ? Self.stopLoss.rawValue : rawValue }
}
