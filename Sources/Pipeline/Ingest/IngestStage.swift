import Contracts
import Ingest
public import Lake
public import Primitives

/// What ingest did with one source file.
public struct IngestOutcome: Sendable {
    public enum Action: String, Sendable {
        /// Its bytes are known already and in force.
        case unchanged
        case added
        /// A changed history came into force; the old one is kept beside it.
        case revised
        /// The lake's copy was damaged and is made again.
        case repaired
        /// Its dataset's settings changed, and its canonical form with them.
        case rebuilt
    }

    public let datasetID: String
    public let source: String
    public let action: Action
    public let rows: Int
    public let digest: Digest
    /// Columns of a series that were left out, since they hold no numbers; empty where the file was not read.
    public let leftOut: [String]
}

/// `apus ingest`: sources into the immutable raw store, the canonical store and the registry.
///
/// Every step can be repeated: raw files are named by their content, canonical ones by content and settings, both appear whole,
/// and the registry rows come last. What an interrupted run left is found by its name or made again.
public struct IngestStage {
    let workspace: Workspace
    let registry: Registry

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
            try adopt(dataset)
            let outcomes = try files.map { file in
                progress(file)
                return try ingest(file, dataset)
            }
            return outcomes + (try restore(dataset, offered: Set(outcomes.map(\.digest.hex))))
        }
    }

    private func ingest(_ file: String, _ dataset: DatasetSpec) throws -> IngestOutcome {
        let digest = try Digest.ofFile(file)
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let files = try DatasetFiles(registry, dataset.id)
        let known = files.record(digest.hex)
        var action = try known.map { try condition(of: $0, dataset) } ?? .added
        let change = try StateChange(dataset, files, name: name, digest: digest)
        func outcome(_ action: IngestOutcome.Action, _ rows: Int64, leftOut: [String] = []) -> IngestOutcome {
            IngestOutcome(
                datasetID: dataset.id, source: file, action: action, rows: Int(rows), digest: digest, leftOut: leftOut)
        }
        if action == .unchanged, !change.comesIntoForce { return outcome(.unchanged, known?.rows ?? 0) }

        let market = try market(of: file, dataset)
        let place = "\(market)/\(dataset.id)/\(dataset.canonicalTable)"
        let key = try CanonicalFile.key(dataset, raw: digest)
        let raw = known.map { workspace.absolute($0.rawPath) } ?? "\(workspace.paths.raw)/\(place)/\(digest.short)-\(name)"
        let canonical = "\(workspace.paths.canonical)/\(place)/\(key.short).parquet"
        let taken = Taken(name: name, raw: raw, canonical: canonical, key: key, digest: digest, known: known, market: market)
        do {
            let (record, content, revision) = try take(file, dataset, files, taken, change)
            if change.comesIntoForce, change.replaces || revision != nil { action = .revised }
            try register(
                record, dataset, market: market,
                coverage: content.coverage.map { CoverageRecord($0, datasetID: dataset.id, sha256: digest.hex) },
                vintage: vintage(record, name, dataset, files, change, revision))
            return outcome(action, record.rows, leftOut: content.leftOut)
        } catch {
            // A file that is refused leaves nothing behind.
            if known == nil { for path in [raw, canonical] { try? Folder.remove(path) } }
            throw error
        }
    }

    /// Where one source file goes.
    private struct Taken {
        let name: String
        let raw: String
        let canonical: String
        let key: Digest
        let digest: Digest
        let known: FileRecord?
        let market: String
    }

    /// Checks the file against what is in force and puts it into both stores.
    private func take(_ file: String, _ dataset: DatasetSpec, _ files: DatasetFiles, _ taken: Taken, _ change: StateChange) throws
        -> (FileRecord, CanonicalFile, SeriesRevision?)
    {
        let content: CanonicalFile
        var revision: SeriesRevision?
        switch dataset.kind {
        case .trades, .quotes:
            content =
                try dataset.kind == .trades
                ? CanonicalFile.trades(file, to: taken.canonical) : CanonicalFile.quotes(file, to: taken.canonical)
            let coverage = content.coverage.map { CoverageRecord($0, datasetID: dataset.id, sha256: taken.digest.hex) }
            try checkOverlap(coverage, dataset, files, taken.name, change)
        case .dailySeries:
            (content, revision) = try take(DailyTable.self, file, dataset, taken, change)
        case .timedSeries:
            (content, revision) = try take(TimedTable.self, file, dataset, taken, change)
        }
        if (try? Digest.ofFile(taken.raw)) != taken.digest, try FilePattern.copy(file, to: taken.raw) != taken.digest {
            try? Folder.remove(taken.raw)
            throw ApusError("ingest.unstable", "the file changed while it was read", context: ["file": file])
        }
        let record = FileRecord(
            datasetID: dataset.id, sourceName: taken.known?.sourceName ?? taken.name, rawPath: workspace.stored(taken.raw),
            canonicalPath: workspace.stored(taken.canonical), canonicalSHA256: content.parquet.digest.hex,
            canonicalKey: taken.key.hex, sha256: taken.digest.hex, bytes: FilePattern.size(taken.raw),
            rows: Int64(content.parquet.rows), firstTime: content.first, lastTime: content.last, schema: content.schema,
            ingestTime: taken.known?.ingestTime ?? workspace.clock.now)
        return (record, content, revision)
    }

    private func take<Series: SeriesTable>(
        _ type: Series.Type, _ file: String, _ dataset: DatasetSpec, _ taken: Taken, _ change: StateChange
    ) throws -> (CanonicalFile, SeriesRevision?) {
        let table = try read(file, dataset) as Series
        let revision = try change.revision(of: table, file, earlier: { try self.table($0, dataset) as Series })
        return (try CanonicalFile.series(table, to: taken.canonical), revision)
    }

    /// A series' file that is in force, under the dataset's present settings.
    private func table<Series: SeriesTable>(_ record: FileRecord, _ dataset: DatasetSpec) throws -> Series {
        if try condition(of: record, dataset) == .unchanged {
            return Series(try ParquetReader.table(try workspace.verified(record)))
        }
        return try read(workspace.absolute(record.rawPath), dataset)
    }

    private func read<Series: SeriesTable>(_ file: String, _ dataset: DatasetSpec) throws -> Series {
        do { return try Series.read(file, dataset) } catch let error as ApusError { throw error.adding("dataset", dataset.id) }
    }

    private func vintage(
        _ record: FileRecord, _ name: String, _ dataset: DatasetSpec, _ files: DatasetFiles, _ change: StateChange,
        _ revision: SeriesRevision?
    ) -> VintageRecord? {
        guard change.keepsVintages, change.comesIntoForce else { return nil }
        if !change.isRevisable, !dataset.kind.isTicks, record.rows <= files.current?.rows ?? -1 { return nil }
        return VintageRecord(
            datasetID: record.datasetID, vintage: (files.vintages.last?.vintage ?? 0) + 1, sourceName: name,
            sha256: record.sha256,
            rows: record.rows, firstRevision: revision?.date, ingestTime: workspace.clock.now)
    }

    /// The registry's rows of one file, all or none.
    private func register(
        _ record: FileRecord, _ dataset: DatasetSpec, market: String, coverage: [CoverageRecord], vintage: VintageRecord?
    ) throws {
        try registry.transaction {
            try registry.upsert([
                DatasetRecord(
                    datasetID: dataset.id, market: market, symbol: dataset.id, tableName: dataset.canonicalTable,
                    source: dataset.source.rawValue, isRevisable: dataset.updateMode == .revisable)
            ])
            try registry.upsert([record])
            try registry.upsert(coverage)
            if let vintage { try registry.upsert([vintage]) }
        }
    }

    private func market(of file: String, _ dataset: DatasetSpec) throws -> String {
        switch dataset.kind {
        case .dailySeries: "daily"
        case .timedSeries: "timed"
        case .trades, .quotes: try DBNReader(path: file).metadata.dataset
        }
    }
}

