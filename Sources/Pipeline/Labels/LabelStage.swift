public import Contracts
public import Features
import Labels
public import Lake
public import Primitives

/// What `apus labels build` did for a label.
public struct LabelOutcome: Sendable {
    public let id: String
    public let specHash: String
    public let rows: Int
    /// Rows with a value.
    public let labelled: Int
    /// Rows whose outcome lies beyond the data. The others never get one.
    public let pending: Int
    /// When the last bar was known; nil without rows.
    public let asOf: String?
    /// False where the cache had it.
    public let wasBuilt: Bool
    /// Absolute path of the folder with the column.
    public let folder: String
    /// Of the column's file.
    public let digest: String
    let manifest: JSONValue
}

/// What `apus labels export` wrote.
public struct LabelSample: Sendable {
    public let id: String
    /// In the file.
    public let rows: Int
    /// First and last decision; nil without rows.
    public let decisions: ClosedRange<UnixNanos>?
    /// The sum of the weights: how many labels that overlap with none it is worth.
    public let effectiveRows: Double
    public let file: ParquetSummary
}

/// What an audit found of a label.
public struct LabelAuditOutcome: Sendable {
    public let id: String
    public let rows: Int
    public let labelled: Int
    public let pending: Int
    public let leaks: [FeatureLeak]
}

/// `apus labels`: the enabled labels of a workspace.
///
/// A label is kept where features are never looked for, in a format of its own. It is built whole whenever its inputs change:
/// the rows at the end turn from missing to known, so nothing can be continued.
public struct LabelStage {
    private let workspace: Workspace
    private let registry: Registry

    public init(_ workspace: Workspace, registry: Registry) {
        self.workspace = workspace
        self.registry = registry
    }

    /// The wanted rows of LABELS, all enabled ones where `ids` is empty.
    /// - Throws: `ApusError` `config.unknown`.
    public func specs(_ ids: [String] = []) throws -> [LabelRowSpec] {
        let known = workspace.configuration.labels
        if let unknown = ids.first(where: { id in !known.contains { $0.id == id } }) {
            let isFeature = workspace.configuration.feature(unknown) != nil
            throw ApusError(
                "config.unknown", isFeature ? "this is a feature, no label" : "no enabled label has this id",
                context: [
                    "label": unknown, "did you mean": Suggestion.closest(to: unknown, among: known.map(\.id)) ?? "-",
                    "known": known.map(\.id).joined(separator: ", "),
                ])
        }
        return known.filter { ids.isEmpty || ids.contains($0.id) }
    }

    /// Computes what the cache does not have. Several processes may do so at once.
    /// - Throws: `ApusError`, `CalendarError`.
    public func build(_ ids: [String] = [], progress: (String) -> Void = { _ in }) throws -> [LabelOutcome] {
        let specs = try specs(ids)
        guard !specs.isEmpty else { return [] }
        let data = DataAccess(workspace, registry: registry)
        let features = try FeatureStore(data)
        let cache = FeatureCache(root: workspace.paths.labelsCache)
        let lock = try FeatureCacheLock(cache, waiting: 60)
        defer { withExtendedLifetime(lock) {} }
        return try specs.map { row in
            progress(row.id)
            return try Self.naming(row.id) { try Self.build(try Self.plan(row, data, features), cache) }
        }
    }

    private static func plan(_ row: LabelRowSpec, _ data: DataAccess, _ features: FeatureStore) throws -> any LabelPlan {
        try LabelMeaning(row, data.workspace.configuration) { try features.feature($0).specHash }.plan(data, features)
    }

    private static func build(_ plan: any LabelPlan, _ cache: FeatureCache) throws -> LabelOutcome {
        for entry in cache.entries(specHash: plan.meaning.specHash)
        where entry.manifest["inputs_digest"]?.stringValue == plan.inputsDigest {
            if cache.isWhole(entry) { return outcome(plan, entry, wasBuilt: false) }
            try cache.discard(entry.folder)
        }
        let column = try plan.column(plan.inputs)
        let asOf = column.decisionTimes.last
        let counts = column.counts
        let entry = try cache.write(
            column.table(), specHash: plan.meaning.specHash,
            name: (asOf?.compactDescription ?? "empty") + "-" + String(plan.inputsDigest.prefix(12)),
            manifest: [
                "artifact_type": "apus-label", "schema_version": "1.0.0", "spec_hash": .string(plan.meaning.specHash),
                "label": plan.meaning.label, "inputs": plan.meaning.inputs, "units": .string(column.units),
                "as_of": asOf.map { .string($0.description) } ?? .null, "inputs_digest": .string(plan.inputsDigest),
                "files": .array(plan.files.map(\.json)), "labelled": .int(Int64(counts.labelled)),
                "pending": .int(Int64(counts.pending)),
            ])
        return outcome(plan, entry, wasBuilt: true)
    }

