import Contracts
public import Lake
import Market
import OrderFlow
public import Primitives

/// What `apus derive` did for one row of SESSIONS.
public struct DeriveOutcome: Sendable {
    public let sessionID: String
    public let wasBuilt: Bool
    public let folder: String
    /// Name, rows and sha256 of every table.
    public let tables: [(name: String, rows: Int, digest: Digest)]
}

/// `apus derive`: the tables of every SESSIONS row from the canonical trades, built anew only where inputs, parameters or code
/// changed.
///
/// A build lands in a folder named by its key, `derived/<dataset>/<session id>/<key>/`, together with a manifest; `current.json`
/// beside it names the key in force and is replaced last.
public struct DeriveStage {
    private let workspace: Workspace
    private let registry: Registry

    public init(_ workspace: Workspace, registry: Registry) {
        self.workspace = workspace
        self.registry = registry
    }

    /// - Parameter only: session ids, all where empty.
    public func run(only: [String] = [], progress: (String) -> Void = { _ in }) throws -> [DeriveOutcome] {
        defer { try? registry.close() }
        let known = workspace.configuration.sessions
        if let unknown = only.first(where: { id in !known.contains { $0.id == id } }) {
            throw ApusError(
                "config.unknown", "SESSIONS has no row \"\(unknown)\"",
                context: ["known": known.map(\.id).joined(separator: ", ")])
        }
        return try known.filter { only.isEmpty || only.contains($0.id) }.map { session in
            progress(session.id)
            return try derive(session)
        }
    }

    private func derive(_ session: SessionSpec) throws -> DeriveOutcome {
        let request = try FlowRequest(session)
        // By time, never by the order of ingest.
        let files = try registry.files(dataset: session.datasetID).filter { $0.rows > 0 }.sorted { a, b in
            (a.firstTime?.rawValue ?? 0, a.sha256) < (b.firstTime?.rawValue ?? 0, b.sha256)
        }
        guard !files.isEmpty else {
            throw ApusError(
                "derive.missing", "nothing of the dataset is ingested",
                context: ["session": session.id, "dataset": session.datasetID])
        }
        let key = try DerivedTables.key(request: request, inputs: files.map(\.sha256))
        let parent = DerivedTables.folder(workspace, session)
        let folder = parent + "/" + key.short
        if let manifest = DerivedTables.verified(folder, key: key) {
            try register(session, folder: folder, key: key, manifest: manifest)
            return DeriveOutcome(sessionID: session.id, wasBuilt: false, folder: folder, tables: manifest.tables)
        }
        let manifest = try build(session, request, files: files, key: key, folder: folder)
        try register(session, folder: folder, key: key, manifest: manifest)
        return DeriveOutcome(sessionID: session.id, wasBuilt: true, folder: folder, tables: manifest.tables)
    }

    private func build(
        _ session: SessionSpec, _ request: FlowRequest, files: [FileRecord], key: Digest, folder: String
    ) throws -> DerivedTables.Manifest {
        let scan = try CanonicalTradeScan(files: files.map { try $0.canonical(in: workspace) })
        let names = ParquetFlowSink.Names(
            bars: request.barIntervals.map { ($0, "bars_\($0)") }, footprint: request.footprintInterval.map { "footprint_\($0)" },
            cvd: request.cvdInterval.map { "cvd_\($0)" }, bigTrades: "big_trades")
        let sink = try ParquetFlowSink(folder: folder, names: names, rules: request.bigTradeRules)
        let statistics: FlowStatistics
        do {
            statistics = try FileDerivation.aggregate(scan, request, into: sink).statistics
        } catch let error as OrderFlowError {
            throw ApusError(
                "derive.order", "the dataset's files overlap or are out of order",
                context: ["session": session.id, "files": files.map(\.sourceName).joined(separator: ", ")], underlying: error)
        }
        let manifest = DerivedTables.Manifest(
            key: key, session: session.id, request: request, inputs: files, summaries: try sink.finish(), statistics: statistics,
            workspace: workspace)
        try AtomicFile.write(try CanonicalJSON.text(manifest.json, pretty: true), to: folder + "/manifest.json")
        return manifest
    }

    private func register(_ session: SessionSpec, folder: String, key: Digest, manifest: DerivedTables.Manifest) throws {
        let pointer: JSONValue = ["key": .string(key.hex), "folder": .string(key.short)]
        try AtomicFile.writeIfChanged(
            Array(try CanonicalJSON.text(pointer, pretty: true).utf8),
            to: DerivedTables.folder(workspace, session) + "/current.json")
        try registry.upsert(
            manifest.tables.map { table in
                DerivedRecord(
                    tableID: "\(session.id).\(table.name)", datasetID: session.datasetID, parameters: manifest.parameters,
                    inputsDigest: key.hex,
                    path: workspace.stored(folder + "/" + table.name + ".parquet"), rows: Int64(table.rows),
                    digest: table.digest.hex)
            })
    }
}
