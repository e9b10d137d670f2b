import Contracts
import Lake
import Market
import OrderFlow
import Primitives

/// One row of SESSIONS with the files that its tables are made of.
struct DerivePlan: Sendable {
    let session: SessionSpec
    let request: FlowRequest
    let files: [FileRecord]
    let key: Digest
    let folder: String

    /// Builds the tables where they are not there already. Several plans may be carried out at once.
    func carryOut(_ workspace: Workspace) throws -> (manifest: DerivedTables.Manifest, wasBuilt: Bool) {
        if let manifest = DerivedTables.verified(folder, key: key) { return (manifest, false) }
        let scan = try CanonicalTradeScan(
            try files.map { file in
                CanonicalTradeScan.File(
                    path: try workspace.verified(file), first: file.firstTime ?? UnixNanos(.min),
                    last: file.lastTime ?? UnixNanos(.max))
            })
        let names = ParquetFlowSink.Names(
            bars: request.barIntervals.map { ($0, "bars_\($0)") }, footprint: request.footprintInterval.map { "footprint_\($0)" },
            cvd: request.cvdInterval.map { "cvd_\($0)" }, bigTrades: "big_trades",
            tradeBars: request.tradeBars, flow: request.flowInterval.map { "flow_\($0)" })
        let sink = try ParquetFlowSink(folder: folder, names: names, rules: request.bigTradeRules)
        let statistics: FlowStatistics
        do {
            statistics = try FileDerivation.aggregate(scan, request, into: sink).statistics
        } catch let error as OrderFlowError {
            throw ApusError(
                error.code, error.summary,
                context: ["session": session.id, "files": files.map(\.sourceName).joined(separator: ", ")], underlying: error)
        } catch let error as CalendarError {
            throw ApusError(
                "derive.calendar", "the trades cannot be assigned to sessions",
                context: ["session": session.id, "files": files.map(\.sourceName).joined(separator: ", ")], underlying: error)
        }
        let manifest = DerivedTables.Manifest(
            key: key, session: session.id, request: request, inputs: files, summaries: try sink.finish(), statistics: statistics,
            workspace: workspace)
        try AtomicFile.write(try CanonicalJSON.text(manifest.json, pretty: true), to: folder + "/manifest.json")
        return (manifest, true)
    }
}

extension OrderFlowError {
    var code: String {
        switch self {
        case .lateTrade: "derive.order"
        case .duplicateInterval, .invalidRule, .invalidRowsPerDrain: "derive.request"
        case .finished: "derive.finished"
        }
    }

    var summary: String {
        switch self {
        case .lateTrade: "the trades are too far out of order"
        case .duplicateInterval, .invalidRule, .invalidRowsPerDrain: "the session cannot be derived as configured"
        case .finished: "the trades cannot be aggregated"
        }
    }
}
