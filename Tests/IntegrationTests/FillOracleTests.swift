import Foundation
import Primitives
import TestKit
import Testing

/// Random scenarios played by `apus backtest signals` and by Tests/Oracles/fills_oracle.py, which knows docs/concepts/fills.md
/// alone.
@Suite(.enabled(if: Oracle.isInstalled, "scripts/bootstrap --tests installs the oracle packages"))
struct FillOracleTests {
    /// Seeds as `0-22,1200`; `APUS_FILL_SEEDS` adds others. Every one that differs is named with its first difference.
    @Test(arguments: ["0-61", ProcessInfo.processInfo.environment["APUS_FILL_SEEDS"] ?? ""].filter { !$0.isEmpty })
    func fillsTradesAndEquityAgree(seeds: String) throws {
        let folder = try TemporaryFolder()
        let answer = try Oracle.run(script: "fills_scenarios.py", arguments: [BuiltProgram.path, folder.path, seeds])
        #expect(answer.hasPrefix("ok: "), "\(answer)")
    }
}
