import Contracts
import Primitives

/// The columns of a v1.0.0 result folder, in the specification's order, and those of the files that we add to it.
enum ResultColumns {
    static let trades: [ColumnSpec] = [
        ColumnSpec("asset", .string), ColumnSpec("entry_time", .timestampMicros(utc: false)),
        ColumnSpec("exit_time", .timestampMicros(utc: false)), ColumnSpec("entry_price", .double),
        ColumnSpec("exit_price", .double), ColumnSpec("quantity", .double), ColumnSpec("direction", .string),
        ColumnSpec("pnl", .double), ColumnSpec("pnl_percent", .double), ColumnSpec("bars_held", .int32),
        ColumnSpec("commission", .double), ColumnSpec("slippage", .double), ColumnSpec("mfe", .double),
        ColumnSpec("mae", .double), ColumnSpec("exit_reason", .string),
    ]

    static let equity: [ColumnSpec] = [
        ColumnSpec("timestamp", .timestampMicros(utc: false)), ColumnSpec("equity", .double), ColumnSpec("return", .double),
        ColumnSpec("cumulative_return", .double), ColumnSpec("drawdown", .double), ColumnSpec("high_water_mark", .double),
    ]

    static let dailyPnL: [ColumnSpec] = [
        ColumnSpec("date", .date), ColumnSpec("open_equity", .double), ColumnSpec("close_equity", .double),
        ColumnSpec("high_equity", .double), ColumnSpec("low_equity", .double), ColumnSpec("pnl", .double),
        ColumnSpec("return_pct", .double), ColumnSpec("cumulative_return", .double), ColumnSpec("num_bars", .int32),
    ]

    /// Named as in ml4t-backtest's own fills file where a column means the same. Quantities are in units of the underlying as in
    /// trades; `contracts` is what was ordered.
    static let fills: [ColumnSpec] = [
        ColumnSpec("order_id", .string), ColumnSpec("fill_sequence", .uint32), ColumnSpec("asset", .string),
        ColumnSpec("side", .string), ColumnSpec("quantity", .double), ColumnSpec("signed_quantity", .double),
        ColumnSpec("contracts", .double), ColumnSpec("contract_multiplier", .double), ColumnSpec("price", .double),
        ColumnSpec("timestamp", .timestampMicros(utc: false)),
        ColumnSpec("decision_time", .timestampMicros(utc: false)), ColumnSpec("commission", .double),
        ColumnSpec("spread_cost", .double), ColumnSpec("slippage_cost", .double), ColumnSpec("price_source", .string),
        ColumnSpec("reference_price", .double), ColumnSpec("same_bar", .bool), ColumnSpec("exit_reason", .string),
    ]

    /// Of fills.parquet, only where some price is converted at a rate other than 1.
    static let conversion: [ColumnSpec] = [
        ColumnSpec("currency", .string, nullable: true), ColumnSpec("conversion_rate", .double),
    ]

    /// What `EquityPoint` knows beyond the six columns of equity.parquet.
    static let exposure: [ColumnSpec] = [
        ColumnSpec("timestamp", .timestampMicros(utc: false)), ColumnSpec("net_exposure", .double),
    ]
}

/// The values of one column with its nulls.
struct Cells {
    let values: ColumnValues
    var validity: [Bool]?

    init(_ values: ColumnValues) { self.values = values }

    static func doubles(_ values: [Double]) -> Self { Self(.doubles(values)) }
    static func ints(_ values: [Int64]) -> Self { Self(.ints(values)) }
    static func strings(_ values: [String]) -> Self { Self(.strings(values)) }
    static func bools(_ values: [Bool]) -> Self { Self(.bools(values)) }
    static func doubles(nullable values: [Double?]) -> Self { make(values, .nan) { .doubles($0) } }
    static func ints(nullable values: [Int64?]) -> Self { make(values, 0) { .ints($0) } }
    static func strings(nullable values: [String?]) -> Self { make(values, "") { .strings($0) } }

    private static func make<Value>(_ values: [Value?], _ blank: Value, _ wrap: ([Value]) -> ColumnValues) -> Self {
        var cells = Self(wrap(values.map { $0 ?? blank }))
        if values.contains(where: { $0 == nil }) { cells.validity = values.map { $0 != nil } }
        return cells
    }
}

extension [ColumnSpec] {
    /// A table of these columns.
    func table(_ cells: [Cells]) -> Table { Table(zip(self, cells).map { Column($0, $1.values, validity: $1.validity) }) }
}
