import Contracts
public import Lake
import Primitives

extension Workspace {
    /// The registry in DUCKDB_FILE.
    /// - Throws: `ApusError` `lake.locked`, `lake.open`.
    public func registry() throws -> Registry { try Registry(configuration.paths.database) }
}

extension Registry {
    /// The files of a dataset in the order of their ingest.
    func files(dataset: String) throws -> [FileRecord] {
        try records(FileRecord.self, where: ["dataset_id": .text(dataset)]).sorted {
            ($0.ingestTime, $0.sha256) < ($1.ingestTime, $1.sha256)
        }
    }
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
