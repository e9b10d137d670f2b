import Contracts
import Pipeline
import Primitives

/// Carries out the RUNBOOK sheet.
enum RunbookRunner {
    static func run(_ context: CommandContext, root: String) throws {
        let workspace = try Workspace.open(root, clock: context.clock)
        // In JSON mode one document is printed at the end and the steps stay silent.
        let output = context.json ? OutputWriter() : context.output
        var done: [JSONValue] = []
        for step in workspace.configuration.runbook {
            try context.print("\(step.number). \(step.task): \(step.command)")
            let words = try words(of: step, root: root)
            let runner = CommandRunner(
                root: context.root, version: ProgramVersion.current, output: output,
                errorOutput: context.errorOutput, terminal: context.terminal, clock: context.clock)
            let code = runner.run(words)
            guard code == .success else { throw code }
            try context.print()
            done.append(["step": .int(Int64(step.number)), "task": .string(step.task), "command": .string(step.command)])
        }
        if context.json { try context.emit(json: .array(done)) {} }
    }

    private static func words(of step: RunbookStep, root: String) throws -> [String] {
        var words = step.command.split(separator: " ").map(String.init)
        guard words.first == "apus", words.count > 1, words[1] != "runbook", words[1] != "demo" else {
            throw ApusError(
                "config.runbook", "a step is an apus command and no runbook itself",
                context: ["sheet": "RUNBOOK", "step": "\(step.number)", "command": step.command])
        }
        words.removeFirst()
        if !words.contains("--workspace") { words += ["--workspace", root] }
        return words
    }
}
