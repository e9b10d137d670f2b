import Contracts
import Lake
import Primitives

/// What a file that is offered does to the state of its dataset.
struct StateChange {
    let isRevisable: Bool
    /// Every change is recorded as a vintage.
    let keepsVintages: Bool
    let comesIntoForce: Bool
    /// It takes the place of another state, which is kept.
    let replaces: Bool
    private let datasetID: String
    private let digest: Digest
    private let current: FileRecord?

    /// - Throws: `ApusError` `ingest.revised` for other trades or quotes under the name of a file of an append-only dataset.
    init(_ dataset: DatasetSpec, _ files: DatasetFiles, name: String, digest: Digest) throws {
        isRevisable = dataset.updateMode == .revisable
        keepsVintages = isRevisable || !files.vintages.isEmpty
        datasetID = dataset.id
        self.digest = digest
        current = files.current
        let latest = files.latest(of: name)
        switch dataset.kind {
        case .trades, .quotes:
            comesIntoForce = !files.inForce.contains { $0.sha256 == digest.hex }
            replaces = comesIntoForce && latest != nil
            if replaces, !isRevisable, let latest {
                throw Self.refused(dataset.id, name, old: latest, new: digest, "its bytes differ")
            }
        case .dailySeries, .timedSeries:
            // A file that is offered again and again, beside one that came later, stays what it is.
            comesIntoForce =
                isRevisable ? latest != digest.hex && current?.sha256 != digest.hex : files.record(digest.hex) == nil
            replaces = comesIntoForce && files.record(digest.hex) != nil
        }
    }

    /// How a series changes history, nil where it only adds to its end.
    /// - Throws: `ApusError` `ingest.revised` where the dataset is append-only.
    func revision<Series: SeriesTable>(
        of table: Series, _ file: String, earlier read: (FileRecord) throws -> Series
    ) throws -> SeriesRevision? {
        guard comesIntoForce, let current else { return nil }
        let earlier = try read(current)
        if let change = table.firstRevision(of: earlier) {
            guard isRevisable else { throw Self.refused(datasetID, file, old: current.sha256, new: digest, change.description) }
            return change
        }
        guard isRevisable, table.labels.count < earlier.labels.count else { return nil }
        let gone = earlier.labels[table.labels.count]
        return SeriesRevision(date: Series.instant(gone).utcDate, description: "the row of \(gone) is gone")
    }

    private static func refused(_ dataset: String, _ file: String, old: String, new: Digest, _ what: String) -> ApusError {
        ApusError(
            "ingest.revised", "the file changes history that is already ingested, and the dataset is append_only: \(what)",
            context: ["dataset": dataset, "file": file, "ingested": String(old.prefix(12)), "now": new.short])
    }
}
