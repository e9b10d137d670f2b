public import Contracts
import Lake
import Primitives

/// A list of orders from a Parquet file.
public enum OrderScript {
    private static let required = ["timestamp", "asset", "id", "action"]
    private static let optional = [
        "side", "quantity", "type", "limit_price", "stop_price", "trail_amount", "trail_fraction", "time_in_force", "expire_at",
        "parent_id", "oco_group", "reduce_only", "post_only", "target_quantity", "target_percent", "target_value",
    ]

    /// Every line, in the order of the file, which is that of time.
    /// - Parameter assets: those that can be traded.
    /// - Throws: `ApusError` `orders.column`, `orders.type`, `orders.value`, `orders.order`, `orders.reference` naming file, row
    ///   and column; what reading the file throws.
    public static func read(_ path: String, assets: [String]) throws -> [ScriptedOrder] {
        let rows = try OrderRows(path, required: required, optional: optional)
        var orders: [ScriptedOrder] = []
        var submitted: [String: ScriptedOrder] = [:]
        let known = Set(assets)
        for row in 0..<rows.count {
            let order = try rows.order(row)
            if let last = orders.last, order.time < last.time {
                throw rows.failure("orders.order", "the rows are not sorted by timestamp", row, "timestamp")
            }
            if let problem = order.problem { throw rows.failure("orders.value", problem.reason, row, problem.column) }
            guard known.contains(order.asset) else {
                throw rows.failure("orders.reference", "the prices have no such asset", row, "asset", value: order.asset)
            }
            try checkReferences(order, submitted, rows)
            if order.action == .submit { submitted[order.id] = order }
            orders.append(order)
        }
        return orders
    }

    private static func checkReferences(_ order: ScriptedOrder, _ submitted: [String: ScriptedOrder], _ rows: OrderRows) throws {
        let before = submitted[order.id]
        switch order.action {
        case .submit:
            guard before == nil else {
                throw rows.failure(
                    "orders.reference", "an order with this id was submitted before", order.row, "id", value: order.id)
            }
            guard let parent = order.parentID else { return }
            guard submitted[parent] != nil else {
                throw rows.failure("orders.reference", "no order with this id came before", order.row, "parent_id", value: parent)
            }
        case .cancel, .modify:
            guard let before else {
                throw rows.failure(
                    "orders.reference", "no order with this id was submitted before", order.row, "id", value: order.id)
            }
            guard before.asset == order.asset else {
                throw rows.failure("orders.reference", "the order is for \(before.asset)", order.row, "asset", value: order.asset)
            }
        }
    }
}

/// The columns of the file by name.
private struct OrderRows {
    let count: Int
    private let path: String
    private let columns: [String: Column]