extension IngestStage {
    /// Gives a dataset that became revisable its first vintages: what is in force.
    private func adopt(_ dataset: DatasetSpec) throws {
        let files = try DatasetFiles(registry, dataset.id)
        guard dataset.updateMode == .revisable, files.vintages.isEmpty else { return }
        let present = dataset.kind.isTicks ? files.inForce : [files.current].compactMap { $0 }
        try registry.upsert(
            present.enumerated().map { index, record in
                VintageRecord(
                    datasetID: dataset.id, vintage: Int64(index + 1), sourceName: record.sourceName, sha256: record.sha256,
                    rows: record.rows, firstRevision: nil, ingestTime: record.ingestTime)
            })
    }

    /// Makes canonical files in force whose source is no longer offered again from the raw store, where they are damaged or the
    /// dataset's settings changed.
    private func restore(_ dataset: DatasetSpec, offered: Set<String>) throws -> [IngestOutcome] {
        let files = try DatasetFiles(registry, dataset.id)
        let needed = dataset.kind.isTicks ? files.inForce : [files.current].compactMap { $0 }
        return try needed.filter { !offered.contains($0.sha256) && $0.canonicalPath != nil }.compactMap { record in
            let raw = workspace.absolute(record.rawPath)
            guard try condition(of: record, dataset) != .unchanged, (try? Digest.ofFile(raw))?.hex == record.sha256 else {
                return nil
            }
            return try ingest(raw, dataset)
        }
    }

