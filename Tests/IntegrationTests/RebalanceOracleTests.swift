import Foundation
import Primitives
import TestKit
import Testing

/// Random portfolios of target weights, and random target orders, played by `apus backtest signals` and by ml4t-backtest itself.
@Suite(.enabled(if: Oracle.isInstalled312, "scripts/bootstrap --tests installs the oracle packages"))
struct RebalanceOracleTests {
    /// Seeds as `0-59,93`; `APUS_REBALANCE_SEEDS` adds others. Every one that differs is named with its first difference.
    @Test(
        arguments: ["0-59,93,143,216", ProcessInfo.processInfo.environment["APUS_REBALANCE_SEEDS"] ?? ""].filter { !$0.isEmpty })
    func tradesAndEquityAreML4Ts(seeds: String) throws {
        let folder = try TemporaryFolder("rebalance")
        let answer = try Oracle.run312(script: "rebalance_ml4t.py", arguments: [BuiltProgram.path, folder.path, seeds])
        #expect(answer.hasPrefix("ok: "), "\(answer)")
    }
}
