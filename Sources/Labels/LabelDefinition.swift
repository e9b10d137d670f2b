public import Contracts
public import Primitives

/// A label: its name, its arithmetic in words, what it reads, and how to compute it.
public struct LabelDefinition: Sendable {
    public enum Family: String, CaseIterable, Sendable {
        case returns, barriers, excursions, trends, percentiles
        /// Built from the labels of several series.
        case crossSection = "cross_section"
    }

    /// A column that comes with the label.
    public struct Side: Sendable {
        public let name: String
        public let meaning: String
        /// It holds instants; otherwise numbers.
        public let isInstant: Bool

        init(_ name: String, _ meaning: String, isInstant: Bool = false) {
            self.name = name
            self.meaning = meaning
            self.isInstant = isInstant
        }
    }

    enum Computation: Sendable {
        case series(@Sendable (LabelRequest) throws -> LabelDraft)
        /// The members' values at one row to the results; NaN marks a missing one.
        case crossSection(@Sendable (LabelParameters, [Double]) -> [Double])
    }

    public let name: String
    public let family: Family
    public let formula: String
    /// Where the definition comes from.
    public let source: String
    /// Of the values: `fraction`, `-1, 0 or 1`, `rows` ...
    public let units: String
    /// What it reads beside close, high and low; some of it only with certain parameters.
    public let inputs: [LabelInput]
    public let parameters: [ParameterSpec]
    public let sides: [Side]
    /// In rows n and window lengths: `O(n x horizon)`.
    public let cost: String
    /// Raised whenever results change.
    public let version: Int
    let computation: Computation

    init(
        _ name: String, _ family: Family, _ formula: String, source: String, units: String, inputs: [LabelInput] = [],
        parameters: [ParameterSpec], sides: [Side] = [], cost: String, version: Int = 1, _ computation: Computation
    ) {
        self.name = name
        self.family = family
        self.formula = formula
        self.source = source
        self.units = units
        self.inputs = inputs
        self.parameters = parameters
        self.sides = sides
        self.cost = cost
        self.version = version
        self.computation = computation
    }
}

/// The parameters of a label, checked, defaults filled in.
public struct LabelParameters: Sendable {
    public let label: String
    public let values: [String: JSONValue]

    /// - Throws: `LabelError.badParameter` for one that is missing, unknown, of the wrong kind or out of range.
    public init(_ definition: LabelDefinition, _ given: [String: JSONValue], label: String? = nil) throws {
        let label = label ?? definition.name
        func refuse(_ name: String, _ reason: String) -> LabelError {
            .badParameter(label: label, parameter: name, reason: reason)
        }
        var values: [String: JSONValue] = [:]
        for name in given.keys.sorted() where !definition.parameters.contains(where: { $0.name == name }) {
            let near = Suggestion.closest(to: name, among: definition.parameters.map(\.name))
            throw refuse(name, "is not read by \(definition.name)" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        for spec in definition.parameters {
            guard let value = given[spec.name] ?? spec.defaultValue else {
                if spec.isRequired { throw refuse(spec.name, "is missing") }
                continue
            }
            if let reason = spec.mismatch(value) { throw refuse(spec.name, reason) }
            values[spec.name] = value
        }
        self.label = label
        self.values = values
    }

    func refusal(_ name: String, _ reason: String) -> LabelError { .badParameter(label: label, parameter: name, reason: reason) }

    func int(_ name: String) -> Int? { values[name]?.intValue.map(Int.init) }
    func double(_ name: String) -> Double? { values[name]?.doubleValue }
    func text(_ name: String) -> String? { values[name]?.stringValue }
    func flag(_ name: String) -> Bool { values[name]?.boolValue ?? false }

    /// One of the words of an enumeration; nil where the parameter is absent.
    func choice<Choice: LabelChoice>(_ name: String, _: Choice.Type = Choice.self) throws -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw refusal(name, "must be " + Choice.words) }
        return choice
    }

    /// One that has a default.
    func choice<Choice: LabelChoice>(_ name: String, or fallback: Choice) throws -> Choice {
        try choice(name, Choice.self) ?? fallback
    }

    /// Nanoseconds of a text such as `15m`; nil where the parameter is absent.
    func duration(_ name: String) throws -> Int64? {
        guard let text = text(name) else { return nil }
        guard let nanos = LabelDuration.nanoseconds(text) else {
            throw refusal(name, "must be a whole number > 0 and a unit s, m, h or d, such as 15m")
        }
        return nanos
    }
}

/// The words that a text parameter may be.
protocol LabelChoice: RawRepresentable, CaseIterable, Sendable where RawValue == String {}

extension LabelChoice {
    static var words: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

enum LabelDuration {
    /// `90s`, `15m`, `4h`, `2d`: a day is 24 hours. Nil for anything else.
    static func nanoseconds(_ text: some StringProtocol) -> Int64? {
        let unit: Int64? =
            switch text.last {
            case "s": UnixNanos.perSecond
            case "m": UnixNanos.perMinute
            case "h": UnixNanos.perHour
            case "d": UnixNanos.perDay
            default: nil
            }
        let digits = text.dropLast()
        guard let unit, digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(digits), count > 0 else {
            return nil
        }
        let (nanos, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : nanos
    }
}

extension ParameterSpec {
    static func rows(
        _ name: String, atLeast least: Int, default value: Int? = nil, required: Bool = false, _ comment: String
    ) -> ParameterSpec {
        ParameterSpec(
            name, .integer, required: required, in: Double(least)...1_000_000, default: value.map { .int(Int64($0)) }, comment)
    }

    static func number(
        _ name: String, in range: ClosedRange<Double>, default value: Double? = nil, required: Bool = false, _ comment: String
    ) -> ParameterSpec {
        ParameterSpec(name, .number, required: required, in: range, default: value.map { .double($0) }, comment)
    }

    static func choice<Choice: LabelChoice>(_ name: String, default value: Choice?, _ comment: String) -> ParameterSpec {
        ParameterSpec(
            name, .text, required: false, default: value.map { .string($0.rawValue) }, "\(Choice.words): \(comment)")
    }

    static func flag(_ name: String, _ comment: String) -> ParameterSpec {
        ParameterSpec(name, .boolean, required: false, default: false, comment)
    }
}

extension ClosedRange where Bound == Double {
    static let positive: ClosedRange<Double> = Double.leastNormalMagnitude...Double.greatestFiniteMagnitude
    static let notNegative: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
}
