import Contracts
import Primitives

extension ML4TMetrics {
    /// Orders, fills, turnover and open positions.
    static func activity(_ recording: BacktestRecording) -> [String: JSONValue] {
        let (equity, fills) = (recording.equity, recording.fills)
        var notionals = [Double](repeating: 0, count: equity.count)
        for fill in fills {
            guard let bar = lastBar(of: equity, at: fill.time) else { continue }
            notionals[bar] += fill.notional
        }
        let turnovers = zip(notionals, equity).map { $1.equity == 0 ? 0 : $0 / $1.equity }
        let open = AccountState.afterBars(equity, fills: fills, initialCapital: 0).map { Int($0.openPositions) }
        return [
            "num_orders": count(orders(recording)), "num_rejected_orders": count(recording.rejectedOrders.count),
            "num_fills": count(fills.count), "num_rebalance_events": count(Set(fills.map(Event.init)).count),
            "unique_symbols_traded": count(Set(fills.map(\.asset)).count),
            "total_filled_notional": .double(fills.reduce(0) { $0 + $1.notional }),
            "avg_turnover": .double(turnovers.reduce(0, +) / Double(max(1, turnovers.count))),
            "max_turnover": .double(turnovers.max() ?? 0),
            "avg_open_positions": .double(Double(open.reduce(0, +)) / Double(max(1, open.count))),
            "max_open_positions": count(open.max() ?? 0),
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

    /// The last bar with a label at or before a time.
    private static func lastBar(of equity: [EquityPoint], at time: UnixNanos) -> Int? {
        var low = 0
        var high = equity.count
        while low < high {
            let middle = (low + high) / 2
            if equity[middle].timestamp <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
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
