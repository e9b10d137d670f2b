/// The help of a command.
enum HelpText {
    static func text(for command: Command, path: [String]) -> String {
        var lines = [command.summary, "", "usage: " + usage(of: command, path: path)]
        if !command.discussion.isEmpty { lines += ["", command.discussion] }
        if !command.subcommands.isEmpty {
            lines += section(
                "Commands", command.subcommands.map { ($0.name, $0.summary + ($0.name == command.standard ? " (default)" : "")) })
        }
        if !command.arguments.isEmpty {
            lines += section("Arguments", command.arguments.map { (term(of: $0), $0.help) })
        }
        lines += section("Options", command.allOptions.map { (term(of: $0), explanation(of: $0)) })
        if !command.examples.isEmpty {
            lines += ["", "Examples:"]
            for example in command.examples { lines += ["  # \(example.meaning)", "  \(example.line)"] }
        }
        if path.count == 1 {
            lines += section("Exit codes", ExitCode.allCases.map { (String($0.rawValue), $0.meaning) })
            lines += ["", "'apus help COMMAND' explains a command. 'apus --version' prints the version."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func usage(of command: Command, path: [String]) -> String {
        var words = path
        if !command.subcommands.isEmpty { words.append(command.standard == nil ? "COMMAND" : "[COMMAND]") }
        for option in command.options where option.isRequired { words.append(term(of: option)) }
        for argument in command.arguments { words.append(argument.isOptional ? "[\(term(of: argument))]" : term(of: argument)) }
        words.append("[OPTIONS]")
        return words.joined(separator: " ")
    }

    static func term(of option: Command.Option) -> String {
        (option.short.map { "-\($0), " } ?? "") + "--" + option.name + (option.placeholder.map { " " + $0 } ?? "")
    }

    private static func term(of argument: Command.Argument) -> String { argument.name + (argument.repeats ? "..." : "") }

    private static func explanation(of option: Command.Option) -> String {
        var notes: [String] = []
        if option.isRequired { notes.append("required") }
        if !option.choices.isEmpty { notes.append(option.choices.joined(separator: " | ")) }
        if let standard = option.standard { notes.append("default: \(standard)") }
        if option.repeats { notes.append("may be repeated") }
        return option.help + (notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")")
    }

    private static func section(_ title: String, _ entries: [(term: String, help: String)]) -> [String] {
        let width = min(28, entries.reduce(0) { max($0, $1.term.count) })
        var lines = ["", title + ":"]
        for (term, help) in entries {
            if term.count > width {
                lines += ["  " + term, String(repeating: " ", count: width + 4) + help]
            } else {
                lines.append("  " + term + String(repeating: " ", count: width - term.count + 2) + help)
            }
        }
        return lines
    }
}
