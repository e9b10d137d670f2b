import Contracts
import Lake
import Market

extension StrategyType {
    /// The columns of a signal file and what each means. A column that is not required may be absent where a risk rule exits.
    var signalColumns: [(name: String, flag: SignalFlags, isEntry: Bool)] {
        switch self {
        case .longSignal: [("entry", .longEntry, true), ("exit", .longExit, false)]
        case .shortOnly: [("short_entry", .shortEntry, true), ("short_exit", .shortExit, false)]
        case .longShort:
            [
                ("long_entry", .longEntry, true), ("long_exit", .longExit, false), ("short_entry", .shortEntry, true),
                ("short_exit", .shortExit, false),
            ]
        case .riskEntryOnly: [("entry", .longEntry, true)]
        case .singleEntry, .targetWeights: []
        }
    }
}

/// The columns that a strategy wants of a signal file that has certain columns.
struct SignalColumns {
    let flags: [(name: String, flag: SignalFlags)]
    let context: [String]

    init(_ strategy: SignalStrategySpec, names: [String]) {
        let hasRules = !strategy.riskRules.isEmpty
        flags = strategy.type.signalColumns.filter { $0.isEntry || !hasRules || names.contains($0.name) }.map {
            ($0.name, $0.flag)
        }
        context = strategy.contextKeys
    }

    var values: [(name: String, key: String, kind: ScanKind)] {
        flags.map { ($0.name, "strategy.type", .flag) } + context.map { ($0, "strategy.risk_rules", .number) }
    }
}
