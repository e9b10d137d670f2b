import Contracts
import Lake
import Pipeline
import Primitives
import TestKit
import Testing

@Suite struct OrderScriptTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("orders.parquet") }

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String, _ values: [String?]) -> Column {
        Column(ColumnSpec(name, .string, nullable: true), .strings(values.map { $0 ?? "" }), validity: values.map { $0 != nil })
    }

    private func number(_ name: String, _ values: [Double?]) -> Column {
        Column(ColumnSpec(name, .double, nullable: true), .doubles(values.map { $0 ?? .nan }), validity: values.map { $0 != nil })
    }

    private func table() -> [Column] {
        [
            Column(ColumnSpec("timestamp", .timestampMicros(utc: false)), .ints([1, 1, 2, 3])),
            text("asset", ["A", "A", "A", "A"]), text("id", ["1", "2", "2", "1"]),
            text("action", ["submit", "submit", "modify", "cancel"]), text("side", ["buy", "sell", nil, nil]),
            number("quantity", [10, 10, nil, nil]), text("type", ["market", "stop_limit", nil, nil]),
            number("limit_price", [nil, 9, 8.5, nil]), number("stop_price", [nil, 9.5, nil, nil]),
            text("parent_id", [nil, "1", nil, nil]), text("time_in_force", [nil, "day", nil, nil]),
        ]
    }

    @Test func readsEveryColumn() throws {
        _ = try ParquetWriter.write(Table(table()), to: path)
        let orders = try OrderScript.read(path, assets: ["A", "B"])
        #expect(orders.count == 4)
        #expect(
            orders[1]
                == ScriptedOrder(
                    row: 1, time: UnixNanos(1_000), asset: "A", id: "2", action: .submit, side: .sell, quantity: 10,
                    type: .stopLimit, limitPrice: 9, stopPrice: 9.5, timeInForce: .day, parentID: "1"))
        #expect(orders[2].limitPrice == 8.5)
        #expect(orders[3].action == .cancel)
    }

    @Test func readsTargets() throws {
        var columns = table().filter { $0.spec.name != "parent_id" }
        columns = columns.map { $0.spec.name == "side" ? text("side", [nil, nil, nil, nil]) : $0 }
        columns = columns.map { $0.spec.name == "quantity" ? number("quantity", [nil, nil, nil, nil]) : $0 }
        columns += [number("target_percent", [0.5, nil, nil, nil]), number("target_value", [nil, -200, nil, nil])]
        _ = try ParquetWriter.write(Table(columns), to: path)
        #expect(try OrderScript.read(path, assets: ["A"]).map(\.target) == [.percent(0.5), .value(-200), nil, nil])
    }

    /// A size is given once, a side follows from the position, and only a submit has one.
    @Test(
        arguments: [
            ("target_quantity", [5, nil, nil, nil], "side"), ("target_value", [nil, nil, 5, nil], "target_value"),
            ("target_percent", [nil, .infinity, nil, nil], "target_percent"),
        ] as [(String, [Double?], String)])
    func targetsStandAlone(_ column: String, _ values: [Double?], _ named: String) throws {
        _ = try ParquetWriter.write(Table(table() + [number(column, values)]), to: path)
        let error = #expect(throws: ApusError.self) { try OrderScript.read(path, assets: ["A"]) }
        #expect(error?.code == "orders.value" && error?.value(of: "column") == named)
    }

    @Test(arguments: [
        ("timestamp", "orders.order", "2"), ("asset", "orders.reference", "3"), ("id", "orders.reference", "3"),
        ("action", "orders.value", "3"), ("quantity", "orders.value", "1"), ("type", "orders.value", "1"),
        ("parent_id", "orders.reference", "1"), ("sides", "orders.column", ""), ("limit_price", "orders.type", ""),
    ]) func errorsNameRowAndColumn(_ column: String, _ code: String, _ row: String) throws {
        var columns = table()
        let replaced: Column =
            switch column {
            case "timestamp": Column(ColumnSpec("timestamp", .timestampMicros(utc: false)), .ints([1, 3, 2, 3]))
            case "asset": text("asset", ["A", "A", "A", "C"])
            case "id": text("id", ["1", "2", "2", "3"])
            case "action": text("action", ["submit", "submit", "modify", "delete"])
            case "quantity": number("quantity", [10, nil, nil, nil])
            case "type": text("type", ["market", "stop_market", nil, nil])
            case "parent_id": text("parent_id", [nil, "7", nil, nil])
            case "limit_price": text("limit_price", [nil, "9", nil, nil])
            default: text("sides", [nil, nil, nil, nil])
            }
        if let index = columns.firstIndex(where: { $0.spec.name == column }) {
            columns[index] = replaced
        } else {
            columns.append(replaced)
        }
        _ = try ParquetWriter.write(Table(columns), to: path)
        let error = try #require(throws: ApusError.self) { try OrderScript.read(path, assets: ["A"]) }
        #expect(error.code == code, "\(error)")
        #expect(error.context.first { $0.key == "row" }?.value ?? "" == row)
        #expect(error.context.first { $0.key == "column" }?.value == column)
    }
}

extension ApusError {
    fileprivate func value(of key: String) -> String? { context.first { $0.key == key }?.value }
}
