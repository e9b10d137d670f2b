public import Primitives

/// A parameter that a `params_json` object may hold.
public struct ParameterSpec: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case integer, number, text, boolean, numberArray
    }

    public let name: String
    public let kind: Kind
    public let isRequired: Bool
    /// What a number must lie in, bounds included.
    public let range: ClosedRange<Double>?
    /// Taken where the parameter is absent; nil where its absence means something of its own.
    public let defaultValue: JSONValue?
    public let comment: String

    public init(
        _ name: String, _ kind: Kind, required: Bool = true, in range: ClosedRange<Double>? = nil,
        default value: JSONValue? = nil, _ comment: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = required
        self.range = range
        defaultValue = value
        self.comment = comment
    }

    /// Why a value does not fit: `must be a whole number`; nil where it does.
    public func mismatch(_ value: JSONValue) -> String? {
        func outside(_ number: Double) -> String? {
            guard let range, !range.contains(number) else { return nil }
            return "is out of range: " + range.words(of: name)
        }
        switch kind {
        case .integer:
            guard let number = value.intValue else { return "must be a whole number" }
            return outside(Double(number))
        case .number:
            guard let number = value.doubleValue, number.isFinite else { return "must be a number" }
            return outside(number)
        case .text: return value.stringValue == nil ? "must be a text" : nil
        case .boolean: return value.boolValue == nil ? "must be true or false" : nil
        case .numberArray:
            let numbers = value.arrayValue?.compactMap(\.doubleValue)
            return numbers == nil || numbers?.count != value.arrayValue?.count ? "must be a list of numbers in brackets" : nil
        }
    }
}

extension ClosedRange where Bound == Double {
    /// `window must be >= 2`.
    public func words(of name: String) -> String {
        func plain(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? number.description }
        if lowerBound == .leastNormalMagnitude { return "\(name) must be > 0" + (upperBound == 1 ? " and <= 1" : "") }
        if upperBound == .greatestFiniteMagnitude { return "\(name) must be >= \(plain(lowerBound))" }
        return "\(name) must be from \(plain(lowerBound)) to \(plain(upperBound))"
    }
}

/// A signal template that the engine knows.
public struct SignalTemplateSpec: Hashable, Sendable {
    public let name: String
    public let summary: String
    public let parameters: [ParameterSpec]
    public let needsSecondaryFeature: Bool

    public init(_ name: String, _ summary: String, needsSecondaryFeature: Bool, _ parameters: [ParameterSpec]) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.needsSecondaryFeature = needsSecondaryFeature
    }

    public static let all: [SignalTemplateSpec] = [
        SignalTemplateSpec(
            "threshold", "long above one level of the primary feature, short below another", needsSecondaryFeature: false,
            [
                ParameterSpec("long_above", .number, required: false, "enter long above this; never long where absent"),
                ParameterSpec(
                    "short_below", .number, required: false,
                    "enter short below this, at most long_above; never short where absent"),
                ParameterSpec("exit_long_below", .number, required: false, "leave a long below this; long_above where absent"),
                ParameterSpec("exit_short_above", .number, required: false, "leave a short above this; short_below where absent"),
            ]),
        SignalTemplateSpec(
            "crossover", "long while the primary feature is above the secondary, short while below", needsSecondaryFeature: true,
            [
                ParameterSpec(
                    "band", .number, required: false, in: 0...0.999_999,
                    "fraction around the secondary in which the position is kept; 0 where absent")
            ]),
    ]

    /// The template with a SIGNAL_TEMPLATES `template_name`.
    public static func named(_ name: String) -> SignalTemplateSpec? { all.first { $0.name == name } }
}
