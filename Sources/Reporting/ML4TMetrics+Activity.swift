import Contracts
import Primitives

extension ML4TMetrics {
    /// Orders, fills, turnover and open positions.
    static func activity(_ recording: BacktestRecording, _ curve: CurveSummary) -> [String: JSONValue] {
        let fills = recording.fills
        let turnover = curve.turnoverByTime.total
        return [
            "num_orders": count(orders(recording)), "num_rejected_orders": count(recording.rejectedOrders.count),
            "num_fills": count(fills.count), "num_rebalance_events": count(Set(fills.map(Event.init)).count),
            "unique_symbols_traded": count(Set(fills.map(\.asset)).count),
            "total_filled_notional": .double(fills.reduce(0) { $0 + $1.notional }),
            "avg_turnover": .double(turnover?.mean ?? 0),
            "max_turnover": .double(turnover?.maximum ?? 0),
            "avg_open_positions": .double(Double(curve.openPositions) / Double(max(1, curve.count))),
            "max_open_positions": count(curve.mostOpenPositions),
        ]
    }

    /// Fills of one rebalance belong together; others do where they happened at the same time.
    private struct Event: Hashable {
        let rebalance: String?
        let time: UnixNanos?

        init(_ fill: FillRecord) {
            rebalance = fill.rebalanceID
            time = fill.rebalanceID == nil ? fill.time : nil
        }
    }

    /// What ml4t-backtest says about the phases and the fill policy of its engine: the values of an ordinary run.
    static func evidence(bars: Int, _ configuration: JSONValue) -> [String: JSONValue] {
        [
            "lifecycle_version": "1", "lifecycle_invocations": [],
            "lifecycle_callback_counts": [
                "run_start": 1, "causal_initialization": 1, "pre_open": 0, "opening_auction": 0, "fill_reconciliation": 0,
                "intrabar": 0, "close": 0, "market_event": count(bars), "run_end": 1,
            ],
            "execution_policy": policy(configuration),
            "target_intent_count": 0, "child_order_intent_count": 0, "intent_reconciliation_count": 0,
            "target_rule_reconciliation_count": 0, "target_intents": [], "child_order_intents": [],
            "intent_reconciliations": [], "target_rule_reconciliations": [],
        ]
    }

    private static func policy(_ configuration: JSONValue) -> JSONValue {
        func basisPoints(_ section: String) -> JSONValue {
            let model = configuration[section]
            guard model?["model"]?.stringValue == "percentage" else { return 0.0 }
            return .double((model?["rate"]?.doubleValue ?? 0) * 10_000)
        }
        let opens = (configuration["execution"]?["execution_price"]?.stringValue ?? "open") == "open"
        return [
            "policy_id": "ml4t-backtest-default-v1", "market_fill_phase": opens ? "opening_auction" : "market_event",
            "opening_auction": "client", "close_auction": "client", "limit": "client", "stop": "client",
            "stop_limit": "disabled", "trailing": "client", "contingent": "client", "fee_bps": basisPoints("commission"),
            "slippage_bps": basisPoints("slippage"), "spread_bps": 0.0, "impact_bps": 0.0, "latency_ms": 0.0,
            "liquidity_fraction": 1.0,
            "allow_partial_fills": .bool(configuration["orders"]?["partial_fills_allowed"]?.boolValue ?? false),
            "bar_path": "conservative", "supported_sessions": ["regular"], "lifecycle_version": "1",
        ]
    }
}
