import Primitives

extension Command {
    static let help = Command(
        name: "help", summary: "Explain the program or one of its commands.",
        examples: [
            Example("apus help", "all commands"),
            Example("apus help completion", "one command"),
            Example("apus help --json", "the whole command tree, for other programs"),
        ],
        arguments: [Argument("COMMAND", "the words of a command", optional: true, repeats: true)],
        run: { context in
            let words = context.arguments.arguments("COMMAND")
            let found = try ArgumentParser.parse(words + ["--help"], root: context.root)
            try context.emit(json: description(of: found.command)) {
                try context.output.write(HelpText.text(for: found.command, path: found.path))
            }
        })

    private static func description(of command: Command) -> JSONValue {
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
        return [
            "name": .string(command.name), "summary": .string(command.summary), "options": .array(options),
            "arguments": .array(arguments), "commands": .array(command.subcommands.map { description(of: $0) }),
        ]
    }
}
