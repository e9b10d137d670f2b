import Primitives

extension DBNMetadata {
    /// Bytes before the metadata's variable part, after the 8 bytes of prefix.
    static let fixedLength = 100
    /// Longer metadata is refused. Databento's longest, all symbols of a day of options, stays below this.
    static let longest = 256 << 20

    /// Reads the part after the 8 bytes of prefix.
    /// - Throws: `ApusError` `dbn.metadata` with the offset in the DBN stream.
    init(version: UInt8, body: UnsafeRawBufferPointer, file: String) throws {
        var cursor = Cursor(bytes: body, file: file)
        let dataset = try cursor.text(16)
        let schemaCode = try cursor.integer(UInt16.self)
        let schema = DBNSchema(rawValue: schemaCode)
        guard schema != nil || schemaCode == UInt16.max else { throw cursor.failure("unknown schema \(schemaCode)", back: 2) }
        let start = try cursor.instant()
        let end = try cursor.instant()
        let limit = try cursor.integer(UInt64.self)
        if version == 1 { cursor.position += 8 }
        let stypeIn = try cursor.symbology()
        guard let stypeOut = try cursor.symbology() else { throw cursor.failure("no output symbology", back: 1) }
        let tsOut = try cursor.integer(UInt8.self) != 0
        var symbolLength = 22
        if version > 1 {
            symbolLength = Int(try cursor.integer(UInt16.self))
            // Length zero would let a count of four billion symbols fit into nothing.
            guard symbolLength > 0 else { throw cursor.failure("symbols of length 0", back: 2) }
        }
        cursor.position = Self.fixedLength
        let definitionLength = Int(try cursor.integer(UInt32.self))
        guard definitionLength == 0 else { throw cursor.failure("a schema definition of \(definitionLength) bytes", back: 4) }
        let symbols = try cursor.texts(symbolLength)
        let partial = try cursor.texts(symbolLength)
        let notFound = try cursor.texts(symbolLength)
        let mappings = try cursor.mappings(symbolLength)
        self.init(
            version: version, dataset: dataset, schema: schema, start: start, end: end, limit: limit == 0 ? nil : limit,
            stypeIn: stypeIn, stypeOut: stypeOut, tsOut: tsOut, symbolLength: symbolLength, symbols: symbols, partial: partial,
            notFound: notFound, mappings: mappings)
    }
}

/// Walks the metadata; every read checks what is left.
private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    let file: String
    var position = 0

    func failure(_ reason: String, back: Int = 0) -> ApusError {
        DBNError.make("dbn.metadata", "the metadata is damaged: \(reason)", file: file, offset: Int64(8 + position - back))
    }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws -> T {
        let size = MemoryLayout<T>.size
        guard bytes.count - position >= size else { throw failure("it ends early") }
        defer { position += size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    mutating func instant() throws -> UnixNanos? {
        let value = try integer(UInt64.self)
        if value == DBNUndefined.timestamp { return nil }
        guard let nanos = Int64(exactly: value) else { throw failure("a time past the year 2262", back: 8) }
        return UnixNanos(nanos)
    }

    mutating func symbology() throws -> DBNSymbology? {
        let code = try integer(UInt8.self)
        if code == UInt8.max { return nil }
        guard let value = DBNSymbology(rawValue: code) else { throw failure("unknown symbology \(code)", back: 1) }
        return value
    }

    mutating func text(_ length: Int) throws -> String {
        guard bytes.count - position >= length else { throw failure("it ends early") }
        let field = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        guard let text = String(validating: field.prefix { $0 != 0 }, as: UTF8.self) else { throw failure("a name is not UTF-8") }
        position += length
        return text
    }

    mutating func count(ofAtLeast size: Int, _ what: String) throws -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= (bytes.count - position) / size else { throw failure("\(count) \(what) do not fit", back: 4) }
        return count
    }

    mutating func texts(_ length: Int) throws -> [String] {
        let count = try count(ofAtLeast: length, "symbols")
        var result: [String] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try text(length)) }
        return result
    }

    mutating func date() throws -> CivilDate {
        let number = Int(try integer(UInt32.self))
        guard let date = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100) else {
            throw failure("\(number) is not a date", back: 4)
        }
        return date
    }

    mutating func mappings(_ length: Int) throws -> [DBNSymbolMapping] {
        let count = try count(ofAtLeast: length + 4, "symbol mappings")
        var result: [DBNSymbolMapping] = []
        result.reserveCapacity(count)
        for _ in 0..<count {
            let symbol = try text(length)
            let intervalCount = try self.count(ofAtLeast: length + 8, "mapping intervals")
            var intervals: [DBNMappingInterval] = []
            intervals.reserveCapacity(intervalCount)
            for _ in 0..<intervalCount {
                intervals.append(DBNMappingInterval(start: try date(), end: try date(), symbol: try text(length)))
            }
            result.append(DBNSymbolMapping(rawSymbol: symbol, intervals: intervals))
        }
        return result
    }
}
