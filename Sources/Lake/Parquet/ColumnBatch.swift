/// Values of one column on their way into a file. The storage need not have the column's width; what does not fit is an error.
///
/// Callers in a hot loop reuse their arrays: nothing is copied before the values land in the column's buffer.
public enum ColumnBatch: Sendable {
    /// Any integer, date or timestamp column (a UInt64 by bit pattern).
    case int64([Int64])
    case int32([Int32])
    case uint32([UInt32])
    case uint16([UInt16])
    case uint8([UInt8])
    case double([Double])
    case bool([Bool])
    case string([String])
    /// A string column given as indices into `texts`.
    case coded([Int32], texts: [String])
    /// A string column of one-character ASCII texts, such as the side of a trade.
    case character([UInt8])

    public var count: Int {
        switch self {
        case .int64(let values): values.count
        case .int32(let values): values.count
        case .uint32(let values): values.count
        case .uint16(let values): values.count
        case .uint8(let values), .character(let values): values.count
        case .double(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        case .coded(let values, _): values.count
        }
    }
}
