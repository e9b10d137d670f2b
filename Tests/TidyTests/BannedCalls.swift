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
        var found: [Violation] = []
        for (index, line) in SwiftCode(file.text).lines.enumerated() {
            for reason in reasons(in: Array(line)) where !isAllowed(reason, in: file.path) {
                found.append(Violation(path: file.path, line: index + 1, what: reason))
            }
        }
        return found
    }

    private static func isAllowed(_ reason: String, in path: String) -> Bool {
        if reason.hasSuffix(clock) { return path == "Sources/Primitives/SystemClock.swift" }
        if reason.contains("prints:") { return path.hasPrefix("Sources/apus/") }
        return false
    }

    private static func reasons(in line: [Character]) -> [String] {
        var found: [String] = []
        var index = 0
        while index < line.count {
            if line[index] == "!", isForceUnwrap(line, index) { found.append("'!' traps: unwrap, try or cast with an error") }
            guard isWordStart(line, index) else {
                index += 1
                continue
            }
            var end = index
            while end < line.count, isWordPart(line[end]) { end += 1 }
            let word = String(line[index..<end])
            if let reason = reason(for: word, line, index, end) { found.append(reason) }
            index = end
        }
        return found
    }

    private static func reason(for word: String, _ line: [Character], _ start: Int, _ end: Int) -> String? {
        let next = end < line.count ? line[end] : " "
        let afterDot = start > 0 && line[start - 1] == "."
        if drawing.contains(word), afterDot, next == "(" {
            let arguments = String(line[end...])
            return arguments.contains("using:") ? nil : "\(word) \(chance)"
        }
        guard let banned = words[word], !banned.needsParenthesis || next == "(" else { return nil }
        if banned.mayFollowDot, afterDot { return nil }
        if String(line[..<start]).hasSuffix("func ") { return nil }
        return "\(word) \(banned.reason)"
    }

    private static func isWordPart(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "_" }

    private static func isWordStart(_ line: [Character], _ index: Int) -> Bool {
        isWordPart(line[index]) && (index == 0 || !isWordPart(line[index - 1]))
    }

    /// A `!` directly after an expression or type, and not the start of `!=`.
    private static func isForceUnwrap(_ line: [Character], _ index: Int) -> Bool {
        guard index > 0 else { return false }
        let before = line[index - 1]
        let after = index + 1 < line.count ? line[index + 1] : " "
        return (isWordPart(before) || ")]>\"?".contains(before)) && after != "="
    }
}
