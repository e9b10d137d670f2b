public import Contracts
public import Primitives

/// What a transform reads.
public enum InputRole: Hashable, Sendable {
    /// A column that the user names, in this order.
    case column(String)
    /// A column that the calendar of the rows gives.
    case clock(ClockColumn)
}

/// What a calendar says of a row.
public enum ClockColumn: String, CaseIterable, Sendable {
    /// Days from 1970-01-01 to the row's trade date.
    case tradeDate = "trade_date"
    /// Seconds from the epoch to the row's label.
    case labelSeconds = "label_seconds"
    /// Seconds from the open of the row's session to its label.
    case secondsSinceOpen = "seconds_since_open"
    /// Seconds from the row's availability to the close of its session; 0 for a daily row.
    case secondsToClose = "seconds_to_close"
}

/// A transform: its name, its arithmetic in words, what it reads, and how to make it.
public struct TransformDefinition: Sendable {
    public enum Family: String, CaseIterable, Sendable {
        case basics, returns, trend, momentum, volatility, volume, normalisation, statistics, smoothing, relation, microstructure,
            funding, calendar, session, regime
    }

    public let name: String
    public let family: Family
    public let inputs: [InputRole]
    /// How often the last column of `inputs` may occur, such as the members of a cross-section.
    public let repeats: ClosedRange<Int>
    /// The formula, in words a user of the field reads without help.
    public let formula: String
    /// Where the definition comes from.
    public let source: String
    /// Of the result: `fraction`, `price`, `0..100`, `as the input` ...
    public let units: String
    public let parameters: [ParameterSpec]
    /// Raised whenever results change, so that cached values of the old arithmetic are not taken for the new. The default is
    /// raised where a rule for all of them changes; 2: an infinite number, and a return that is none, count as missing.
    public let version: Int
    /// Rows without a value at the beginning of inputs that miss none; nil where the values or times of the data decide.
    public let warmUp: @Sendable (TransformParameters) -> Int?
    /// Sessions without a value at the beginning, before the rows of `warmUp`.
    public let warmUpSessions: @Sendable (TransformParameters) -> Int
    /// Whether rows of several sessions are compared at the same second: bars that trades close have none that recur.
    public let needsRecurringRows: Bool
    let kernel: @Sendable (TransformParameters) throws -> any Kernel
    /// What makes cached values its own: the name, and for a composed transform the digest of its definition.
    let identity: String

    init(
        _ name: String, _ family: Family, inputs: [InputRole] = [.column("x")], repeats: ClosedRange<Int> = 1...1,
        _ formula: String, source: String, units: String, parameters: [ParameterSpec] = [], version: Int = 2,
        identity: String? = nil, warmUp: @escaping @Sendable (TransformParameters) -> Int?,
        warmUpSessions: @escaping @Sendable (TransformParameters) -> Int = { _ in 0 },
        needsRecurringRows: Bool = false,
        kernel: @escaping @Sendable (TransformParameters) throws -> any Kernel
    ) {
        self.name = name
        self.family = family
        self.inputs = inputs
        self.repeats = repeats
        self.formula = formula
        self.source = source
        self.units = units
        self.parameters = parameters
        self.version = version
        self.identity = identity ?? name
        self.warmUp = warmUp
        self.warmUpSessions = warmUpSessions
        self.needsRecurringRows = needsRecurringRows
        self.kernel = kernel
    }

    /// The roles that the user names columns for.
    public var columnRoles: [String] {
        inputs.compactMap { if case .column(let name) = $0 { name } else { nil } }
    }

    /// How many columns the user may name.
    public var columnCounts: ClosedRange<Int> {
        let fixed = columnRoles.count - 1
        return columnRoles.isEmpty ? 0...0 : fixed + repeats.lowerBound...fixed + repeats.upperBound
    }

    /// A kernel at its beginning.
    /// - Parameter columns: how many columns it will read; matters where the last one repeats.
    /// - Throws: `FeatureError.badParameter`.
    public func makeKernel(_ given: [String: JSONValue] = [:], columns: Int? = nil, feature: String = "") throws -> any Kernel {
        try kernel(TransformParameters(self, given, columns: columns ?? inputs.count, feature: feature))
    }
}

/// The parameters of a transform, checked, defaults filled in.
public struct TransformParameters: Sendable {
    /// How many columns the kernel reads.
    public let columns: Int
    public let feature: String
    public let values: [String: JSONValue]

    /// - Throws: `FeatureError.badParameter` for one that is missing, unknown, of the wrong kind or out of range.
    public init(
        _ transform: TransformDefinition, _ given: [String: JSONValue], columns: Int? = nil, feature: String = ""
    ) throws {
        func refuse(_ name: String, _ reason: String) -> FeatureError {
            .badParameter(feature: feature.isEmpty ? transform.name : feature, parameter: name, reason: reason)
        }
        var values: [String: JSONValue] = [:]
        for name in given.keys.sorted() where !transform.parameters.contains(where: { $0.name == name }) {
            throw refuse(name, "is not read by \(transform.name)")
        }
        for spec in transform.parameters {
            guard let value = given[spec.name] ?? spec.defaultValue else {
                if spec.isRequired { throw refuse(spec.name, "is missing") }
                continue
            }
            if let reason = spec.mismatch(value) { throw refuse(spec.name, reason) }
            values[spec.name] = value
        }
        self.values = values
        self.columns = columns ?? transform.inputs.count
        self.feature = feature
    }

    /// - Precondition: the transform has a whole-number parameter of this name, required or with a default.
    public func int(_ name: String) -> Int { values[name]?.intValue.map(Int.init) ?? 0 }
    /// - Precondition: the transform has a number of this name, required or with a default.
    public func double(_ name: String) -> Double { values[name]?.doubleValue ?? .nan }
    public func text(_ name: String) -> String { values[name]?.stringValue ?? "" }
    public func flag(_ name: String) -> Bool { values[name]?.boolValue ?? false }
    public func numbers(_ name: String) -> [Double] { values[name]?.arrayValue?.compactMap(\.doubleValue) ?? [] }
    public var window: Int { int("window") }

    /// An error about a combination of parameters that no single range excludes.
    func refusal(_ name: String, _ reason: String) -> FeatureError {
        .badParameter(feature: feature, parameter: name, reason: reason)
    }
}

extension ParameterSpec {
    /// `window`: rows, the present one included.
    static func window(atLeast least: Int, default value: Int? = nil, _ comment: String? = nil) -> ParameterSpec {
        rows("window", atLeast: least, default: value, comment ?? "rows, the present one included")
    }

    static func rows(_ name: String, atLeast least: Int, default value: Int? = nil, _ comment: String) -> ParameterSpec {
        ParameterSpec(
            name, .integer, required: value == nil, in: Double(least)...1_000_000, default: value.map { .int(Int64($0)) }, comment
        )
    }

    static func number(
        _ name: String, in range: ClosedRange<Double>? = nil, default value: Double? = nil, _ comment: String
    ) -> ParameterSpec {
        ParameterSpec(name, .number, required: value == nil, in: range, default: value.map { .double($0) }, comment)
    }
}

extension ClosedRange where Bound == Double {
    static let positive: ClosedRange<Double> = Double.leastNormalMagnitude...Double.greatestFiniteMagnitude
    static let fraction: ClosedRange<Double> = 0...1
}