    init(_ path: String, required: [String], optional: [String]) throws {
        self.path = path
        let table = try ParquetReader.table(path)
        let names = table.columns.map(\.spec.name)
        for name in required where !names.contains(name) {
            throw ApusError(
                "orders.column", "the file lacks a column",
                context: ["file": path, "column": name, "columns": names.joined(separator: ", ")])
        }
        for name in names where !(required + optional).contains(name) {
            let meant = Suggestion.closest(to: name, among: required + optional).map { "; did you mean \"\($0)\"?" } ?? ""
            throw ApusError("orders.column", "the column is unknown" + meant, context: ["file": path, "column": name])
        }
        count = table.rowCount
        columns = Dictionary(table.columns.map { ($0.spec.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func order(_ row: Int) throws -> ScriptedOrder {
        guard let time = try instant("timestamp", row), let asset = try text("asset", row), let id = try text("id", row),
            let action = try word(ScriptedOrder.Action.self, "action", row)
        else {
            let missing = try ["asset", "id", "action"].first { try text($0, row) == nil } ?? "timestamp"
            throw failure("orders.value", "the value is null", row, missing)
        }
        return ScriptedOrder(
            row: row, time: time, asset: asset, id: id, action: action, side: try word(ScriptedOrder.Side.self, "side", row),
            quantity: try number("quantity", row), target: try target(row), type: try type(row),
            limitPrice: try number("limit_price", row),
            stopPrice: try number("stop_price", row), trailAmount: try number("trail_amount", row),
            trailFraction: try number("trail_fraction", row),
            timeInForce: try word(TimeInForce.self, "time_in_force", row) ?? .gtc,
            expireAt: try instant("expire_at", row), parentID: try text("parent_id", row), ocoGroup: try text("oco_group", row),
            reduceOnly: try flag("reduce_only", row), postOnly: try flag("post_only", row))
    }

    private func target(_ row: Int) throws -> ScriptedOrder.Target? {
        let targets: [ScriptedOrder.Target?] = [
            try number("target_quantity", row).map { .quantity($0) }, try number("target_percent", row).map { .percent($0) },
            try number("target_value", row).map { .value($0) },
        ]
        let given = targets.compactMap { $0 }
        guard given.count <= 1 else { throw failure("orders.value", "an order has one target", row, "target_quantity") }
        return given.first
    }

    func failure(_ code: String, _ message: String, _ row: Int, _ column: String, value: String? = nil) -> ApusError {
        guard let value else { return ApusError(code, message, context: ["file": path, "row": "\(row)", "column": column]) }
        return ApusError(code, message, context: ["file": path, "row": "\(row)", "column": column, "value": value])
    }

    private func column(_ name: String, _ row: Int) -> Column? {
        guard let column = columns[name], column.validity?[row] ?? true else { return nil }
        return column
    }

    private func text(_ name: String, _ row: Int) throws -> String? {
        guard let column = column(name, row) else { return nil }
        guard case .strings(let values) = column.values else { throw wrongType(name, "a text", row) }
        return values[row]
    }

    private func number(_ name: String, _ row: Int) throws -> Double? {
        guard let column = column(name, row) else { return nil }
        switch (column.values, column.spec.type) {
        case (.doubles(let values), _): return values[row]
        case (.ints(let values), .int8), (.ints(let values), .int16), (.ints(let values), .int32), (.ints(let values), .int64),
            (.ints(let values), .uint8), (.ints(let values), .uint16), (.ints(let values), .uint32):
            return Double(values[row])
        default: throw wrongType(name, "a number", row)
        }
    }

    private func flag(_ name: String, _ row: Int) throws -> Bool {
        guard let column = column(name, row) else { return false }
        guard case .bools(let values) = column.values else { throw wrongType(name, "a boolean", row) }
        return values[row]
    }

    private func instant(_ name: String, _ row: Int) throws -> UnixNanos? {
        guard let column = column(name, row) else { return nil }
        let unit: Int64? =
            switch column.spec.type {
            case .date: UnixNanos.perDay
            case .timestampMicros: UnixNanos.perMicrosecond
            case .timestampNanos: 1
            default: nil
            }
        guard let unit else { throw wrongType(name, "a timestamp or a date", row) }
        let (nanos, overflow) = column.ints[row].multipliedReportingOverflow(by: unit)
        guard !overflow else { throw failure("orders.value", "an instant lies outside of 1677 to 2262", row, name) }
        return UnixNanos(nanos)
    }

    private func word<Word: ConfigurationWord>(_ type: Word.Type, _ name: String, _ row: Int) throws -> Word? {
        guard let text = try text(name, row) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw failure("orders.value", "the value must be \(Word.form)", row, name, value: text)
        }
        return word
    }

    private func type(_ row: Int) throws -> OrderType {
        guard let text = try text("type", row) else { return .market }
        guard let type = OrderType(rawValue: text) else {
            let words = OrderType.allCases.map(\.rawValue).joined(separator: "|")
            throw failure("orders.value", "the value must be \(words)", row, "type", value: text)
        }
        return type
    }

    private func wrongType(_ name: String, _ wanted: String, _ row: Int) -> ApusError {
        ApusError("orders.type", "the column must hold \(wanted)", context: ["file": path, "column": name])
    }
}
