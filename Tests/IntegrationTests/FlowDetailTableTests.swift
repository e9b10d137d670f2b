import Ingest
import Market
import OrderFlow
import Pipeline
import Primitives
import TestKit
import Testing

/// The details of bars, from files to tables, against a plain program.
@Suite("Details of bars equal the oracle's", .enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
struct FlowDetailTableTests {
    private static func compare(_ file: String, _ interval: BarInterval, _ session: SessionKind, tick: Int64?) throws -> String {
        let folder = try TemporaryFolder()
        let request = FlowRequest(
            calendar: "CME_EQUITY", session: session, barIntervals: [interval], footprintInterval: nil, cvdInterval: nil,
            bigTradeRules: [.fixed(size: 20)], flowInterval: interval, otherTickSize: tick)
        _ = try FileDerivation.run(file: file, request: request, folder: folder.path)
        return try Oracle.run(
            script: "flow_details.py",
            arguments: [file, folder.path, session.rawValue, "\(interval.seconds)", "\(tick ?? 0)", "20"])
    }

    @Test(
        .enabled(if: SharedData.has("es/esh4-20231225.trades.dbn.zst"), "../shared/data is absent"),
        arguments: [("1m", 250_000_000), ("5s", 0), ("1h", 250_000_000)] as [(String, Int64)])
    func esh4(interval: String, tick: Int64) throws {
        let answer = try Self.compare(
            try #require(SharedData.path("es/esh4-20231225.trades.dbn.zst")), try #require(BarInterval(interval)), .full,
            tick: tick == 0 ? nil : tick)
        #expect(answer.hasPrefix("ok ") && !answer.contains(" 0 imbalances"), "\(answer)")
    }

    @Test(arguments: [SessionKind.full, .rth]) func simulated(session: SessionKind) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("es.dbn.zst")
        let start = try #require(CivilDate("2024-01-05"))
        _ = try Simulation.write(SimulationParameters(seed: 5, startDate: start, days: 2, tradesPerDay: 20_000), to: file)
        let answer = try Self.compare(file, try #require(BarInterval("5m")), session, tick: 250_000_000)
        #expect(answer.hasPrefix("ok ") && !answer.contains(" 0 imbalances"), "\(answer)")
    }
}
