import Market
import Primitives

/// Runs one command line: parses, calls the command, prints what went wrong, returns the exit code.
///
/// With `--json`, standard output holds exactly one JSON document where the command did its work, and nothing where it did not;
/// then the last line of standard error is the document of the error. A command whose result is a finding, such as the problems
/// of a workbook, prints that document and ends with the finding's exit code.
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
        defer { try? errorOutput.flush() }
        do {
            try perform(words)
            try output.flush()
            return .success
        } catch {
            if Self.isClosedPipe(error) { return .success }
            if wantsJSON, !Self.isFinding(error) { output.discard() }
            try? output.flush()
            report(error, asJSON: wantsJSON)
            return ExitCode(error)
        }
    }

    /// Does what `words` say and leaves reporting to the caller.
    func perform(_ words: [String]) throws {
        if words.contains("--version"), words.allSatisfy({ $0 == "--version" || $0 == "--json" }) {
            guard words.contains("--json") else { return try output.line("apus " + version) }
            return try output.write(CanonicalJSON.text(["name": "apus", "version": .string(version)], pretty: true))
        }
        let arguments = try ArgumentParser.parse(words, root: root)
        let json = arguments.flag("json"), quiet = arguments.flag("quiet")
        let level: Log.Level = arguments.flag("verbose") ? .debug : (quiet ? .error : .warning)
        let errors = errorOutput
        let log = Log(minimum: level, clock: clock, asJSON: json) { line in
            try? errors.line(line)
            try? errors.flush()
        }
        let context = CommandContext(
            arguments: arguments, root: root, json: json, quiet: quiet, output: output, log: log, clock: clock,
            terminal: terminal, errorOutput: errorOutput)
        guard !arguments.flag("help"), let body = arguments.command.run else {
            return try context.emit(json: HelpText.document(of: arguments.command, path: arguments.path)) {
                try output.write(HelpText.text(for: arguments.command, path: arguments.path))
            }
        }
        log.debug("begin", ["command": .string(arguments.path.joined(separator: " "))])
        try body(context)
    }

    private static func isClosedPipe(_ error: any Error) -> Bool {
        if let failure = error as? StepFailure { return isClosedPipe(failure.cause) }
        return error is OutputWriter.Closed
    }

    /// A command that throws an exit code has already said what is wrong.
    private static func isFinding(_ error: any Error) -> Bool {
        if let failure = error as? StepFailure { return isFinding(failure.cause) }
        return error is ExitCode
    }

    private func report(_ error: any Error, asJSON: Bool) {
        if Self.isFinding(error) { return }
        if asJSON {
            try? errorOutput.line(Self.jsonText(error))
            return
        }
        switch error {
        case let usage as UsageError:
            try? errorOutput.line("error: \(usage.message)")
            try? errorOutput.line("See '\(usage.path.joined(separator: " ")) --help'.")
        case let failure as StepFailure: try? errorOutput.line("error: step \(failure.step): \(failure.cause)")
        default: try? errorOutput.line("error: \(error)")
        }
    }

    private static func jsonText(_ error: any Error) -> String {
        var code = "internal", message = "\(error)"
        var context: [String: JSONValue] = [:]
        var cause = error
        if let failure = error as? StepFailure {
            context["step"] = .int(Int64(failure.step))
            context["command"] = .string(failure.command)
            cause = failure.cause
            message = "\(cause)"
        }
        switch cause {
        case let usage as UsageError:
            code = usage.code
            message = usage.message
            context["command"] = .string(usage.path.joined(separator: " "))
        case let apus as ApusError:
            code = apus.code
            message = apus.message
            for (key, value) in apus.context { context[key] = .string(value) }
            if let underlying = apus.underlying { context["cause"] = .string("\(underlying)") }
        case is CalendarError: code = "calendar.coverage"
        default: break
        }
        let document: JSONValue = ["error": ["code": .string(code), "message": .string(message), "context": .object(context)]]
        return (try? CanonicalJSON.text(document)) ?? message
    }
}
