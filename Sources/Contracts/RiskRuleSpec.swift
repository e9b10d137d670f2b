public import Primitives

/// A rule that closes a position, or part of it, bar by bar: ml4t-backtest 0.2.0's position rules with their parameters.
///
/// Written as `{"type": "StopLoss", "pct": 0.05}`. Fractions are of the entry price, or of the water mark where one trails.
public indirect enum RiskRuleSpec: Hashable, Sendable {
    case stopLoss(FractionRule)
    case takeProfit(FractionRule)
    case trailingStop(FractionRule)
    case timeExit(TimeExitRule)
    case tighteningTrailingStop(TighteningTrailingStopRule)
    case scaledExit(ScaledExitRule)
    case volatilityStop(VolatilityStopRule)
    case volatilityTrailingStop(VolatilityTrailingStopRule)
    case signalExit(SignalExitRule)
    /// The first rule that acts wins.
    case ruleChain(RuleListRule)
    /// Acts when all act, as the first says.
    case allOf(RuleListRule)
    /// As `ruleChain`.
    case anyOf(RuleListRule)
}

public struct FractionRule: ConfigurationSection, Hashable {
    /// 0.05 is 5%.
    public var pct: Double

    public init(pct: Double) { self.pct = pct }
    public init() { pct = 0 }
    public static var fields: [ConfigurationField<Self>] { [.key("pct", \.pct, .notNegative, required: true)] }
}

public struct TimeExitRule: ConfigurationSection, Hashable {
    public var maxBars: Int

    public init(maxBars: Int) { self.maxBars = maxBars }
    public init() { maxBars = 0 }
    public static var fields: [ConfigurationField<Self>] { [.key("max_bars", \.maxBars, .notNegative, required: true)] }
}

/// From this return on (a fraction), that fraction holds: of the water mark to trail by, or of the position to close.
public struct ReturnLevel: ConfigurationPair {
    public var threshold: Double
    public var fraction: Double

    public init(_ threshold: Double, _ fraction: Double) {
        self.threshold = threshold
        self.fraction = fraction
    }

    public var pair: (Double, Double) { (threshold, fraction) }
    public static var form: String { "[return, fraction]" }
}

public struct TighteningTrailingStopRule: ConfigurationSection, Hashable {
    /// In the order given; the engine takes the highest threshold that the return has reached.
    public var schedule: [ReturnLevel]

    public init(schedule: [ReturnLevel]) { self.schedule = schedule }
    public init() { schedule = [] }
    public static var fields: [ConfigurationField<Self>] { [.key("schedule", \.schedule, required: true)] }

    public func check(at path: String) throws {
        try RiskRuleSpec.check(schedule, at: path + ".schedule") { $0 > 0 && $0 < 1 }
    }
}

public struct ScaledExitRule: ConfigurationSection, Hashable {
    /// The fraction is of the position as it then is; each level acts once.
    public var targets: [ReturnLevel]

    public init(targets: [ReturnLevel]) { self.targets = targets }
    public init() { targets = [] }
    public static var fields: [ConfigurationField<Self>] { [.key("targets", \.targets, required: true)] }

    public func check(at path: String) throws {
        try RiskRuleSpec.check(targets, at: path + ".targets") { $0 > 0 && $0 <= 1 }
    }
}

public struct VolatilityStopRule: ConfigurationSection, Hashable {
    /// Distance from the entry price in average true ranges.
    public var multiplier = 2.0
    /// The column of the signal file with the average true range, in price units.
    public var atrKey = "atr"
    /// Keep the range of the first bar the rule saw.
    public var useEntryATR = true

    public init() {}
    public init(multiplier: Double, atrKey: String = "atr", useEntryATR: Bool = true) {
        self.multiplier = multiplier
        self.atrKey = atrKey
        self.useEntryATR = useEntryATR
    }

    public static var fields: [ConfigurationField<Self>] {
        [
            .key("multiplier", \.multiplier, .positive), .key("atr_key", \.atrKey), .key("use_entry_atr", \.useEntryATR),
        ]
    }
}

public struct VolatilityTrailingStopRule: ConfigurationSection, Hashable {
    /// Distance from the water mark in average true ranges.
    public var multiplier = 3.0
    public var atrKey = "atr"

    public init() {}
    public init(multiplier: Double, atrKey: String = "atr") {
        self.multiplier = multiplier
        self.atrKey = atrKey
    }

    public static var fields: [ConfigurationField<Self>] {
        [.key("multiplier", \.multiplier, .positive), .key("atr_key", \.atrKey)]
    }
}

public struct SignalExitRule: ConfigurationSection, Hashable {
    /// The column of the signal file. A long goes below -threshold, a short above threshold.
    public var signalName = "exit_signal"
    public var threshold = 0.0

    public init() {}
    public init(signalName: String, threshold: Double) {
        self.signalName = signalName
        self.threshold = threshold
    }

    public static var fields: [ConfigurationField<Self>] {
        [.key("signal_name", \.signalName), .key("threshold", \.threshold)]
    }
}

public struct RuleListRule: ConfigurationSection, Hashable {
    public var rules: [RiskRuleSpec]

