import Lake
import Primitives

/// The registry's files of one dataset, and which of them are in force.
struct DatasetFiles {
    /// In the order of their content's digests.
    let known: [FileRecord]
    /// In the order of their numbers; none of a dataset that was never revisable.
    let vintages: [VintageRecord]

    init(_ registry: Registry, _ datasetID: String) throws {
        known = try registry.records(FileRecord.self, where: ["dataset_id": .text(datasetID)])
        vintages = try registry.records(VintageRecord.self, where: ["dataset_id": .text(datasetID)])
    }

    func record(_ sha256: String) -> FileRecord? { known.first { $0.sha256 == sha256 } }

    /// The state in force of a daily series: the vintage that came last; without vintages the longest file.
    var current: FileRecord? {
        if let last = vintages.last { return record(last.sha256) }
        return known.max { ($0.rows, $1.sha256) < ($1.rows, $0.sha256) }
    }

    /// The state that a daily series had first; the present one where no others were kept.
    var first: FileRecord? { vintages.first.flatMap { record($0.sha256) } ?? current }

    /// The files of trades or quotes in force: of each source name the one that came last.
    var inForce: [FileRecord] {
        if vintages.isEmpty { return known }
        let digests = Set(Dictionary(vintages.map { ($0.sourceName, $0.sha256) }, uniquingKeysWith: { $1 }).values)
        return known.filter { digests.contains($0.sha256) }
    }

    /// The content that was last taken under a source name.
    func latest(of sourceName: String) -> String? {
        vintages.isEmpty
            ? known.first { $0.sourceName == sourceName }?.sha256 : vintages.last { $0.sourceName == sourceName }?.sha256
    }
}
