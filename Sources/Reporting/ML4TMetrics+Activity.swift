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
        let open = openPositions(equity, fills)
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

    /// Assets with a position after each bar: as the account recorded it, or from the fills until then.
    private static func openPositions(_ equity: [EquityPoint], _ fills: [FillRecord]) -> [Int] {
        var held: [String: Double] = [:]
        var next = 0
        return equity.map { point in
            while next < fills.count, fills[next].time <= point.timestamp {
                let position = (held[fills[next].asset] ?? 0) + fills[next].signedQuantity
                held[fills[next].asset] = abs(position) < 1e-9 ? nil : position
                next += 1
            }
            return point.account.map { Int($0.openPositions) } ?? held.count
        }
    }

    /// What ml4t-backtest says about the phases of its engine: the values of an ordinary run.
    static func evidence(bars: Int) -> [String: JSONValue] {
        [
            "lifecycle_version": "1", "lifecycle_invocations": [],
            "lifecycle_callback_counts": [
                "run_start": 1, "causal_initialization": 1, "pre_open": 0, "opening_auction": 0, "fill_reconciliation": 0,
                "intrabar": 0, "close": 0, "market_event": count(bars), "run_end": 1,
            ],
            "execution_policy": [
                "policy_id": "ml4t-backtest-default-v1", "market_fill_phase": "market_event", "opening_auction": "client",
                "close_auction": "client", "limit": "client", "stop": "client", "stop_limit": "disabled",
                "trailing": "client", "contingent": "client", "fee_bps": 0.0, "slippage_bps": 0.0, "spread_bps": 0.0,
                "impact_bps": 0.0, "latency_ms": 0.0, "liquidity_fraction": 1.0, "allow_partial_fills": false,
                "bar_path": "conservative", "supported_sessions": ["regular"], "lifecycle_version": "1",
            ],
            "target_intent_count": 0, "child_order_intent_count": 0, "intent_reconciliation_count": 0,
            "target_rule_reconciliation_count": 0, "target_intents": [], "child_order_intents": [],
            "intent_reconciliations": [], "target_rule_reconciliations": [],
        ]
    }
}
