public import Lake
public import Primitives

/// What the lake holds, and whether its files are still as they were recorded.
public struct LakeStatus: Sendable {
    /// What became of a recorded file.
    public enum Condition: String, Sendable {
        case whole
        case missing
        /// Its bytes are not those that were written.
        case changed
    }

    public struct File: Sendable {
        public let record: FileRecord
        /// Of the raw file, and where that is whole, of its canonical form.
        public let condition: Condition
    }

    /// A file, or the folder of a run, that is not as it was recorded.
    public struct Damage: Sendable {
        public enum Kind: String, Sendable { case raw, canonical, derived, run }
        public let kind: Kind
        /// Absolute.
        public let path: String
        public let condition: Condition
    }

    /// What the files in force of a dataset hold of one UTC date.
    public struct Coverage: Hashable, Sendable {
        public let datasetID: String
        public let utcDate: CivilDate
        public var rows: Int64
        public var firstTime: UnixNanos
        public var lastTime: UnixNanos
    }

    public let files: [File]
    public let derived: [DerivedRecord]
    public let vintages: [VintageRecord]
    /// Of trades datasets, in the order of dataset and date.
    public let coverage: [Coverage]
    /// Raw, canonical, derived, runs; each in the registry's order.
    public let damage: [Damage]

    /// - Parameter verify: recompute the digest of every file; without it only their presence and the raw files' size are
    ///   checked.
    /// - Throws: `ApusError`.
    public static func read(_ workspace: Workspace, verify: Bool) throws -> LakeStatus {
        let registry = try workspace.registry()
        let derived = try registry.records(DerivedRecord.self)
        var damage: [Damage] = []
        func check(_ kind: Damage.Kind, _ path: String, _ digest: String?, size: Int64? = nil) -> Condition {
            let condition = condition(path, digest: verify ? digest : nil, size: size)
            if condition != .whole { damage.append(Damage(kind: kind, path: path, condition: condition)) }
            return condition
        }
        let files = try registry.records(FileRecord.self).map { record in
            let raw = check(.raw, workspace.absolute(record.rawPath), record.sha256, size: record.bytes)
            let canonical = record.canonicalPath.map { check(.canonical, workspace.absolute($0), record.canonicalSHA256) }
            return File(record: record, condition: raw == .whole ? canonical ?? .whole : raw)
        }
        for record in derived { _ = check(.derived, workspace.absolute(record.path), record.digest) }
        for record in try registry.records(RunRecord.self) {
            let folder = workspace.absolute(record.folder)
            let manifest = condition(
                folder + "/" + ResultFolder.manifestName, digest: verify ? record.resultDigest : nil, size: nil)
            let isWhole = manifest == .whole && (!verify || (try? ResultFolder.verify(folder)) != nil)
            if !isWhole {
                damage.append(Damage(kind: .run, path: folder, condition: manifest == .missing ? .missing : .changed))
            }
        }
        return LakeStatus(
            files: files, derived: derived, vintages: try registry.records(VintageRecord.self), coverage: try coverage(registry),
            damage: damage)
    }

    private static func condition(_ path: String, digest: String?, size: Int64?) -> Condition {
        guard FileBytes.exists(path) else { return .missing }
        if let size, FilePattern.size(path) != size { return .changed }
        guard let digest else { return .whole }
        return (try? Digest.ofFile(path))?.hex == digest ? .whole : .changed
    }

    private static func coverage(_ registry: Registry) throws -> [Coverage] {
        struct Key: Hashable {
            let datasetID: String
            let date: CivilDate
        }
        let records = try registry.records(CoverageRecord.self)
        var sums: [Key: Coverage] = [:]
        for datasetID in Set(records.map(\.datasetID)).sorted() {
            let inForce = Set(try DatasetFiles(registry, datasetID).inForce.map(\.sha256))
            for record in records where record.datasetID == datasetID && inForce.contains(record.sha256) {
                let key = Key(datasetID: datasetID, date: record.utcDate)
                var sum =
                    sums[key]
                    ?? Coverage(
                        datasetID: datasetID, utcDate: record.utcDate, rows: 0, firstTime: record.firstTime,
                        lastTime: record.lastTime)
                sum.rows += record.rows
                sum.firstTime = min(sum.firstTime, record.firstTime)
                sum.lastTime = max(sum.lastTime, record.lastTime)
                sums[key] = sum
            }
        }
        return sums.values.sorted { ($0.datasetID, $0.utcDate) < ($1.datasetID, $1.utcDate) }
    }
}
