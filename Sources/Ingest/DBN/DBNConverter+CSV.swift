import Primitives

extension DBNConverter {
    /// Writes a header line and one line per record of the file's schema; other records are left out.
    /// - Parameter write: receives pieces of text; they are valid only inside the call.
    /// - Throws: what the reader throws once the records before the damage were written, `dbn.schema`, `dbn.text`,
    ///   `dbn.symbology`.
    public static func csv(file: String, options: Options = Options(), write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try csv(DBNReader(path: file), options: options, write: write)
    }

    /// The same from an open reader, which it reads to its end.
    public static func csv(_ reader: DBNReader, options: Options, write: (UnsafeRawBufferPointer) throws -> Void) throws {
        let (types, fields) = try layout(reader.metadata, options, file: reader.path)
        var symbols = try DBNSymbolLookup(reader)
        let out = TextBuffer()
        let names = fields.map(\.name) + (options.mapSymbols ? ["symbol"] : [])
        out.append(Array((names.joined(separator: ",") + "\n").utf8))
        try out.deliver(write) {
            try reader.forEachBlock { block in
                try symbols.learn(block)
                guard let type = block.type, types.contains(type), let base = block.bytes.baseAddress else { return }
                for index in 0..<block.count {
                    let record = base + index * block.recordSize
                    let position = block.offset + Int64(index * block.recordSize)
                    for (column, field) in fields.enumerated() {
                        if column > 0 { out.append(UInt8(ascii: ",")) }
                        try appendCSV(field, record, options, to: out, reader, position)
                    }
                    if options.mapSymbols {
                        out.append(UInt8(ascii: ","))
                        out.append(csv: symbols.symbol(record, index: fields[0]) ?? "")
                    }
                    out.append(UInt8(ascii: "\n"))
                    try out.endLine(write)
                }
            }
        }
    }

    private static func appendCSV(
        _ field: DBNField, _ record: UnsafeRawPointer, _ options: Options, to out: TextBuffer, _ reader: DBNReader,
        _ position: Int64
    ) throws {
        switch field.kind {
        case .text:
            let text = field.text(record)
            guard String(validating: text, as: UTF8.self) != nil else {
                throw notText(field, file: reader.path, offset: position)
            }
            out.append(csv: text)
        case .character:
            let byte = UInt8(truncatingIfNeeded: field.integer(record))
            if byte != 0 { out.append(csvCharacter: byte) }
        case .price where options.prettyPrices:
            let value = field.integer(record)
            if value != DBNUndefined.price { out.append(price: value) }
        case .timestamp where options.prettyTimes:
            let value = UInt64(bitPattern: field.integer(record))
            if value != 0, value != DBNUndefined.timestamp { out.append(time: value) }
        case .timestamp, .uint64: out.append(UInt64(bitPattern: field.integer(record)))
        default: out.append(field.integer(record))
        }
    }
}
