public import Contracts
public import Features
import Labels
public import Lake
import Primitives

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
            return try Self.naming(row.id) { try Self.build(try LabelPlan(row, data, features), cache) }
        }
    }

    private static func build(_ plan: LabelPlan, _ cache: FeatureCache) throws -> LabelOutcome {
        for entry in cache.entries(specHash: plan.specHash)
        where entry.manifest["inputs_digest"]?.stringValue == plan.inputsDigest {
            if cache.isWhole(entry) { return outcome(plan, entry, wasBuilt: false) }
            try cache.discard(entry.folder)
        }
        let column = try plan.column(plan.sources)
        let asOf = column.decisionTimes.last
        let counts = column.counts
        let entry = try cache.write(
            column.table, specHash: plan.specHash,
            name: (asOf?.compactDescription ?? "empty") + "-" + String(plan.inputsDigest.prefix(12)),
            manifest: [
                "artifact_type": "apus-label", "schema_version": "1.0.0", "spec_hash": .string(plan.specHash),
                "label": plan.label, "inputs": plan.inputs, "units": .string(column.units),
                "as_of": asOf.map { .string($0.description) } ?? .null, "inputs_digest": .string(plan.inputsDigest),
                "files": .array(plan.files.map(\.json)), "labelled": .int(Int64(counts.labelled)),
                "pending": .int(Int64(counts.pending)),
            ])
        return outcome(plan, entry, wasBuilt: true)
    }

    private static func outcome(_ plan: LabelPlan, _ entry: FeatureCache.Entry, wasBuilt: Bool) -> LabelOutcome {
        func number(_ key: String) -> Int { Int(entry.manifest[key]?.intValue ?? 0) }
        return LabelOutcome(
            id: plan.row.id, specHash: plan.specHash, rows: entry.rows, labelled: number("labelled"), pending: number("pending"),
            asOf: entry.manifest["as_of"]?.stringValue, wasBuilt: wasBuilt, folder: entry.folder,
            digest: entry.manifest["values_sha256"]?.stringValue ?? "")
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
                let plan = try LabelPlan(row, data, features)
                let column = try plan.column(plan.sources)
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
