import Primitives

/// One row of a snapshot's sheet, read column by column. Every error names the sheet, the row's id and the column.
struct ConfigurationRow {
    let sheet: String
    let id: String
    private let members: [String: JSONValue]

    init(sheet: String, idColumn: String, value: JSONValue) {
        self.sheet = sheet
        members = value.objectValue ?? [:]
        id = members[idColumn]?.stringValue ?? members[idColumn]?.intValue.map(String.init) ?? "?"
    }

    func failure(_ column: String, _ message: String) -> ApusError {
        ApusError("config.value", message, context: ["sheet": sheet, "row": id, "column": column])
    }

    func optionalText(_ column: String) -> String? { members[column]?.stringValue }
    func optionalNumber(_ column: String) -> Double? { members[column]?.doubleValue }
    func optionalInteger(_ column: String) -> Int? { members[column]?.intValue.map { Int($0) } }
    func flag(_ column: String, default fallback: Bool) -> Bool { members[column]?.boolValue ?? fallback }
    func value(_ column: String) -> JSONValue? { members[column].flatMap { $0.isNull ? nil : $0 } }
    func object(_ column: String) -> [String: JSONValue] { members[column]?.objectValue ?? [:] }

    func list(_ column: String) -> [String] {
        (members[column]?.arrayValue ?? []).compactMap { $0.stringValue ?? $0.intValue.map(String.init) }
    }

    func numbers(_ column: String) -> [Double] { (members[column]?.arrayValue ?? []).compactMap(\.doubleValue) }

    func text(_ column: String) throws -> String {
        guard let value = optionalText(column) else { throw failure(column, "a value is required") }
        return value
    }

    func number(_ column: String) throws -> Double {
        guard let value = optionalNumber(column) else { throw failure(column, "a number is required") }
        return value
    }

    func date(_ column: String) throws -> CivilDate? {
        guard let text = optionalText(column) else { return nil }
        guard let date = CivilDate(text) else { throw failure(column, "\"\(text)\" is not a date") }
        return date
    }

    func choice<Value: RawRepresentable<String> & CaseIterable>(_ column: String, as type: Value.Type) throws -> Value {
        try optionalChoice(column, as: type) ?? { throw failure(column, "a value is required") }()
    }

    func optionalChoice<Value: RawRepresentable<String> & CaseIterable>(_ column: String, as type: Value.Type) throws -> Value? {
        guard let text = optionalText(column) else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(column, "\"\(text)\" is not one of \(known)")
        }
        return value
    }
}
