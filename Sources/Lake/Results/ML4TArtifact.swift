import Contracts
import Primitives

/// The text files of a folder that ml4t-backtest 0.2.0 opens, and what it allows in them.
enum ML4TArtifact {
    static let manifestName = "manifest.json"
    static let predictionsName = "predictions.parquet"

    /// Its name for each file, in its order.
    static let components = [
        ("trades", "trades.parquet"), ("fills", "fills.parquet"), ("funding", "funding.parquet"),
        ("rejected_orders", "rejected_orders.parquet"), ("predictions", predictionsName), ("equity", "equity.parquet"),
        ("portfolio_state", "portfolio_state.parquet"), ("capital_flows", "capital_flows.parquet"),
        ("daily_pnl", "daily_pnl.parquet"), ("metrics", "metrics.json"), ("config", "config.yaml"), ("spec", "spec.yaml"),
    ]

    static func manifest(initialCapital: Double?, hasPredictions: Bool) -> JSONValue {
        var omitted: [String: JSONValue] = [
            "holdings": "holdings were not captured", "recorded_variables": "strategy variables were not recorded",
            "benchmark": "result has no prepared benchmark",
            "corporate_actions": "corporate-action applications were not captured",
            "corporate_entitlements": "corporate entitlements were not captured",
            "futures_settlements": "futures variation was not captured",
            "futures_rolls": "futures roll intents were not captured",
        ]
        if !hasPredictions { omitted["predictions"] = "result has no predictions" }
        let written = components.filter { omitted[$0.0] == nil }.map { ($0.0, JSONValue.string($0.1)) }
        return [
            "artifact_type": "ml4t-backtest-result", "schema_version": 3, "library_version": .string(library),
            "account_method": "signed_notional", "initial_capital": initialCapital.map { .double($0) } ?? .null,
            "holdings_sampling": "none",
            "recorded_sampling": .null, "returns_include_commissions": true, "complete": true,
            "components": .object(Dictionary(written, uniquingKeysWith: { first, _ in first })),
            "omitted_components": .object(omitted),
        ]
    }

    /// spec.yaml: what was run, over which time.
    static func spec(
        _ result: BacktestResult, configuration: JSONValue, initialCapital: Double?,
        window: (first: EquityPoint, last: EquityPoint)?
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "version": 1, "library_version": .string(library), "initial_capital": initialCapital.map { .double($0) } ?? .null,
            "account_method": "signed_notional", "instrument_accounting": .null, "returns_include_commissions": true,
            "config": configuration,
            "window": ["start": instant(window?.first), "end": instant(window?.last)],
        ]
        for key in evidence { members[key] = result.metrics[key] ?? .null }
        return .object(members)
    }

    /// Metrics that are repeated in spec.yaml.
    private static let evidence = [
        "lifecycle_version", "lifecycle_callback_counts", "lifecycle_invocations", "execution_policy", "target_intent_count",
        "child_order_intent_count", "intent_reconciliation_count", "target_rule_reconciliation_count", "target_intents",
        "child_order_intents", "intent_reconciliations", "target_rule_reconciliations",
    ]

    private static let library = "apus " + ProgramVersion.current

    /// As Python writes a time without a zone.
    private static func instant(_ point: EquityPoint?) -> JSONValue {
        guard let micros = point?.timestamp.microseconds else { return .null }
        let time = UnixNanos(micros * UnixNanos.perMicrosecond)
        let fraction = String(time.rawValue % UnixNanos.perSecond == 0 ? "" : padded(time))
        return .string(String(time.description.prefix(19)) + fraction)
    }

    private static func padded(_ time: UnixNanos) -> String {
        let micros = String(time.nanosOfDay % UnixNanos.perSecond / UnixNanos.perMicrosecond)
        return "." + String(repeating: "0", count: 6 - micros.count) + micros
    }

    /// The configuration as ml4t-backtest's strict loader takes it: what it has no section for stands under `metadata`.
    static func configuration(_ value: JSONValue) -> JSONValue {
        guard let members = value.objectValue else { return value }
        var known = members.filter { sections.contains($0.key) }
        let own = members.filter { !sections.contains($0.key) }
        guard !own.isEmpty else { return value }
        known["metadata"] = .object((members["metadata"]?.objectValue ?? [:]).merging(own) { _, new in new })
        return .object(known)
    }

    private static let sections: Set<String> = [
        "account", "execution", "stops", "position_sizing", "commission", "slippage", "cash", "settlement", "orders",
        "calendar", "feed", "result", "metadata",
    ]

    private static let tag = "__ml4t_nonfinite_float__"

    /// Numbers that JSON has no form for, as objects with a tag.
    static func tagged(_ value: JSONValue) -> JSONValue {
        switch value {
        case .double(let number) where !number.isFinite:
            [tag: .string(number.isNaN ? "nan" : (number > 0 ? "positive_infinity" : "negative_infinity"))]
        case .array(let items): .array(items.map(tagged))
        case .object(let members): .object(members.mapValues(tagged))
        default: value
        }
    }

    /// The reverse of `tagged`.
    static func untagged(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map(untagged))
        case .object(let members):
            if members.count == 1, let label = members[tag]?.stringValue {
                switch label {
                case "nan": return .double(.nan)
                case "positive_infinity": return .double(.infinity)
                case "negative_infinity": return .double(-.infinity)
                default: break
                }
            }
            return .object(members.mapValues(untagged))
        default: return value
        }
    }
}
