public import Primitives

extension Bool: ConfigurationValue {
    public static var form: String { "true|false" }
    public init(json: JSONValue, at path: String) throws {
        guard let value = json.boolValue else { throw Self.wrong(json, at: path) }
        self = value
    }
    public var configurationJSON: JSONValue? { .bool(self) }
}

extension Double: ConfigurationValue {
    public static var form: String { "number" }
    public init(json: JSONValue, at path: String) throws {
        guard let value = json.doubleValue, value.isFinite else { throw Self.wrong(json, at: path) }
        self = value
    }
    public var configurationJSON: JSONValue? { .double(self) }
    public var checkedNumbers: [Double] { [self] }
}

extension Int: ConfigurationValue {
    public static var form: String { "integer" }
    public init(json: JSONValue, at path: String) throws {
        guard let value = json.intValue else { throw Self.wrong(json, at: path) }
        self = Int(value)
    }
    public var configurationJSON: JSONValue? { .int(Int64(self)) }
    public var checkedNumbers: [Double] { [Double(self)] }
}

extension String: ConfigurationValue {
    public static var form: String { "text" }
    public init(json: JSONValue, at path: String) throws {
        guard let value = json.stringValue, !value.isEmpty else { throw Self.wrong(json, at: path) }
        self = value
    }
    public var configurationJSON: JSONValue? { .string(self) }
}

extension Optional: ConfigurationValue where Wrapped: ConfigurationValue {
    public static var form: String { Wrapped.form + " or null" }
    public init(json: JSONValue, at path: String) throws { self = json.isNull ? nil : try Wrapped(json: json, at: path) }
    public var configurationJSON: JSONValue? { self.map { $0.configurationJSON ?? .null } ?? .null }
    public var checkedNumbers: [Double] { self?.checkedNumbers ?? [] }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
    public static var form: String { "list of \(Element.form)" }
    public init(json: JSONValue, at path: String) throws {
        guard let items = json.arrayValue else { throw Self.wrong(json, at: path) }
        self = try items.enumerated().map { try Element(json: $0.element, at: "\(path)[\($0.offset)]") }
    }
    public var configurationJSON: JSONValue? { .array(map { $0.configurationJSON ?? .null }) }
    public var checkedNumbers: [Double] { flatMap(\.checkedNumbers) }
}

extension Dictionary: ConfigurationValue where Key == String, Value: ConfigurationValue {
    public static var form: String { "mapping of asset to \(Value.form)" }
    public init(json: JSONValue, at path: String) throws {
        guard let members = json.objectValue else { throw Self.wrong(json, at: path) }
        self = [:]
        for key in members.keys.sorted() { self[key] = try Value(json: members[key] ?? .null, at: "\(path).\(key)") }
    }
    public var configurationJSON: JSONValue? { .object(compactMapValues(\.configurationJSON)) }
    public var checkedNumbers: [Double] { keys.sorted().flatMap { self[$0]?.checkedNumbers ?? [] } }
}

/// A closed vocabulary: the raw values are the words of the file.
public protocol ConfigurationWord: ConfigurationValue, RawRepresentable, CaseIterable, Hashable where RawValue == String {
    /// Other words that are read, and never written.
    static var aliases: [String: Self] { get }
}

extension ConfigurationWord {
    public static var aliases: [String: Self] { [:] }
    public static var form: String { allCases.map(\.rawValue).joined(separator: "|") }
    public init(json: JSONValue, at path: String) throws {
        guard let text = json.stringValue, let value = Self(rawValue: text) ?? Self.aliases[text] else {
            let words = Self.allCases.map(\.rawValue)
            throw Self.wrong(json, at: path, suggestion: json.stringValue.flatMap { Suggestion.closest(to: $0, among: words) })
        }
        self = value
    }
    public var configurationJSON: JSONValue? { .string(rawValue) }
}

/// Two checkedNumbers in a list, such as `[initial, maintenance]`.
public protocol ConfigurationPair: ConfigurationValue, Hashable {
    init(_ first: Double, _ second: Double)
    var pair: (Double, Double) { get }
}

extension ConfigurationPair {
    public init(json: JSONValue, at path: String) throws {
        guard let items = json.arrayValue, items.count == 2 else { throw Self.wrong(json, at: path) }
        self.init(try Double(json: items[0], at: path + "[0]"), try Double(json: items[1], at: path + "[1]"))
    }
    public var configurationJSON: JSONValue? { .array([.double(pair.0), .double(pair.1)]) }
    public var checkedNumbers: [Double] { [pair.0, pair.1] }
}
