import Lake
import Primitives

/// Files of the lake are compared with their recorded digests before a stage reads them.
extension Workspace {
    /// The path of a file's canonical form, whose bytes are those that ingest wrote.
    /// - Throws: `ApusError` `lake.missing`, `lake.changed`, `registry.value`.
    func verified(_ record: FileRecord) throws -> String {
        guard let digest = record.canonicalSHA256 else {
            throw ApusError(
                "registry.value", "the file has no canonical form",
                context: ["dataset": record.datasetID, "file": record.sourceName])
        }
        let path = try record.canonical(in: self)
        try Self.verify(path, digest, remedy: "apus ingest")
        return path
    }

    /// The path of a derived table, whose bytes are those that its manifest names.
    /// - Throws: `ApusError` `lake.missing`, `lake.changed`.
    func verified(table name: String, in folder: String, digest: Digest) throws -> String {
        let path = "\(folder)/\(name).parquet"
        try Self.verify(path, digest.hex, remedy: "apus derive")
        return path
    }

    private static func verify(_ path: String, _ digest: String, remedy: String) throws {
        guard FileBytes.exists(path) else {
            throw ApusError("lake.missing", "a file of the lake is gone; run `\(remedy)`", context: ["file": path])
        }
        let found = try Digest.ofFile(path).hex
        guard found == digest else {
            throw ApusError(
                "lake.changed", "a file of the lake is not the one that was written; run `\(remedy)`",
                context: ["file": path, "recorded": digest, "found": found])
        }
    }
}
