import Contracts
import Lake
import Market
import Primitives

/// A source file in its canonical form, written to the canonical store.
struct CanonicalFile {
    let parquet: ParquetSummary
    let first: UnixNanos?
    let last: UnixNanos?
    /// What the registry says of its columns.
    let schema: String
    /// Of trades and quotes: what there is of each symbol and UTC date.
    var coverage: [CanonicalCover] = []
    /// Of a series: what its source has beside them.
    var leftOut: [String] = []

    /// Part of the key of every canonical file of a daily or timed series. Raise it when the form changes,
    /// or what is read from a source.
    private static let seriesVersion = 2

    /// Names the canonical form: the raw content and everything that shapes what is made of it.
    static func key(_ dataset: DatasetSpec, raw: Digest) throws -> Digest {
        let version =
            switch dataset.kind {
            case .dailySeries, .timedSeries: seriesVersion
            case .trades: CanonicalTrades.version
            case .quotes: CanonicalQuotes.version
            }
        var parts: [String: JSONValue] = [
            "raw": .string(raw.hex), "version": .int(Int64(version)), "kind": .string(dataset.kind.rawValue),
            "source": .string(dataset.source.rawValue), "date_col": dataset.dateColumn.map { .string($0) } ?? .null,
        ]
        if let timed = dataset.timed {
            parts["timestamp_tz"] = .string(timed.zone?.rawValue ?? "UTC")
            // What the rows are checked against.
            parts["bar_frequency"] = timed.frequency.map { .string($0.description) } ?? .null
            parts["moment"] = .string(timed.rule.moment.rawValue)
        }
        if let calendar = dataset.timed?.rule.calendar ?? dataset.knownTimeRule?.calendar {
            parts["calendar"] = .string(calendar)
        }
        return try Digest.of(JSONValue.object(parts))
    }

    static func trades(_ file: String, to path: String) throws -> CanonicalFile {
        let summary = try CanonicalTrades.write(from: file, to: path)
        return ticks(summary.parquet, summary.coverage, schema: "trades")
    }

    static func quotes(_ file: String, to path: String) throws -> CanonicalFile {
        let (parquet, coverage) = try CanonicalQuotes.write(from: file, to: path)
        return ticks(parquet, coverage, schema: "quotes")
    }

    private static func ticks(_ parquet: ParquetSummary, _ coverage: [CanonicalCover], schema: String) -> CanonicalFile {
        CanonicalFile(
            parquet: parquet, first: coverage.map(\.first).min(), last: coverage.map(\.last).max(), schema: schema,
            coverage: coverage)
    }

    static func series<Series: SeriesTable>(_ table: Series, to path: String) throws -> CanonicalFile {
        CanonicalFile(
            parquet: try ParquetWriter.write(table.table, to: path), first: table.labels.first.map(Series.instant),
            last: table.labels.last.map(Series.instant), schema: ([Series.labelName] + table.names).joined(separator: ","),
            leftOut: table.leftOut)
    }
}
