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
    public let comment: String

    public init(_ name: String, _ kind: Kind, required: Bool = true, in range: ClosedRange<Double>? = nil, _ comment: String) {
        self.name = name
        self.kind = kind
        self.isRequired = required
        self.range = range
        self.comment = comment
    }
}

/// A transform of FEATURE_LIBRARY or ENGINEERED_FEATURES by name, with its parameters. The arithmetic is in the Features target.
///
/// x is the input column, t counts its rows, and every window ends at t, so no transform looks ahead.
public struct TransformSpec: Hashable, Sendable {
    public let name: String
    public let summary: String
    public let parameters: [ParameterSpec]
    /// How many input features a combination takes. A FEATURE_LIBRARY transform has one input column.
    public let inputCount: ClosedRange<Int>

    public init(_ name: String, _ summary: String, _ parameters: [ParameterSpec] = [], inputs: ClosedRange<Int> = 1...1) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        inputCount = inputs
    }

    /// `sma (x averaged over window rows)`.
    public var summaryLine: String { "\(name) (\(summary))" }

    private static func window(atLeast least: Double) -> ParameterSpec {
        ParameterSpec("window", .integer, in: least...1_000_000, "rows, the present one included where it averages")
    }

    /// The transforms of FEATURE_LIBRARY.
    public static let features: [TransformSpec] = [
        TransformSpec("level", "x itself"),
        TransformSpec("return", "x / previous x - 1"),
        TransformSpec("log_return", "ln(x / previous x)"),
        TransformSpec("difference", "x - previous x"),
        TransformSpec("sma", "mean of the last window rows", [window(atLeast: 1)]),
        TransformSpec("ema", "exponential mean with alpha = 2 / (window + 1)", [window(atLeast: 1)]),
        TransformSpec("zscore", "(x - mean) / sample standard deviation of the last window rows", [window(atLeast: 2)]),
        TransformSpec("momentum", "x / x window rows before - 1", [window(atLeast: 1)]),
        TransformSpec(
            "volatility", "sample standard deviation of the last window log returns, times sqrt(periods_per_year)",
            [
                window(atLeast: 2),
                ParameterSpec("periods_per_year", .number, in: .positive, "such as 252 to annualise daily rows"),
            ]),
        TransformSpec("sma_ratio", "x / mean of the last window rows - 1", [window(atLeast: 1)]),
        TransformSpec("rolling_sum", "sum of the last window rows", [window(atLeast: 1)]),
    ]

    /// The transforms of ENGINEERED_FEATURES.
    public static let combinations: [TransformSpec] = [
        TransformSpec("sum", "sum of the inputs", inputs: 2...64),
        TransformSpec("mean", "mean of the inputs", inputs: 2...64),
        TransformSpec("difference", "first - second", inputs: 2...2),
        TransformSpec("ratio", "first / second", inputs: 2...2),
        TransformSpec("product", "product of the inputs", inputs: 2...64),
        TransformSpec("min", "smallest input", inputs: 2...64),
        TransformSpec("max", "largest input", inputs: 2...64),
        TransformSpec(
            "linear", "weighted sum plus intercept",
            [
                ParameterSpec("weights", .numberArray, "one number per input"),
                ParameterSpec("intercept", .number, required: false, "0 where absent"),
            ], inputs: 1...64),
    ]

    public static func feature(_ name: String) -> TransformSpec? { features.first { $0.name == name } }
    public static func combination(_ name: String) -> TransformSpec? { combinations.first { $0.name == name } }
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
