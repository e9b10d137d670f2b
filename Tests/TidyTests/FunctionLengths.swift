/// Finds functions and how many lines they take, from the line of the keyword to that of the closing brace.
enum FunctionLengths {
    struct Function: Equatable {
        let line: Int
        let length: Int
    }

    private static let keywords: Set<String> = ["func", "init", "deinit", "subscript", "var"]

    static func functions(in source: SwiftCode) -> [Function] {
        let code = source.bytes
        var found: [Function] = []
        var line = 1
        var index = 0
        while index < code.count {
            if code[index] == UInt8(ascii: "\n") { line += 1 }
            guard isWord(code[index]), index == 0 || !isWord(code[index - 1]) else {
                index += 1
                continue
            }
            var end = index
            while end < code.count, isWord(code[end]) { end += 1 }
            // `.init(...)` is a call.
            if end - index <= 9, keywords.contains(String(decoding: code[index..<end], as: UTF8.self)),
                index == 0 || code[index - 1] != UInt8(ascii: "."),
                let open = body(code, from: end), let close = matchingBrace(code, from: open)
            {
                found.append(Function(line: line, length: lineFeeds(code[index..<close]) + 1))
            }
            index = end
        }
        return found
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte >= 0x80
    }

    private static func lineFeeds(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }

    /// The brace that opens the body, or nil where the declaration has none (a requirement of a protocol, a stored property).
    private static func body(_ code: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < code.count {
            switch code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return index
            case UInt8(ascii: "}") where depth == 0, UInt8(ascii: "=") where depth == 0 && isAssignment(code, index): return nil
            case UInt8(ascii: "\n") where depth == 0 && !continues(code, after: index): return nil
            default: break
            }
            if depth < 0 { return nil }
            index += 1
        }
        return nil
    }

    /// A lone `=`, not part of `==` or an operator's name.
    private static func isAssignment(_ code: [UInt8], _ index: Int) -> Bool {
        index > 0 && index + 1 < code.count && code[index - 1] == 32 && code[index + 1] == 32
    }

    /// Whether a signature goes on in the next line.
    private static func continues(_ code: [UInt8], after lineFeed: Int) -> Bool {
        var next = lineFeed
        while next < code.count, code[next] == 10 || code[next] == 32 { next += 1 }
        let rest = code[next...]
        return ["{", "->", "where ", "async", "throws", "rethrows", "("].contains { rest.starts(with: $0.utf8) }
    }

    private static func matchingBrace(_ code: [UInt8], from open: Int) -> Int? {
        var depth = 0
        for index in open..<code.count {
            if code[index] == UInt8(ascii: "{") { depth += 1 }
            if code[index] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
