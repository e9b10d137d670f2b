import Contracts
import Ingest
public import Lake
public import Primitives

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
/// Every step can be repeated: raw and canonical files are named by content and appear whole, the registry row comes last. What
/// an interrupted run left is found by its name or made again.
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
        defer { try? registry.close() }
        return try workspace.configuration.select(only).flatMap { dataset in
            let pattern = WorkspacePaths.resolve(dataset.sourcePath, base: workspace.root)
            let files = FilePattern.expand(pattern)
            guard !files.isEmpty else {
                throw ApusError(
                    "ingest.missing", "no file matches the dataset's source", context: ["dataset": dataset.id, "source": pattern])
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
        if let row = known.first(where: { $0.sha256 == digest.hex }), isWhole(row) {
            return IngestOutcome(datasetID: dataset.id, source: file, action: .unchanged, rows: Int(row.rows), digest: digest)
        }
        let market = try market(of: file, dataset)
        let place = "\(market)/\(dataset.id)/\(dataset.canonicalTable)"
        let raw = "\(workspace.paths.raw)/\(place)/\(digest.short)-\(name)"
        let canonical = "\(workspace.paths.canonical)/\(place)/\(digest.short).parquet"
        let content: CanonicalContent
        switch dataset.kind {
        case .trades:
            if let previous = known.last(where: { $0.sourceName == name && $0.sha256 != digest.hex }),
                dataset.updateMode == .appendOnly
            {
                throw changed(file, dataset, previous, digest, "its bytes differ")
            }
            content = try trades(file, dataset, digest: digest, to: canonical)
        case .dailySeries: content = try daily(file, dataset, known: known, digest: digest, to: canonical)
        }
        if (try? Digest.ofFile(raw)) != digest { try FilePattern.copy(file, to: raw) }
        let record = FileRecord(
            datasetID: dataset.id, sourceName: name, rawPath: workspace.stored(raw), canonicalPath: workspace.stored(canonical),
            sha256: digest.hex, bytes: FilePattern.size(raw), rows: Int64(content.rows), firstTime: content.first,
            lastTime: content.last,
            schema: content.schema, ingestTime: workspace.clock.now)
        try register(
            record, dataset, market: market, coverage: content.coverage, revision: content.revision, vintages: known.count)
        return IngestOutcome(
            datasetID: dataset.id, source: file, action: content.revision == nil ? .added : .revised, rows: content.rows,
            digest: digest)
    }

    /// The registry's rows of one file, all or none.
    private func register(
        _ record: FileRecord, _ dataset: DatasetSpec, market: String, coverage: [CoverageRecord], revision: CivilDate?,
        vintages: Int
    ) throws {
        try registry.transaction {
            try registry.upsert([
                DatasetRecord(
                    datasetID: dataset.id, market: market, symbol: dataset.id, tableName: dataset.canonicalTable,
                    source: dataset.source.rawValue,
                    isRevisable: dataset.updateMode == .revisable)
            ])
            try registry.upsert([record])
            try registry.upsert(coverage)
            if dataset.updateMode == .revisable {
                try registry.upsert([
                    VintageRecord(
                        datasetID: dataset.id, vintage: Int64(vintages + 1), sha256: record.sha256,
                        canonicalPath: record.canonicalPath ?? "",
                        rows: record.rows, firstRevision: revision, ingestTime: record.ingestTime)
                ])
            }
        }
    }

    /// What became of a source file in the canonical store.
    private struct CanonicalContent {
        let rows: Int
        let first: UnixNanos?
        let last: UnixNanos?
        let schema: String
        var coverage: [CoverageRecord] = []
        /// The first date that differs from the state before.
        var revision: CivilDate?
    }

    private func trades(_ file: String, _ dataset: DatasetSpec, digest: Digest, to canonical: String) throws -> CanonicalContent {
        let summary = try CanonicalTrades.write(from: file, to: canonical)
        return CanonicalContent(
            rows: summary.parquet.rows, first: summary.days.map(\.first).min(), last: summary.days.map(\.last).max(),
            schema: "trades",
            coverage: summary.days.map {
                CoverageRecord(
                    datasetID: dataset.id, tradeDate: $0.date, rows: Int64($0.rows), firstTime: $0.first, lastTime: $0.last)
            })
    }

    private func daily(
        _ file: String, _ dataset: DatasetSpec, known: [FileRecord], digest: Digest, to canonical: String
    ) throws -> CanonicalContent {
        let table = try DailySource.read(file, dataset)
        var revision: CivilDate?
        if let latest = known.current(dataset.updateMode) {
            let earlier = DailyTable(try ParquetReader.table(try latest.canonical(in: workspace)))
            if let change = table.firstRevision(of: earlier) {
                guard dataset.updateMode == .revisable else { throw changed(file, dataset, latest, digest, change.description) }
                revision = change.date
            }
        }
        try ParquetWriter.write(table.table, to: canonical)
        return CanonicalContent(
            rows: table.dates.count, first: table.dates.first.map { UnixNanos($0) }, last: table.dates.last.map { UnixNanos($0) },
            schema: (["date"] + table.names).joined(separator: ","), revision: revision)
    }

    private func changed(_ file: String, _ dataset: DatasetSpec, _ old: FileRecord, _ new: Digest, _ what: String) -> ApusError {
        ApusError(
            "ingest.revised", "the file changes history that is already ingested, and the dataset is append_only: \(what)",
            context: ["dataset": dataset.id, "file": file, "ingested": String(old.sha256.prefix(12)), "now": new.short])
    }

    /// The raw and canonical files are still there, the raw one with its bytes.
    private func isWhole(_ row: FileRecord) -> Bool {
        guard let canonical = try? row.canonical(in: workspace), FileBytes.exists(canonical) else { return false }
        return (try? Digest.ofFile(workspace.absolute(row.rawPath)))?.hex == row.sha256
    }

    private func market(of file: String, _ dataset: DatasetSpec) throws -> String {
        switch dataset.kind {
        case .dailySeries: "daily"
        case .trades: try DBNReader(path: file).metadata.dataset
        }
    }
}

extension [FileRecord] {
    /// The state in force of a daily dataset: of append-only files the longest, of revisable ones the one that was ingested last.
    func current(_ mode: DatasetSpec.UpdateMode) -> FileRecord? {
        mode == .revisable ? last : self.max { ($0.rows, $1.sha256) < ($1.rows, $0.sha256) }
    }
}

extension Configuration {
    /// The named datasets, all where none is named.
    /// - Throws: `ApusError` `config.unknown`.
    func select(_ ids: [String]) throws -> [DatasetSpec] {
        if ids.isEmpty { return datasets }
        return try ids.map { id in
            guard let dataset = dataset(id) else {
                throw ApusError(
                    "config.unknown", "DATASETS has no row \"\(id)\"",
                    context: ["known": datasets.map(\.id).joined(separator: ", ")])
            }
            return dataset
        }
    }
}
