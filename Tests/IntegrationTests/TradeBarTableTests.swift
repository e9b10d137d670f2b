import Contracts
import Ingest
import Lake
import Market
import OrderFlow
import Pipeline
import Primitives
import TestKit
import Testing

/// Bars that trades close, from files to tables, against plain programs.
@Suite("Alternative bars equal the oracles'", .enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
struct TradeBarTableTests {
    private static func derive(_ file: String, _ rules: [String], _ session: SessionKind, _ calendar: String, to folder: String)
        throws
        -> FlowOutput
    {
        let request = FlowRequest(
            calendar: calendar, session: session, barIntervals: [.minute], footprintInterval: nil, cvdInterval: nil,
            bigTradeRules: [], tradeBars: try rules.map { try #require(TradeBarRule($0)) })
        return try FileDerivation.run(file: file, request: request, folder: folder)
    }

    private static func compare(_ file: String, _ rules: [String], _ session: SessionKind, _ calendar: String = "CME_EQUITY")
        throws
    {
        let folder = try TemporaryFolder()
        _ = try derive(file, rules, session, calendar, to: folder.path)
        let answer = try Oracle.run(
            script: "flow_trade_bars.py", arguments: [file, folder.path, calendar, session.rawValue] + rules)
        let lines = answer.split(separator: "\n")
        #expect(lines.count == rules.count && lines.allSatisfy { $0.hasPrefix("ok ") && !$0.hasSuffix(" 0") }, "\(answer)")
    }

    /// An hour of E-mini trades, with aggressors.
    @Test(.enabled(if: SharedData.has("es/esh4-20231225.trades.dbn.zst"), "../shared/data is absent"))
    func esh4() throws {
        let file = try #require(SharedData.path("es/esh4-20231225.trades.dbn.zst"))
        try Self.compare(
            file,
            [
                "tick:100", "tick:1", "volume:250", "dollar:1e7", "tick_imbalance:20", "volume_imbalance:100",
                "dollar_imbalance:5e5", "tick_runs:50", "volume_runs:100", "dollar_runs:2e7",
            ], .full)
    }

    /// A day of SPY: no aggressors, so that the tick rule signs every trade; 68 % of the stamps are tied.
    @Test(
        .enabled(if: SharedData.has("equities/spy-20131007.trades.dbn.zst"), "../shared/data is absent"),
        arguments: [SessionKind.full, .rth])
    func spy(session: SessionKind) throws {
        let file = try #require(SharedData.path("equities/spy-20131007.trades.dbn.zst"))
        try Self.compare(
            file, ["tick:1000", "tick_imbalance:200", "volume_imbalance:50000", "dollar_runs:1e8"], session, "US_EQUITY")
    }

    /// Four sessions, so that bars meet session ends, with the weekend between.
    @Test(arguments: [SessionKind.full, .rth]) func simulated(session: SessionKind) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("es.dbn.zst")
        let start = try #require(CivilDate("2024-01-04"))
        let count = try Simulation.write(SimulationParameters(seed: 3, startDate: start, days: 4, tradesPerDay: 20_000), to: file)
        #expect(count > 60_000)
        try Self.compare(
            file,
            [
                "tick:700", "volume:5000", "dollar:1e8", "tick_imbalance:100", "volume_imbalance:500", "dollar_imbalance:1e8",
                "tick_runs:300", "volume_runs:1500", "dollar_runs:3e8",
            ], session)
    }

    @Test(
        .enabled(if: Oracle.isInstalled312, "the Python 3.12 oracles are not installed"),
        .enabled(if: SharedData.has("es/esh4_20231225_trades.csv"), "../shared/data is absent"))
    func engineer() throws {
        let rules = ["tick:100", "volume:250", "dollar:1e7"]
        let folder = try TemporaryFolder()
        let file = try #require(SharedData.path("es/esh4-20231225.trades.dbn.zst"))
        _ = try Self.derive(file, rules, .full, "CME_EQUITY", to: folder.path)
        let csv = try #require(SharedData.path("es/esh4_20231225_trades.csv"))
        let answer = try Oracle.run312(script: "flow_trade_bars_ml4t.py", arguments: [csv, folder.path] + rules)
        #expect(answer.split(separator: "\n").filter { $0.hasPrefix("ok ") }.count == 3, "\(answer)")
    }
}
