internal import CDuckDB
import Primitives

/// Name and type of a result column.
public struct ChunkColumn: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case bool
        case int8, int16, int32, int64, uint8, uint16, uint32, uint64, int128
        case float, double
        case text, bytes
        case date
        case timestampSeconds, timestampMillis
        case timestampMicros(utc: Bool)
        case timestampNanos(utc: Bool)
        /// An integer of `bytes` bytes, to be divided by 10 to the power `scale`.
        case decimal(bytes: Int, scale: Int)
        case other(code: UInt32)
    }

    public let name: String
    public let kind: Kind
}

/// Up to 2,048 rows of a result, in DuckDB's own memory: pointers are valid only inside the call that got the chunk.
public struct Chunk: ~Copyable {
    public let rowCount: Int
    public let columns: [ChunkColumn]
    private let handle: duckdb_data_chunk

    init(_ handle: duckdb_data_chunk, rowCount: Int, columns: [ChunkColumn]) {
        self.handle = handle
        self.rowCount = rowCount
        self.columns = columns
    }

    /// The raw values of a column. Nulls have slots of unspecified content.
    /// - Precondition: `Value` has the width of the column's kind (see `ChunkColumn.Kind`; a bool is a byte).
    public func values<Value: BitwiseCopyable>(_ column: Int, as type: Value.Type = Value.self) -> UnsafeBufferPointer<Value> {
        precondition(MemoryLayout<Value>.stride == columns[column].kind.stride, "\(type) is not the width of column \(column)")
        let start = data(column)?.bindMemory(to: Value.self, capacity: rowCount)
        return UnsafeBufferPointer(start: start, count: rowCount)
    }

    /// Bit `row % 64` of word `row / 64` is set where there is a value; nil where no row is null.
    public func validity(_ column: Int) -> UnsafePointer<UInt64>? {
        duckdb_vector_get_validity(duckdb_data_chunk_get_vector(handle, idx_t(column))).map { UnsafePointer($0) }
    }

    public func isNull(column: Int, row: Int) -> Bool {
        guard let words = validity(column) else { return false }
        return words[row / 64] & (1 << UInt64(row % 64)) == 0
    }

    /// The bytes of a text or blob.
    public func bytes(column: Int, row: Int) -> UnsafeRawBufferPointer {
        // duckdb_string_t: a 32-bit length, then up to 12 bytes inline or a 4-byte prefix and a pointer.
        guard let base = data(column) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let slot = base + row * 16
        let length = Int(slot.loadUnaligned(as: UInt32.self))
        let start = length <= 12 ? slot + 4 : slot.loadUnaligned(fromByteOffset: 8, as: UnsafeRawPointer.self)
        return UnsafeRawBufferPointer(start: start, count: length)
    }

    public func text(column: Int, row: Int) -> String { String(decoding: bytes(column: column, row: row), as: UTF8.self) }

    func data(_ column: Int) -> UnsafeRawPointer? {
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(handle, idx_t(column))).map { UnsafeRawPointer($0) }
    }
}

extension ChunkColumn.Kind {
    init(_ type: duckdb_logical_type?) {
        let code = duckdb_get_type_id(type)
        let simple: [duckdb_type.RawValue: Self] = [
            DUCKDB_TYPE_BOOLEAN.rawValue: .bool, DUCKDB_TYPE_TINYINT.rawValue: .int8, DUCKDB_TYPE_SMALLINT.rawValue: .int16,
            DUCKDB_TYPE_INTEGER.rawValue: .int32, DUCKDB_TYPE_BIGINT.rawValue: .int64, DUCKDB_TYPE_UTINYINT.rawValue: .uint8,
            DUCKDB_TYPE_USMALLINT.rawValue: .uint16, DUCKDB_TYPE_UINTEGER.rawValue: .uint32,
            DUCKDB_TYPE_UBIGINT.rawValue: .uint64, DUCKDB_TYPE_HUGEINT.rawValue: .int128, DUCKDB_TYPE_FLOAT.rawValue: .float,
            DUCKDB_TYPE_DOUBLE.rawValue: .double, DUCKDB_TYPE_VARCHAR.rawValue: .text, DUCKDB_TYPE_BLOB.rawValue: .bytes,
            DUCKDB_TYPE_DATE.rawValue: .date, DUCKDB_TYPE_TIMESTAMP_S.rawValue: .timestampSeconds,
            DUCKDB_TYPE_TIMESTAMP_MS.rawValue: .timestampMillis, DUCKDB_TYPE_TIMESTAMP.rawValue: .timestampMicros(utc: false),
            DUCKDB_TYPE_TIMESTAMP_TZ.rawValue: .timestampMicros(utc: true),
            DUCKDB_TYPE_TIMESTAMP_NS.rawValue: .timestampNanos(utc: false),
            DUCKDB_TYPE_TIMESTAMP_TZ_NS.rawValue: .timestampNanos(utc: true),
        ]
        if code == DUCKDB_TYPE_DECIMAL {
            let bytes = [DUCKDB_TYPE_SMALLINT.rawValue: 2, DUCKDB_TYPE_INTEGER.rawValue: 4, DUCKDB_TYPE_BIGINT.rawValue: 8]
            let stored = duckdb_decimal_internal_type(type)
            self = .decimal(bytes: bytes[stored.rawValue] ?? 16, scale: Int(duckdb_decimal_scale(type)))
        } else {
            self = simple[code.rawValue] ?? .other(code: UInt32(code.rawValue))
        }
    }

    /// Bytes of one value in a chunk.
    var stride: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float, .date: 4
        case .int64, .uint64, .double, .timestampSeconds, .timestampMillis, .timestampMicros, .timestampNanos: 8
        case .int128, .text, .bytes: 16
        case .decimal(let bytes, _): bytes
        case .other: 0
        }
    }
}
