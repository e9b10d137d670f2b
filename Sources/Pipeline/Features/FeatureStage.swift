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
    /// Rows without a value at the beginning, nil where the data decide.
    public let warmUp: Int?
    /// When the last row became known; nil without rows.
    public let asOf: UnixNanos?
    public let action: Action
    /// Absolute path of the folder with the column.
    public let folder: String
    /// Of the column's file.
    public let digest: String
    let manifest: JSONValue
}

/// What an audit found of a feature.
public struct FeatureAuditOutcome: Sendable {
    public let verdict: AuditVerdict
    public let health: FeatureHealth
    /// What the first vintages of its datasets would have said at the same labels; nil where there is but one vintage, or where
    /// the first one is not on the disk any more.
    public let revision: FeatureSensitivity?
    /// What decisions would read where every source were published later: a session for a daily dataset, a row for a derived
    /// table; nil where it was not asked for. It is about the latest available value, whatever `lag_days` says.
    public let lateness: FeatureSensitivity?

    public var id: String { verdict.id }
    public var leaks: [FeatureLeak] { verdict.leaks }
}

/// `apus features`: the enabled features of a workspace.
public struct FeatureStage {
    let workspace: Workspace
    let registry: Registry
    private let library: TransformLibrary?

    /// - Parameter library: the transforms that features may name; nil takes the workspace's own.
    public init(_ workspace: Workspace, registry: Registry, library: TransformLibrary? = nil) {
        self.workspace = workspace
        self.registry = registry
        self.library = library
        // Commands hold a stage while they compute; the registry is for others then.
        registry.release()
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

    func store() throws -> FeatureStore {
        try FeatureStore(DataAccess(workspace, registry: registry), library: library)
    }

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
                asOf: built.column.availableAt.max(), action: action, folder: built.entry?.folder ?? "",
                digest: built.entry?.manifest["values_sha256"]?.stringValue ?? "", manifest: built.entry?.manifest ?? .null)
        }
    }

    /// Writes into the registry which columns are in force.
    /// - Precondition: the workspace is locked.
    public func register(_ outcomes: [FeatureOutcome]) throws {
        defer { try? registry.close() }
        try registry.upsert(
            outcomes.map { outcome in
                FeatureRecord(
                    featureID: outcome.id, specHash: outcome.specHash, recipe: outcome.manifest["recipe"] ?? .null,
                    dependencies: outcome.manifest["inputs"] ?? .null,
                    inputsDigest: outcome.manifest["inputs_digest"]?.stringValue ?? "",
                    asOf: outcome.asOf?.description ?? "", rows: Int64(outcome.rows), path: workspace.stored(outcome.folder),
                    digest: outcome.digest)
            })
    }

    /// Tests every wanted feature for values that depend on their future, on the inputs as decisions see them. What passes is
    /// remembered, so that a run need not test it again.
    /// - Parameter lateness: whether every feature is computed once more with later publication.
    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    public func audit(
        _ ids: [String] = [], with audit: FeatureAudit = .standard, lateness: Bool = false, progress: (String) -> Void = { _ in }
    ) throws -> [FeatureAuditOutcome] {
        let store = try store()
        let hasVintages = try !registry.records(VintageRecord.self).isEmpty
        let first = DataAccess(workspace, registry: registry, firstVintages: true)
        let early = hasVintages ? FeatureStore(uncached: first, library: store.library, late: false) : nil
        let late = lateness ? FeatureStore(uncached: store.data, library: store.library, late: true) : nil
        registry.release()
        let wanted = try specs(ids).map { spec in try FeatureStage.naming(spec.id) { try store.feature(spec.id) } }
        let records = AuditRecords(workspace)
        var verdicts: [String: AuditVerdict] = [:]
        for group in AuditedFeatures.groups(wanted) {
            for feature in group { progress(feature.id) }
            try FeatureStage.naming(group.map(\.id).joined(separator: ", ")) {
                let found = try audit.verdicts(of: AuditedFeatures(group).subject, outputs: group.map(\.column))
                for (feature, verdict) in zip(group, found) {
                    verdicts[verdict.id] = verdict
                    try records.add(verdict, of: feature)
                }
            }
        }
        return try wanted.compactMap { built in
            guard let verdict = verdicts[built.id] else { return nil }
            return try FeatureStage.naming(built.id) {
                FeatureAuditOutcome(
                    verdict: verdict,
                    health: try FeatureHealth(
                        built.resolved.recipe, rows: try built.resolved.recipe.rows(built.resolved.series), column: built.column),
                    revision: try early.flatMap { try revision(of: built, $0) },
                    lateness: try late.map { FeatureSensitivity(built.column, readAs: try $0.feature(built.id).column) })
            }
        }
    }

    /// Compares a feature with the one that the first vintages give.
    private func revision(of built: BuiltFeature, _ early: FeatureStore) throws -> FeatureSensitivity? {
        do {
            guard try early.resolve(built.resolved.spec).files != built.files else { return nil }
            return FeatureSensitivity(built.column, withLabelsOf: try early.feature(built.id).column)
        } catch let error as ApusError where error.code == "lake.missing" {
            return nil
        }
    }

    /// A feature's value at a time, and all that it comes from.
    ///
    /// `lag_days` counts from the bar on which a study decides at that time: the last one that has closed by then, of the
    /// instrument that `study` takes; the feature's own last known row where there is no such instrument.
    /// - Throws: `ApusError`, `FeatureError`.
    public func explain(_ id: String, at time: UnixNanos) throws -> FeatureExplanation {
        _ = try specs([id])
        let store = try store()
        return try FeatureStage.naming(id) {
            let built = try store.feature(id)
            let bar = built.resolved.spec.lagRows == nil ? nil : try decisionBar(of: built, at: time, store.data)
            let reading = try built.feature.reading(decisionTime: time, label: bar ?? UnixNanos(Int64.min))
            return try FeatureExplanation(
                built, at: time, reading: reading, tooOld: built.feature.tooOld(decisionTime: time), decisionBar: bar, workspace)
        }
    }

    /// Takes away cached columns that no enabled feature has the specification of, and all but the newest of each.
    /// - Parameters:
    ///   - keep: how many columns of a specification stay, >= 1.
    ///   - dryRun: only tell.
    /// - Throws: `ApusError` `cache.locked` while somebody builds.
    public func collect(keep: Int, dryRun: Bool) throws -> [CacheGarbage] {
        let inForce = try registry.records(FeatureRecord.self).map(\.path)
        registry.release()
        let store = FeatureStore(
            uncached: DataAccess(workspace, registry: registry), library: try library ?? Workspace.transforms(workspace.root),
            late: false)
        let wanted = Set(try workspace.configuration.features.map { try store.specHash($0.id) })
        return try CacheGarbage.collect(
            in: FeatureCache(root: workspace.paths.featureCache), of: "feature", wanted: wanted, inForce: inForce, keep: keep,
            dryRun: dryRun, workspace
        ) { try AuditRecords(workspace).sweep(keeping: wanted) }
    }

    /// Gives an error of a transform the feature's name.
    static func naming<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as FeatureError {
            throw ApusError("feature.failed", "\(error)", context: ["feature": id])
        }
    }
}
