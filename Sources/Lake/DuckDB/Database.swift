internal import CDuckDB
import Primitives

/// An open DuckDB database. It may be shared by threads; each uses a connection of its own.
public final class Database: @unchecked Sendable {
    public enum Location: Hashable, Sendable {
        case memory
        /// Creates the file where it is missing, and locks it against other processes.
        case file(String)
        /// Shares the file with other readers. Never changes a byte of it.
        case readOnly(String)
    }

    public struct Settings: Sendable {
        public var threads = 2
        /// DuckDB's own buffers; larger operations spill to disk.
        public var memoryLimitMiB = 512

        public init(threads: Int = 2, memoryLimitMiB: Int = 512) {
            self.threads = threads
            self.memoryLimitMiB = memoryLimitMiB
        }
    }

    public let location: Location
    private var handle: duckdb_database?

    /// - Throws: `ApusError` `lake.library` where DuckDB's library is missing, `lake.locked` where another process holds the
    ///   file, `lake.open`.
    public init(_ location: Location, settings: Settings = Settings()) throws {
        // Before `location` is set: deinit, which runs only for a complete object, calls into the library.
        if let reason = duckdb_library_load() {
            throw ApusError("lake.library", "cannot load DuckDB", context: ["reason": String(cString: reason)])
        }
        self.location = location
        var configuration: duckdb_config?
        guard duckdb_create_config(&configuration) == DuckDBSuccess else { throw Self.failure(location, "out of memory") }
        defer { duckdb_destroy_config(&configuration) }
        for (name, value) in Self.options(location, settings) {
            guard duckdb_set_config(configuration, name, value) == DuckDBSuccess else {
                throw Self.failure(location, "DuckDB does not take \(name) = \(value)")
            }
        }
        var message: UnsafeMutablePointer<CChar>?
        let state = duckdb_open_ext(location.path, &handle, configuration, &message)
        defer { duckdb_free(message) }
        guard state == DuckDBSuccess else {
            throw Self.failure(location, message.map { String(cString: $0) } ?? "no reason given")
        }
    }

    deinit { duckdb_close(&handle) }

    /// - Throws: `ApusError` `lake.open`, `lake.sql`.
    public func connect() throws -> Connection {
        var connection: duckdb_connection?
        guard duckdb_connect(handle, &connection) == DuckDBSuccess, let connection else {
            throw Self.failure(location, "no connection")
        }
        let session = Connection(connection, database: self)
        // Without this texts of zoned timestamps would depend on the machine.
        try session.execute("set TimeZone = 'UTC'")
        return session
    }

    private static func options(_ location: Location, _ settings: Settings) -> [(String, String)] {
        var options = [
            ("threads", String(settings.threads)), ("memory_limit", "\(settings.memoryLimitMiB)MiB"),
            // Nothing is fetched from the network, and what an answer contains does not depend on what is installed.
            ("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false"),
            ("preserve_insertion_order", "true"),
        ]
        if case .readOnly = location { options.append(("access_mode", "READ_ONLY")) }
        return options
    }

    private static func failure(_ location: Location, _ reason: String) -> ApusError {
        let file = location.path ?? "memory"
        if reason.contains("Could not set lock") || reason.contains("Conflicting lock") {
            return ApusError(
                "lake.locked", "another process is using the database; wait for it or end it",
                context: ["file": file, "reason": reason])
        }
        return ApusError("lake.open", "cannot open the database", context: ["file": file, "reason": reason])
    }
}

extension Database.Location {
    public var path: String? {
        switch self {
        case .memory: nil
        case .file(let path), .readOnly(let path): path
        }
    }
}
