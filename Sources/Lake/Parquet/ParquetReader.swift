public import Contracts
import Primitives

/// Reads flat Parquet files through DuckDB, one thread, rows in file order.
///
/// Every error is an `ApusError` that names the file: `parquet.read` with DuckDB's reason, `parquet.column` for a column that
/// the file lacks, `parquet.type` for one that no `ColumnType` can hold.
public enum ParquetReader {
    /// One in-memory database serves all reads; opening one costs about 20 ms.
    private static let shared = Locked<Database?>(nil)

    private static func connect() throws -> Connection {
        let database = try shared.withLock { held in
            let database = try held ?? Database(.memory, settings: .init(threads: 1))
            held = database
            return database
        }
        return try database.connect()
    }

    /// The columns of a file. A 32-bit float counts as a double, seconds and milliseconds as microseconds.
    public static func schema(_ path: String) throws -> [ColumnSpec] {
        try reading(path) { try specs(path, $0) }
    }

    /// A whole file, or the named columns in the order given.
    public static func table(_ path: String, columns: [String]? = nil) throws -> Table {
        try reading(path) { connection in
            let specs = try chosen(columns, of: specs(path, connection), path)
            let builders = specs.map { TableColumnBuilder($0) }
            try connection.prepare(select(specs.map(\.name))).forEachChunk([.text(path)]) { chunk in
                for (index, builder) in builders.enumerated() { try builder.append(chunk, column: index) }
            }
            return Table(builders.map(\.column))
        }
    }

    /// Streams files one after another, each in its own order, in chunks of at most 2,048 rows.
    /// - Throws: also `parquet.schema` where a later file has other types than the first, and what `body` throws.
    public static func forEachChunk(
        _ paths: [String], columns: [String]? = nil, _ body: (borrowing Chunk) throws -> Void
    ) throws {
        var first: [ColumnSpec]?
        for path in paths {
            do {
                try reading(path) { connection in
                    let specs = try chosen(columns, of: specs(path, connection), path)
                    if let first, first.map(\.name) != specs.map(\.name) || first.map(\.type) != specs.map(\.type) {
                        throw ApusError(
                            "parquet.schema", "the file has other columns than the one before", context: ["file": path])
                    }
                    first = first ?? specs
                    try connection.prepare(select(specs.map(\.name))).forEachChunk([.text(path)]) { chunk in
                        do { try body(chunk) } catch { throw BodyFailure(error: error) }
                    }
                }
            } catch let failure as BodyFailure { throw failure.error }
        }
    }

    /// Keeps what the caller's closure threw apart from what reading the file threw.
    private struct BodyFailure: Error { let error: any Error }

    /// Gives every error the file's name. A failure may leave DuckDB's instance unusable, so the next read opens another.
    private static func reading<Result>(_ path: String, _ body: (Connection) throws -> Result) throws -> Result {
        // DuckDB takes these for patterns.
        guard !path.contains(where: { "*?[".contains($0) }) else {
            throw ApusError("parquet.read", "a path with one of *?[ cannot be read", context: ["file": path])
        }
        guard FileBytes.exists(path) else { throw ApusError("parquet.read", "there is no such file", context: ["file": path]) }
        do { return try body(connect()) } catch let error as ApusError where error.code == "lake.sql" {
            shared.withLock { $0 = nil }
            let reason = error.context.first { $0.key == "reason" }?.value ?? error.message
            throw ApusError("parquet.read", "the file is damaged or no Parquet file", context: ["file": path, "reason": reason])
        }
    }

    private static func select(_ names: [String]) -> String {
        let columns = names.map {
            "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        return "select \(columns.joined(separator: ", ")) from read_parquet(?, hive_partitioning = false)"
    }

    private static func chosen(_ names: [String]?, of specs: [ColumnSpec], _ path: String) throws -> [ColumnSpec] {
        guard let names else { return specs }
        return try names.map { name in
            guard let spec = specs.first(where: { $0.name == name }) else {
                throw ApusError("parquet.column", "the file lacks a column", context: ["file": path, "column": name])
            }
            return spec
        }
    }

    private static func specs(_ path: String, _ connection: Connection) throws -> [ColumnSpec] {
        // The first row is the root.
        let schema = try connection.query("select name, repetition_type, num_children from parquet_schema(?)", [.text(path)])
        let leaves = schema.rows.dropFirst()
        if let nested = leaves.first(where: { $0[2].int ?? 0 > 0 }) {
            throw ApusError("parquet.type", "a column is nested", context: ["file": path, "column": nested[0].text ?? ""])
        }
        var kinds: [ChunkColumn] = []
        let statement = try connection.prepare(select(leaves.map { $0[0].text ?? "" }) + " limit 0")
        try statement.stream([.text(path)], columns: { kinds = $0 }, { _ in })
        return try zip(leaves, kinds).map { leaf, column in
            guard let type = column.kind.columnType else {
                throw ApusError(
                    "parquet.type", "a column has a type that cannot be read", context: ["file": path, "column": column.name])
            }
            return ColumnSpec(leaf[0].text ?? "", type, nullable: leaf[1].text != "REQUIRED")
        }
    }
}

extension ChunkColumn.Kind {
    /// What a value of this kind becomes in a `Table`.
    var columnType: ColumnType? {
        switch self {
        case .bool: .bool
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .float, .double: .double
        case .text: .string
        case .date: .date
        case .timestampSeconds, .timestampMillis: .timestampMicros(utc: false)
        case .timestampMicros(let utc): .timestampMicros(utc: utc)
        case .timestampNanos(let utc): .timestampNanos(utc: utc)
        case .int128, .decimal, .bytes, .other: nil
        }
    }
}
