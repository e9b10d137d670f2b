import Primitives
import TestKit
import Testing

/// Backtests of four real markets beside a ledger that was written from docs/concepts/fills.md alone; docs/concepts/peers.md
/// tells what vectorbt, backtesting.py, nautilus and ml4t-backtest make of them.
@Suite(
    .enabled(
        if: Oracle.isInstalled && SharedData.has("crypto/xrp_usdt_perp") && SharedData.has("es/minute_2013"),
        "needs the oracle and ../shared/data"))
struct PeerBacktestTests {
    @Test(.timeLimit(.minutes(3))) func everyTradeAndEveryEquityIsTheLedgers() throws {
        let scratch = try TemporaryFolder("peers")
        let data = try #require(SharedData.existing("data"))
        let text = try Oracle.run(
            script: "peer_backtests.py", arguments: [BuiltProgram.path, data, scratch.path, "--peers"])
        let lines = text.split(separator: "\n")
        let summary = try JSONParser.parse(String(try #require(lines.last)))
        #expect(summary["failed"] == false && summary["comparisons"] == 18 && summary["trades"] == 2_198, "\(text)")
    }
}
