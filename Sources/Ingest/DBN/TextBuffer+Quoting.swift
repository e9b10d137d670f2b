extension TextBuffer {
    private static let hex = Array("0123456789abcdef".utf8)
    private static let upperHex = Array("0123456789ABCDEF".utf8)

    /// A CSV field: quoted where it holds a comma, a quote or a line break.
    func append(csv text: UnsafeRawBufferPointer) {
        let needsQuotes = text.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
        guard needsQuotes else { return append(text) }
        append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { append(byte) }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }

    func append(csv text: String) {
        var text = text
        text.withUTF8 { append(csv: UnsafeRawBufferPointer($0)) }
    }

    /// A one-letter CSV field. Control and non-ASCII bytes, quotes and backslashes appear escaped, as databento-dbn writes them.
    func append(csvCharacter byte: UInt8) {
        switch byte {
        case 9: append(Array("\\t".utf8))
        case 10: append(Array("\\n".utf8))
        case 13: append(Array("\\r".utf8))
        case UInt8(ascii: "'"): append(Array("\\'".utf8))
        case UInt8(ascii: "\\"): append(Array("\\\\".utf8))
        case UInt8(ascii: "\""): append(Array("\"\\\"\"\"".utf8))
        case UInt8(ascii: ","): append(Array("\",\"".utf8))
        case 32..<127: append(byte)
        default: append([UInt8(ascii: "\\"), UInt8(ascii: "x"), Self.hex[Int(byte >> 4)], Self.hex[Int(byte & 15)]])
        }
    }

    /// A JSON string with its quotes. A slash is escaped too, as databento-dbn does.
    func append(json text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        for byte in text { append(jsonByte: byte) }
        append(UInt8(ascii: "\""))
    }

    /// The last member of a record's JSON object.
    func append(symbolMember symbol: String?) {
        append(Array(",\"symbol\":".utf8))
        guard var symbol else { return append(Array("null".utf8)) }
        symbol.withUTF8 { append(json: UnsafeRawBufferPointer($0)) }
    }

    /// A one-letter JSON string. Bytes above 127 are taken as Latin-1, so that the result is valid JSON.
    func append(jsonCharacter byte: UInt8) {
        append(UInt8(ascii: "\""))
        if byte < 128, byte != UInt8(ascii: "/") {
            append(jsonByte: byte)
        } else if byte < 128 {
            append(byte)
        } else {
            append(unicode: byte)
        }
        append(UInt8(ascii: "\""))
    }

    private func append(jsonByte byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): append([UInt8(ascii: "\\"), byte])
        case 8: append(Array("\\b".utf8))
        case 9: append(Array("\\t".utf8))
        case 10: append(Array("\\n".utf8))
        case 12: append(Array("\\f".utf8))
        case 13: append(Array("\\r".utf8))
        case 0..<32: append(unicode: byte)
        default: append(byte)
        }
    }

    private func append(unicode byte: UInt8) {
        append(Array("\\u00".utf8) + [Self.upperHex[Int(byte >> 4)], Self.upperHex[Int(byte & 15)]])
    }
}
