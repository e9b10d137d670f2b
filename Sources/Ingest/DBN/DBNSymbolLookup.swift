import Primitives

/// The symbol of each record: from the metadata's mappings, and in a live recording, which has no one schema, from the symbol
/// mapping records met so far.
struct DBNSymbolLookup {
    private let resolver: SymbolResolver
    private let isLive: Bool
    private let version: UInt8
    private let file: String
    private var live: [UInt32: String] = [:]
    private var last: (id: UInt32, day: UInt64, symbol: String?)?

    init(_ reader: DBNReader) throws {
        resolver = try SymbolResolver(reader.metadata, file: reader.path)
        isLive = reader.metadata.schema == nil
        version = reader.metadata.version
        file = reader.path
    }

    /// Takes note of symbol mapping records.
    mutating func learn(_ block: DBNBlock) throws {
        guard isLive, block.type == .symbolMapping, let base = block.bytes.baseAddress else { return }
        guard let field = DBNLayout.fields(.symbolMapping, version: version).first(where: { $0.name == "stype_out_symbol" })
        else { return }
        for index in 0..<block.count {
            let record = base + index * block.recordSize
            guard let symbol = String(validating: field.text(record), as: UTF8.self) else {
                throw DBNConverter.notText(field, file: file, offset: block.offset + Int64(index * block.recordSize))
            }
            live[record.loadUnaligned(fromByteOffset: 4, as: UInt32.self)] = symbol
            last = nil
        }
    }

    /// - Parameter index: the field with the time that the record is indexed by.
    mutating func symbol(_ record: UnsafeRawPointer, index: DBNField) -> String? {
        let id = record.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        let time = UInt64(bitPattern: index.integer(record))
        let day = time / UInt64(UnixNanos.perDay)
        if let last, last.id == id, last.day == day { return last.symbol }
        let found = live[id] ?? resolver.symbol(id, on: CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: day)))
        last = (id, day, found)
        return found
    }
}
