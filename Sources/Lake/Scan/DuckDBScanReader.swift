import Primitives

/// Scans what `ParquetColumn` does not know through DuckDB.
final class DuckDBScanReader: ScanReader {
    private let kinds: [ScanKind]
    private let tables: [LabelTable]
    private let cursor: ChunkCursor
    private let path: String

    init(_ path: String, _ columns: [(name: String, kind: ScanKind)]) throws {
        guard !path.contains(where: { "*?[".contains($0) }) else {
            throw ApusError("parquet.read", "a path with one of *?[ cannot be read", context: ["file": path])
        }
        self.path = path
        kinds = columns.map(\.kind)
        tables = columns.map { _ in LabelTable() }
        do {
            let connection = try Database(.memory, settings: .init(threads: 1)).connect()
            let quoted = columns.map {
                "\"" + $0.name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            }
            let source = " from read_parquet(?, hive_partitioning = false)"
            var found: [ChunkColumn] = []
            try connection.prepare("select " + quoted.joined(separator: ", ") + source + " limit 0")
                .stream([.text(path)], columns: { found = $0 }, { _ in })
            let terms = try zip(zip(columns, quoted), found).map { try Self.term($0.0.kind, $0.1, of: $1, path) }
            cursor = try connection.prepare("select " + terms.joined(separator: ", ") + source).cursor([.text(path)])
        } catch let error as ApusError where error.code == "lake.sql" { throw Self.failure(path, error) }
    }

    func read(into buffers: [UnsafeMutablePointer<UInt64>]) throws -> Int {
        var count = 0
        do {
            _ = try cursor.next { chunk in
                count = chunk.rowCount
                for (column, kind) in kinds.enumerated() {
                    for row in 0..<count {
                        buffers[column][row] =
                            chunk.isNull(column: column, row: row) ? kind.null : bits(chunk, column, row, kind)
                    }
                }
            }
        } catch let error as ApusError where error.code == "lake.sql" { throw Self.failure(path, error) }
        return count
    }

    func labels(_ column: Int) -> [String] { tables[column].labels }

    private func bits(_ chunk: borrowing Chunk, _ column: Int, _ row: Int, _ kind: ScanKind) -> UInt64 {
        switch kind {
        case .time, .number: chunk.values(column, as: UInt64.self)[row]
        case .flag: UInt64(chunk.values(column, as: UInt8.self)[row])
        case .text: UInt64(tables[column].ordinal(chunk.bytes(column: column, row: row)))
        }
    }

    private static func term(_ kind: ScanKind, _ name: String, of column: ChunkColumn, _ path: String) throws -> String {
        switch (kind, column.kind) {
        case (.time, .timestampNanos): return "epoch_ns(\(name))"
        case (.time, .timestampMicros): return "epoch_us(\(name)) * 1000"
        case (.time, .date), (.time, .timestampSeconds), (.time, .timestampMillis): return "epoch_us(\(name)::timestamp) * 1000"
        case (.number, .int8), (.number, .int16), (.number, .int32), (.number, .int64), (.number, .uint8), (.number, .uint16),
            (.number, .uint32), (.number, .uint64), (.number, .int128), (.number, .float), (.number, .double),
            (.number, .decimal):
            return "\(name)::double"
        case (.flag, .bool): return name
        case (.flag, .int8), (.flag, .int16), (.flag, .int32), (.flag, .int64), (.flag, .uint8), (.flag, .uint16),
            (.flag, .uint32), (.flag, .uint64):
            return "\(name) <> 0"
        case (.text, .text): return name
        default:
            throw ApusError(
                "parquet.type", "a column has another type than \(kind.words)", context: ["file": path, "column": column.name])
        }
    }

    private static func failure(_ path: String, _ error: ApusError) -> ApusError {
        let reason = error.context.first { $0.key == "reason" }?.value ?? error.message
        return ParquetFile.damaged(path, reason)
    }
}

extension ScanKind {
    fileprivate var words: String {
        switch self {
        case .time: "a timestamp or a date"
        case .number: "a number"
        case .flag: "a boolean"
        case .text: "a text"
        }
    }
}
