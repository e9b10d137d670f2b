import Contracts
import Glibc
import Pipeline
import Primitives
import TestKit
import Testing

@testable import apus

/// What every command owes to other programs: exit codes and JSON.
@Suite("The command line's contract") struct CommandContractTests {
    @Test func everyCommandDescribesItselfAsJSON() throws {
        for (path, command) in Command.root.flattened() {
            let result = try BuiltProgram.run(Array(path.dropFirst()) + ["--help", "--json"])
            #expect(result.exitCode == 0 && result.error.isEmpty, "\(path)")
            let document = try JSONParser.parse(result.output)
            #expect(document["name"]?.stringValue == command.name)
            #expect(document["usage"]?.stringValue?.hasPrefix(path.joined(separator: " ")) == true)
            #expect(document["commands"]?.arrayValue?.count == command.subcommands.count)
            #expect(command.run == nil || document["examples"]?.arrayValue?.isEmpty == false, "\(path) has no example")
        }
    }

    /// Every example is a command line that the parser takes.
    @Test func examplesAreCommandLines() throws {
        for (path, command) in Command.root.flattened() {
            for example in command.examples {
                let words = example.line.split(separator: " ").map(String.init)
                guard words.first == "apus" else { continue }  // Such as `source <(apus ...)`.
                let taken = words.dropFirst().prefix { $0 != ">" }
                let parsed = try ArgumentParser.parse(Array(taken), root: .root)
                #expect(parsed.path.starts(with: path), "\(example.line)")
            }
        }
    }

    @Test func theProgramItselfSpeaksJSON() throws {
        let bare = try JSONParser.parse(try BuiltProgram.run(["--json"]).output)
        #expect(bare["commands"]?.arrayValue?.count == Command.root.subcommands.count)
        for words in [["--version", "--json"], ["--json", "--version"]] {
            #expect(try JSONParser.parse(try BuiltProgram.run(words).output)["version"] == .string(ProgramVersion.current))
        }
    }

    /// A command line, its exit code, its error's code, and what the message names. `@` stands for a fresh folder.
    static let failures: [(line: String, exit: Int32, code: String, names: String)] = [
        ("frobnicate", 2, "usage.unknown_command", ""),
        ("lake", 2, "usage.missing_command", ""),
        ("run --threads 0", 2, "usage.invalid_value", ""),
        ("dbn convert @/x.dbn --to csv -", 2, "usage.conflict", ""),
        ("completion tcsh", 2, "usage.invalid_value", ""),
        ("dbn info @/x.dbn", 3, "file.read", "@/x.dbn"),
        ("dbn info @/text", 3, "dbn.magic", "@/text"),
        ("dbn convert @/x.dbn --to csv @/out", 3, "file.read", "@/x.dbn"),
        ("derive file @/x.dbn --out @/out", 3, "file.read", "@/x.dbn"),
        ("derive file @/text --out @/out", 3, "dbn.magic", "@/text"),
        ("derive quotes @/x.dbn --out @/out", 3, "file.read", "@/x.dbn"),
        ("futures rolls --root ES --contracts @/x --rule volume", 3, "file.read", "@/x"),
        ("futures rolls --root ES --contracts @/text --rule volume", 3, "futures.format", "@/text"),
        ("futures rolls --root ES --contracts @/text --rule volume --anchor month", 2, "usage.invalid_value", ""),
        ("report @/x", 3, "", "@/x"),
        ("enrich @/x --signals @/text --out @/out", 3, "parquet.read", "@/x"),
        ("enrich @/x --signals @/text --out @/text", 3, "input.overwrite", "@/text"),
        ("enrich @/text --signals @/x --out @/./text", 3, "input.overwrite", "@/text"),
        ("features compute @/text --spec @/x --out @/text", 3, "input.overwrite", "@/text"),
        ("features compute @/x --spec @/text --out @/text", 3, "input.overwrite", "@/text"),
        ("dbn convert @/text --to csv @/text", 3, "input.overwrite", "@/text"),
        ("enrich @/x --signals @/text --columns a,,b --out @/out", 2, "usage.invalid_value", ""),
        ("config check @/x.xlsx", 3, "file.read", "@/x.xlsx"),
        ("config check @/text", 3, "xlsx.zip", "@/text"),
        ("config check --snapshot @/x.json", 3, "file.read", "@/x.json"),
        ("config check --snapshot @/text", 3, "config.snapshot", "@/text"),
        ("config export --workspace @/x", 3, "workspace.missing", "@/x"),
        ("ingest --workspace @/x", 3, "workspace.missing", "@/x"),
        ("ingest --workspace @/w", 3, "ingest.missing", "@/w/inbox/sp500.csv"),
        ("ingest --workspace @/w NOPE", 3, "config.unknown", ""),
        ("derive --workspace @/w", 3, "derive.missing", ""),
        ("run --workspace @/w", 3, "run.missing", ""),
        ("report --workspace @/w", 3, "report.missing", ""),
        ("runbook --workspace @/w", 3, "ingest.missing", "@/w/inbox/sp500.csv"),
        ("demo @/demo --series @/x", 3, "demo.series", "@/x/sp500.csv"),
        ("demo @/demo --trades @/x.dbn", 3, "file.read", "@/x.dbn"),
        ("labels definitions forward_retrun", 3, "config.unknown", "forward_return"),
        ("labels definitions fwd_ret_15", 3, "config.unknown", "a horizon such as 15m"),
        ("labels list --workspace @/x", 3, "workspace.missing", "@/x"),
        ("labels build --workspace @/w", 3, "run.missing", ""),
        ("labels build --workspace @/w spx_fwd_ret_21", 3, "config.unknown", "spx_fwd_ret_21d"),
        ("labels build --workspace @/w vix_level", 3, "config.unknown", "this is a feature, no label"),
        ("labels audit --workspace @/w", 3, "run.missing", ""),
        ("features build --workspace @/w spx_fwd_ret_21d", 3, "config.unknown", "this is a label, no feature"),
        ("features audit --workspace @/w es_barrier", 3, "config.unknown", "this is a label, no feature"),
        ("explain feature es_barrier --at 2023-12-26 --workspace @/w", 3, "config.unknown", "this is a label, no feature"),
        ("lake status --workspace @/x", 3, "workspace.missing", "@/x"),
        ("runs list --snapshot @/x.json", 3, "file.read", "@/x.json"),
        ("init @/w", 1, "workspace.exists", "@/w"),
        ("config new @/text", 1, "config.exists", "@/text"),
        ("simulate es --out /proc/x.dbn", 1, "file.write", "/proc/x.dbn"),
    ]

