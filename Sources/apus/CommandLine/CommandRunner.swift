import Primitives

/// Runs one command line: parses, calls the command, prints what went wrong, returns the exit code.
struct CommandRunner {
    let root: Command
    let version: String
    let output: OutputWriter
    let errorOutput: OutputWriter
    let terminal: Terminal
    let clock: any Clock

    /// `words` are those after the program's name.
    func run(_ words: [String]) -> ExitCode {
        // An error may lie in the words themselves, so how to report it is decided before they are parsed.
        let wantsJSON = words.prefix { $0 != "--" }.contains("--json")
        do {
            defer { try? errorOutput.flush() }
            try perform(words)
            try output.flush()
            return .success
        } catch is OutputWriter.Closed {
            return .success
        } catch {
            try? output.flush()
            report(error, asJSON: wantsJSON)
            try? errorOutput.flush()
            return ExitCode(error)
        }
    }

    private func perform(_ words: [String]) throws {
        if words == ["--version"] { return try output.line("apus " + version) }
        let arguments = try ArgumentParser.parse(words, root: root)
        guard !arguments.flag("help"), let body = arguments.command.run else {
            return try output.write(HelpText.text(for: arguments.command, path: arguments.path))
        }
        let json = arguments.flag("json"), quiet = arguments.flag("quiet")
        let level: Log.Level = arguments.flag("verbose") ? .debug : (quiet ? .warning : .info)
        let errors = errorOutput
        let log = Log(minimum: level, clock: clock, asJSON: json) { line in
            try? errors.line(line)
            try? errors.flush()
        }
        try body(
            CommandContext(
                arguments: arguments, root: root, json: json, quiet: quiet, output: output, log: log, clock: clock,
                terminal: terminal, errorOutput: errorOutput))
    }

    private func report(_ error: any Error, asJSON: Bool) {
        // A command that throws an exit code has already said what is wrong.
        if error is ExitCode { return }
        if asJSON {
            try? errorOutput.line(Self.jsonText(error))
            return
        }
        switch error {
        case let usage as UsageError:
            try? errorOutput.line("error: \(usage.message)")
            try? errorOutput.line("See '\(usage.path.joined(separator: " ")) --help'.")
        default: try? errorOutput.line("error: \(error)")
        }
    }

    private static func jsonText(_ error: any Error) -> String {
        var code = "internal", message = "\(error)"
        var context: [String: JSONValue] = [:]
        switch error {
        case let usage as UsageError:
            code = usage.code
            message = usage.message
            context["command"] = .string(usage.path.joined(separator: " "))
        case let apus as ApusError:
            code = apus.code
            message = apus.message
            for (key, value) in apus.context { context[key] = .string(value) }
            if let underlying = apus.underlying { context["cause"] = .string("\(underlying)") }
        default: break
        }
        let document: JSONValue = ["error": ["code": .string(code), "message": .string(message), "context": .object(context)]]
        return (try? CanonicalJSON.text(document)) ?? message
    }
}