    /// Whether a known file lies in both stores as it was written, under the present settings.
    private func condition(of record: FileRecord, _ dataset: DatasetSpec) throws -> IngestOutcome.Action {
        guard let raw = Digest(hex: record.sha256) else { return .repaired }
        if try CanonicalFile.key(dataset, raw: raw).hex != record.canonicalKey { return .rebuilt }
        let isWhole =
            (try? workspace.verified(record)) != nil && (try? Digest.ofFile(workspace.absolute(record.rawPath))) == raw
        return isWhole ? .unchanged : .repaired
    }

    /// Trades and quotes of one symbol come from one file at a time.
    private func checkOverlap(
        _ coverage: [CoverageRecord], _ dataset: DatasetSpec, _ files: DatasetFiles, _ name: String, _ change: StateChange
    ) throws {
        guard change.comesIntoForce else { return }
        let replaced = files.latest(of: name)
        let others = files.inForce.filter { $0.sha256 != replaced && $0.sha256 != coverage.first?.sha256 }
        let new = SymbolSpan.spans(coverage)
        let all = try registry.records(CoverageRecord.self, where: ["dataset_id": .text(dataset.id)])
        for other in others {
            let spans = SymbolSpan.spans(all.filter { $0.sha256 == other.sha256 })
            for symbol in new.keys.sorted() {
                guard let mine = new[symbol], let theirs = spans[symbol], mine.overlaps(theirs) else { continue }
                throw ApusError(
                    "ingest.overlap", "two files of the dataset hold \(dataset.kind.rawValue) of one symbol for the same time",
                    context: [
                        "dataset": dataset.id, "symbol": symbol, "file": name, "from": mine.first.description,
                        "to": mine.last.description, "other": other.sourceName, "other from": theirs.first.description,
                        "other to": theirs.last.description,
                    ])
            }
        }
    }
}

/// When a file's trades of one symbol begin and end.
struct SymbolSpan {
    var first: UnixNanos
    var last: UnixNanos

    static func spans(_ coverage: [CoverageRecord]) -> [String: SymbolSpan] {
        var spans: [String: SymbolSpan] = [:]
        for record in coverage {
            let known = spans[record.symbol] ?? SymbolSpan(first: record.firstTime, last: record.lastTime)
            spans[record.symbol] = SymbolSpan(first: min(known.first, record.firstTime), last: max(known.last, record.lastTime))
        }
        return spans
    }

    /// Files may meet in one instant.
    func overlaps(_ other: SymbolSpan) -> Bool { first < other.last && other.first < last }
}

extension CoverageRecord {
    init(_ cover: CanonicalCover, datasetID: String, sha256: String) {
        self.init(
            datasetID: datasetID, sha256: sha256, symbol: cover.symbol, utcDate: cover.date, rows: Int64(cover.rows),
            firstTime: cover.first, lastTime: cover.last)
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
