/// Consecutive records of one type and one size.
///
/// The bytes are valid only inside the callback that received them.
public struct DBNBlock {
    /// Whole records, and nothing else.
    public let bytes: UnsafeRawBufferPointer
    /// Bytes of each record, a `ts_out` included.
    public let recordSize: Int
    /// The record type's code; a `DBNRecordType` unless the file is newer than this program.
    public let rtype: UInt8
    /// Where the first byte lies in the DBN stream, after decompression.
    public let offset: Int64

    public var count: Int { bytes.count / recordSize }
    public var type: DBNRecordType? { DBNRecordType(rawValue: rtype) }
}
