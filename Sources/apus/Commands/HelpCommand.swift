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
            try context.emit(json: HelpText.document(of: found.command, path: found.path)) {
                try context.output.write(HelpText.text(for: found.command, path: found.path))
            }
        })
}
