/// Writes Apache Thrift's compact protocol, the form of Parquet's page headers and footer.
struct CompactThrift {
    private enum Kind: UInt8 {
        case yes = 1, no = 2, byte = 3, int32 = 5, int64 = 6, binary = 8, list = 9, structure = 12
    }

    let out: RawBuffer<UInt8>
    private var lastField: Int16 = 0

    init(_ out: RawBuffer<UInt8>) { self.out = out }

    private mutating func header(_ field: Int16, _ kind: Kind) {
        // Fields are written in ascending order and less than 16 apart, so the short form always fits.
        precondition(field > lastField && field - lastField < 16, "thrift fields out of order")
        out.append(UInt8(field - lastField) << 4 | kind.rawValue)
        lastField = field
    }

    private func zigzag(_ value: Int64) { out.appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    mutating func field(_ id: Int16, bool value: Bool) { header(id, value ? .yes : .no) }

    mutating func field(_ id: Int16, byte value: Int8) {
        header(id, .byte)
        out.append(UInt8(bitPattern: value))
    }

    mutating func field(_ id: Int16, int32 value: Int32) {
        header(id, .int32)
        zigzag(Int64(value))
    }

    mutating func field(_ id: Int16, int64 value: Int64) {
        header(id, .int64)
        zigzag(value)
    }

    mutating func field(_ id: Int16, text: String) { field(id, binary: Array(text.utf8)) }

    mutating func field(_ id: Int16, binary: [UInt8]) {
        header(id, .binary)
        out.appendVarint(UInt64(binary.count))
        out.append(binary)
    }

    mutating func field(_ id: Int16, _ body: (inout CompactThrift) -> Void) {
        header(id, .structure)
        structure(body)
    }

    /// A struct without a field header: a list element or the top level.
    func structure(_ body: (inout CompactThrift) -> Void) {
        var inner = CompactThrift(out)
        body(&inner)
        out.append(0)
    }

    mutating func field(_ id: Int16, structures count: Int, _ body: (Int, inout CompactThrift) -> Void) {
        listHeader(id, count, .structure)
        for index in 0..<count { structure { body(index, &$0) } }
    }

    mutating func field(_ id: Int16, int32s: [Int32]) {
        listHeader(id, int32s.count, .int32)
        for value in int32s { zigzag(Int64(value)) }
    }

    mutating func field(_ id: Int16, texts: [String]) {
        listHeader(id, texts.count, .binary)
        for text in texts {
            out.appendVarint(UInt64(text.utf8.count))
            out.append(Array(text.utf8))
        }
    }

    private mutating func listHeader(_ id: Int16, _ count: Int, _ kind: Kind) {
        header(id, .list)
        if count < 15 {
            out.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            out.append(0xF0 | kind.rawValue)
            out.appendVarint(UInt64(count))
        }
    }
}
