/// Swift source with comments and the contents of string literals blanked out, line for line. Code inside interpolations stays.
struct SwiftCode: Sendable {
    let bytes: [UInt8]
    /// Numbers of the lines that begin inside a string literal of several lines.
    let linesInLiterals: Set<Int>

    init(_ source: String) {
        var stripper = Stripper(bytes: Array(source.utf8))
        stripper.code(until: nil)
        bytes = stripper.out
        linesInLiterals = stripper.linesInLiterals
    }

    var lines: [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}

private struct Stripper {
    let bytes: [UInt8]
    var position = 0
    var out: [UInt8] = []
    var line = 1
    var linesInLiterals: Set<Int> = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    private func sees(_ text: StaticString) -> Bool {
        // The first byte decides most cases.
        guard bytes[position] == text.utf8Start.pointee else { return false }
        return text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func keep() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        out.append(bytes[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            let isLineFeed = bytes[position] == UInt8(ascii: "\n")
            if isLineFeed { line += 1 }
            out.append(isLineFeed ? UInt8(ascii: "\n") : UInt8(ascii: " "))
            position += 1
        }
    }

    /// Copies code up to the parenthesis that closes an interpolation, or to the end.
    mutating func code(until closing: UInt8?) {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            if sees("//") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { blank() }
            } else if sees("/*") {
                blockComment()
            } else if byte == UInt8(ascii: "\"") || (byte == UInt8(ascii: "#") && opensRawString) {
                string()
            } else if let closing, byte == closing, depth == 0 {
                return
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                keep()
            }
        }
    }

    private var opensRawString: Bool {
        bytes[position...].first { $0 != UInt8(ascii: "#") } == UInt8(ascii: "\"")
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func string() {
        var hashes = 0
        while position < bytes.count, bytes[position] == UInt8(ascii: "#") {
            hashes += 1
            keep()
        }
        let isLong = sees("\"\"\"")
        let quote = [UInt8](repeating: UInt8(ascii: "\""), count: isLong ? 3 : 1)
        let closing = quote + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let escape = [UInt8(ascii: "\\")] + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        for _ in quote { keep() }
        let first = line
        defer { if line > first { linesInLiterals.formUnion((first + 1)...line) } }
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == closing[0] || byte == escape[0] || byte == UInt8(ascii: "\n") else {
                blank()
                continue
            }
            let rest = bytes[position...]
            if rest.starts(with: closing) {
                for _ in closing { keep() }
                return
            }
            if rest.starts(with: escape + [UInt8(ascii: "(")]) {
                blank(escape.count)
                keep()
                code(until: UInt8(ascii: ")"))
                if position < bytes.count { keep() }
            } else if rest.starts(with: escape) {
                blank(escape.count + 1)
            } else if !isLong, bytes[position] == UInt8(ascii: "\n") {
                return  // not a string after all
            } else {
                blank()
            }
        }
    }
}
