import Contracts

/// The columns of the files that ml4t-backtest 0.2.0 writes, in its order.
enum ML4TColumns {
    private static let time = ColumnType.timestampMicros(utc: false)

    private static func doubles(_ names: String..., nullable: Bool = false) -> [ColumnSpec] {
        names.map { ColumnSpec($0, .double, nullable: nullable) }
    }

    private static func texts(_ names: String..., nullable: Bool = false) -> [ColumnSpec] {
        names.map { ColumnSpec($0, .string, nullable: nullable) }
    }

    /// 33 columns.
    static let trades: [ColumnSpec] =
        texts("symbol") + [ColumnSpec("entry_time", time), ColumnSpec("exit_time", time)]
        + doubles("entry_price", "exit_price", "quantity") + texts("direction") + doubles("pnl", "pnl_percent")
        + [ColumnSpec("bars_held", .int32)]
        + doubles("fees", "exit_slippage", "mfe", "mae", "entry_slippage", "multiplier") + quote("entry") + quote("exit")
        + doubles("gross_pnl", "net_return", "total_slippage_cost", "cost_drag") + texts("exit_reason")
        + texts("exit_reason_detail", nullable: true) + texts("status")

    private static func quote(_ end: String) -> [ColumnSpec] {
        ["quote_mid_price", "bid_price", "ask_price", "spread", "available_size"].map {
            ColumnSpec("\(end)_\($0)", .double, nullable: true)
        }
    }

    /// 28 columns.
    static let fills: [ColumnSpec] =
        texts("order_id") + [ColumnSpec("fill_sequence", .uint32)] + texts("rebalance_id", nullable: true)
        + texts("asset", "side") + doubles("quantity", "signed_quantity") + doubles("multiplier", nullable: true)
        + texts("currency", nullable: true)
        + doubles("price") + [ColumnSpec("timestamp", time)] + doubles("commission", "slippage") + texts("order_type")
        + doubles("limit_price", "stop_price", nullable: true) + [ColumnSpec("stop_triggered_at", time, nullable: true)]
        + texts("price_source")
        + doubles(
            "reference_price", "quote_mid_price", "bid_price", "ask_price", "spread", "bid_size", "ask_size", "available_size",
            nullable: true)
        + texts("exit_reason") + texts("exit_reason_detail", nullable: true)

    /// After those of fills.parquet, only where some price is converted at a rate other than 1.
    static let conversion = doubles("conversion_rate")

    /// The six columns of the specification and the equity without external cash flows.
    static let equity = ResultColumns.equity + doubles("performance_equity")

    /// `num_bars` is where polars' aggregation leaves it.
    static let dailyPnL: [ColumnSpec] =
        [ColumnSpec("date", .date)] + doubles("open_equity", "close_equity", "high_equity", "low_equity")
        + [ColumnSpec("num_bars", .uint32)] + doubles("pnl", "return_pct", "cumulative_return")

    static let portfolioState: [ColumnSpec] =
        [ColumnSpec("observation_id", .uint32), ColumnSpec("timestamp", time)] + doubles("equity")
        + doubles("cash", "gross_exposure", "net_exposure") + [ColumnSpec("open_positions", .int32)]
        + texts("observation_kind")
        + [ColumnSpec("holdings_complete", .bool), ColumnSpec("fill_sequence", .uint32, nullable: true)]

    static let rejectedOrders: [ColumnSpec] =
        texts("order_id", "symbol") + [ColumnSpec("timestamp", time)]
        + doubles("requested_quantity", "filled_quantity", "remaining_quantity") + texts("side", "order_type")
        + doubles("limit_price", "stop_price", "trail_amount", nullable: true)
        + texts("parent_id", "rebalance_id", nullable: true) + texts("status", "rejection_code")
        + texts("rejection_reason", nullable: true)

    static let funding: [ColumnSpec] =
        [ColumnSpec("timestamp", time)] + texts("asset")
        + doubles("quantity") + doubles("mark_price", nullable: true)
        + doubles("multiplier") + doubles("rate", "amount_per_unit", nullable: true) + doubles("cash_delta")

    static let capitalFlows: [ColumnSpec] =
        [ColumnSpec("flow_sequence", .uint32), ColumnSpec("timestamp", time)] + texts("event_id", "kind")
        + doubles("value", "cash_delta", "nav_before", "nav_after")
}
