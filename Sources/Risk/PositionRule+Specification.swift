public import Contracts
import Primitives

extension PositionRule {
    /// - Parameter columns: names of the columns that rules read, in the order in which they will come.
    public init(_ spec: RiskRuleSpec, columns: [String]) throws {
        func column(_ name: String) throws -> Int {
            guard let index = columns.firstIndex(of: name) else {
                throw ApusError("signals.column", "a risk rule reads a column that is not there", context: ["column": name])
            }
            return index
        }
        func steps(_ levels: [ReturnLevel]) -> [Step] {
            levels.map { Step(profit: $0.threshold, fraction: $0.fraction) }.sorted { $0.profit < $1.profit }
        }
        self =
            switch spec {
            case .stopLoss(let rule): .stopLoss(rule.pct)
            case .takeProfit(let rule): .takeProfit(rule.pct)
            case .trailingStop(let rule): .trailingStop(rule.pct)
            case .timeExit(let rule): .timeExit(Int32(clamping: rule.maxBars))
            case .tighteningTrailingStop(let rule): .tighteningTrailingStop(steps(rule.schedule))
            case .scaledExit(let rule): .scaledExit(steps(rule.targets))
            case .volatilityStop(let rule):
                .volatilityStop(multiple: rule.multiplier, column: try column(rule.atrKey), fixed: rule.useEntryATR)
            case .volatilityTrailingStop(let rule):
                .volatilityTrailingStop(multiple: rule.multiplier, column: try column(rule.atrKey))
            case .signalExit(let rule): .signalExit(column: try column(rule.signalName), threshold: rule.threshold)
            case .ruleChain(let list), .anyOf(let list): .any(try list.rules.map { try PositionRule($0, columns: columns) })
            case .allOf(let list): .all(try list.rules.map { try PositionRule($0, columns: columns) })
            }
    }
}

extension RiskRuleSpec {
    /// The rule in a few words, as ml4t-backtest names it in a trade's exit detail.
    public var detail: String {
        switch self {
        case .stopLoss(let rule): "stop_loss_" + Self.percent(rule.pct)
        case .takeProfit(let rule): "take_profit_" + Self.percent(rule.pct)
        case .trailingStop(let rule): "trailing_stop_" + Self.percent(rule.pct)
        case .timeExit(let rule): "time_exit_\(rule.maxBars)bars"
        case .tighteningTrailingStop: "tightening_trail"
        case .scaledExit: "scale_out"
        case .volatilityStop(let rule): "volatility_stop_\(Self.decimal(rule.multiplier))x_atr"
        case .volatilityTrailingStop(let rule): "vol_trailing_stop_\(Self.decimal(rule.multiplier))x_atr"
        case .signalExit(let rule): "signal_exit_\(rule.signalName)"
        case .ruleChain(let list), .anyOf(let list): list.rules.map(\.detail).joined(separator: " OR ")
        case .allOf(let list): list.rules.map(\.detail).joined(separator: " AND ")
        }
    }

    private static func percent(_ fraction: Double) -> String { decimal(fraction * 100) + "%" }

    private static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
