import Primitives

/// Random JSON documents that favour what readers and writers get wrong.
enum RandomDocuments {
    private static let strings = [
        "", " ", "a", "true", "null", "~", "yes", "No", "on", "1", "-1", "1.5", "1e5", "0x1F", "014", "1_000", "2024-01-01",
        "12:30:45", ".inf",
        ".nan", "-.5", "- a", "a: b", "# c", "&x", "*x", "!t", "%d", "@a", "`b", "{a}", "[1]", "a\nb", "\ttab", "trailing ",
        "\"quoted\"", "it's",
        "back\\slash", "ünïcödé", "日本語", "🐦", "\u{0}", "\u{1f}", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{fffe}",
        "e\u{301}", "---",
        "...", "?", ":", "|", ">", "/a/b", "a-b_c.d", "<<", "=",
    ]

    private static let doubles: [Double] = [
        0, -0.0, 1, -1, 0.1, 1e5, 1e15, 1e16, 1.5e16, 1e21, 1e22, 123_456_789.125, .leastNonzeroMagnitude,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        9_007_199_254_740_992, 1 / 3, 1e-7, 1e-5,
    ]

    static func value(_ generator: inout SeededGenerator, depth: Int = 0) -> JSONValue {
        let kind = generator.next() % (depth < 4 ? 8 : 6)
        switch kind {
        case 0: return .null
        case 1: return .bool(generator.next() % 2 == 0)
        case 2: return .int(Int64(bitPattern: generator.next()) >> Int64(generator.next() % 64))
        case 3:
            if generator.next() % 2 == 0 { return .double(doubles[Int(generator.next() % UInt64(doubles.count))]) }
            let value = Double(bitPattern: generator.next())
            return .double(value.isFinite ? value : 0.5)
        case 4, 5: return .string(string(&generator))
        case 6: return .array((0..<generator.next() % 4).map { _ in value(&generator, depth: depth + 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<generator.next() % 5 { members[string(&generator)] = value(&generator, depth: depth + 1) }
            return .object(members)
        }
    }

    static func string(_ generator: inout SeededGenerator) -> String {
        if generator.next() % 4 > 0 { return strings[Int(generator.next() % UInt64(strings.count))] }
        var text = ""
        for _ in 0..<generator.next() % 8 {
            let limit: UInt64 = [0x80, 0x300, 0x3000, 0x11_0000][Int(generator.next() % 4)]
            if let scalar = Unicode.Scalar(UInt32(generator.next() % limit)) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
