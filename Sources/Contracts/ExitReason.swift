/// Why a position was closed: the enumeration of the ML4T cross-library specification 1.0.0, and what ml4t-backtest 0.2.0 added.
public enum ExitReason: String, Sendable, CaseIterable {
    case signal
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case trailingStop = "trailing_stop"
    case timeStop = "time_stop"
    case endOfData = "end_of_data"
    /// Closed by force: a limit of the account or the portfolio no longer allowed it.
    case riskLiquidation = "risk_liquidation"

    /// The name in a file of the schema. That of 1.0.0 has no word for a forced liquidation, ml4t-backtest 0.2.0 another than
    /// its own enumeration for the end.
    public func name(in schema: ResultSchema) -> String {
        switch (schema, self) {
        case (.v1, .riskLiquidation): Self.stopLoss.rawValue
        case (.ml4t02, .endOfData): Self.endOfBacktest
        default: rawValue
        }
    }

    /// Takes the names of both schemas.
    public init?(name: String) {
        self.init(rawValue: name == Self.endOfBacktest ? Self.endOfData.rawValue : name)
    }

    private static let endOfBacktest = "end_of_backtest"
}
