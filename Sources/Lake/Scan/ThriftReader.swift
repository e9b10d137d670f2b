import Primitives

/// A value of Apache Thrift's compact protocol, the form of Parquet's footer and page headers.
indirect enum ThriftValue {
    case bool(Bool)
    case int(Int64)
    case double
    case bytes(Range<Int>)
    case list([ThriftValue])
    case structure([Int16: ThriftValue])

    subscript(field: Int16) -> ThriftValue? { if case .structure(let fields) = self { fields[field] } else { nil } }
    var int: Int64? { if case .int(let value) = self { value } else { nil } }
    var list: [ThriftValue]? { if case .list(let items) = self { items } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

/// Reads one structure from bytes that may be damaged or cut short.
struct ThriftReader {
    enum Failure: Error {
        /// The bytes end inside of the structure.
        case short
        case malformed
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func structure(depth: Int = 0) throws(Failure) -> ThriftValue {
        guard depth < 20 else { throw .malformed }
        var fields: [Int16: ThriftValue] = [:]
        var id: Int16 = 0
        while true {
            let header = try byte()
            let kind = header & 15
            if kind == 0 { return .structure(fields) }
            if header >> 4 == 0 {
                id = Int16(truncatingIfNeeded: try zigzag())
            } else {
                id &+= Int16(header >> 4)
            }
            fields[id] = kind <= 2 ? .bool(kind == 1) : try value(kind, depth: depth)
        }
    }

    private mutating func value(_ kind: UInt8, depth: Int) throws(Failure) -> ThriftValue {
        switch kind {
        case 1, 2: return .bool(try byte() == 1)
        case 3: return .int(Int64(Int8(bitPattern: try byte())))
        case 4, 5, 6: return .int(try zigzag())
        case 7:
            try skip(8)
            return .double
        case 8:
            guard let length = Int(exactly: try varint()), length <= 1 << 30 else { throw .malformed }
            let start = position
            try skip(length)
            return .bytes(start..<position)
        case 9, 10: return try list(depth: depth)
        case 12: return try structure(depth: depth + 1)
        default: throw .malformed
        }
    }

    private mutating func list(depth: Int) throws(Failure) -> ThriftValue {
        let header = try byte()
        let count = header >> 4 == 15 ? try varint() : UInt64(header >> 4)
        // Every item takes a byte at least.
        guard count <= UInt64(bytes.count) else { throw .malformed }
        var items: [ThriftValue] = []
        items.reserveCapacity(Int(count))
        for _ in 0..<count { items.append(try value(header & 15, depth: depth + 1)) }
        return .list(items)
    }

    private mutating func byte() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw .short }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func skip(_ count: Int) throws(Failure) {
        guard count <= bytes.count - position else { throw .short }
        position += count
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = try byte()
            value |= UInt64(next & 127) << shift
            if next < 128 { return value }
            shift += 7
        }
        throw .malformed
    }

    private mutating func zigzag() throws(Failure) -> Int64 {
        let raw = try varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
}
