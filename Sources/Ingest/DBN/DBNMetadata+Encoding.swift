import Primitives

extension DBNMetadata {
    /// The file's head in DBN version 3: prefix, fixed part, symbols, padded to a multiple of 8 bytes.
    /// - Throws: `ApusError` `dbn.metadata` where a name is too long for its field.
    func encoded() throws -> [UInt8] {
        var body: [UInt8] = []
        try Self.append(dataset, length: 16, to: &body)
        Self.append(schema?.rawValue ?? UInt16.max, to: &body)
        Self.append(start.map { UInt64(bitPattern: $0.rawValue) } ?? DBNUndefined.timestamp, to: &body)
        Self.append(end.map { UInt64(bitPattern: $0.rawValue) } ?? DBNUndefined.timestamp, to: &body)
        Self.append(limit ?? 0, to: &body)
        body.append(stypeIn?.rawValue ?? UInt8.max)
        body.append(stypeOut.rawValue)
        body.append(tsOut ? 1 : 0)
        Self.append(UInt16(71), to: &body)
        body += [UInt8](repeating: 0, count: Self.fixedLength - body.count)
        Self.append(UInt32(0), to: &body)
        for names in [symbols, partial, notFound] {
            Self.append(UInt32(names.count), to: &body)
            for name in names { try Self.append(name, length: 71, to: &body) }
        }
        Self.append(UInt32(mappings.count), to: &body)
        for mapping in mappings {
            try Self.append(mapping.rawSymbol, length: 71, to: &body)
            Self.append(UInt32(mapping.intervals.count), to: &body)
            for interval in mapping.intervals {
                Self.append(Self.number(interval.start), to: &body)
                Self.append(Self.number(interval.end), to: &body)
                try Self.append(interval.symbol, length: 71, to: &body)
            }
        }
        body += [UInt8](repeating: 0, count: (8 - body.count % 8) % 8)
        var bytes = Array("DBN".utf8) + [3]
        Self.append(UInt32(body.count), to: &bytes)
        return bytes + body
    }

    private static func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private static func append(_ text: String, length: Int, to bytes: inout [UInt8]) throws {
        let utf8 = Array(text.utf8)
        guard utf8.count < length, !utf8.contains(0) else {
            throw ApusError("dbn.metadata", "\"\(text)\" does not fit into \(length - 1) bytes")
        }
        bytes += utf8
        bytes += [UInt8](repeating: 0, count: length - utf8.count)
    }

    private static func number(_ date: CivilDate) -> UInt32 {
        let (year, month, day) = date.components
        return UInt32(clamping: year * 10_000 + month * 100 + day)
    }
}
