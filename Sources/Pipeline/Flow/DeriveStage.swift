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

/// `apus derive`: the tables of every SESSIONS row from canonical trades or quotes, built anew only where inputs, parameters or
/// code changed.
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
        let plans = try known.filter { only.isEmpty || only.contains($0.id) }.map { session in
            progress(session.id)
            return try plan(session)
        }
        let workspace = workspace
        let built = plans.concurrentMap(threads: workspace.threads) { try $0.carryOut(workspace) }
        return try zip(plans, built).map { plan, result in
            let (manifest, wasBuilt) = try result.get()
            try register(plan.session, folder: plan.folder, key: plan.key, manifest: manifest)
            return DeriveOutcome(
                sessionID: plan.session.id, wasBuilt: wasBuilt, folder: plan.folder, tables: manifest.tables)
        }
    }

    private func plan(_ session: SessionSpec) throws -> DerivePlan {
        let work = try DerivePlan.Work(session, workspace.configuration)
        // By time, never by the order of ingest.
        let files = try DatasetFiles(registry, session.datasetID).inForce.filter { $0.rows > 0 }.sorted { a, b in
            (a.firstTime?.rawValue ?? 0, a.sha256) < (b.firstTime?.rawValue ?? 0, b.sha256)
        }
        guard !files.isEmpty else {
            throw ApusError(
                "derive.missing", "nothing of the dataset is ingested",
                context: ["session": session.id, "dataset": session.datasetID])
        }
        let key = try DerivedTables.key(parameters: work.json, inputs: files.map { $0.canonicalSHA256 ?? $0.sha256 })
        return DerivePlan(
            session: session, work: work, files: files, key: key,
            folder: DerivedTables.folder(workspace, session) + "/" + key.short)
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
