internal import Glibc
import Primitives

/// The registry's tables. A registry of an earlier version counts as empty and is made anew by the next write: ingest, derive and
/// run fill it again from their files.
enum RegistrySchema {
    static let records: [any RegistryRecord.Type] = [
        DatasetRecord.self, FileRecord.self, CoverageRecord.self, VintageRecord.self, DerivedRecord.self, FeatureRecord.self,
        LabelRecord.self, RunRecord.self,
    ]

    static let version: Int64 = 4

    private static func create(_ record: any RegistryRecord.Type) -> String {
        let columns = record.columns.map { "\"\($0.name)\" \($0.type)\($0.isNullable ? "" : " NOT NULL")" }
        let keys = record.columns.filter(\.isKey).map { "\"\($0.name)\"" }
        return "create table \(record.table) (\(columns.joined(separator: ", ")), primary key (\(keys.joined(separator: ", "))))"
    }

    /// The version a database has; 0 where it is empty.
    static func version(of connection: Connection) throws -> Int64 {
        let tables = try connection.query("select count(*) from duckdb_tables() where table_name = 'schema_version'")
        guard tables.value?.int != 0 else { return 0 }
        return try connection.query("select max(version) from schema_version").value?.int ?? 0
    }

    /// Brings a database to the present version; touches nothing where it has it.
    /// - Throws: `registry.version` for a database of a later version.
    static func migrate(_ connection: Connection, path: String) throws {
        let present = try version(of: connection)
        try check(present, path)
        guard present < version else { return }
        try connection.transaction {
            for name in records.map({ $0.table }) + ["schema_version"] {
                try connection.execute("drop table if exists \(name)")
            }
            try connection.execute("create table schema_version (version BIGINT NOT NULL)")
            for record in records { try connection.execute(create(record)) }
            try connection.execute("insert into schema_version values (?)", [.int(version)])
        }
    }

    /// Makes a registry where there is none. It gets its name when it is complete, so that a killed process leaves none or a
    /// whole one.
    static func create(_ path: String, settings: Database.Settings) throws {
        guard !FileBytes.exists(path) else { return }
        let folder = FolderPath.parent(of: path)
        try AtomicFile.createFolder(folder)
        let temporary = folder + "/" + AtomicFile.partialPrefix + String(getpid()) + "-" + FolderPath.name(of: path)
        defer { for suffix in ["", ".wal"] { unlink(temporary + suffix) } }
        try migrate(try Database(.file(temporary), settings: settings).connect(), path: path)
        // Closing has moved the log into the file. A link, unlike a rename, leaves the registry of a faster process alone.
        guard link(temporary, path) == 0 || errno == EEXIST else { throw FileError.write(path, errno) }
        try AtomicFolder.flush(folder)
    }

    static func check(_ present: Int64, _ path: String) throws {
        guard present <= version else {
            throw ApusError(
                "registry.version", "the registry was made by a later version of this program",
                context: ["file": path, "version": String(present), "known": String(version)])
        }
    }
}