    @Test func failuresHaveTheirExitCodeAndDocument() throws {
        let folder = try TemporaryFolder()
        _ = try WorkspaceTemplate.create(folder.file("w"))
        try AtomicFile.write("this is text", to: folder.file("text"))
        for failure in Self.failures {
            let words = failure.line.replacing("@", with: folder.path).split(separator: " ").map(String.init)
            let people = try BuiltProgram.run(words)
            let names = failure.names.replacing("@", with: folder.path)
            if failure.code != "usage.conflict" {
                #expect(people.exitCode == failure.exit && people.error.hasPrefix("error: "), "\(failure.line): \(people)")
                #expect(people.error.contains(names), "\(failure.line): \(people.error)")
            }
            let result = try BuiltProgram.run(["--json"] + words)
            #expect(result.exitCode == failure.exit, "\(failure.line): \(result.error)")
            #expect(result.output.isEmpty, "\(failure.line): \(result.output)")
            let error = try JSONParser.parse(result.error)["error"]
            if !failure.code.isEmpty { #expect(error?["code"]?.stringValue == failure.code, "\(failure.line)") }
            #expect(error?["message"]?.stringValue?.isEmpty == false)
            #expect(error?["code"] != "internal", "\(failure.line)")
        }
    }

    /// The problems of a workbook are a result: they go to standard output and decide the exit code.
    @Test func findingsAreResults() throws {
        let folder = try TemporaryFolder()
        _ = try WorkspaceTemplate.create(folder.file("w"))
        let result = try BuiltProgram.run(["config", "check", "--json", "--workspace", folder.file("w")])
        #expect(result.exitCode == 0)
        #expect(try JSONParser.parse(result.output)["problems"] == [])
    }

    /// SIGINT and SIGTERM end the program as shells expect, and what was unfinished goes with it.
    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptLeavesNothingUnfinished(_ signal: Int32) throws {
        let folder = try TemporaryFolder()
        let target = folder.file("out/es.dbn")
        let process = try ChildProcess([BuiltProgram.path, "simulate", "es", "--days", "2000", "--out", target])
        while process.isRunning, !folder.names(in: "out").contains(where: { $0.hasPrefix(AtomicFile.partialPrefix) }) {
            usleep(1000)
        }
        process.kill(signal)
        #expect(try process.wait().exitCode == 128 + signal)
        #expect(folder.names(in: "out").isEmpty)
    }
}
