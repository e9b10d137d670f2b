internal import CDuckDB
import Primitives

/// One session on a database. Not to be used by two threads at once.
///
/// Every error is an `ApusError` `lake.sql` with DuckDB's own message and the statement.
public final class Connection {
    let handle: duckdb_connection
    private let database: Database
    private var depth = 0

    init(_ handle: duckdb_connection, database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit {
        var connection: duckdb_connection? = handle
        duckdb_disconnect(&connection)
    }

    /// Runs one or several statements and drops what they return.
    public func execute(_ sql: String) throws {
        var result = duckdb_result()
        defer { duckdb_destroy_result(&result) }
        guard duckdb_query(handle, sql, &result) == DuckDBSuccess else {
            throw failure(sql, duckdb_result_error(&result).map { String(cString: $0) })
        }
    }

    /// Runs one statement with parameters (`?` or `$1`).
    public func execute(_ sql: String, _ parameters: [SQLValue]) throws {
        try prepare(sql).execute(parameters)
    }

    /// - Throws: also `lake.type` where a column has a type without a `SQLValue`.
    public func query(_ sql: String, _ parameters: [SQLValue] = []) throws -> QueryResult {
        try prepare(sql).query(parameters)
    }

    /// Streams the result: only a chunk of at most 2,048 rows is in memory. The connection takes no other statement meanwhile.
    public func forEachChunk(
        _ sql: String, _ parameters: [SQLValue] = [], _ body: (borrowing Chunk) throws -> Void
    ) throws {
        try prepare(sql).forEachChunk(parameters, body)
    }

    public func prepare(_ sql: String) throws -> Statement { try Statement(sql, on: self) }

    /// Commits what `body` did, or undoes it where it throws. Inner transactions belong to the outermost.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        if depth > 0 { return try body() }
        try execute("begin transaction")
        depth += 1
        defer { depth -= 1 }
        do {
            let result = try body()
            try execute("commit")
            return result
        } catch {
            // A failed commit has already ended the transaction; the first error is the one to tell.
            try? execute("rollback")
            throw error
        }
    }

    func failure(_ sql: String, _ reason: String?) -> ApusError {
        let file = database.location.path ?? "memory"
        return ApusError(
            "lake.sql", "DuckDB cannot run the statement",
            context: ["reason": reason ?? "no reason given", "sql": sql, "database": file])
    }
}
