import Contracts

/// How a column's type is stored: Parquet's physical type, and the annotations that give readers the logical one.
enum ParquetPhysical: Int32 {
    case boolean = 0, int32 = 1, int64 = 2, double = 5, byteArray = 6
}

enum ParquetEncoding: Int32 {
    case plain = 0, rle = 3, deltaBinaryPacked = 5, rleDictionary = 8
}

extension ColumnType {
    var physical: ParquetPhysical {
        switch self {
        case .bool: .boolean
        case .int8, .int16, .int32, .uint8, .uint16, .uint32, .date: .int32
        case .int64, .uint64, .timestampMicros, .timestampNanos: .int64
        case .double: .double
        case .string: .byteArray
        }
    }

    /// The older annotation. Local timestamps and nanoseconds have none.
    private var converted: Int32? {
        switch self {
        case .string: 0
        case .date: 6
        case .timestampMicros(utc: true): 10
        case .uint8: 11
        case .uint16: 12
        case .uint32: 13
        case .uint64: 14
        case .int8: 15
        case .int16: 16
        case .int32: 17
        case .int64: 18
        case .bool, .double, .timestampMicros(utc: false), .timestampNanos: nil
        }
    }

    private var integer: (bits: Int8, signed: Bool)? {
        switch self {
        case .int8: (8, true)
        case .int16: (16, true)
        case .int32: (32, true)
        case .int64: (64, true)
        case .uint8: (8, false)
        case .uint16: (16, false)
        case .uint32: (32, false)
        case .uint64: (64, false)
        default: nil
        }
    }

    /// Values that a column of this type can hold, where its storage is wider.
    var integerRange: ClosedRange<Int64> {
        switch self {
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .int32, .date: Int64(Int32.min)...Int64(Int32.max)
        case .uint8: 0...Int64(UInt8.max)
        case .uint16: 0...Int64(UInt16.max)
        case .uint32: 0...Int64(UInt32.max)
        default: Int64.min...Int64.max
        }
    }

    /// Fields 6 and 10 of a SchemaElement.
    func annotate(_ element: inout CompactThrift) {
        if let converted { element.field(6, int32: converted) }
        let integer = self.integer
        if self == .bool || self == .double { return }
        element.field(10) { logical in
            switch self {
            case .string: logical.field(1) { _ in }
            case .date: logical.field(6) { _ in }
            case .timestampMicros(let utc): Self.timestamp(&logical, utc: utc, unit: 2)
            case .timestampNanos(let utc): Self.timestamp(&logical, utc: utc, unit: 3)
            default:
                guard let integer else { return }
                logical.field(10) {
                    $0.field(1, byte: integer.bits)
                    $0.field(2, bool: integer.signed)
                }
            }
        }
    }

    private static func timestamp(_ logical: inout CompactThrift, utc: Bool, unit: Int16) {
        logical.field(8) {
            $0.field(1, bool: utc)
            $0.field(2) { $0.field(unit) { _ in } }
        }
    }
}
