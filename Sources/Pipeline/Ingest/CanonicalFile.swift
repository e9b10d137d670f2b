import Contracts
import Lake
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

    /// Part of the key of every canonical file of a daily series. Raise it when the form changes.
    private static let dailyVersion = 1

    /// Names the canonical form: the raw content and everything that shapes what is made of it.
    static func key(_ dataset: DatasetSpec, raw: Digest) throws -> Digest {
        let version =
            switch dataset.kind {
            case .dailySeries: dailyVersion
            case .trades: CanonicalTrades.version
            case .quotes: CanonicalQuotes.version
            }
        return try Digest.of(
            JSONValue.object([
                "raw": .string(raw.hex), "version": .int(Int64(version)), "kind": .string(dataset.kind.rawValue),
                "source": .string(dataset.source.rawValue), "date_col": dataset.dateColumn.map { .string($0) } ?? .null,
            ]))
    }

    static func trades(_ file: String, to path: String) throws -> CanonicalFile {
        let summary = try CanonicalTrades.write(from: file, to: path)
        return CanonicalFile(summary.parquet, summary.coverage, schema: "trades")
    }

    static func quotes(_ file: String, to path: String) throws -> CanonicalFile {
        let (parquet, coverage) = try CanonicalQuotes.write(from: file, to: path)
        return CanonicalFile(parquet, coverage, schema: "quotes")
    }

    private init(_ parquet: ParquetSummary, _ coverage: [CanonicalCover], schema: String) {
        self.parquet = parquet
        first = coverage.map(\.first).min()
        last = coverage.map(\.last).max()
        self.schema = schema
        self.coverage = coverage
    }

    static func daily(_ table: DailyTable, to path: String) throws -> CanonicalFile {
        CanonicalFile(
            try ParquetWriter.write(table.table, to: path), table.dates, schema: (["date"] + table.names).joined(separator: ","))
    }

    private init(_ parquet: ParquetSummary, _ dates: [CivilDate], schema: String) {
        self.parquet = parquet
        first = dates.first.map { UnixNanos($0) }
        last = dates.last.map { UnixNanos($0) }
        self.schema = schema
    }
}
