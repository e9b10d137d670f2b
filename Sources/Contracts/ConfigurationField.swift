public import Primitives

/// A value that a key of a configuration file can hold.
public protocol ConfigurationValue: Sendable {
    /// - Parameter path: the key path, for the error: `commission.rate`.
    /// - Throws: `ApusError` `config.key` or `config.value` with the key path.
    init(json: JSONValue, at path: String) throws
    /// Nil where the key is left out when written.
    var configurationJSON: JSONValue? { get }
    /// What may stand there, as the documentation says it: `true|false`, `number`, `a|b|c`.
    static var form: String { get }
    /// The checkedNumbers inside, for the check against a range.
    var checkedNumbers: [Double] { get }
}

extension ConfigurationValue {
    public var checkedNumbers: [Double] { [] }

    static func wrong(_ json: JSONValue, at path: String, suggestion: String? = nil) -> ApusError {
        var message = "the value must be \(form)"
        if let suggestion { message += "; did you mean \"\(suggestion)\"?" }
        let text = json.stringValue ?? (try? CanonicalJSON.text(json)) ?? "not finite"
        return ApusError("config.value", message, context: ["key": path, "value": text])
    }
}

/// The range of a number.
public struct NumberRange: Sendable {
    public let text: String
    let contains: @Sendable (Double) -> Bool

    static let any = NumberRange(text: "") { _ in true }
    static let notNegative = NumberRange(text: ">= 0") { $0 >= 0 }
    static let positive = NumberRange(text: "> 0") { $0 > 0 }
    /// Above 0, at most 1.
    static let fraction = NumberRange(text: "> 0 and <= 1") { $0 > 0 && $0 <= 1 }
    /// At least 0, less than 1.
    static let share = NumberRange(text: ">= 0 and < 1") { $0 >= 0 && $0 < 1 }
    static let atLeastOne = NumberRange(text: ">= 1") { $0 >= 1 }
}

/// One key of a section: how it is read, written and described.
public struct ConfigurationField<Section> {
    public let key: String
    public let form: String
    public let isRequired: Bool
    let read: (inout Section, JSONValue, String) throws -> Void
    let write: (Section) -> JSONValue?

    /// - Parameter range: every number of the value lies in it.
    static func key<Value: ConfigurationValue>(
        _ key: String, _ member: WritableKeyPath<Section, Value>, _ range: NumberRange = .any, required: Bool = false
    ) -> Self {
        let form = range.text.isEmpty ? Value.form : "\(Value.form), \(range.text)"
        return Self(
            key: key, form: form, isRequired: required,
            read: { section, json, path in
                let value = try Value(json: json, at: path)
                guard let bad = value.checkedNumbers.first(where: { !range.contains($0) }) else {
                    section[keyPath: member] = value
                    return
                }
                throw ApusError(
                    "config.value", "the value must be a number \(range.text)", context: ["key": path, "value": "\(bad)"])
            },
            write: { $0[keyPath: member].configurationJSON })
    }
}

/// A mapping with known keys. A key left out keeps the value of `init()`; an unknown one is an error.
public protocol ConfigurationSection: ConfigurationValue {
    /// Every key at its default.
    init()
    static var fields: [ConfigurationField<Self>] { get }
    /// What no single key can say. Called after reading.
    func check(at path: String) throws
}

extension ConfigurationSection {
    public static var form: String { "mapping" }

    public init(json: JSONValue, at path: String) throws {
        guard let members = json.objectValue else { throw Self.wrong(json, at: path) }
        self.init()
        try read(members, at: path)
        try check(at: path)
    }

    public func check(at path: String) throws {}

    /// Reads in the order of the fields, so that the same file gives the same error.
    mutating func read(_ members: [String: JSONValue], at path: String) throws {
        let fields = Self.fields
        let prefix = path.isEmpty ? "" : path + "."
        try Self.refuseUnknown(members.keys, known: fields.map(\.key), prefix: prefix)
        for field in fields {
            if let value = members[field.key] {
                try field.read(&self, value, prefix + field.key)
            } else if field.isRequired {
                throw ApusError("config.key", "the key is missing", context: ["key": prefix + field.key])
            }
        }
    }

    static func refuseUnknown(_ keys: some Sequence<String>, known: [String], prefix: String) throws {
        let unknown = Set(keys).subtracting(known)
        guard let first = unknown.min(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) else { return }
        let meant = Suggestion.closest(to: first, among: known)
        let message = "the key is unknown" + (meant.map { "; did you mean \"\($0)\"?" } ?? "")
        throw ApusError("config.key", message, context: ["key": prefix + first, "known": known.joined(separator: ", ")])
    }

    public var configurationJSON: JSONValue? {
        var members: [String: JSONValue] = [:]
        for field in Self.fields { members[field.key] = field.write(self) }
        return .object(members)
    }
}