    private static func outcome(_ plan: any LabelPlan, _ entry: FeatureCache.Entry, wasBuilt: Bool) -> LabelOutcome {
        func number(_ key: String) -> Int { Int(entry.manifest[key]?.intValue ?? 0) }
        return LabelOutcome(
            id: plan.meaning.row.id, specHash: plan.meaning.specHash, rows: entry.rows, labelled: number("labelled"),
            pending: number("pending"),
            asOf: entry.manifest["as_of"]?.stringValue, wasBuilt: wasBuilt, folder: entry.folder,
            digest: entry.manifest["values_sha256"]?.stringValue ?? "", manifest: entry.manifest)
    }

    /// Writes into the registry which columns are in force.
    /// - Precondition: the workspace is locked.
    public func register(_ outcomes: [LabelOutcome]) throws {
        defer { try? registry.close() }
        try registry.upsert(
            outcomes.map { outcome in
                LabelRecord(
                    labelID: outcome.id, specHash: outcome.specHash, definition: outcome.manifest["label"] ?? .null,
                    dependencies: outcome.manifest["inputs"] ?? .null,
                    inputsDigest: outcome.manifest["inputs_digest"]?.stringValue ?? "", asOf: outcome.asOf ?? "",
                    rows: Int64(outcome.rows), pending: Int64(outcome.pending), path: workspace.stored(outcome.folder),
                    digest: outcome.digest)
            })
    }

    /// Takes away cached labels that no enabled row has the specification of, and all but the newest of each.
    /// - Parameters:
    ///   - keep: how many columns of a specification stay, >= 1.
    ///   - dryRun: only tell.
    /// - Throws: `ApusError` `cache.locked` while somebody builds.
    public func collect(keep: Int, dryRun: Bool) throws -> [CacheGarbage] {
        let inForce = try registry.records(LabelRecord.self).map(\.path)
        registry.release()
        let configuration = workspace.configuration
        let features = FeatureStore(
            uncached: DataAccess(workspace, registry: registry), library: try Workspace.transforms(workspace.root), late: false)
        let wanted = try configuration.labels.map { row in
            try Self.naming(row.id) {
                try LabelMeaning(row, configuration) { try features.specHash($0) }.specHash
            }
        }
        return try CacheGarbage.collect(
            in: FeatureCache(root: workspace.paths.labelsCache), of: "label", wanted: Set(wanted), inForce: inForce, keep: keep,
            dryRun: dryRun, workspace)
    }

    /// Writes the part of a label that a training may use, with weights among its rows alone: no row whose outcome was not fully
    /// known by `through`, and no weight that knows of later labels.
    /// - Parameters:
    ///   - from: the earliest decision; nil without a bound.
    ///   - through: when every outcome must be known; nil takes all that are.
    ///   - file: the Parquet file.
    /// - Throws: `ApusError`, `CalendarError`.
    public func export(_ id: String, from: UnixNanos?, through: UnixNanos?, to file: String) throws -> LabelSample {
        let specs = try specs([id])
        let data = DataAccess(workspace, registry: registry)
        let features = try FeatureStore(data)
        return try Self.naming(id) {
            let plan = try Self.plan(specs[0], data, features)
            try FileBytes.protect(plan.files.map { workspace.absolute($0.path) }, from: file)
            let column = try plan.column(plan.inputs)
            let sample = column.sample(from: from, through: through)
            let weights = column.weights(of: sample)
            var table = column.table(sample)
            table.columns.insert(Column(ColumnSpec("weight", .double), .doubles(weights)), at: 4)
            let decisions = sample.map { column.decisionTimes[$0] }
            return LabelSample(
                id: id, rows: sample.count, decisions: decisions.first.flatMap { first in decisions.last.map { first...$0 } },
                effectiveRows: weights.reduce(0, +), file: try ParquetWriter.write(table, to: file))
        }
    }

    /// Tests that a label which claims to be known at its end is the same on data that end there, and where they go on
    /// differently.
    /// - Throws: `ApusError`, `CalendarError`.
    public func audit(_ ids: [String] = [], with audit: FeatureAudit = .standard, progress: (String) -> Void = { _ in }) throws
        -> [LabelAuditOutcome]
    {
        let specs = try specs(ids)
        guard !specs.isEmpty else { return [] }
        let data = DataAccess(workspace, registry: registry)
        let features = try FeatureStore(data)
        return try specs.map { row in
            progress(row.id)
            return try Self.naming(row.id) {
                let plan = try Self.plan(row, data, features)
                let column = try plan.column(plan.inputs)
                let counts = column.counts
                return LabelAuditOutcome(
                    id: row.id, rows: column.count, labelled: counts.labelled, pending: counts.pending,
                    leaks: try audit.leaks(of: plan.auditSubject))
            }
        }
    }

    /// Gives errors of the pure modules the label's name.
    private static func naming<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        func failure(_ error: any Error) -> ApusError { ApusError("label.failed", "\(error)", context: ["label": id]) }
        do { return try body() } catch let error as LabelError { throw failure(error) } catch let error as FeatureError {
            throw failure(error)
        }
    }
}
