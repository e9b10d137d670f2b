public import Ingest
import Lake
public import Primitives

/// `apus dbn convert`: a DBN file as CSV, JSON lines or Parquet.
public enum FileConversion {
    public enum Format: String, Sendable, CaseIterable {
        case csv, json, parquet
        /// Parquet as ingest stores trades: integer prices, symbols, no sentinels.
        case canonical
        /// Parquet as ingest stores quotes.
        case canonicalQuotes = "canonical-quotes"
    }

    /// The output appears whole. Where the input is damaged, the rows before the damage are kept as `<output>.partial` and the
    /// error is thrown.
    /// - Returns: the sha256 of the output.
    /// - Throws: `ApusError` naming file and byte offset.
    public static func run(_ input: String, to format: Format, output: String, options: DBNConverter.Options) throws -> Digest {
        let partial = output + ".partial"
        for path in [output, partial] { try FileBytes.protect([input], from: path) }
        switch format {
        case .csv: try text(partial) { try DBNConverter.csv(file: input, options: options, write: $0) }
        case .json: try text(partial) { try DBNConverter.json(file: input, options: options, write: $0) }
        case .parquet: try parquet(input, partial, options)
        case .canonical: _ = try CanonicalTrades.write(from: input, to: partial)
        case .canonicalQuotes: _ = try CanonicalQuotes.write(from: input, to: partial)
        }
        try AtomicFile.rename(partial, to: output)
        return try Digest.ofFile(output)
    }

    /// The same text to any taker, such as standard output.
    /// - Throws: `ApusError`; for Parquet, which is no text.
    public static func stream(
        _ input: String, to format: Format, options: DBNConverter.Options, write: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch format {
        case .csv: try DBNConverter.csv(file: input, options: options, write: write)
        case .json: try DBNConverter.json(file: input, options: options, write: write)
        case .parquet, .canonical, .canonicalQuotes:
            throw ApusError("dbn.output", "Parquet needs an output file", context: ["file": input])
        }
    }

    private static func text(_ path: String, _ convert: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        let file = try AtomicFile(path)
        var isEmpty = true
        do {
            try convert { bytes in
                try file.write(bytes)
                isEmpty = false
            }
        } catch {
            if !isEmpty { try file.commit() }
            throw error
        }
        try file.commit()
    }

    private static func parquet(_ input: String, _ path: String, _ options: DBNConverter.Options) throws {
        let writer = try ParquetWriter(path, schema: try DBNConverter.columns(file: input, options: options))
        var isEmpty = true
        do {
            try DBNConverter.tables(file: input, options: options) { table in
                try writer.append(table)
                isEmpty = false
            }
        } catch {
            if !isEmpty { try writer.finish() }
            throw error
        }
        try writer.finish()
    }
}
