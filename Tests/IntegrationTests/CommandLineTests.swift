import Glibc
import Primitives
import TestKit
import Testing

@testable import apus

/// The command-line frame: parsing, help, errors, exit codes, and the built program itself.
@Suite struct CommandLineTests {
    /// A tree with everything that can be declared. Its leaf prints what it was given.
    static let tree = Command(
        name: "apus", summary: "A program.",
        subcommands: [
            Command(
                name: "derive", summary: "Derive tables.",
                subcommands: [
                    Command(
                        name: "file", summary: "Derive from one file.", discussion: "In one pass.",
                        examples: [.init("apus derive file F --out DIR", "all tables")],
                        options: [
                            .value("session", "NAME", "session", default: "FULL", choices: ["RTH", "FULL"]),
                            .value("interval", short: "i", "TIME", "length of a bar", default: "1m"),
                            .value("count", "N", "how many"),
                            .value("symbol", "S", "a symbol", repeats: true),
                            .value("out", "DIR", "folder", required: true),
                            .flag("force", short: "f", "overwrite"),
                        ],
                        arguments: [.init("FILE", "input"), .init("MORE", "further inputs", optional: true, repeats: true)],
                        run: { context in
                            let given = context.arguments
                            let document: JSONValue = [
                                "session": .string(given.string("session")), "interval": .string(given.string("interval")),
                                "count": try given.int("count", in: 1...9).map { .int(Int64($0)) } ?? .null,
                                "symbols": .array(given.strings("symbol").map { .string($0) }),
                                "force": .bool(given.flag("force")), "file": .string(given.argument("FILE")),
                                "more": .array(given.arguments("MORE").map { .string($0) }),
                            ]
                            try context.emit(json: document) { try context.print(try CanonicalJSON.text(document)) }
                        })
                ]),
            Command(
                name: "fail", summary: "Fail.", examples: [.init("apus fail CODE", "")],
                arguments: [.init("CODE", "of the error")],
                run: { context in
                    let code = context.arguments.argument("CODE")
                    if code == "said" { throw ExitCode.invalidInput }
                    if code == "other" { throw JSONFailure() }
                    throw ApusError(code, "it broke", context: ["file": "a.dbn", "offset": "12"])
                }),
        ])

    struct JSONFailure: Error {}

    struct Outcome {
        let code: ExitCode
        let output: String
        let error: String
    }

    private func run(_ words: String..., tree: Command = Self.tree) -> Outcome {
        let output = OutputWriter(), errors = OutputWriter()
        let runner = CommandRunner(
            root: tree, version: "1.2.3", output: output, errorOutput: errors, terminal: .none, clock: FixedClock(UnixNanos(0)))
        let code = runner.run(words)
        return Outcome(code: code, output: output.text, error: errors.text)
    }

    // MARK: Parsing

    @Test func everyFormOfAnOptionIsRead() throws {
        let forms = [
            ["derive", "file", "x", "--out", "d", "--session", "RTH", "--interval=5m", "-f", "--count", "3"],
            ["derive", "file", "-fi", "5m", "--session=RTH", "--out=d", "--count=3", "x"],
            ["derive", "file", "-f", "-i", "5m", "--count", "3", "--session", "RTH", "--out", "d", "--", "x"],
        ]
        for words in forms {
            let parsed = try ArgumentParser.parse(words, root: Self.tree)
            #expect(parsed.path == ["apus", "derive", "file"])
            #expect(parsed.string("session") == "RTH" && parsed.string("interval") == "5m" && parsed.flag("force"), "\(words)")
            #expect(parsed.argument("FILE") == "x")
            #expect(try parsed.int("count") == 3)
        }
    }

