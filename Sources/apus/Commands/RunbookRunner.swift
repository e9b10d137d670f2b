import Contracts
import Pipeline
import Primitives

/// Carries out the RUNBOOK sheet.
enum RunbookRunner {
    /// Runs every step; with `--json` their output is collected instead of printed.
    /// - Parameter overrides: further words of the command line that each step which knows them gets, such as `--threads 1`.
    /// - Returns: a document a step: its number, task and command, and as `result` the step's own document.
    /// - Throws: `StepFailure`; where the step's result is a finding, after the documents so far were printed.
    static func run(
        _ context: CommandContext, root: String, snapshot: String? = nil, threads: String? = nil
    ) throws -> [JSONValue] {
        let workspace = try Workspace.open(root, snapshot: snapshot, clock: context.clock)
        let given = [("workspace", Optional(root)), ("snapshot", snapshot), ("threads", threads)]
        var done: [JSONValue] = []
        for step in workspace.configuration.runbook {
            try context.print("\(step.number). \(step.task): \(step.command)")
            context.log.debug("step", ["number": .int(Int64(step.number)), "command": .string(step.command)])
            let words = try words(of: step, given: given, context)
            let output = context.json ? OutputWriter() : context.output
            let runner = CommandRunner(
                root: context.root, version: ProgramVersion.current, output: output, errorOutput: context.errorOutput,
                terminal: context.quiet ? .none : context.terminal, clock: context.clock)
            var failure: (any Error)?
            do { try runner.perform(words) } catch { failure = error }
            if context.json { done.append(document(of: step, output: output.text)) }
            if let failure {
                if context.json, failure is ExitCode { try context.emit(json: .array(done)) {} }
                throw StepFailure(step: step.number, command: step.command, cause: failure)
            }
            try context.print()
            try context.output.flush()
        }
        return done
    }

    private static func document(of step: RunbookStep, output: String) -> JSONValue {
        [
            "step": .int(Int64(step.number)), "task": .string(step.task), "command": .string(step.command),
            "result": (try? JSONParser.parse(output)) ?? .null,
        ]
    }

    private static func words(
        of step: RunbookStep, given: [(name: String, value: String?)], _ context: CommandContext
    ) throws -> [String] {
        var words = step.command.split(separator: " ").map(String.init)
        func refused(_ message: String, _ cause: (any Error)? = nil) -> ApusError {
            ApusError(
                "config.runbook", message,
                context: ["sheet": "RUNBOOK", "step": "\(step.number)", "command": step.command], underlying: cause)
        }
        guard words.first == "apus", words.count > 1, words[1] != "runbook", words[1] != "demo" else {
            throw refused("a step is an apus command and no runbook itself")
        }
        words.removeFirst()
        let parsed: ParsedArguments
        do {
            parsed = try ArgumentParser.parse(words, root: context.root)
        } catch let mistake as UsageError {
            throw refused("the step is no valid command: \(mistake.message)")
        }
        for (name, value) in given {
            guard let value, parsed.command.options.contains(where: { $0.name == name }), !parsed.isGiven(name) else { continue }
            words.insert(contentsOf: ["--" + name, value], at: words.firstIndex(of: "--") ?? words.count)
        }
        for (name, isWanted) in [("json", context.json), ("quiet", context.quiet), ("verbose", context.verbose)] {
            if isWanted, !parsed.isGiven(name) { words.insert("--" + name, at: 0) }
        }
        return words
    }
}
