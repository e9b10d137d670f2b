public import Contracts
import Primitives

/// A rule that turns feature values into a desired position: -1, 0 or +1.
public enum SignalTemplate: Hashable, Sendable {
    /// Long above `longAbove`, short below `shortBelow`. A long is kept until the feature falls below `exitLongBelow`, a short
    /// until it rises above `exitShortAbove`.
    case threshold(longAbove: Double?, shortBelow: Double?, exitLongBelow: Double, exitShortAbove: Double)
    /// Long while primary > secondary x (1 + band), short while primary < secondary x (1 - band), else as before.
    case crossover(band: Double)

    /// - Throws: `StrategyError`. A parameter that the template does not read is an error.
    public init(_ spec: StrategySpec) throws {
        let known: [String]
        switch spec.templateName {
        case "threshold":
            known = ["long_above", "short_below", "exit_long_below", "exit_short_above"]
            let longAbove = try Self.number(spec, "long_above")
            let shortBelow = try Self.number(spec, "short_below")
            guard longAbove != nil || shortBelow != nil else {
                throw StrategyError.badParameter(
                    strategy: spec.id, parameter: "long_above", reason: "or short_below must be given")
            }
            if let longAbove, let shortBelow, longAbove < shortBelow {
                throw StrategyError.badParameter(
                    strategy: spec.id, parameter: "long_above", reason: "must not be below short_below")
            }
            self = .threshold(
                longAbove: longAbove, shortBelow: shortBelow,
                exitLongBelow: try Self.number(spec, "exit_long_below") ?? longAbove ?? 0,
                exitShortAbove: try Self.number(spec, "exit_short_above") ?? shortBelow ?? 0)
        case "crossover":
            known = ["band"]
            guard spec.secondaryFeatureID != nil else { throw StrategyError.missingSecondaryFeature(strategy: spec.id) }
            let band = try Self.number(spec, "band") ?? 0
            guard band >= 0, band < 1 else {
                throw StrategyError.badParameter(strategy: spec.id, parameter: "band", reason: "must be in [0, 1)")
            }
            self = .crossover(band: band)
        default: throw StrategyError.unknownTemplate(strategy: spec.id, template: spec.templateName)
        }
        if let unread = spec.parameters.keys.sorted().first(where: { !known.contains($0) }) {
            throw StrategyError.badParameter(strategy: spec.id, parameter: unread, reason: "is not read by this template")
        }
    }

    private static func number(_ spec: StrategySpec, _ name: String) throws -> Double? {
        guard let value = spec.parameters[name] else { return nil }
        guard let number = value.doubleValue else {
            throw StrategyError.badParameter(strategy: spec.id, parameter: name, reason: "must be a number")
        }
        return number
    }

    /// The desired position.
    /// - Parameters:
    ///   - primary: the primary feature's value; NaN (warm-up) wants no position.
    ///   - secondary: the secondary feature's value, where the template has one.
    ///   - current: the desired position before this decision: -1, 0 or +1.
    public func desired(primary: Double, secondary: Double, current: Int) -> Int {
        switch self {
        case .threshold(let longAbove, let shortBelow, let exitLongBelow, let exitShortAbove):
            guard !primary.isNaN else { return 0 }
            if let longAbove, primary > longAbove { return 1 }
            if let shortBelow, primary < shortBelow { return -1 }
            if current > 0 { return primary < exitLongBelow ? 0 : 1 }
            if current < 0 { return primary > exitShortAbove ? 0 : -1 }
            return 0
        case .crossover(let band):
            guard !primary.isNaN, !secondary.isNaN else { return 0 }
            if primary > secondary * (1 + band) { return 1 }
            if primary < secondary * (1 - band) { return -1 }
            return current
        }
    }
}