    @Test func defaultsRepetitionsAndWordsThatLookLikeOptions() throws {
        let words = ["derive", "file", "--out", "d", "--symbol", "A", "--symbol=B", "-5", "--", "--force", "-x"]
        let parsed = try ArgumentParser.parse(words, root: Self.tree)
        #expect(parsed.strings("symbol") == ["A", "B"])
        #expect(parsed.string("session") == "FULL" && !parsed.flag("force"))
        #expect(parsed.argument("FILE") == "-5" && parsed.arguments("MORE") == ["--force", "-x"])
        #expect(try parsed.int("count") == nil)
        let negative = try ArgumentParser.parse(["derive", "file", "x", "--out", "d", "--count", "-5"], root: Self.tree)
        #expect(negative.optionalString("count") == "-5")
        #expect(throws: UsageError.self) { try negative.int("count", in: 1...9) }
    }

    static let mistakes: [([String], UsageError.Kind, String?)] = [
        (["drive"], UsageError.Kind.unknownCommand("drive"), "derive"), (["derive"], .missingCommand, nil),
        (["derive", "fil"], .unknownCommand("fil"), "file"),
        (["derive", "file", "x", "--sesion", "RTH"], .unknownOption("--sesion"), "--session"),
        (["derive", "file", "x", "--zzzzzz"], .unknownOption("--zzzzzz"), nil),
        (["derive", "file", "x", "-z"], .unknownOption("-z"), nil),
        (["derive", "file", "x", "--out"], .missingValue(option: "--out"), nil),
        (["derive", "file", "x", "--out", "--force"], .missingValue(option: "--out"), nil),
        (["derive", "file", "x", "-if", "5m"], .missingValue(option: "--interval"), nil),
        (["derive", "file", "x", "--force=yes"], .unexpectedValue(option: "--force"), nil),
        (["derive", "file", "x", "--out", "a", "--out", "b"], .repeatedOption("--out"), nil),
        (["derive", "file", "x"], .missingOption("--out"), nil),
        (["derive", "file", "--out", "d"], .missingArgument("FILE"), nil),
        (["fail", "a", "b"], .unexpectedArgument("b"), nil),
        (
            ["derive", "file", "x", "--session", "RHT"],
            .invalidValue(name: "--session", value: "RHT", expected: "one of RTH, FULL"), "RTH"
        ),
    ]

    @Test(arguments: mistakes)
    func mistakesAreNamed(_ words: [String], _ kind: UsageError.Kind, _ suggestion: String?) {
        let error = #expect(throws: UsageError.self) { try ArgumentParser.parse(words, root: Self.tree) }
        #expect(error?.kind == kind)
        #expect(error?.suggestion == suggestion)
    }

    @Test func aGroupMayHaveAStandardCommand() throws {
        let leaf = try #require(Self.tree.subcommand(named: "derive")?.subcommand(named: "file"))
        let group = Command(name: "derive", summary: "D.", subcommands: [leaf], standard: "file")
        let tree = Command(name: "apus", summary: "A.", subcommands: [group])
        for words in [
            ["derive", "--json", "--out", "d", "x"], ["derive", "x", "--out=d", "--json"],
            ["derive", "--json", "file", "x", "--out", "d"],
        ] {
            let parsed = try ArgumentParser.parse(words, root: tree)
            #expect(parsed.path == ["apus", "derive", "file"], "\(words)")
            #expect(parsed.argument("FILE") == "x" && parsed.flag("json"))
        }
        #expect(try ArgumentParser.parse(["derive", "--help"], root: tree).path == ["apus", "derive"])
        let bare = #expect(throws: UsageError.self) { try ArgumentParser.parse(["derive", "-q"], root: tree) }
        #expect(bare?.kind == .missingArgument("FILE"))
        #expect(HelpText.text(for: group, path: ["apus", "derive"]).contains("Derive from one file. (default)"))
    }

    @Test func editDistances() {
        #expect(Suggestion.editDistance("kitten", "sitting") == 3)
        #expect(Suggestion.editDistance("", "abc") == 3)
        #expect(Suggestion.editDistance("ab", "ba") == 1)
        #expect(Suggestion.closest(to: "improt", among: ["export", "import"]) == "import")
        #expect(Suggestion.closest(to: "x", among: ["export", "import"]) == nil)
    }

    // MARK: Running

