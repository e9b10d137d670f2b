import Contracts
import Lake
import Market
import OrderFlow
import Primitives

/// One row of SESSIONS with the files that its tables are made of.
struct DerivePlan: Sendable {
    let session: SessionSpec
    let work: Work
    let files: [FileRecord]
    let key: Digest
    let folder: String

    /// What is made, of which records.
    enum Work: Sendable {
        case trades(FlowRequest)
        case quotes(QuoteRequest)

        /// - Throws: `ApusError` `config.value`.
        init(_ session: SessionSpec, _ configuration: Configuration) throws {
            if configuration.dataset(session.datasetID)?.kind == .quotes {
                self = .quotes(try QuoteRequest(session))
            } else {
                self = .trades(try FlowRequest(session, instruments: configuration.instruments))
            }
        }

        /// Everything that decides the tables besides the records.
        var json: JSONValue {
            switch self {
            case .trades(let request): request.json
            case .quotes(let request): request.json
            }
        }

        /// What the records are called.
        var records: String {
            switch self {
            case .trades: "trades"
            case .quotes: "quotes"
            }
        }
    }

    /// Builds the tables where they are not there already. Several plans may be carried out at once.
    func carryOut(_ workspace: Workspace) throws -> (manifest: DerivedTables.Manifest, wasBuilt: Bool) {
        if let manifest = DerivedTables.verified(folder, key: key) { return (manifest, false) }
        let (summaries, statistics): ([ParquetSummary], FlowStatistics)
        do {
            switch work {
            case .trades(let request): (summaries, statistics) = try trades(request, workspace)
            case .quotes(let request): (summaries, statistics) = try quotes(request, workspace)
            }
        } catch let error as OrderFlowError {
            throw ApusError(
                error.code, error.summary,
                context: ["session": session.id, "files": files.map(\.sourceName).joined(separator: ", ")], underlying: error)
        } catch let error as CalendarError {
            throw ApusError(
                "derive.calendar", "the \(work.records) cannot be assigned to sessions",
                context: ["session": session.id, "files": files.map(\.sourceName).joined(separator: ", ")], underlying: error)
        }
        let manifest = DerivedTables.Manifest(
            key: key, session: session.id, work: work, inputs: files, summaries: summaries, statistics: statistics)
        try AtomicFile.write(try CanonicalJSON.text(manifest.json, pretty: true), to: folder + "/manifest.json")
        return (manifest, true)
    }

    private func trades(_ request: FlowRequest, _ workspace: Workspace) throws -> ([ParquetSummary], FlowStatistics) {
        let names = ParquetFlowSink.Names(
            bars: request.barIntervals.map { ($0, "bars_\($0)") }, footprint: request.footprintInterval.map { "footprint_\($0)" },
            cvd: request.cvdInterval.map { "cvd_\($0)" }, bigTrades: "big_trades",
            tradeBars: request.tradeBars, flow: request.flowInterval.map { "flow_\($0)" })
        let sink = try ParquetFlowSink(folder: folder, names: names, rules: request.bigTradeRules)
        let statistics = try FileDerivation.aggregate(scan(workspace), request, into: sink).statistics
        return (try sink.finish(), statistics)
    }

    private func quotes(_ request: QuoteRequest, _ workspace: Workspace) throws -> ([ParquetSummary], FlowStatistics) {
        let output = try QuoteDerivation.run(scan(workspace), request, folder: folder)
        return (output.files, output.statistics)
    }

    private func scan<Record: CanonicalRecord>(_ workspace: Workspace) throws -> CanonicalScan<Record> {
        try CanonicalScan(
            try files.map { file in
                CanonicalScan<Record>.File(
                    path: try workspace.verified(file), first: file.firstTime ?? UnixNanos(.min),
                    last: file.lastTime ?? UnixNanos(.max))
            })
    }
}

extension OrderFlowError {
    var code: String {
        switch self {
        case .lateTrade, .lateQuote: "derive.order"
        case .duplicateInterval, .invalidRule, .invalidRowsPerDrain: "derive.request"
        case .finished: "derive.finished"
        }
    }

    var summary: String {
        switch self {
        case .lateTrade: "the trades are too far out of order"
        case .lateQuote: "the quotes are too far out of order"
        case .duplicateInterval, .invalidRule, .invalidRowsPerDrain: "the session cannot be derived as configured"
        case .finished: "the records cannot be aggregated"
        }
    }
}
