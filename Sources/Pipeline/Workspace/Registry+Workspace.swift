import Contracts
public import Lake
import Primitives

extension Workspace {
    /// The registry in DUCKDB_FILE.
    /// - Throws: `ApusError` `lake.locked`, `lake.open`.
    public func registry() throws -> Registry { try Registry(configuration.paths.database) }
}

extension FileRecord {
    /// Where the canonical form lies; every file that ingest records has one.
    func canonical(in workspace: Workspace) throws -> String {
        guard let canonicalPath else {
            throw ApusError(
                "registry.value", "the file has no canonical form", context: ["dataset": datasetID, "file": sourceName])
        }
        return workspace.absolute(canonicalPath)
    }
}
