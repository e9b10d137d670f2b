import Primitives

extension DBNConverter {
    /// Writes one JSON object per line for every record of the file, of whatever type.
    ///
    /// Prices, times and other 64-bit numbers are strings, since many JSON readers round them.
    /// - Parameter write: receives pieces of text; they are valid only inside the call.
    /// - Throws: what the reader throws once the records before the damage were written, `dbn.record` for an unknown type,
    ///   `dbn.text`, `dbn.symbology`.
    public static func json(file: String, options: Options = Options(), write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try json(DBNReader(path: file), options: options, write: write)
    }

    /// The same from an open reader, which it reads to its end.
    public static func json(_ reader: DBNReader, options: Options, write: (UnsafeRawBufferPointer) throws -> Void) throws {
        var symbols = try DBNSymbolLookup(reader)
        var layouts: [DBNRecordType: [JSONMember]] = [:]
        let out = TextBuffer()
        try out.deliver(write) {
            try reader.forEachBlock { block in
                try symbols.learn(block)
                guard let type = block.type else {
                    throw DBNError.make(
                        "dbn.record", "record type \(block.rtype) is unknown", file: reader.path, offset: block.offset)
                }
                let members = layouts[type] ?? JSONMember.members(fields(type, reader.metadata, options))
                layouts[type] = members
                guard let base = block.bytes.baseAddress, let index = members.first?.field else { return }
                for number in 0..<block.count {
                    let record = base + number * block.recordSize
                    let position = block.offset + Int64(number * block.recordSize)
                    for member in members {
                        out.append(member.prefix)
                        try appendJSON(member.field, record, options, to: out, reader, position)
                        out.append(member.suffix)
                    }
                    if options.mapSymbols { out.append(symbolMember: symbols.symbol(record, index: index)) }
                    out.append(closing)
                    try out.endLine(write)
                }
            }
        }
    }

    private static let closing = Array("}\n".utf8)

    private static func appendJSON(
        _ field: DBNField, _ record: UnsafeRawPointer, _ options: Options, to out: TextBuffer, _ reader: DBNReader,
        _ position: Int64
    ) throws {
        let value = field.integer(record)
        let quote = UInt8(ascii: "\"")
        let isNull: Bool
        switch field.kind {
        case .text:
            let text = field.text(record)
            guard String(validating: text, as: UTF8.self) != nil else {
                throw notText(field, file: reader.path, offset: position)
            }
            return out.append(json: text)
        case .character: isNull = value == 0
        case .price: isNull = options.prettyPrices && value == DBNUndefined.price
        case .timestamp: isNull = options.prettyTimes && (value == 0 || UInt64(bitPattern: value) == DBNUndefined.timestamp)
        case .uint8, .uint16, .uint32, .int8, .int16, .int32: return out.append(value)
        case .uint64, .int64: isNull = false
        }
        if isNull { return out.append(Array("null".utf8)) }
        if field.kind == .character { return out.append(jsonCharacter: UInt8(truncatingIfNeeded: value)) }
        out.append(quote)
        switch field.kind {
        case .price where options.prettyPrices: out.append(price: value)
        case .timestamp where options.prettyTimes: out.append(time: UInt64(bitPattern: value))
        case .timestamp, .uint64: out.append(UInt64(bitPattern: value))
        default: out.append(value)
        }
        out.append(quote)
    }
}

/// A field with the text around its value: header fields are grouped in `hd`, book levels in the array `levels`.
private struct JSONMember {
    let field: DBNField
    let prefix: [UInt8]
    let suffix: [UInt8]

    static func members(_ fields: [DBNField]) -> [JSONMember] {
        fields.enumerated().map { index, field in
            let level = level(field), previous = index > 0 ? self.level(fields[index - 1]) : nil
            let next = index + 1 < fields.count ? self.level(fields[index + 1]) : nil
            var prefix = index == 0 ? "{" : ","
            if field.name == "ts_event" { prefix += "\"hd\":{" }
            if let level, level != previous { prefix = level == "_00" ? ",\"levels\":[{" : "},{" }
            let name = level == nil ? field.name : String(field.name.dropLast(3))
            let closesLevels = level != nil && next == nil
            let suffix = field.name == "instrument_id" ? "}" : (closesLevels ? "}]" : "")
            return JSONMember(field: field, prefix: Array((prefix + "\"" + name + "\":").utf8), suffix: Array(suffix.utf8))
        }
    }

    /// `_00` ... `_09` of a book level's field.
    private static func level(_ field: DBNField) -> String? {
        let suffix = field.name.suffix(3)
        return suffix.hasPrefix("_0") && suffix.last?.isNumber == true ? String(suffix) : nil
    }
}
