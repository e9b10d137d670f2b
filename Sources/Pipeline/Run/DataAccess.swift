import Contracts
import Lake
import Market
import Primitives

/// Reads what the workspace holds, each table once.
final class DataAccess {
    let workspace: Workspace
    private let registry: Registry
    private let readsFirstVintages: Bool
    private var dailyTables: [String: (DailyTable, InputFile)] = [:]
    private var derivedTables: [String: (DerivedSeries, InputFile)] = [:]

    /// - Parameter firstVintages: whether daily and timed series are read as they were first, before any revision.
    init(_ workspace: Workspace, registry: Registry, firstVintages: Bool = false) {
        self.workspace = workspace
        self.registry = registry
        readsFirstVintages = firstVintages
    }

    /// The rows of one symbol of a derived table, or those of a timed series.
    struct DerivedSeries {
        /// Rows of the file that are left out at its beginning; nil where rows are not those of a raw file.
        var rowsBefore: Int?
        let labels: [UnixNanos]
        /// When each row is complete.
        let closes: [UnixNanos]
        /// When each row is known, at the earliest when it is complete.
        let availableAt: [UnixNanos]
        let tradeDates: [CivilDate]
        let sessionOpens: [UnixNanos]
        let sessionCloses: [UnixNanos]
        let calendar: String
        let names: [String]
        let columns: [[Double]]
    }

    /// The state of a daily dataset: the one in force, or the first one.
    func daily(_ datasetID: String) throws -> (DailyTable, InputFile) {
        if let known = dailyTables[datasetID] { return known }
        let (file, digest) = try file(of: datasetID)
        let table = DailyTable(try ParquetReader.table(try workspace.verified(file)))
        let result = (table, InputFile(role: "dataset \(datasetID)", path: file.rawPath, digest: digest))
        dailyTables[datasetID] = result
        return result
    }

    /// The file of a series that is read.
    func file(of datasetID: String) throws -> (FileRecord, Digest) {
        let files = try DatasetFiles(registry, datasetID)
        // Others may write the registry while this process computes.
        registry.release()
        guard let file = readsFirstVintages ? files.first : files.current, let digest = Digest(hex: file.sha256) else {
            throw ApusError(
                "run.missing", "nothing of the dataset is ingested; run `apus ingest`", context: ["dataset": datasetID])
        }
        // What DATASETS says by now may give the same bytes other times, or refuse them.
        if let dataset = workspace.configuration.dataset(datasetID),
            try CanonicalFile.key(dataset, raw: digest).hex != file.canonicalKey
        {
            throw ApusError(
                readsFirstVintages ? "lake.missing" : "ingest.stale",
                "the dataset was ingested with other settings of DATASETS; run `apus ingest`", context: ["dataset": datasetID])
        }
        return (file, digest)
    }

    /// Reads rows once.
    func kept(_ key: String, _ read: () throws -> (DerivedSeries, InputFile)) throws -> (DerivedSeries, InputFile) {
        if let known = derivedTables[key] { return known }
        let result = try read()
        derivedTables[key] = result
        return result
    }

    /// - Parameter symbol: the rows wanted.
    func derived(_ reference: DatasetReference, symbol: String) throws -> (DerivedSeries, InputFile) {
        try kept("\(reference)/\(symbol)") { try load(reference, symbol) }
    }

    private func load(_ reference: DatasetReference, _ symbol: String) throws -> (DerivedSeries, InputFile) {
        guard
            let session = workspace.configuration.sessions.first(where: {
                $0.datasetID == reference.datasetID && ($0.session == reference.session || $0.id == reference.session)
            })
        else {
            throw ApusError(
                "config.value", "SESSIONS has no enabled row for this reference", context: ["reference": reference.description])
        }
        let build = try DerivedTables.current(workspace, session)
        guard let entry = build.manifest.tables.first(where: { $0.name == reference.table }) else {
            throw ApusError(
                "run.missing", "the session does not derive this table",
                context: [
                    "reference": reference.description, "tables": build.manifest.tables.map(\.name).joined(separator: ", "),
                ])
        }
        let path = try workspace.verified(table: entry.name, in: build.folder, digest: entry.digest)
        let series = try Self.series(try ParquetReader.table(path), symbol: symbol, reference: reference, session)
        return (series, InputFile(role: reference.description, path: workspace.stored(path), digest: entry.digest))
    }

