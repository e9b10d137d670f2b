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
    /// Of trades: what there is of each symbol and UTC date.
    var coverage: [CanonicalTrades.Cover] = []

    /// Part of the key of every canonical file of a daily series. Raise it when the form changes.
    private static let dailyVersion = 1

    /// Names the canonical form: the raw content and everything that shapes what is made of it.
    static func key(_ dataset: DatasetSpec, raw: Digest) throws -> Digest {
        let version = dataset.kind == .trades ? CanonicalTrades.version : dailyVersion
        return try Digest.of(
            JSONValue.object([
                "raw": .string(raw.hex), "version": .int(Int64(version)), "kind": .string(dataset.kind.rawValue),
                "source": .string(dataset.source.rawValue), "date_col": dataset.dateColumn.map { .string($0) } ?? .null,
            ]))
    }

    static func trades(_ file: String, to path: String) throws -> CanonicalFile {
        let summary = try CanonicalTrades.write(from: file, to: path)
        return CanonicalFile(
            parquet: summary.parquet, first: summary.coverage.map(\.first).min(), last: summary.coverage.map(\.last).max(),
            schema: "trades", coverage: summary.coverage)
    }

    static func daily(_ table: DailyTable, to path: String) throws -> CanonicalFile {
        CanonicalFile(
            parquet: try ParquetWriter.write(table.table, to: path), first: table.dates.first.map { UnixNanos($0) },
            last: table.dates.last.map { UnixNanos($0) }, schema: (["date"] + table.names).joined(separator: ","))
    }
}
