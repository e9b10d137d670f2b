import Primitives

extension Chunk {
    /// One value of any supported type. For loops over many rows use `values(_:as:)`.
    /// - Throws: `ApusError` `lake.type` where the type has no `SQLValue` or the instant is out of `UnixNanos`' range.
    public func value(column: Int, row: Int) throws -> SQLValue {
        if isNull(column: column, row: row) { return .null }
        switch columns[column].kind {
        case .bool: return .bool(values(column, as: UInt8.self)[row] != 0)
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: return .int(integer(column, row))
        case .uint64:
            let value = values(column, as: UInt64.self)[row]
            return Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
        case .int128:
            let value = wide(column, row)
            return Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
        case .float: return .double(Double(values(column, as: Float.self)[row]))
        case .double: return .double(values(column, as: Double.self)[row])
        case .text: return .text(text(column: column, row: row))
        case .bytes: return .bytes(Array(bytes(column: column, row: row)))
        case .date: return .date(CivilDate(daysSinceEpoch: values(column, as: Int32.self)[row]))
        case .timestampSeconds: return try instant(column, row, unit: UnixNanos.perSecond)
        case .timestampMillis: return try instant(column, row, unit: 1_000_000)
        case .timestampMicros: return try instant(column, row, unit: UnixNanos.perMicrosecond)
        case .timestampNanos: return try instant(column, row, unit: 1)
        case .decimal(let bytes, let scale): return .double(decimal(column, row, bytes) / Self.power(of: scale))
        case .other(let code):
            throw ApusError(
                "lake.type", "a column has a type that this program does not read; cast it in the statement",
                context: ["column": columns[column].name, "DuckDB type": String(code)])
        }
    }

    private func integer(_ column: Int, _ row: Int) -> Int64 {
        switch columns[column].kind {
        case .int8: Int64(values(column, as: Int8.self)[row])
        case .int16: Int64(values(column, as: Int16.self)[row])
        case .int32: Int64(values(column, as: Int32.self)[row])
        case .uint8: Int64(values(column, as: UInt8.self)[row])
        case .uint16: Int64(values(column, as: UInt16.self)[row])
        case .uint32: Int64(values(column, as: UInt32.self)[row])
        default: values(column, as: Int64.self)[row]
        }
    }

    private func instant(_ column: Int, _ row: Int, unit: Int64) throws -> SQLValue {
        let (nanos, overflow) = values(column, as: Int64.self)[row].multipliedReportingOverflow(by: unit)
        guard !overflow else {
            throw ApusError("lake.type", "an instant lies outside of 1677 to 2262", context: ["column": columns[column].name])
        }
        return .timestamp(UnixNanos(nanos))
    }

    private func decimal(_ column: Int, _ row: Int, _ bytes: Int) -> Double {
        switch bytes {
        case 2: Double(values(column, as: Int16.self)[row])
        case 4: Double(values(column, as: Int32.self)[row])
        case 8: Double(values(column, as: Int64.self)[row])
        default: Double(wide(column, row))
        }
    }

    /// Sixteen bytes need not be aligned as Swift wants them.
    private func wide(_ column: Int, _ row: Int) -> Int128 {
        data(column)?.loadUnaligned(fromByteOffset: row * 16, as: Int128.self) ?? 0
    }

    private static func power(of scale: Int) -> Double { (0..<scale).reduce(1.0) { value, _ in value * 10 } }
}
