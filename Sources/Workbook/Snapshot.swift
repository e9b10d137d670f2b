import Contracts
public import Features
public import Primitives

/// The exported form of a workbook that commands read: canonical JSON
/// `{"schema":"apus-config/1","sheets":{SHEET:[{column: value,...},...]}}`.
///
/// Empty cells are left out; dates are `YYYY-MM-DD`, lists arrays, JSON columns parsed. Its digest depends on what the cells
/// mean, not on the program that saved them.
public enum Snapshot {
    public struct Export: Hashable, Sendable {
        public let path: String
        /// Of the canonical JSON, and so of the file's bytes.
        public let digest: Digest
        /// False where the folder already held this content.
        public let wasWritten: Bool
    }

    /// Writes the snapshot of a workbook as `<time>_<first twelve digits of the digest>.json`. Where `folder` already holds a
    /// snapshot with the same content, that one is returned and nothing is written.
    /// - Throws: `ApusError` `config.problems` where the workbook has problems, and what `ConfigurationFile.load` throws.
    public static func export(
        workbook: String, folder: String, clock: any Clock, transforms: TransformLibrary = .builtIn
    ) throws -> Export {
        let (snapshot, problems) = try ConfigurationFile.load(workbook, transforms: transforms)
        if let first = problems.first {
            throw ApusError(
                "config.problems",
                "the workbook has \(problems.count) problem\(problems.count == 1 ? "" : "s"); `apus config check` lists all",
                context: ["file": workbook, "first": first.description])
        }
        return try write(snapshot, folder: folder, clock: clock)
    }

    /// The same for a snapshot that is already at hand.
    /// - Throws: `ApusError` `file.write`, `CanonicalJSON.NotFinite`.
    public static func write(_ snapshot: JSONValue, folder: String, clock: any Clock) throws -> Export {
        let text = try CanonicalJSON.text(snapshot)
        let digest = Digest.of(text)
        let bytes = Array(text.utf8)
        for name in Folder.names(in: folder) where name.hasSuffix("_\(digest.short).json") {
            let path = folder + "/" + name
            if (try? FileBytes.read(path)) == bytes { return Export(path: path, digest: digest, wasWritten: false) }
        }
        let path = "\(folder)/\(clock.now.compactDescription)_\(digest.short).json"
        try AtomicFile.write(bytes, to: path)
        return Export(path: path, digest: digest, wasWritten: true)
    }

    /// Reads an exported snapshot back and checks it like the workbook it came from.
    /// - Throws: `ApusError` `config.problems` with the first problem, `config.snapshot`, `file.read`.
    public static func read(_ path: String, transforms: TransformLibrary = .builtIn) throws -> JSONValue {
        let (snapshot, problems) = try load(path, transforms: transforms)
        if let first = problems.first {
            throw ApusError(
                "config.problems", "the snapshot has \(problems.count) problem\(problems.count == 1 ? "" : "s")",
                context: ["file": path, "first": first.description])
        }
        return snapshot
    }

    /// The same with every problem; where there are any, the snapshot must not be used.
    /// - Throws: `ApusError` `config.snapshot`, `file.read` where the file is no snapshot.
    public static func load(_ path: String, transforms: TransformLibrary = .builtIn) throws
        -> (snapshot: JSONValue, problems: [WorkbookProblem])
    {
        do {
            let value = try JSONParser.parse(bytes: try FileBytes.read(path))
            let schema = Configuration.snapshotSchema
            guard value["schema"]?.stringValue == schema, value["sheets"]?.objectValue != nil else {
                throw ApusError(
                    "config.snapshot", "this is not a configuration snapshot of schema \(schema)", context: ["file": path])
            }
            return (value, SnapshotCheck.problems(value, transforms: transforms))
        } catch let failure as JSONParser.Failure {
            throw ApusError("config.snapshot", "the snapshot is not JSON", context: ["file": path], underlying: failure)
        }
    }
}
