import Contracts
import Engine
import Lake
import Market
import Primitives
import Reporting

/// The reports that REPORTING asks for, and an index of them.
public struct WorkspaceReports {
    private let workspace: Workspace

    public init(_ workspace: Workspace) { self.workspace = workspace }

    /// Tear sheets of the runs of the present configuration, then `index.html` in the runs folder.
    /// - Throws: `ApusError` `report.missing` where a report's backtest has not run with this configuration.
    public func write() throws -> [ReportOutcome] {
        let data = DataAccess(workspace, registry: try workspace.registry())
        let runs = try RunList.all(workspace).filter { $0.problem == nil }
        let snapshot = workspace.configuration.snapshotDigest.hex
        var outcomes: [ReportOutcome] = []
        for report in workspace.configuration.reports where report.tearSheet {
            let matching = runs.filter { $0.backtestID == report.targetID && $0.snapshotDigest == snapshot }
            guard !matching.isEmpty else {
                throw ApusError(
                    "report.missing", "the backtest has not run with this configuration; run `apus run`",
                    context: ["report": report.id, "backtest": report.targetID])
            }
            for run in matching {
                outcomes.append(
                    try ReportStage.write(
                        folder: run.folder, benchmark: try benchmark(report.targetID, data), workspace: workspace))
            }
        }
        outcomes.append(try writeIndex(runs))
        return outcomes
    }

    /// Buying and holding the instrument: its last close of every trade date.
    func benchmark(_ backtestID: String, _ data: DataAccess) throws -> Benchmark? {
        let configuration = workspace.configuration
        guard let spec = configuration.backtests.first(where: { $0.id == backtestID }),
            let strategy = configuration.strategy(spec.strategyID),
            let instrument = configuration.instrument(strategy.instrumentID)
        else { return nil }
        let lane = try InstrumentBars.load(instrument, data, from: spec.startDate, through: spec.lastDate).lane
        let last = lane.tradeDates.indices.filter {
            $0 + 1 == lane.tradeDates.count || lane.tradeDates[$0 + 1] != lane.tradeDates[$0]
        }
        return Benchmark(
            name: "Buy and hold \(instrument.id)", dates: last.map { lane.tradeDates[$0] },
            closes: last.map { lane.bars[$0].close })
    }

    private func writeIndex(_ runs: [RunList.Run]) throws -> ReportOutcome {
        let summaries = try runs.map { run in
            let result = try ResultFolder.read(run.folder)
            return RunSummary(
                title: run.backtestID, detail: "\(run.runID), as of \(run.asOf)", href: "\(run.runID)/report.html",
                metrics: result.metrics,
                equity: result.equity.map(\.equity))
        }
        let path = workspace.paths.runs + "/index.html"
        let html = IndexPage.html(runs: summaries)
        return ReportOutcome(runID: "index", path: path, wasWritten: try AtomicFile.writeIfChanged(Array(html.utf8), to: path))
    }
}
