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
        /// One or the other.
        case exclusive(String, String)
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
        case .conflict, .exclusive: "usage.conflict"
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
            case .exclusive(let option, let other): "option '\(option)' does not go with '\(other)'"
            case .unexpectedArgument(let word): "unexpected argument '\(word)'"
            }
        guard let suggestion else { return text }
        return text + " (did you mean '\(suggestion)'?)"
    }
}
