public import Contracts
public import Features
public import Lake
public import Primitives

/// What `apus features build` did for a feature.
public struct FeatureOutcome: Sendable {
    public enum Action: Sendable, CustomStringConvertible {
        case upToDate
        /// Rows were added to a column that was there.
        case extended(rows: Int)
        case built

        public var description: String {
            switch self {
            case .upToDate: "up to date"
            case .extended(let rows): "extended by \(rows) row\(rows == 1 ? "" : "s")"
            case .built: "built"
            }
        }
    }

    public let id: String
    public let specHash: String
    public let rows: Int
    /// Rows without a value at the beginning.
    public let warmUp: Int
    /// When the last row became known; nil without rows.
    public let asOf: UnixNanos?
    public let action: Action
    /// Absolute path of the folder with the column.
    public let folder: String
    /// Of the column's file.
    public let digest: String
}

/// What an audit found of a feature.
public struct FeatureAuditOutcome: Sendable {
    public let id: String
    public let leaks: [FeatureLeak]
    public let health: FeatureHealth
}

/// `apus features`: the enabled features of a workspace.
public struct FeatureStage {
    let workspace: Workspace
    let registry: Registry

    public init(_ workspace: Workspace, registry: Registry) {
        self.workspace = workspace
        self.registry = registry
    }

    /// The wanted specifications, all enabled ones where `ids` is empty.
    /// - Throws: `ApusError` `config.unknown`.
    public func specs(_ ids: [String] = []) throws -> [FeatureSpec] {
        let known = workspace.configuration.features
        if let unknown = ids.first(where: { id in !known.contains { $0.id == id } }) {
            let isLabel = workspace.configuration.label(unknown) != nil
            throw ApusError(
                "config.unknown", isLabel ? "this is a label, no feature: it holds the future" : "no enabled feature has this id",
                context: [
                    "feature": unknown, "did you mean": Suggestion.closest(to: unknown, among: known.map(\.id)) ?? "-",
                    "known": known.map(\.id).joined(separator: ", "),
                ])
        }
        return known.filter { ids.isEmpty || ids.contains($0.id) }
    }

    private func store() throws -> FeatureStore { try FeatureStore(DataAccess(workspace, registry: registry)) }

    /// Computes what the cache does not have. Several processes may do so at once.
    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    public func build(_ ids: [String] = [], progress: (String) -> Void = { _ in }) throws -> [FeatureOutcome] {
        let store = try store()
        return try specs(ids).map { spec in
            progress(spec.id)
            let built = try FeatureStage.naming(spec.id) { try store.feature(spec.id) }
            let action: FeatureOutcome.Action =
                switch built.origin {
                case .reused: .upToDate
                case .continued(let row): .extended(rows: built.column.count - row)
                case .computed: .built
                }
            return FeatureOutcome(
                id: spec.id, specHash: built.specHash, rows: built.column.count, warmUp: built.resolved.recipe.warmUp,
                asOf: built.column.availableAt.max(), action: action, folder: built.entry.folder,
                digest: built.entry.manifest["values_sha256"]?.stringValue ?? "")
        }
    }

    /// Writes into the registry which columns are in force.
    /// - Precondition: the workspace is locked.
    public func register(_ outcomes: [FeatureOutcome]) throws {
        defer { try? registry.close() }
        try registry.upsert(
            outcomes.map { outcome in
                let manifest = (try? JSONParser.parse(FileBytes.readText(outcome.folder + "/manifest.json"))) ?? .null
                return FeatureRecord(
                    featureID: outcome.id, specHash: outcome.specHash, recipe: manifest["recipe"] ?? .null,
                    dependencies: manifest["inputs"] ?? .null, inputsDigest: manifest["inputs_digest"]?.stringValue ?? "",
                    asOf: outcome.asOf?.description ?? "", rows: Int64(outcome.rows), path: workspace.stored(outcome.folder),
                    digest: outcome.digest)
            })
    }

    /// Tests every wanted feature for values that depend on their future, on the inputs as decisions see them.
    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    public func audit(_ ids: [String] = [], with audit: FeatureAudit = .standard, progress: (String) -> Void = { _ in }) throws
        -> [FeatureAuditOutcome]
    {
        let store = try store()
        return try specs(ids).map { spec in
            progress(spec.id)
            return try FeatureStage.naming(spec.id) {
                let built = try store.feature(spec.id)
                let resolved = built.resolved
                let leaks = try audit.leaks(of: resolved.auditSubject, output: built.column)
                let rows = try FeatureRows.join(resolved.series).applying(resolved.recipe.missingPolicy, feature: spec.id)
                return FeatureAuditOutcome(
                    id: spec.id, leaks: leaks, health: try FeatureHealth(resolved.recipe, rows: rows, column: built.column))
            }
        }
    }

    /// A feature's value at a time, and all that it comes from.
    /// - Throws: `ApusError`, `FeatureError`.
    public func explain(_ id: String, at time: UnixNanos) throws -> FeatureExplanation {
        _ = try specs([id])
        let store = try store()
        return try FeatureStage.naming(id) { try FeatureExplanation(try store.feature(id), at: time, workspace) }
    }

    /// What `collect` took or would take away.
    public struct Garbage: Sendable {
        public let folder: String
        public let reason: String
        public let bytes: Int64
    }

    /// Takes away cached columns that no enabled feature has the specification of, and all but the newest of each.
    /// - Parameters:
    ///   - keep: how many columns of a specification stay, >= 1.
    ///   - dryRun: only tell.
    /// - Throws: `ApusError` `cache.locked` while somebody builds.
    public func collect(keep: Int, dryRun: Bool) throws -> [Garbage] {
        let wanted = Set(try store().specHashes(workspace.configuration.features))
        let cache = FeatureCache(root: workspace.paths.featureCache)
        let lock = try FeatureCacheLock(cache, alone: true)
        defer { withExtendedLifetime(lock) {} }
        var garbage: [Garbage] = []
        for hash in cache.specHashes {
            let entries = cache.entries(specHash: hash).sorted { ($0.asOf, $0.rows) > ($1.asOf, $1.rows) }
            for (index, entry) in entries.enumerated() where !wanted.contains(hash) || index >= keep {
                let reason = wanted.contains(hash) ? "older than the newest \(keep)" : "no enabled feature has this specification"
                garbage.append(
                    Garbage(folder: workspace.stored(entry.folder), reason: reason, bytes: Folder.size(entry.folder)))
                if !dryRun { try cache.remove(entry) }
            }
        }
        if !dryRun { try cache.sweep() }
        return garbage
    }

    /// Gives an error of a transform the feature's name.
    static func naming<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as FeatureError {
            throw ApusError("feature.failed", "\(error)", context: ["feature": id])
        }
    }
}

extension FeatureStore {
    /// The specification hashes of features, without computing any.
    func specHashes(_ specs: [FeatureSpec]) throws -> [String] { try specs.map { try specHash(try resolve($0)) } }
}

extension FeatureStore.Resolved {
    /// The computation from its sources on, as an audit repeats it.
    var auditSubject: AuditSubject {
        let inputs = series.map {
            AuditInput(
                name: $0.name, rows: FeatureRows(labels: $0.labels, availableAt: $0.availableAt, columns: [$0.values]))
        }
        let recipe = recipe
        return AuditSubject(id: spec.id, inputs: inputs) { inputs in
            let sources = inputs.map {
                Series(
                    name: $0.name, labels: $0.rows.labels, values: $0.rows.columns[0], availableAt: $0.rows.availableAt)
            }
            return try recipe.column(try FeatureRows.join(sources).applying(recipe.missingPolicy, feature: recipe.id))
        }
    }
}
