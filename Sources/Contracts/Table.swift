/// The type of a column as it leaves the program.
public enum ColumnType: Hashable, Sendable {
    case bool
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case double
    case string
    /// Days since 1970-01-01.
    case date
    /// Microseconds since the epoch. `utc` decides whether readers see a zone.
    case timestampMicros(utc: Bool)
    /// Nanoseconds since the epoch.
    case timestampNanos(utc: Bool)
}

public struct ColumnSpec: Hashable, Sendable {
    public let name: String
    public let type: ColumnType
    public let nullable: Bool

    public init(_ name: String, _ type: ColumnType, nullable: Bool = false) {
        self.name = name
        self.type = type
        self.nullable = nullable
    }
}

/// The values of one column. Integers of every width, dates and timestamps are held as Int64 (a UInt64 by bit pattern).
public enum ColumnValues: Hashable, Sendable {
    case bools([Bool])
    case ints([Int64])
    case doubles([Double])
    case strings([String])

    public var count: Int {
        switch self {
        case .bools(let values): values.count
        case .ints(let values): values.count
        case .doubles(let values): values.count
        case .strings(let values): values.count
        }
    }
}

public struct Column: Hashable, Sendable {
    public let spec: ColumnSpec
    public var values: ColumnValues
    /// False marks a null; nil means that no value is null. The slot of a null holds 0, NaN or "".
    public var validity: [Bool]?

    public init(_ spec: ColumnSpec, _ values: ColumnValues, validity: [Bool]? = nil) {
        self.spec = spec
        self.values = values
        self.validity = validity
    }

    public var ints: [Int64] { if case .ints(let values) = values { values } else { [] } }
    public var doubles: [Double] { if case .doubles(let values) = values { values } else { [] } }
    public var strings: [String] { if case .strings(let values) = values { values } else { [] } }
}

/// Equally long columns in a fixed order.
public struct Table: Hashable, Sendable {
    public var columns: [Column]

    /// - Precondition: all columns have the same length.
    public init(_ columns: [Column]) {
        precondition(Set(columns.map(\.values.count)).count <= 1, "columns of different length")
        self.columns = columns
    }

    public var rowCount: Int { columns.first?.values.count ?? 0 }
    public var schema: [ColumnSpec] { columns.map(\.spec) }
    public subscript(name: String) -> Column? { columns.first { $0.spec.name == name } }
}
