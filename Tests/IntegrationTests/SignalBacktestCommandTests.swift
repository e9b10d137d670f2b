import Contracts
import Lake
import Pipeline
import Primitives
import TestKit
import Testing

@Suite struct SignalBacktestCommandTests {
    private static let conformance = SharedData.existing("conformance/ml4t")
    private static let cases = conformance.map { Folder.names(in: $0 + "/cases") } ?? []

    /// The reference's own comparison, of trades, fills and equity bar by bar.
    @Test(
        .enabled(if: conformance != nil && Oracle.isInstalled312, "needs ../shared/conformance and .deps/oracle312"),
        arguments: cases) func agreesWithML4T(_ name: String) throws
    {
        let conformance = try #require(Self.conformance)
        let folder = try TemporaryFolder()
        let path = "\(conformance)/cases/\(name)"
        for schema in ["v1", "ml4t-0.2"] {
            let result = folder.file(schema)
            let run = try BuiltProgram.run(["backtest", "signals", "--case", path, "--out", result, "--schema", schema, "--json"])
            try #require(run.exitCode == 0, "\(run.error)")
            let document = try JSONParser.parse(bytes: Array(run.output.utf8))
            #expect(document["folder"]?.stringValue == result)
            #expect(document["ignored_signal_rows"] == 0)
            // It ends with an error, which names every difference, where one is too large.
            let answer = try Oracle.run312(script: conformance + "/compare.py", arguments: [path, result])
            #expect(answer.contains("OK"))
        }
    }

    @Test(.enabled(if: conformance != nil, "needs ../shared/conformance")) func theSameInputGivesTheSameBytes() throws {
        let conformance = try #require(Self.conformance)
        let folder = try TemporaryFolder()
        let words = ["backtest", "signals", "--case", conformance + "/cases/backtrader_01", "--json", "--out"]
        let first = try BuiltProgram.run(words + [folder.file("a")])
        try #require(first.exitCode == 0, "\(first.error)")
        #expect(try BuiltProgram.run(words + [folder.file("b")]).exitCode == 0)
        for name in folder.names(in: "a") {
            #expect(try FileBytes.read(folder.file("a/" + name)) == FileBytes.read(folder.file("b/" + name)), "\(name)")
        }
        let again = try JSONParser.parse(bytes: Array(try BuiltProgram.run(words + [folder.file("a")]).output.utf8))
        #expect(again["changed"] == false)
    }

    /// A written config.yaml is a configuration again: the same run follows from it.
    @Test(.enabled(if: conformance != nil, "needs ../shared/conformance")) func aWrittenConfigurationRunsAgain() throws {
        let path = try #require(Self.conformance) + "/cases/vectorbt_oss_10"
        let folder = try TemporaryFolder()
        let first = try BuiltProgram.run(["backtest", "signals", "--case", path, "--out", folder.file("a")])
        try #require(first.exitCode == 0, "\(first.error)")
        let second = try BuiltProgram.run([
            "backtest", "signals", "--prices", path + "/prices.parquet", "--signals", path + "/signals.parquet", "--config",
            folder.file("a/config.yaml"), "--out", folder.file("b"),
        ])
        try #require(second.exitCode == 0, "\(second.error)")
        for name in ["trades.parquet", "equity.parquet", "config.yaml", "metrics.json"] {
            #expect(try FileBytes.read(folder.file("a/" + name)) == FileBytes.read(folder.file("b/" + name)), "\(name)")
        }
    }

    @Test(arguments: [
        ["--out", "x"], ["--prices", "p", "--out", "x"], ["--prices", "p", "--signals", "s", "--orders", "o", "--out", "x"],
        ["--case", "c", "--prices", "p", "--out", "x"], ["--case", "c", "--schema", "v3", "--out", "x"],
        ["--prices", "p", "--weights", "w", "--orders", "o", "--out", "x"], ["--case", "c", "--weights", "w", "--out", "x"],
    ]) func commandLinesThatMakeNoSenseAreRefused(_ words: [String]) throws {
        #expect(try BuiltProgram.run(["backtest", "signals"] + words).exitCode == 2)
    }

    @Test(.enabled(if: conformance != nil, "needs ../shared/conformance")) func badInputEndsWithThree() throws {
        let path = try #require(Self.conformance) + "/cases/backtrader_01"
        let folder = try TemporaryFolder()
        try AtomicFile.write("account: {leverage: true}\n", to: folder.file("c.yaml"))
        let run = try BuiltProgram.run([
            "backtest", "signals", "--prices", path + "/prices.parquet", "--signals", path + "/signals.parquet", "--config",
            folder.file("c.yaml"), "--out", folder.file("out"), "--json",
        ])
        #expect(run.exitCode == 3)
        let error = try JSONParser.parse(bytes: Array(run.error.utf8))["error"]
        #expect(error?["code"] == "config.key")
        #expect(error?["context"]?["file"]?.stringValue == folder.file("c.yaml"))
        #expect(error?["context"]?["key"] == "account.leverage")
        #expect(folder.names() == ["c.yaml"])
    }
}

@Suite struct PythonPackageTests {
    private static let cases = SharedData.existing("conformance/ml4t/cases")

    @Test(.enabled(if: cases != nil && Oracle.isInstalled312, "needs ../shared/conformance and .deps/oracle312"))
    func framesGoInAndComeOut() throws {
        // The script finds the program as a user's would: through the variable.
        let answer = try Oracle.run312(
            script: "python_package.py", arguments: [try #require(Self.cases)], environment: ["APUS_BIN": BuiltProgram.path])
        #expect(answer == "OK\n")
    }
}
