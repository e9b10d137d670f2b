import Primitives

extension Command {
    static let completion = Command(
        name: "completion", summary: "Print a completion script for a shell.",
        examples: [
            Example("source <(apus completion bash)", "completion in this bash"),
            Example("apus completion fish > ~/.config/fish/completions/apus.fish", "completion in every fish from now on"),
        ],
        arguments: [Argument("SHELL", "bash, zsh or fish")],
        run: { context in
            let name = context.arguments.argument("SHELL")
            guard let shell = Completion.Shell(rawValue: name) else {
                throw context.arguments.invalid("SHELL", name, "bash, zsh or fish")
            }
            let script = Completion.script(for: shell, root: context.root)
            try context.emit(json: ["shell": .string(name), "script": .string(script)]) { try context.output.write(script) }
        })
}
