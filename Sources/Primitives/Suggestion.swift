/// Finds what a misspelt word was meant to be.
public enum Suggestion {
    /// The candidate with the smallest edit distance, whatever the case: at most a third of the word's length, 1 at least and
    /// 3 at most. The first of equals wins; the word itself is no candidate.
    public static func closest(to word: String, among candidates: [String]) -> String? {
        let given = normal(word)
        let limit = max(1, min(3, given.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let letters = normal(candidate)
            guard abs(letters.count - given.count) <= limit, letters.count <= 200 else { continue }
            let distance = editDistance(given, letters)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other, in bytes of
    /// UTF-8. No byte takes part in two edits after a swap.
    public static func editDistance(_ a: String, _ b: String) -> Int { editDistance(Array(a.utf8), Array(b.utf8)) }

    private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
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

    /// Lower case; spaces and hyphens count as `_`.
    private static func normal(_ word: String) -> [UInt8] {
        word.utf8.map { byte in
            switch byte {
            case 65...90: byte + 32
            case 32, 45: UInt8(ascii: "_")
            default: byte
            }
        }
    }
}
