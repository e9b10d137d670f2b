import Contracts
import Primitives

/// The columns of one result file, checked, to be taken whole: rows come in millions.
struct ResultFile {
    let path: String
    let count: Int
    private let columns: [String: Column]

    /// Reads the columns. Integers of any width pass for each other, instants with and without a zone too.
    /// - Throws: `ApusError` `parquet.read`, `parquet.column`; `result.value` for another type, for a null where the schema has
    ///   none, and for an instant outside of `UnixNanos`.
    /// - Parameter optional: columns that are read where the file has them.
    init(_ path: String, _ columns: [ColumnSpec], optional: [ColumnSpec] = []) throws {
        let names = optional.isEmpty ? [] : Set(try ParquetReader.schema(path).map(\.name))
        let schema = columns + optional.filter { names.contains($0.name) }
        let table = try ParquetReader.table(path, columns: schema.map(\.name))
        self.path = path
        count = table.rowCount
        for (column, spec) in zip(table.columns, schema) {
            guard column.spec.type.family == spec.type.family, column.validity == nil || spec.nullable else {
                throw ApusError(
                    "result.value", "a column has another type or a null", context: ["file": path, "column": spec.name])
            }
            if spec.type.family == .instant, let row = column.ints.firstIndex(where: Self.isTooFar) {
                throw ApusError(
                    "result.value", "an instant lies outside of 1677 to 2262",
                    context: ["file": path, "column": spec.name, "row": String(row)])
            }
        }
        self.columns = Dictionary(table.columns.map { ($0.spec.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func isTooFar(_ micros: Int64) -> Bool {
        micros.multipliedReportingOverflow(by: UnixNanos.perMicrosecond).overflow
    }

    func has(_ name: String) -> Bool { columns[name] != nil }
    func doubles(_ name: String) -> [Double] { columns[name]?.doubles ?? [] }
    func ints(_ name: String) -> [Int64] { columns[name]?.ints ?? [] }
    func strings(_ name: String) -> [String] { columns[name]?.strings ?? [] }
    func times(_ name: String) -> [UnixNanos] { ints(name).map { UnixNanos($0 * UnixNanos.perMicrosecond) } }
    func bools(_ name: String) -> [Bool] { if case .bools(let values)? = columns[name]?.values { values } else { [] } }

    /// - Throws: `result.value` where a number does not fit.
    func int32s(_ name: String) throws -> [Int32] {
        let values = ints(name)
        if let row = values.firstIndex(where: { Int32(exactly: $0) == nil }) { throw failure(name, row) }
        return values.map { Int32(truncatingIfNeeded: $0) }
    }

    func optionalDoubles(_ name: String) -> Optionals<Double> { Optionals(doubles(name), columns[name]?.validity) }
    func optionalInts(_ name: String) -> Optionals<Int64> { Optionals(ints(name), columns[name]?.validity) }
    func optionalStrings(_ name: String) -> Optionals<String> { Optionals(strings(name), columns[name]?.validity) }

    func failure(_ column: String, _ row: Int) -> ApusError {
        ApusError(
            "result.value", "a value that the contract does not know",
            context: ["file": path, "column": column, "row": String(row)])
    }

    /// Turns each of a column's words into a value; a file has few different ones.
    /// - Throws: `result.value` naming the row of a word that `parse` does not know.
    func words<Value>(_ name: String, _ parse: (String) -> Value?) throws -> [Value] {
        var known: [String: Value] = [:]
        return try strings(name).enumerated().map { row, word in
            if let value = known[word] { return value }
            guard let value = parse(word) else { throw failure(name, row) }
            known[word] = value
            return value
        }
    }
}

/// A column with nulls.
struct Optionals<Value> {
    private let values: [Value]
    private let validity: [Bool]?

    init(_ values: [Value], _ validity: [Bool]?) {
        self.values = values
        self.validity = validity
    }

    subscript(row: Int) -> Value? { validity?[row] ?? true ? values[row] : nil }

    /// Whether every row is null.
    var isBlank: Bool { validity.map { !$0.contains(true) } ?? values.isEmpty }
}

extension ColumnType {
    /// Types that hold the same values for a reader of results.
    enum Family { case bool, integer, double, string, date, instant, nanos }

    var family: Family {
        switch self {
        case .bool: .bool
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: .integer
        case .double: .double
        case .string: .string
        case .date: .date
        case .timestampMicros: .instant
        case .timestampNanos: .nanos
        }
    }
}