    private static func series(
        _ table: Table, symbol: String, reference: DatasetReference, _ session: SessionSpec
    ) throws -> DerivedSeries {
        let symbols = table["symbol"]?.strings ?? []
        let rows = symbols.indices.filter { symbols[$0] == symbol }
        guard !rows.isEmpty else {
            throw ApusError(
                "run.symbol", "the table has no rows of the symbol",
                context: [
                    "reference": reference.description, "symbol": symbol,
                    "symbols": Set(symbols).sorted().joined(separator: ", "),
                ])
        }
        let times = table["ts"]?.ints ?? []
        let numeric = table.columns.filter { column in
            if case .strings = column.values { return false }
            return column.spec.name != "ts" && column.spec.name != "ts_end"
        }
        let columns = numeric.map { column in
            if case .doubles(let values) = column.values { return rows.map { values[$0] } }
            let values = column.ints
            return rows.map { Double(values[$0]) }
        }
        let starts = rows.map { UnixNanos(times[$0] * 1_000) }
        if reference.tradeBars != nil {
            let ends = table["ts_end"]?.ints ?? []
            let bars = try TradeBarTimes(
                starts: starts, ends: rows.map { UnixNanos(ends[$0] * 1_000) }, calendar: session.calendar,
                kind: try Self.kind(session))
            return DerivedSeries(
                labels: bars.labels, closes: bars.closes, availableAt: bars.closes, tradeDates: bars.tradeDates,
                sessionOpens: bars.sessionOpens,
                sessionCloses: bars.sessionCloses, calendar: session.calendar, names: numeric.map(\.spec.name), columns: columns)
        }
        let known = try Self.times(starts, reference, session)
        return DerivedSeries(
            labels: starts, closes: known.map(\.close), availableAt: known.map(\.close), tradeDates: known.map(\.tradeDate),
            sessionOpens: known.map(\.sessionOpen), sessionCloses: known.map(\.sessionClose), calendar: session.calendar,
            names: numeric.map(\.spec.name), columns: columns)
    }

    private static func times(_ labels: [UnixNanos], _ reference: DatasetReference, _ session: SessionSpec) throws -> [BarTimes
        .Row]
    {
        guard let interval = reference.intervalNanos else {
            throw ApusError(
                "run.prices", "prices and features come from a table with an interval",
                context: ["reference": reference.description])
        }
        var times = BarTimes(
            calendar: try SessionCalendars.named(session.calendar), kind: try kind(session), interval: interval)
        return try labels.map { try times.row(labelled: $0) }
    }

    private static func kind(_ session: SessionSpec) throws -> SessionKind {
        guard let kind = SessionKind(rawValue: session.session) else {
            throw ApusError(
                "config.value", "\"\(session.session)\" is not RTH or FULL",
                context: ["sheet": "SESSIONS", "row": session.id, "column": "session"])
        }
        return kind
    }

    func column(_ name: String, of table: DailyTable, _ datasetID: String) throws -> [Double] {
        try Self.column(name, names: table.names, columns: table.columns, source: datasetID)
    }

    func column(_ name: String, of series: DerivedSeries, _ reference: DatasetReference) throws -> [Double] {
        try Self.column(name, names: series.names, columns: series.columns, source: reference.description)
    }

    /// A column by its name, or two of them joined as `A - B` or `A / B`.
    private static func column(_ name: String, names: [String], columns: [[Double]], source: String) throws -> [Double] {
        if let index = names.firstIndex(of: name) { return columns[index] }
        for (sign, combine) in [(" - ", { $0 - $1 }), (" / ", { $0 / $1 })] as [(String, (Double, Double) -> Double)] {
            let parts = name.split(separator: sign, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2, let left = names.firstIndex(of: parts[0]), let right = names.firstIndex(of: parts[1]) {
                return zip(columns[left], columns[right]).map(combine)
            }
        }
        throw noColumn(name, source, names)
    }

    private static func noColumn(_ name: String, _ source: String, _ known: [String]) -> ApusError {
        ApusError(
            "run.column", "the source has no column \"\(name)\"",
            context: ["source": source, "columns": known.joined(separator: ", ")])
    }
}
