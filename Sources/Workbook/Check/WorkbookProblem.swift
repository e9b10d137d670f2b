/// One thing wrong with a workbook, and where.
public struct WorkbookProblem: Hashable, Sendable, CustomStringConvertible {
    public let sheet: String
    /// Such as `B3`; nil where the problem is the sheet itself.
    public let cell: String?
    public let message: String
    /// What was probably meant.
    public let suggestion: String?

    public init(sheet: String, cell: String?, message: String, suggestion: String? = nil) {
        self.sheet = sheet
        self.cell = cell
        self.message = message
        self.suggestion = suggestion
    }

    /// `STRATEGIES!C4: there is no id "SPXX" in INSTRUMENTS; did you mean "SPX"?`
    public var description: String {
        let place = cell.map { "\(sheet)!\($0)" } ?? sheet
        return "\(place): \(message)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

/// Finds what a misspelt word probably meant.
enum Suggestion {
    /// `did you mean "x"?` for the nearest word, where one is near.
    static func text(_ word: String, among words: [String]) -> String? {
        nearest(word, among: words).map { "did you mean \"\($0)\"?" }
    }

    /// The word with the least edit distance, whatever the case: at most a third of the length, 1 at least and 3 at most.
    /// The first of equals wins.
    static func nearest(_ word: String, among words: [String]) -> String? {
        let given = normal(word)
        let limit = max(1, min(3, given.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in words where candidate != word {
            let distance = distance(given, normal(candidate), limit: limit)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func normal(_ word: String) -> [UInt8] {
        word.utf8.compactMap { byte in
            switch byte {
            case 65...90: byte + 32
            case 32, 45, 160: UInt8(ascii: "_")
            default: byte
            }
        }
    }

    /// Levenshtein's distance with neighbouring transpositions counted once, or `limit` + 1 where it is larger.
    static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
        if abs(a.count - b.count) > limit || a.count > 200 || b.count > 200 { return limit + 1 }
        var before: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[b.count]
    }
}
