import Primitives

/// Turns the words of a command line into a command and its arguments.
struct ArgumentParser {
    private var command: Command
    private var path: [String]
    private var values: [String: [String]] = [:]
    private var positional: [String] = []

    private init(_ root: Command) {
        command = root
        path = [root.name]
    }

    /// `words` are those after the program's name. The command of the result may be a group (when only `--help` was asked for).
    /// - Throws: `UsageError`.
    static func parse(_ words: [String], root: Command) throws -> ParsedArguments {
        var parser = ArgumentParser(root)
        try parser.read(words)
        if parser.values["help"] == nil { parser.takeStandard(before: nil) }
        let parsed = ParsedArguments(
            path: parser.path, command: parser.command, optionValues: parser.values, positional: parser.positional)
        if parser.values["help"] == nil { try parser.checkCompleteness() }
        return parsed
    }

    private mutating func read(_ words: [String]) throws {
        var index = 0
        var onlyArguments = false
        while index < words.count {
            let word = words[index]
            index += 1
            takeStandard(before: word)
            if onlyArguments {
                try take(argument: word)
            } else if word == "--" {
                onlyArguments = true
            } else if word.hasPrefix("--") {
                try takeLong(word, words, &index)
            } else if word.hasPrefix("-"), word.count > 1, !Self.isNumber(word) {
                try takeShort(word, words, &index)
            } else if command.run == nil {
                try descend(word)
            } else {
                try take(argument: word)
            }
        }
    }

    /// A group with a standard subcommand becomes that one, unless the word names another or is an option that all commands have.
    private mutating func takeStandard(before word: String?) {
        guard let name = command.standard, let standard = command.subcommand(named: name) else { return }
        if let word, command.subcommand(named: word) != nil || Self.isCommon(word) { return }
        command = standard
        path.append(name)
    }

    private static func isCommon(_ word: String) -> Bool {
        Command.Option.common.contains { word == "--" + $0.name || word == $0.short.map { "-" + String($0) } }
    }

    /// `-5` and `-.5` are arguments.
    private static func isNumber(_ word: String) -> Bool {
        guard let second = word.dropFirst().first else { return false }
        return second.isNumber || second == "."
    }

    private mutating func descend(_ word: String) throws {
        guard let next = command.subcommand(named: word) else {
            let near = Suggestion.closest(to: word, among: command.subcommands.map(\.name))
            throw UsageError(kind: .unknownCommand(word), path: path, suggestion: near)
        }
        command = next
        path.append(next.name)
    }

    private mutating func take(argument word: String) throws {
        let limit = command.arguments.last?.repeats == true ? Int.max : command.arguments.count
        guard positional.count < limit else { throw UsageError(kind: .unexpectedArgument(word), path: path) }
        positional.append(word)
    }

    private mutating func takeLong(_ word: String, _ words: [String], _ index: inout Int) throws {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard let option = command.allOptions.first(where: { $0.name == name }) else {
            let near = Suggestion.closest(to: name, among: command.allOptions.map(\.name))
            throw UsageError(kind: .unknownOption("--" + name), path: path, suggestion: near.map { "--" + $0 })
        }
        try take(option, inline: parts.count == 2 ? String(parts[1]) : nil, words, &index)
    }

    /// `-q`, `-qv`, `-o VALUE`.
    private mutating func takeShort(_ word: String, _ words: [String], _ index: inout Int) throws {
        let letters = Array(word.dropFirst())
        for (place, letter) in letters.enumerated() {
            guard let option = command.allOptions.first(where: { $0.short == letter }) else {
                throw UsageError(kind: .unknownOption("-" + String(letter)), path: path)
            }
            guard option.placeholder == nil || place == letters.count - 1 else {
                throw UsageError(kind: .missingValue(option: "--" + option.name), path: path)
            }
            try take(option, inline: nil, words, &index)
        }
    }

    private mutating func take(_ option: Command.Option, inline: String?, _ words: [String], _ index: inout Int) throws {
        let shown = "--" + option.name
        guard option.placeholder != nil else {
            guard inline == nil else { throw UsageError(kind: .unexpectedValue(option: shown), path: path) }
            values[option.name] = []
            return
        }
        var value = inline
        if value == nil, index < words.count, !words[index].hasPrefix("--") {
            value = words[index]
            index += 1
        }
        guard let value else { throw UsageError(kind: .missingValue(option: shown), path: path) }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            let near = Suggestion.closest(to: value, among: option.choices)
            let expected = "one of " + option.choices.joined(separator: ", ")
            throw UsageError(kind: .invalidValue(name: shown, value: value, expected: expected), path: path, suggestion: near)
        }
        guard option.repeats || values[option.name] == nil else { throw UsageError(kind: .repeatedOption(shown), path: path) }
        values[option.name, default: []].append(value)
    }

    private func checkCompleteness() throws {
        guard command.run != nil else {
            // `apus` alone shows its help, see CommandRunner.
            if path.count == 1, positional.isEmpty { return }
            throw UsageError(kind: .missingCommand, path: path)
        }
        for (index, argument) in command.arguments.enumerated() where !argument.isOptional && index >= positional.count {
            throw UsageError(kind: .missingArgument(argument.name), path: path)
        }
        for option in command.options where option.isRequired && values[option.name] == nil {
            throw UsageError(kind: .missingOption("--" + option.name), path: path)
        }
    }
}
