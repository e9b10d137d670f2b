/// One value of a record as databento-dbn presents it: its name, its kind and where it lies.
public struct DBNField: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case uint8, uint16, uint32, uint64
        case int8, int16, int32, int64
        /// A price in 1e-9 units; `DBNUndefined.price` is none.
        case price
        /// Nanoseconds since the epoch, unsigned; `DBNUndefined.timestamp` is none.
        case timestamp
        /// One ASCII letter; zero is none.
        case character
        /// UTF-8 closed by a zero byte or the field's end.
        case text
    }

    /// Where the value comes from. What an older version lacks or stores otherwise is filled in as databento-dbn does.
    enum Source: Hashable, Sendable {
        case record(Kind)
        case constant(Int64)
        /// A 32-bit quantity whose undefined value becomes the 64-bit one.
        case quantity32
        /// The code of a version 1 system message, told from its text.
        case systemCode
    }

    public let name: String
    public let kind: Kind
    /// Bytes from the start of the record.
    public let offset: Int
    /// Bytes in the record.
    public let width: Int
    let source: Source

    init(_ name: String, _ kind: Kind, at offset: Int, width: Int, source: Source? = nil) {
        self.name = name
        self.kind = kind
        self.offset = offset
        self.width = width
        self.source = source ?? .record(kind)
    }

    static func uint8(_ name: String, _ offset: Int) -> Self { Self(name, .uint8, at: offset, width: 1) }
    static func uint16(_ name: String, _ offset: Int) -> Self { Self(name, .uint16, at: offset, width: 2) }
    static func uint32(_ name: String, _ offset: Int) -> Self { Self(name, .uint32, at: offset, width: 4) }
    static func uint64(_ name: String, _ offset: Int) -> Self { Self(name, .uint64, at: offset, width: 8) }
    static func int8(_ name: String, _ offset: Int) -> Self { Self(name, .int8, at: offset, width: 1) }
    static func int16(_ name: String, _ offset: Int) -> Self { Self(name, .int16, at: offset, width: 2) }
    static func int32(_ name: String, _ offset: Int) -> Self { Self(name, .int32, at: offset, width: 4) }
    static func int64(_ name: String, _ offset: Int) -> Self { Self(name, .int64, at: offset, width: 8) }
    static func price(_ name: String, _ offset: Int) -> Self { Self(name, .price, at: offset, width: 8) }
    static func timestamp(_ name: String, _ offset: Int) -> Self { Self(name, .timestamp, at: offset, width: 8) }
    static func character(_ name: String, _ offset: Int) -> Self { Self(name, .character, at: offset, width: 1) }
    static func text(_ name: String, _ offset: Int, _ width: Int) -> Self { Self(name, .text, at: offset, width: width) }
    static func constant(_ name: String, _ kind: Kind, _ value: Int64) -> Self {
        Self(name, kind, at: 0, width: 0, source: .constant(value))
    }

    /// The number of any kind but text; 64-bit unsigned ones by their bit pattern.
    func integer(_ record: UnsafeRawPointer) -> Int64 {
        switch source {
        case .constant(let value): return value
        case .quantity32:
            let value = record.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            return value == Int32.max ? DBNUndefined.statQuantity : Int64(value)
        case .systemCode: return Self.systemCode(String(decoding: text(record), as: UTF8.self))
        case .record(let stored):
            switch stored {
            case .uint8, .character: return Int64(record.load(fromByteOffset: offset, as: UInt8.self))
            case .uint16: return Int64(record.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            case .uint32: return Int64(record.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            case .int8: return Int64(record.load(fromByteOffset: offset, as: Int8.self))
            case .int16: return Int64(record.loadUnaligned(fromByteOffset: offset, as: Int16.self))
            case .int32: return Int64(record.loadUnaligned(fromByteOffset: offset, as: Int32.self))
            case .uint64, .int64, .price, .timestamp: return record.loadUnaligned(fromByteOffset: offset, as: Int64.self)
            case .text: return 0
            }
        }
    }

    /// The bytes of a text field up to its first zero; empty where an older version lacks it.
    func text(_ record: UnsafeRawPointer) -> UnsafeRawBufferPointer {
        let field = UnsafeRawBufferPointer(start: record + offset, count: width)
        return UnsafeRawBufferPointer(rebasing: field.prefix { $0 != 0 })
    }

    private static func systemCode(_ message: String) -> Int64 {
        if message == "Heartbeat" { return 0 }
        if message.hasPrefix("Subscription request "), message.hasSuffix(" succeeded") { return 1 }
        if message.hasPrefix("Finished "), message.hasSuffix(" replay") { return 3 }
        return 255
    }
}