    public init(rules: [RiskRuleSpec]) { self.rules = rules }
    public init() { rules = [] }
    public static var fields: [ConfigurationField<Self>] { [.key("rules", \.rules, required: true)] }

    public func check(at path: String) throws {
        guard rules.isEmpty else { return }
        throw ApusError("config.value", "the list needs a rule", context: ["key": path + ".rules"])
    }
}

extension RiskRuleSpec: ConfigurationValue {
    /// The words of `type`.
    public enum Kind: String, ConfigurationWord {
        case stopLoss = "StopLoss"
        case takeProfit = "TakeProfit"
        case trailingStop = "TrailingStop"
        case timeExit = "TimeExit"
        case tighteningTrailingStop = "TighteningTrailingStop"
        case scaledExit = "ScaledExit"
        case volatilityStop = "VolatilityStop"
        case volatilityTrailingStop = "VolatilityTrailingStop"
        case signalExit = "SignalExit"
        case ruleChain = "RuleChain"
        case allOf = "AllOf"
        case anyOf = "AnyOf"
    }

    public static var form: String { "risk rule" }

    public init(json: JSONValue, at path: String) throws {
        guard var members = json.objectValue else { throw Self.wrong(json, at: path) }
        guard let type = members.removeValue(forKey: "type") else {
            throw ApusError("config.key", "the key is missing", context: ["key": path + ".type"])
        }
        let rest = JSONValue.object(members)
        self =
            switch try Kind(json: type, at: path + ".type") {
            case .stopLoss: .stopLoss(try FractionRule(json: rest, at: path))
            case .takeProfit: .takeProfit(try FractionRule(json: rest, at: path))
            case .trailingStop: .trailingStop(try FractionRule(json: rest, at: path))
            case .timeExit: .timeExit(try TimeExitRule(json: rest, at: path))
            case .tighteningTrailingStop: .tighteningTrailingStop(try TighteningTrailingStopRule(json: rest, at: path))
            case .scaledExit: .scaledExit(try ScaledExitRule(json: rest, at: path))
            case .volatilityStop: .volatilityStop(try VolatilityStopRule(json: rest, at: path))
            case .volatilityTrailingStop: .volatilityTrailingStop(try VolatilityTrailingStopRule(json: rest, at: path))
            case .signalExit: .signalExit(try SignalExitRule(json: rest, at: path))
            case .ruleChain: .ruleChain(try RuleListRule(json: rest, at: path))
            case .allOf: .allOf(try RuleListRule(json: rest, at: path))
            case .anyOf: .anyOf(try RuleListRule(json: rest, at: path))
            }
    }

    public var kind: Kind { parts.kind }

    public var configurationJSON: JSONValue? {
        var members = parts.rule.configurationJSON?.objectValue ?? [:]
        members["type"] = .string(kind.rawValue)
        return .object(members)
    }

    /// The columns of the signal file that this rule reads.
    public var contextKeys: Set<String> {
        switch self {
        case .volatilityStop(let rule): [rule.atrKey]
        case .volatilityTrailingStop(let rule): [rule.atrKey]
        case .signalExit(let rule): [rule.signalName]
        case .ruleChain(let list), .allOf(let list), .anyOf(let list):
            list.rules.reduce(into: []) { $0.formUnion($1.contextKeys) }
        case .stopLoss, .takeProfit, .trailingStop, .timeExit, .tighteningTrailingStop, .scaledExit: []
        }
    }

    private var parts: (kind: Kind, rule: any ConfigurationValue) {
        switch self {
        case .stopLoss(let rule): (.stopLoss, rule)
        case .takeProfit(let rule): (.takeProfit, rule)
        case .trailingStop(let rule): (.trailingStop, rule)
        case .timeExit(let rule): (.timeExit, rule)
        case .tighteningTrailingStop(let rule): (.tighteningTrailingStop, rule)
        case .scaledExit(let rule): (.scaledExit, rule)
        case .volatilityStop(let rule): (.volatilityStop, rule)
        case .volatilityTrailingStop(let rule): (.volatilityTrailingStop, rule)
        case .signalExit(let rule): (.signalExit, rule)
        case .ruleChain(let rule): (.ruleChain, rule)
        case .allOf(let rule): (.allOf, rule)
        case .anyOf(let rule): (.anyOf, rule)
        }
    }

    /// A schedule has levels, each threshold once, and fractions that make sense.
    static func check(_ levels: [ReturnLevel], at path: String, fraction: (Double) -> Bool) throws {
        guard !levels.isEmpty else {
            throw ApusError("config.value", "the list needs a level", context: ["key": path])
        }
        var seen: Set<Double> = []
        for (index, level) in levels.enumerated() {
            guard fraction(level.fraction) else {
                throw ApusError(
                    "config.value", "the fraction is out of range",
                    context: ["key": "\(path)[\(index)]", "value": "\(level.fraction)"])
            }
            guard seen.insert(level.threshold).inserted else {
                throw ApusError(
                    "config.value", "the threshold stands twice",
                    context: ["key": "\(path)[\(index)]", "value": "\(level.threshold)"])
            }
        }
    }
}
