public import Contracts
import Primitives

extension Transform {
    /// Reads a FEATURE_LIBRARY row. A parameter that the transform does not read is an error.
    /// - Throws: `FeatureError`.
    public init(_ spec: FeatureSpec) throws {
        var reader = ParameterReader(feature: spec.id, parameters: spec.parameters)
        switch spec.transform {
        case "level": self = .level
        case "return": self = .simpleReturn
        case "log_return": self = .logReturn
        case "difference": self = .difference
        case "sma": self = .sma(window: try reader.window(atLeast: 1))
        case "ema": self = .ema(window: try reader.window(atLeast: 1))
        case "zscore": self = .zscore(window: try reader.window(atLeast: 2))
        case "momentum": self = .momentum(window: try reader.window(atLeast: 1))
        case "volatility":
            self = .volatility(window: try reader.window(atLeast: 2), periodsPerYear: try reader.positive("periods_per_year"))
        case "sma_ratio": self = .smaRatio(window: try reader.window(atLeast: 1))
        case "rolling_sum": self = .rollingSum(window: try reader.window(atLeast: 1))
        default: throw FeatureError.unknownTransform(feature: spec.id, transform: spec.transform)
        }
        try reader.finish()
    }
}

/// Reads named parameters and knows which were never read.
private struct ParameterReader {
    let feature: String
    let parameters: [String: JSONValue]
    private var used: Set<String> = []

    init(feature: String, parameters: [String: JSONValue]) {
        self.feature = feature
        self.parameters = parameters
    }

    mutating func window(atLeast minimum: Int64) throws -> Int {
        used.insert("window")
        guard let value = parameters["window"]?.intValue, value >= minimum, value <= 1_000_000 else {
            throw FeatureError.badParameter(feature: feature, parameter: "window", reason: "must be a whole number >= \(minimum)")
        }
        return Int(value)
    }

    mutating func positive(_ name: String) throws -> Double {
        used.insert(name)
        guard let value = parameters[name]?.doubleValue, value > 0, value.isFinite else {
            throw FeatureError.badParameter(feature: feature, parameter: name, reason: "must be a number > 0")
        }
        return value
    }

    func finish() throws {
        if let unread = parameters.keys.sorted().first(where: { !used.contains($0) }) {
            throw FeatureError.badParameter(feature: feature, parameter: unread, reason: "is not read by this transform")
        }
    }
}
