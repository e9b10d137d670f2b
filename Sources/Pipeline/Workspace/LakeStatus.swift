public import Lake
import Primitives

/// What the lake holds, and whether its files are still as they were recorded.
public struct LakeStatus: Sendable {
    /// What became of a recorded file.
    public enum Condition: String, Sendable {
        case whole
        /// The raw file is gone.
        case missing
        /// Its bytes are not those that were ingested.
        case changed
    }

    public struct File: Sendable {
        public let record: FileRecord
        public let condition: Condition
    }

    public let files: [File]
    public let derived: [DerivedRecord]
    public let vintages: [VintageRecord]

    /// - Parameter verify: recompute the digest of every raw file; without it only their presence and size are checked.
    /// - Throws: `ApusError`.
    public static func read(_ workspace: Workspace, verify: Bool) throws -> LakeStatus {
        let registry = try workspace.registry()
        let files = try registry.records(FileRecord.self).map { record in
            File(record: record, condition: condition(workspace.absolute(record.rawPath), record, verify: verify))
        }
        return LakeStatus(
            files: files, derived: try registry.records(DerivedRecord.self), vintages: try registry.records(VintageRecord.self))
    }

    private static func condition(_ path: String, _ record: FileRecord, verify: Bool) -> Condition {
        guard FileBytes.exists(path) else { return .missing }
        if FilePattern.size(path) != record.bytes { return .changed }
        return !verify || (try? Digest.ofFile(path))?.hex == record.sha256 ? .whole : .changed
    }
}
