/// Calls that DESIGN rules out: they would make results depend on the moment or on chance, or end the program without an error.
enum BannedCalls {
    struct Word {
        let reason: String
        var needsParenthesis = false
        /// May follow a dot (a method of another type has the same name).
        var mayFollowDot = false
    }

    private static let clock = "reads the machine's clock: take a Clock"
    private static let chance = "draws unseeded random numbers: take a SeededGenerator"

    private static let words: [String: Word] = [
        "Date": Word(reason: clock, needsParenthesis: true),
        "time": Word(reason: clock, needsParenthesis: true, mayFollowDot: true),
        "clock_gettime": Word(reason: clock), "gettimeofday": Word(reason: clock), "timespec_get": Word(reason: clock),
        "ContinuousClock": Word(reason: clock), "SuspendingClock": Word(reason: clock), "DispatchTime": Word(reason: clock),
        "systemUptime": Word(reason: clock), "SystemRandomNumberGenerator": Word(reason: chance),
        "arc4random": Word(reason: chance), "arc4random_uniform": Word(reason: chance), "drand48": Word(reason: chance),
        "getrandom": Word(reason: chance), "getentropy": Word(reason: chance),
        "UUID": Word(reason: chance, needsParenthesis: true),
        "rand": Word(reason: chance, needsParenthesis: true, mayFollowDot: true),
        "fatalError": Word(reason: "ends the program: throw, or state a precondition", needsParenthesis: true),
        "print": Word(reason: "prints: only the command line does", needsParenthesis: true, mayFollowDot: true),
        "debugPrint": Word(reason: "prints: only the command line does", needsParenthesis: true, mayFollowDot: true),
        "dump": Word(reason: "prints: only the command line does", needsParenthesis: true, mayFollowDot: true),
    ]

    /// Methods that draw from the system's generator unless they are given another.
    private static let drawing: Set<String> = ["random", "shuffled", "shuffle", "randomElement"]

    static func violations(in file: RepositoryFile) -> [Violation] {
        let code = file.code.bytes
        var found: [Violation] = []
        var line = 1
        var index = 0
        while index < code.count {
            var reasons: [String] = []
            var end = index + 1
            switch code[index] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "!"):
                if isForceUnwrap(code, index) { reasons.append("'!' traps: unwrap, try or cast with an error") }
            case let byte where isWord(byte):
                while end < code.count, isWord(code[end]) { end += 1 }
                reasons += reason(for: code[index..<end], in: code)
            default: break
            }
            for reason in reasons where !isAllowed(reason, in: file.path) {
                found.append(Violation(path: file.path, line: line, what: reason))
            }
            index = end
        }
        return found
    }

    private static func isAllowed(_ reason: String, in path: String) -> Bool {
        if reason.hasSuffix(clock) { return path == "Sources/Primitives/SystemClock.swift" }
        if reason.contains("prints:") { return path.hasPrefix("Sources/apus/") }
        return false
    }

    private static func reason(for bytes: ArraySlice<UInt8>, in code: [UInt8]) -> [String] {
        let word = String(decoding: bytes, as: UTF8.self)
        let start = bytes.startIndex, end = bytes.endIndex
        let isCall = end < code.count && code[end] == UInt8(ascii: "(")
        let afterDot = start > 0 && code[start - 1] == UInt8(ascii: ".")
        if drawing.contains(word) {
            return afterDot && isCall && !arguments(code, from: end).contains("using:") ? ["\(word) \(chance)"] : []
        }
        guard let banned = words[word], !banned.needsParenthesis || isCall else { return [] }
        if banned.mayFollowDot, afterDot { return [] }
        // The C function takes a pointer; a function of ours may have the same name.
        if word == "time", !["(nil", "(&", "(0"].contains(where: arguments(code, from: end).hasPrefix) { return [] }
        if start >= 5, code[(start - 5)..<start].elementsEqual("func ".utf8) { return [] }
        return ["\(word) \(banned.reason)"]
    }

    /// The text between a call's parentheses, nested ones included.
    private static func arguments(_ code: [UInt8], from open: Int) -> String {
        var depth = 0
        for index in open..<code.count {
            if code[index] == UInt8(ascii: "(") { depth += 1 }
            if code[index] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return String(decoding: code[open..<index], as: UTF8.self) }
        }
        return ""
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte >= 0x80
    }

    /// A `!` directly after an expression or type, and not the start of `!=`.
    private static func isForceUnwrap(_ code: [UInt8], _ index: Int) -> Bool {
        guard index > 0 else { return false }
        let after = index + 1 < code.count ? code[index + 1] : 32
        return (isWord(code[index - 1]) || ")]>\"?".utf8.contains(code[index - 1])) && after != UInt8(ascii: "=")
    }
}
