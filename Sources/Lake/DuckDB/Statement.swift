internal import CDuckDB
import Primitives

/// A prepared statement, to be run any number of times.
public final class Statement {
    public let sql: String
    private let connection: Connection
    private var handle: duckdb_prepared_statement?

    init(_ sql: String, on connection: Connection) throws {
        self.sql = sql
        self.connection = connection
        guard duckdb_prepare(connection.handle, sql, &handle) == DuckDBSuccess else {
            let reason = duckdb_prepare_error(handle).map { String(cString: $0) }
            duckdb_destroy_prepare(&handle)
            throw connection.failure(sql, reason)
        }
    }

    deinit { duckdb_destroy_prepare(&handle) }

    public func execute(_ parameters: [SQLValue] = []) throws {
        try run(parameters, streaming: false) { _ in }
    }

    public func query(_ parameters: [SQLValue] = []) throws -> QueryResult {
        var rows: [[SQLValue]] = []
        var names: [String] = []
        try run(parameters, streaming: false) { result in
            names = result.columns.map(\.name)
            try result.forEachChunk { chunk in
                for row in 0..<chunk.rowCount {
                    rows.append(try names.indices.map { try chunk.value(column: $0, row: row) })
                }
            }
        }
        return QueryResult(columns: names, rows: rows)
    }

    /// Streams the result; see `Connection.forEachChunk`.
    public func forEachChunk(_ parameters: [SQLValue] = [], _ body: (borrowing Chunk) throws -> Void) throws {
        try run(parameters, streaming: true) { try $0.forEachChunk(body) }
    }

    /// Streams the result and tells its columns first, which a result without rows has too.
    func stream(
        _ parameters: [SQLValue], columns: ([ChunkColumn]) throws -> Void, _ body: (borrowing Chunk) throws -> Void
    ) throws {
        try run(parameters, streaming: true) { result in
            try columns(result.columns)
            try result.forEachChunk(body)
        }
    }

    /// Streams the result at the caller's pace. The statement and its connection take nothing else while the cursor lives.
    public func cursor(_ parameters: [SQLValue] = []) throws -> ChunkCursor {
        ChunkCursor(try start(parameters, streaming: true), statement: self)
    }

    private func run(_ parameters: [SQLValue], streaming: Bool, _ body: (RawResult) throws -> Void) throws {
        try body(try start(parameters, streaming: streaming))
    }

    private func start(_ parameters: [SQLValue], streaming: Bool) throws -> RawResult {
        let wanted = Int(duckdb_nparams(handle))
        guard parameters.count == wanted else {
            throw connection.failure(sql, "\(wanted) parameters wanted, \(parameters.count) given")
        }
        duckdb_clear_bindings(handle)
        for (index, value) in parameters.enumerated() {
            guard bind(value, at: idx_t(index + 1)) == DuckDBSuccess else {
                throw connection.failure(sql, "cannot bind parameter \(index + 1)")
            }
        }
        var pending: duckdb_pending_result?
        defer { duckdb_destroy_pending(&pending) }
        let started = streaming ? duckdb_pending_prepared_streaming(handle, &pending) : duckdb_pending_prepared(handle, &pending)
        guard started == DuckDBSuccess else {
            throw connection.failure(sql, duckdb_pending_error(pending).map { String(cString: $0) })
        }
        let result = RawResult { [connection, sql] in connection.failure(sql, $0) }
        guard duckdb_execute_pending(pending, &result.handle) == DuckDBSuccess else {
            throw connection.failure(sql, duckdb_result_error(&result.handle).map { String(cString: $0) })
        }
        return result
    }

    private func bind(_ value: SQLValue, at index: idx_t) -> duckdb_state {
        switch value {
        case .null: return duckdb_bind_null(handle, index)
        case .bool(let value): return duckdb_bind_boolean(handle, index, value)
        case .int(let value): return duckdb_bind_int64(handle, index, value)
        case .double(let value): return duckdb_bind_double(handle, index, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // An empty text has no storage, and a null pointer would bind a null.
                    $0.isEmpty
                        ? duckdb_bind_varchar(handle, index, "")
                        : duckdb_bind_varchar_length(handle, index, $0.baseAddress, idx_t($0.count))
                }
            }
        case .bytes(let value): return duckdb_bind_blob(handle, index, value.isEmpty ? [0] : value, idx_t(value.count))
        case .date(let value): return duckdb_bind_date(handle, index, duckdb_date(days: value.daysSinceEpoch))
        case .timestamp(let value):
            var boxed = duckdb_create_timestamp_ns(duckdb_timestamp_ns(nanos: value.rawValue))
            defer { duckdb_destroy_value(&boxed) }
            return duckdb_bind_value(handle, index, boxed)
        }
    }
}

/// Owns a result of the C API while its chunks are fetched.
final class RawResult {
    var handle = duckdb_result()
    private let failure: (String?) -> ApusError

    init(failure: @escaping (String?) -> ApusError) { self.failure = failure }

    deinit { duckdb_destroy_result(&handle) }

    lazy var columns: [ChunkColumn] = (0..<duckdb_column_count(&handle)).map { index in
        var type = duckdb_column_logical_type(&handle, index)
        defer { duckdb_destroy_logical_type(&type) }
        let name = duckdb_column_name(&handle, index).map { String(cString: $0) } ?? ""
        return ChunkColumn(name: name, kind: ChunkColumn.Kind(type))
    }

    func forEachChunk(_ body: (borrowing Chunk) throws -> Void) throws {
        while try next(body) {}
    }

    /// Whether there was another chunk.
    func next(_ body: (borrowing Chunk) throws -> Void) throws -> Bool {
        if let fetched = duckdb_fetch_chunk(handle) {
            var chunk: duckdb_data_chunk? = fetched
            defer { duckdb_destroy_data_chunk(&chunk) }
            let count = Int(duckdb_data_chunk_get_size(fetched))
            if count > 0 {
                try body(Chunk(fetched, rowCount: count, columns: columns))
                return true
            }
        }
        // A stream that failed on the way ends like one that is complete, but for its error.
        if let reason = duckdb_result_error(&handle) { throw failure(String(cString: reason)) }
        return false
    }
}

/// A result that is fetched chunk by chunk; only one chunk is in memory.
public final class ChunkCursor {
    private let result: RawResult
    private let statement: Statement

    init(_ result: RawResult, statement: Statement) {
        self.result = result
        self.statement = statement
    }

    /// Hands the next chunk of at most 2,048 rows to `body`; false after the last.
    /// - Throws: `ApusError` `lake.sql`, and what `body` throws.
    public func next(_ body: (borrowing Chunk) throws -> Void) throws -> Bool { try result.next(body) }
}