    @Test func resultsGoToOutputAndExitIsZero() throws {
        let outcome = run("derive", "file", "x", "--out", "d", "--json")
        #expect(outcome.code == .success && outcome.error.isEmpty)
        #expect(try JSONParser.parse(outcome.output)["session"] == "FULL")
        #expect(run("derive", "file", "x", "--out", "d").output.hasPrefix("{\"count\":null"))
        #expect(run("--version").output == "apus 1.2.3\n")
    }

    @Test(arguments: [
        ("dbn.truncated", ExitCode.invalidInput), ("config.unknown_key", .invalidInput), ("file.write", .failure),
        ("said", .invalidInput),
        ("other", .failure),
    ])
    func errorsHaveTheirExitCode(_ code: String, _ expected: ExitCode) throws {
        let outcome = run("fail", code)
        #expect(outcome.code == expected && outcome.output.isEmpty)
        switch code {
        case "said": #expect(outcome.error.isEmpty)
        case "other": #expect(outcome.error == "error: JSONFailure()\n")
        default:
            #expect(outcome.error == "error: it broke (file: a.dbn, offset: 12)\n")
            let error = try JSONParser.parse(run("fail", code, "--json").error)
            #expect(
                error == ["error": ["code": .string(code), "message": "it broke", "context": ["file": "a.dbn", "offset": "12"]]])
        }
    }

    @Test func usageErrorsPointToHelp() throws {
        let outcome = run("derive", "fil")
        #expect(outcome.code == .usage)
        #expect(outcome.error == "error: unknown command 'fil' (did you mean 'file'?)\nSee 'apus derive --help'.\n")
        let document = try JSONParser.parse(run("derive", "fil", "--json").error)
        #expect(document["error"]?["code"] == "usage.unknown_command")
    }

    @Test func helpExplainsEverything() {
        let outcome = run("derive", "file", "--help")
        #expect(outcome.code == .success)
        for part in [
            "Derive from one file.", "usage: apus derive file --out DIR FILE [MORE...] [OPTIONS]", "In one pass.",
            "-i, --interval TIME",
            "RTH | FULL; default: FULL", "required", "may be repeated", "# all tables", "--json",
        ] {
            #expect(outcome.output.contains(part), "\(part)\n\(outcome.output)")
        }
        #expect(run("derive", "-h").output.contains("Derive from one file."))
        #expect(run().code == .success)
        #expect(run().output.contains("130"))
        #expect(run("derive").code == .usage)
    }

    // MARK: Presentation

    @Test func tablesAlign() {
        var table = TextTable([.left("name"), .right("rows"), .left("note")])
        table.add(["ES", "1,234", ""])
        table.add(["São Paulo", "5", "x"])
        #expect(
            table.lines == [
                "name        rows  note", "---------  -----  ----", "ES         1,234", "São Paulo      5  x",
            ])
    }

    @Test func numbersForPeople() {
        #expect([0, 12, 123, 1234, -1_234_567].map { TextFormat.count($0) } == ["0", "12", "123", "1,234", "-1,234,567"])
        #expect([0, 5, 999, 1234, 15_300_000].map { TextFormat.short($0) } == ["0", "5", "999", "1.23 k", "15.3 M"])
        #expect([512, 1536, 3 << 30].map { TextFormat.bytes($0) } == ["512 B", "1.5 KiB", "3.0 GiB"])
        #expect([4.2, 754, 3723].map { TextFormat.duration($0) } == ["0:05", "12:34", "1:02:03"])
        #expect([TextFormat.fixed(-0.005, 2), TextFormat.fixed(12.345, 1), TextFormat.fixed(7, 0)] == ["-0.01", "12.3", "7"])
    }

    @Test func progressDrawsOnlyForPeople() {
        final class Screen: Sendable {
            let writer = OutputWriter()
        }
        let screen = Screen()
        let draw: @Sendable (String) -> Void = { try? screen.writer.write($0) }
        let clock = FixedClock(UnixNanos(0))
        let silent = Progress("ingest", total: 10, unit: "files", terminal: .none, clock: clock, draw: draw)
        silent.advance()
        silent.finish()
        #expect(screen.writer.text.isEmpty)

        let terminal = Terminal(isInteractive: true, width: 80)
        let shown = Progress("ingest", total: 2000, unit: "files", terminal: terminal, clock: clock, draw: draw)
        shown.advance(by: 1000)
        let first = screen.writer.text
        #expect(first == "\ringest [##########..........]  50%  1,000 / 2,000 files")
        shown.advance(by: 500)
        #expect(screen.writer.text == first, "no time has passed, so nothing is drawn again")
        shown.finish()
        #expect(screen.writer.text == first + "\r" + String(repeating: " ", count: first.count - 1) + "\r")
        #expect(shown.text(done: 500, elapsed: 5 * UnixNanos.perSecond).hasSuffix("25%  500 / 2,000 files  100/s  0:15 left"))
    }
}

