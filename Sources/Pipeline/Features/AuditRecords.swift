import Contracts
import Features
import Lake
import Primitives

/// Which columns passed an audit: a small file each, in `.audits` of the feature cache. It holds as long as the column means the
/// same and was made from the same data by the same program.
struct AuditRecords {
    private let cache: FeatureCache
    private var folder: String { cache.root + "/.audits" }

    init(_ workspace: Workspace) { cache = FeatureCache(root: workspace.paths.featureCache) }

    /// Raised whenever an audit finds more than before.
    private static let auditVersion: Int64 = 1

    private static func identity(_ feature: BuiltFeature) -> [String: JSONValue] {
        [
            "artifact_type": "apus-feature-audit", "spec_hash": .string(feature.specHash),
            "inputs_digest": .string(feature.inputsDigest), "code": .string(ProgramVersion.current),
            "audit_version": .int(auditVersion),
        ]
    }

    private func path(_ identity: [String: JSONValue]) throws -> String {
        "\(folder)/\(try Digest.of(JSONValue.object(identity)).hex).json"
    }

    /// Whether the column passed; a file that cannot be read counts as absent.
    func hasPassed(_ feature: BuiltFeature) throws -> Bool {
        let identity = Self.identity(feature)
        guard let text = try? FileBytes.readText(try path(identity)), let record = try? JSONParser.parse(text) else {
            return false
        }
        return identity.allSatisfy { record[$0.key] == $0.value } && (record["rows_compared"]?.intValue ?? 0) > 0
    }

    /// Remembers a verdict that something was compared and nothing leaked.
    /// - Precondition: the caller holds a `FeatureCacheLock`.
    /// - Throws: `ApusError` `file.write`.
    func add(_ verdict: AuditVerdict, of feature: BuiltFeature) throws {
        guard verdict.leaks.isEmpty, !verdict.isUntested else { return }
        let identity = Self.identity(feature)
        let more: [String: JSONValue] = [
            "rows_compared": .int(Int64(verdict.comparedRows)), "times_compared": .int(Int64(verdict.times)),
        ]
        let text = try CanonicalJSON.text(.object(identity.merging(more) { $1 }), pretty: true)
        _ = try AtomicFile.writeIfChanged(Array(text.utf8), to: try path(identity))
    }

    /// Forgets the columns of other specifications than these, and what killed writers left.
    /// - Precondition: no other process writes; see `FeatureCacheLock`.
    /// - Throws: `ApusError` `file.write`.
    func sweep(keeping specHashes: Set<String>) throws {
        for name in Folder.names(in: folder) {
            let record = (try? FileBytes.readText("\(folder)/\(name)")).flatMap { try? JSONParser.parse($0) }
            guard record?["spec_hash"]?.stringValue.map(specHashes.contains) != true else { continue }
            try Folder.remove("\(folder)/\(name)")
        }
    }

    /// Audits what has not passed yet and remembers what passes.
    /// - Returns: the verdicts of what was audited now.
    /// - Throws: `ApusError` `cache.locked`, `FeatureError`.
    func audit(_ features: [BuiltFeature], with audit: FeatureAudit) throws -> [AuditVerdict] {
        let features = try features.filter { try !hasPassed($0) }
        guard !features.isEmpty else { return [] }
        // Who cleans is done soon.
        let lock = try FeatureCacheLock(cache, waiting: 60)
        defer { withExtendedLifetime(lock) {} }
        var verdicts: [AuditVerdict] = []
        for group in AuditedFeatures.groups(features) {
            try FeatureStage.naming(group.map(\.id).joined(separator: ", ")) {
                let found = try audit.verdicts(of: AuditedFeatures(group).subject, outputs: group.map(\.column))
                for (feature, verdict) in zip(group, found) { try add(verdict, of: feature) }
                verdicts += found
            }
        }
        return verdicts
    }
}
