/// The command line itself is wrong; nothing was done.
struct UsageError: Error, Equatable {
    enum Kind: Equatable {
        case unknownCommand(String)
        case missingCommand
        case unknownOption(String)
        case missingValue(option: String)
        case unexpectedValue(option: String)
        case repeatedOption(String)
        case missingOption(String)
        case invalidValue(name: String, value: String, expected: String)
        case missingArgument(String)
        case unexpectedArgument(String)
        /// Both want standard output.
        case conflict(String, String)
    }

    let kind: Kind
    /// The words of the command that was being read, from `apus` on.
    let path: [String]
    /// A word that exists and looks like the one given.
    var suggestion: String?

    /// A stable word for `--json`.
    var code: String {
        switch kind {
        case .unknownCommand: "usage.unknown_command"
        case .missingCommand: "usage.missing_command"
        case .unknownOption: "usage.unknown_option"
        case .missingValue: "usage.missing_value"
        case .unexpectedValue: "usage.unexpected_value"
        case .repeatedOption: "usage.repeated_option"
        case .missingOption: "usage.missing_option"
        case .invalidValue: "usage.invalid_value"
        case .missingArgument: "usage.missing_argument"
        case .conflict: "usage.conflict"
        case .unexpectedArgument: "usage.unexpected_argument"
        }
    }

    var message: String {
        let text =
            switch kind {
            case .unknownCommand(let word): "unknown command '\(word)'"
            case .missingCommand: "'\(path.joined(separator: " "))' needs a command"
            case .unknownOption(let option): "unknown option '\(option)'"
            case .missingValue(let option): "option '\(option)' needs a value"
            case .unexpectedValue(let option): "option '\(option)' takes no value"
            case .repeatedOption(let option): "option '\(option)' is given twice"
            case .missingOption(let option): "option '\(option)' is required"
            case .invalidValue(let name, let value, let expected): "'\(value)' is not a valid \(name): expected \(expected)"
            case .missingArgument(let name): "argument \(name) is missing"
            case .conflict(let option, let other): "option '\(option)' does not go with \(other) standard output"
            case .unexpectedArgument(let word): "unexpected argument '\(word)'"
            }
        guard let suggestion else { return text }
        return text + " (did you mean '\(suggestion)'?)"
    }
}

/// Finds what a mistyped word was meant to be.
enum Suggestion {
    /// The candidate with the smallest edit distance, if it is close enough to be a slip; the first of equals.
    static func closest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, min(3, word.count / 3))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(word, candidate)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
    static func editDistance(_ a: String, _ b: String) -> Int {
        let a = Array(a), b = Array(b)
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var distance = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, rows[i - 1][j - 1] + 1) }
                row.append(distance)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
