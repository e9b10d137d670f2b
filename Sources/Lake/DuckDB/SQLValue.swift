public import Primitives

/// A value that goes into or comes out of a statement.
public enum SQLValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    case date(CivilDate)
    case timestamp(UnixNanos)

    public var isNull: Bool { self == .null }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var int: Int64? { if case .int(let value) = self { value } else { nil } }
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var date: CivilDate? { if case .date(let value) = self { value } else { nil } }
    public var timestamp: UnixNanos? { if case .timestamp(let value) = self { value } else { nil } }

    /// The number of an `int` or a `double`.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

/// All rows of a query in memory.
public struct QueryResult: Hashable, Sendable {
    public let columns: [String]
    public let rows: [[SQLValue]]

    /// The single value of a query that gives one row of one column.
    public var value: SQLValue? { rows.count == 1 && rows[0].count == 1 ? rows[0][0] : nil }
}
