import Primitives
import TestKit
import Testing

/// The demo as a newcomer runs it, checked by programs that share no code with it.
@Suite("The demo", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct DemoTests {
    /// A Python program written from docs/concepts/backtest.md alone agrees on every trade, fill and equity row.
    @Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
    func everyNumberIsRecomputed() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        let demo = try BuiltProgram.run(["demo", root])
        try #require(demo.exitCode == 0, "\(demo.error)")
        let answer = try Oracle.run(script: "backtest_oracle.py", arguments: [root])
        #expect(answer.contains("ok: 2 backtests"), "\(answer)")
    }

    /// ml4t-backtest and ml4t-diagnostic open the result folders, in either layout.
    @Test(
        .enabled(if: Oracle.isInstalled312, "no Python 3.12 with the ml4t packages"),
        .enabled(if: SharedData.existing("conformance/ml4t/check_interop.py") != nil, "../shared/conformance is absent"))
    func resultFoldersPassTheInteroperabilityCheck() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        try #require(try BuiltProgram.run(["demo", root]).exitCode == 0)
        let script = try #require(SharedData.existing("conformance/ml4t/check_interop.py"))
        for (layout, name) in [("v1", "v1"), ("ml4t-0.2", "v2")] {
            try #require(try BuiltProgram.run(["run", "--schema", layout, "--workspace", root]).exitCode == 0)
            let list = try BuiltProgram.run(["runs", "list", "--json", "--workspace", root])
            let runs = try #require(try JSONParser.parse(list.output).arrayValue)
            #expect(runs.count == 2)
            for run in runs {
                let answer = try Oracle.run312(
                    script: script, arguments: [try #require(run["folder"]?.stringValue), "--schema", name])
                #expect(answer.hasSuffix("OK\n"), "\(answer)")
            }
        }
    }
}
