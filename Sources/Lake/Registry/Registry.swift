internal import Glibc
import Primitives

/// The lake's index in DuckDB (`duckdb/research.duckdb`): which files came in, what was derived from them, which runs there are.
///
/// It is opened for reading until something is to be written that is not there already, so that reads, and writes that change
/// nothing, leave the file as it is. Many processes may read at once; while one writes, the others wait for it, and get
/// `lake.locked` where that takes too long. A reader that goes on to other work lets go of the file, see `release`.
public final class Registry {
    public let path: String
    private let settings: Database.Settings
    private let patience: Int
    private var connection: Connection?
    private var isWriting = false

    /// A missing file is an empty registry; the first write creates it.
    /// - Parameter seconds: how long to wait for other processes that hold the file.
    /// - Throws: `ApusError` `lake.locked`, `lake.open`, `registry.version`.
    public init(
        _ path: String, settings: Database.Settings = .init(threads: 1, memoryLimitMiB: 256), waiting seconds: Int = 30
    ) throws {
        self.path = path
        self.settings = settings
        patience = seconds
        try waiting { try openForReading() }
    }

    /// Repeats an opening while another process holds the file.
    private func waiting(_ open: () throws -> Void) throws {
        for _ in 0..<(20 * patience) {
            do { return try open() } catch let error as ApusError where error.code == "lake.locked" { usleep(50_000) }
        }
        try open()
    }

    /// Lets go of the file until the next use, so that others may write meanwhile. Nothing where this registry is writing.
    public func release() {
        if !isWriting { connection = nil }
    }

    private func openForReading() throws {
        guard connection == nil, FileBytes.exists(path) else { return }
        let connection = try Database(.readOnly(path), settings: settings).connect()
        try RegistrySchema.check(try RegistrySchema.version(of: connection), path)
        self.connection = connection
    }

    private func openForWriting() throws {
        guard !isWriting else { return }
        connection = nil
        do {
            try waiting {
                try RegistrySchema.create(path, settings: settings)
                let connection = try Database(.file(path), settings: settings).connect()
                try RegistrySchema.migrate(connection, path: path)
                self.connection = connection
            }
            isWriting = true
        } catch {
            try? openForReading()
            throw error
        }
    }

    /// Ends writing: what was committed is in the file, and other processes may use it.
    public func close() throws {
        guard isWriting else { return }
        try connection?.execute("checkpoint")
        connection = nil
        isWriting = false
    }

    /// All records of a table in the order of their keys, or those whose columns equal `conditions`.
    /// - Throws: `ApusError` `lake.sql`, `registry.value`.
    public func records<Record: RegistryRecord>(
        _ type: Record.Type = Record.self, where conditions: KeyValuePairs<String, SQLValue> = [:]
    ) throws -> [Record] {
        try waiting { try openForReading() }
        guard let connection, try hasTables(connection) else { return [] }
        let names = Record.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let keys = Record.columns.filter(\.isKey).map { "\"\($0.name)\"" }.joined(separator: ", ")
        var sql = "select \(names) from \(Record.table)"
        if !conditions.isEmpty { sql += " where " + conditions.map { "\"\($0.key)\" = ?" }.joined(separator: " and ") }
        let result = try connection.query(sql + " order by \(keys)", conditions.map(\.value))
        return try result.rows.map { row in
            let values = Dictionary(zip(result.columns, row), uniquingKeysWith: { first, _ in first })
            return try Record(RegistryRow(table: Record.table, values: values))
        }
    }

    private func hasTables(_ connection: Connection) throws -> Bool {
        try RegistrySchema.version(of: connection) == RegistrySchema.version
    }

    /// Inserts or replaces records by key, all or none. Nothing is written where all of them are there already.
    /// - Returns: how many records were new or different.
    /// - Throws: `ApusError` `lake.locked`, `lake.sql`, `registry.duplicate` for one key twice.
    @discardableResult
    public func upsert<Record: RegistryRecord>(_ records: [Record]) throws -> Int {
        try checkKeys(records)
        guard !(try changed(records).isEmpty) else { return 0 }
        try openForWriting()
        // Another process may have written between reading and locking.
        let changes = try changed(records)
        try connection?.transaction { try write(changes) }
        return changes.count
    }

    /// Makes `records` the only ones of their table whose column `column` is `value`, all or nothing.
    /// - Returns: whether anything changed.
    @discardableResult
    public func replace<Record: RegistryRecord>(
        _ records: [Record], where column: String, is value: SQLValue
    ) throws -> Bool {
        try checkKeys(records)
        func difference() throws -> (stale: [Record], changes: [Record]) {
            let present = try self.records(Record.self, where: [column: value])
            let keys = Set(try records.map(Self.key))
            let known = Set(present)
            return (try present.filter { !keys.contains(try Self.key($0)) }, records.filter { !known.contains($0) })
        }
        let before = try difference()
        if before.stale.isEmpty, before.changes.isEmpty { return false }
        try openForWriting()
        let (stale, changes) = try difference()
        try connection?.transaction {
            try delete(stale)
            try write(changes)
        }
        return true
    }

    /// Several writes as one: all or none.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try openForWriting()
        guard let connection else { return try body() }
        return try connection.transaction(body)
    }

    private static func key<Record: RegistryRecord>(_ record: Record) throws -> [SQLValue] {
        zip(Record.columns, try record.values()).filter(\.0.isKey).map(\.1)
    }

    private func checkKeys<Record: RegistryRecord>(_ records: [Record]) throws {
        var seen: Set<[SQLValue]> = []
        for record in records {
            let key = try Self.key(record)
            guard !seen.insert(key).inserted else { continue }
            throw ApusError(
                "registry.duplicate", "one key twice in one write", context: ["table": Record.table, "key": "\(key)"])
        }
    }

    private func changed<Record: RegistryRecord>(_ records: [Record]) throws -> [Record] {
        try waiting { try openForReading() }
        guard let connection, try hasTables(connection) else { return records }
        let keys = Record.columns.filter(\.isKey).map(\.name)
        if records.count > 64 {
            let known = Set(try self.records(Record.self))
            return records.filter { !known.contains($0) }
        }
        let names = Record.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let condition = keys.map { "\"\($0)\" = ?" }.joined(separator: " and ")
        let statement = try connection.prepare("select \(names) from \(Record.table) where \(condition)")
        return try records.filter { try statement.query(Self.key($0)).rows.first != $0.values() }
    }

    private func write<Record: RegistryRecord>(_ records: [Record]) throws {
        guard let connection, !records.isEmpty else { return }
        let names = Record.columns.map { "\"\($0.name)\"" }
        let keys = Record.columns.filter(\.isKey).map { "\"\($0.name)\"" }.joined(separator: ", ")
        let updates = Record.columns.filter { !$0.isKey }.map { "\"\($0.name)\" = excluded.\"\($0.name)\"" }
        let places = names.map { _ in "?" }.joined(separator: ", ")
        let statement = try connection.prepare(
            "insert into \(Record.table) (\(names.joined(separator: ", "))) values (\(places)) "
                + "on conflict (\(keys)) do update set \(updates.joined(separator: ", "))")
        for record in records { try statement.execute(record.values()) }
    }

    private func delete<Record: RegistryRecord>(_ records: [Record]) throws {
        guard let connection, !records.isEmpty else { return }
        let condition = Record.columns.filter(\.isKey).map { "\"\($0.name)\" = ?" }.joined(separator: " and ")
        let statement = try connection.prepare("delete from \(Record.table) where \(condition)")
        for record in records { try statement.execute(try Self.key(record)) }
    }
}
