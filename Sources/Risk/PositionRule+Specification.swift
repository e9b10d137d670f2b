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

extension PositionRule {
    /// Why rules that acted together left: for a stop before a target, a target before a trailing stop, and that before time, as
    /// in ml4t-backtest.
    static func exitReason(of rules: [PositionRule]) -> ExitReason {
        let reasons = rules.map(\.exitReason)
        return [.stopLoss, .takeProfit, .trailingStop, .timeStop].first(where: reasons.contains) ?? .signal
    }

    private var exitReason: ExitReason {
        switch self {
        case .stopLoss: .stopLoss
        case .takeProfit: .takeProfit
        case .trailingStop, .volatilityTrailingStop: .trailingStop
        case .timeExit: .timeStop
        case .tighteningTrailingStop, .volatilityStop, .scaledExit, .signalExit, .any, .all: .signal
        }
    }

    /// The rule in a few words, much as ml4t-backtest names it in a trade's exit detail; empty for one that combines others.
    /// - Parameter columns: names of the columns that rules read.
    func detail(columns: [String]) -> String {
        switch self {
        case .stopLoss(let fraction): "stop_loss_" + Self.percent(fraction)
        case .takeProfit(let fraction): "take_profit_" + Self.percent(fraction)
        case .trailingStop(let fraction): "trailing_stop_" + Self.percent(fraction)
        case .timeExit(let bars): "time_exit_\(bars)bars"
        case .tighteningTrailingStop: "tightening_trail"
        case .scaledExit: "scale_out"
        case .volatilityStop(let multiple, _, _): "volatility_stop_\(Self.decimal(multiple))x_atr"
        case .volatilityTrailingStop(let multiple, _): "vol_trailing_stop_\(Self.decimal(multiple))x_atr"
        case .signalExit(let column, _): "signal_exit_" + (columns.indices.contains(column) ? columns[column] : "\(column)")
        case .any, .all: ""
        }
    }

    private static func percent(_ fraction: Double) -> String { decimal(fraction * 100) + "%" }

    private static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
