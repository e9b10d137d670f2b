/// Why a position was closed: the enumeration of the ML4T cross-library specification 1.0.0.
public enum ExitReason: String, Sendable, CaseIterable {
    case signal
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case trailingStop = "trailing_stop"
    case timeStop = "time_stop"
    case endOfData = "end_of_data"
}
