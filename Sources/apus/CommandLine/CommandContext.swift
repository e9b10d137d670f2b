import Primitives

/// What a running command is given: its arguments and the ways to speak to its user.
struct CommandContext: Sendable {
    let arguments: ParsedArguments
    /// The whole program, for `help` and `completion`.
    let root: Command
    /// The user asked for JSON: exactly one document goes to standard output.
    let json: Bool
    let quiet: Bool
    var verbose: Bool { arguments.flag("verbose") }
    let output: OutputWriter
    let log: Log
    let clock: any Clock
    let terminal: Terminal
    /// Where progress bars go.
    let errorOutput: OutputWriter

    /// One line of result for people. Nothing where the user asked for JSON.
    func print(_ line: String = "") throws {
        if !json { try output.line(line) }
    }

    func print(_ table: TextTable) throws {
        for line in table.lines { try print(line) }
    }

    /// The result: `document` where the user asked for JSON, otherwise whatever `people` prints.
    func emit(json document: @autoclosure () throws -> JSONValue, people: () throws -> Void) throws {
        if json {
            try output.write(try CanonicalJSON.text(try document(), pretty: true))
        } else {
            try people()
        }
    }

    /// A progress bar that is drawn only on a terminal and not with `--quiet`. `total` is nil where the end is not known.
    func progress(_ label: String, total: Int64? = nil, unit: String = "") -> Progress {
        let errors = errorOutput
        return Progress(label, total: total, unit: unit, terminal: quiet ? .none : terminal, clock: clock) { text in
            try? errors.write(text)
            try? errors.flush()
        }
    }
}
