import Primitives

/// One column of a registry table.
public struct RegistryColumn: Sendable {
    let name: String
    let type: String
    let isKey: Bool
    let isNullable: Bool

    init(_ name: String, _ type: String, key: Bool = false, nullable: Bool = false) {
        self.name = name
        self.type = type
        isKey = key
        isNullable = nullable
    }
}

/// A row of a registry table. Rows are listed in the order of their keys.
public protocol RegistryRecord: Hashable, Sendable {
    static var table: String { get }
    static var columns: [RegistryColumn] { get }
    /// One value a column.
    /// - Throws: `ApusError` `registry.value` for JSON with a number that is not finite.
    func values() throws -> [SQLValue]
    init(_ row: RegistryRow) throws
}

/// Reads a row's values by column name.
public struct RegistryRow {
    let table: String
    let values: [String: SQLValue]

    private func failure(_ name: String) -> ApusError {
        ApusError(
            "registry.value", "the registry holds a value of another type than expected",
            context: ["table": table, "column": name])
    }

    private func required<Value>(_ name: String, _ read: (SQLValue) -> Value?) throws -> Value {
        guard let value = values[name].flatMap(read) else { throw failure(name) }
        return value
    }

    private func optional<Value>(_ name: String, _ read: (SQLValue) -> Value?) throws -> Value? {
        values[name]?.isNull ?? true ? nil : try required(name, read)
    }

    func text(_ name: String) throws -> String { try required(name, \.text) }
    func int(_ name: String) throws -> Int64 { try required(name, \.int) }
    func bool(_ name: String) throws -> Bool { try required(name, \.bool) }
    func date(_ name: String) throws -> CivilDate { try required(name, \.date) }
    func time(_ name: String) throws -> UnixNanos { try required(name, \.timestamp) }
    func optionalText(_ name: String) throws -> String? { try optional(name, \.text) }
    func optionalDate(_ name: String) throws -> CivilDate? { try optional(name, \.date) }
    func optionalTime(_ name: String) throws -> UnixNanos? { try optional(name, \.timestamp) }

    /// Canonical JSON text.
    func json(_ name: String) throws -> JSONValue {
        let text = try text(name)
        do { return try JSONParser.parse(text) } catch {
            throw ApusError(
                "registry.value", "the registry holds text that is not JSON", context: ["table": table, "column": name],
                underlying: error)
        }
    }
}

extension SQLValue {
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    /// Canonical JSON.
    static func json(_ value: JSONValue) throws -> SQLValue {
        do { return .text(try CanonicalJSON.text(value)) } catch {
            throw ApusError("registry.value", "the registry cannot hold the value", underlying: error)
        }
    }

    init(_ time: UnixNanos?) { self = time.map { .timestamp($0) } ?? .null }
}