/// The real command tree and the program as users call it.
@Suite struct ProgramTests {
    @Test func everyCommandIsWellDeclared() { #expect(Command.root.problems() == []) }

    @Test func checksOfDeclarationsFindMistakes() {
        let bad = Command(
            name: "Bad", summary: "no sentence",
            options: [.flag("json", "again"), .value("mode", "M", "m", default: "x", choices: ["y"])],
            arguments: [.init("A", "a", optional: true), .init("B", "b")], run: { _ in })
        #expect(bad.problems().count == 6, "\(bad.problems())")
    }

    @Test func everyCommandHasHelp() throws {
        for (path, command) in Command.root.flattened() {
            let result = try BuiltProgram.run(Array(path.dropFirst()) + ["--help"])
            #expect(result.exitCode == 0 && result.error.isEmpty)
            #expect(result.output.hasPrefix(command.summary), "\(path)")
            if command.run != nil { #expect(result.output.contains("Examples:"), "\(path)") }
        }
    }

    @Test func versionHelpAndErrorsAsJSON() throws {
        let version = try JSONParser.parse(BuiltProgram.run(["version", "--json"]).output)
        #expect(version["version"] == .string(ProgramVersion.current))
        let help = try JSONParser.parse(BuiltProgram.run(["help", "--json"]).output)
        #expect(help["commands"]?.arrayValue?.count == Command.root.subcommands.count)
        let wrong = try BuiltProgram.run(["versoin", "--json"])
        #expect(wrong.exitCode == 2 && wrong.output.isEmpty)
        #expect(try JSONParser.parse(wrong.error)["error"]?["code"] == "usage.unknown_command")
    }

    /// The script runs in a real bash and offers what fits.
    @Test(arguments: [
        ("apus ver", "version"), ("apus completion --j", "--json"), ("apus help comp", ""), ("apus --qu", "--quiet"),
    ])
    func bashCompletes(_ typed: String, _ expected: String) throws {
        let script =
            Completion.script(for: .bash, root: .root) + """
                COMP_WORDS=(\(typed)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _apus; echo "${COMPREPLY[*]}"
                """
        let folder = try TemporaryFolder()
        let result = try ChildProcess.run(["bash", "-u"], folder: folder.path, input: script)
        #expect(result.exitCode == 0, "\(result.error)")
        #expect(result.output == expected + "\n")
    }

    @Test func completionScriptsNameEveryCommandAndOption() {
        for shell in Completion.Shell.allCases {
            let script = Completion.script(for: shell, root: CommandLineTests.tree)
            for word in ["derive", "file", "session", "RTH FULL", "force", "quiet"] {
                #expect(script.contains(word), "\(shell): \(word)")
            }
        }
    }

    @Test func aClosedPipeIsNoError() throws {
        let result = try ChildProcess.run(["bash", "-c", "set -o pipefail; '\(BuiltProgram.path)' help --json | true"])
        #expect(result.exitCode == 0 && result.error.isEmpty, "\(result.error)")
    }

    @Test func aFullDiskIsAnError() throws {
        let result = try ChildProcess.run(["bash", "-c", "'\(BuiltProgram.path)' help > /dev/full"])
        #expect(result.exitCode == 1)
        #expect(result.error.hasPrefix("error: cannot write to standard output (reason: "))
    }
}
