public import Contracts
public import Lake
public import Primitives
import Ingest

/// What ingest did with one source file.
public struct IngestOutcome: Sendable {
    public enum Action: String, Sendable {
        /// Its bytes are known already.
        case unchanged
        case added
        /// A revised history, kept beside the old one.
        case revised
    }

    public let datasetID: String
    public let source: String
    public let action: Action
    public let rows: Int
    public let digest: Digest
}

/// `apus ingest`: sources into the immutable raw store, the canonical store and the registry.
///
/// Every step can be repeated: raw and canonical files are named by content and appear whole, the registry row comes last. What an interrupted
/// run left is found by its name or made again.
public struct IngestStage {
    private let workspace: Workspace
    private let registry: Registry

    public init(_ workspace: Workspace, registry: Registry) {
        self.workspace = workspace
        self.registry = registry
    }

    /// - Parameters:
    ///   - only: dataset ids, all where empty.
    ///   - progress: told each file before it is taken.
    /// - Throws: `ApusError` `ingest.*`, and what the formats throw. Files taken before the error stay ingested.
    public func run(only: [String] = [], progress: (String) -> Void = { _ in }) throws -> [IngestOutcome] {
        try workspace.configuration.select(only).flatMap { dataset in
            let pattern = WorkspacePaths.resolve(dataset.sourcePath, base: workspace.root)
            let files = FilePattern.expand(pattern)
            guard !files.isEmpty else {
                throw ApusError("ingest.missing", "no file matches the dataset's source", context: ["dataset": dataset.id, "source": pattern])
            }
            return try files.map { file in
                progress(file)
                return try ingest(file, dataset)
            }
        }
    }

    private func ingest(_ file: String, _ dataset: DatasetSpec) throws -> IngestOutcome {
        let digest = try Digest.ofFile(file)
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let known = try registry.files(dataset: dataset.id)
        if let row = known.first(where: { $0.digest == digest }), isWhole(row) {
            return IngestOutcome(datasetID: dataset.id, source: file, action: .unchanged, rows: row.rows, digest: digest)
        }
        let market = try self.market(of: file, dataset)
        let place = "\(market)/\(dataset.id)/\(dataset.canonicalTable)"
        let raw = "\(workspace.paths.raw)/\(place)/\(digest.short)-\(name)"
        let canonical = "\(workspace.paths.canonical)/\(place)/\(digest.short).parquet"
        let previous = known.filter { $0.sourceName == name && $0.digest != digest }.last
        let content: CanonicalContent
        switch dataset.kind {
        case .trades:
            if let previous, dataset.updateMode == .appendOnly { throw changed(file, dataset, previous.digest, digest, "its bytes differ") }
            content = try trades(file, to: canonical)
        case .dailySeries: content = try daily(file, dataset, latest: known.last, to: canonical)
        }
        if (try? Digest.ofFile(raw)) != digest { try FilePattern.copy(file, to: raw) }
        try registry.record(
            FileRecord(
                datasetID: dataset.id, sourceName: name, rawPath: workspace.stored(raw), canonicalPath: workspace.stored(canonical),
                digest: digest, bytes: FilePattern.size(raw), rows: content.rows, firstTime: content.first, lastTime: content.last,
                schema: content.schema, ingestedAt: workspace.clock.now))
        return IngestOutcome(
            datasetID: dataset.id, source: file, action: previous == nil || !content.isRevision ? .added : .revised, rows: content.rows,
            digest: digest)
    }

    /// What became of a source file in the canonical store.
    private struct CanonicalContent {
        let rows: Int
        let first: UnixNanos?
        let last: UnixNanos?
        let schema: String
        var isRevision = false
    }

    private func trades(_ file: String, to canonical: String) throws -> CanonicalContent {
        let summary = try CanonicalTrades.write(from: file, to: canonical)
        return CanonicalContent(rows: summary.parquet.rows, first: summary.firstTime, last: summary.lastTime, schema: "trades")
    }

    private func daily(_ file: String, _ dataset: DatasetSpec, latest: FileRecord?, to canonical: String) throws -> CanonicalContent {
        let table = try DailySource.read(file, dataset)
        var isRevision = false
        if let latest, let earlier = try? DailyTable(ParquetReader.table(workspace.absolute(latest.canonicalPath))),
            let change = table.firstRevision(of: earlier)
        {
            guard dataset.updateMode == .revisable else { throw changed(file, dataset, latest.digest, try Digest.ofFile(file), change) }
            isRevision = true
        }
        try ParquetWriter.write(table.table, to: canonical)
        return CanonicalContent(
            rows: table.dates.count, first: table.dates.first.map { UnixNanos($0) }, last: table.dates.last.map { UnixNanos($0) },
            schema: (["date"] + table.names).joined(separator: ","), isRevision: isRevision)
    }

    private func changed(_ file: String, _ dataset: DatasetSpec, _ old: Digest, _ new: Digest, _ what: String) -> ApusError {
        ApusError(
            "ingest.revised", "the file changes history that is already ingested, and the dataset is append_only: \(what)",
            context: ["dataset": dataset.id, "file": file, "ingested": old.short, "now": new.short])
    }

    /// The raw and canonical files are still there, the raw one with its bytes.
    private func isWhole(_ row: FileRecord) -> Bool {
        FileBytes.exists(workspace.absolute(row.canonicalPath)) && (try? Digest.ofFile(workspace.absolute(row.rawPath))) == row.digest
    }

    private func market(of file: String, _ dataset: DatasetSpec) throws -> String {
        switch dataset.kind {
        case .dailySeries: "daily"
        case .trades: try DBNReader(path: file).metadata.dataset
        }
    }
}

extension Configuration {
    /// The named datasets, all where none is named.
    /// - Throws: `ApusError` `config.unknown`.
    func select(_ ids: [String]) throws -> [DatasetSpec] {
        if ids.isEmpty { return datasets }
        return try ids.map { id in
            guard let dataset = dataset(id) else {
                throw ApusError("config.unknown", "DATASETS has no row \"\(id)\"", context: ["known": datasets.map(\.id).joined(separator: ", ")])
            }
            return dataset
        }
    }
}
