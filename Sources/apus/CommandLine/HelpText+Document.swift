import Primitives

extension HelpText {
    /// The help of a command and of all below it, for other programs.
    static func document(of command: Command, path: [String]) -> JSONValue {
        let options = command.allOptions.map { option -> JSONValue in
            [
                "name": .string("--" + option.name),
                "short": option.short.map { .string("-" + String($0)) } ?? .null,
                "value": option.placeholder.map { .string($0) } ?? .null,
                "help": .string(option.help),
                "default": option.standard.map { .string($0) } ?? .null,
                "choices": .array(option.choices.map { .string($0) }),
                "required": .bool(option.isRequired),
                "repeats": .bool(option.repeats),
            ]
        }
        let arguments = command.arguments.map { argument -> JSONValue in
            [
                "name": .string(argument.name), "help": .string(argument.help), "optional": .bool(argument.isOptional),
                "repeats": .bool(argument.repeats),
            ]
        }
        let examples = command.examples.map { ["line": .string($0.line), "meaning": .string($0.meaning)] as JSONValue }
        return [
            "name": .string(command.name), "usage": .string(usage(of: command, path: path)),
            "summary": .string(command.summary), "discussion": .string(command.discussion), "options": .array(options),
            "arguments": .array(arguments), "examples": .array(examples),
            "commands": .array(command.subcommands.map { document(of: $0, path: path + [$0.name]) }),
        ]
    }
}
