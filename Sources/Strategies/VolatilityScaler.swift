public import Contracts

/// Volatility targeting: scale = clamp(target / volatility, minimum, maximum), changed when its rebalance rule says so.
public struct VolatilityScaler: Hashable, Sendable {
    private let spec: ScalingSpec
    /// The scale in force; nil until the volatility was known once.
    public private(set) var scale: Double?

    public init(_ spec: ScalingSpec) { self.spec = spec }

    /// - Parameters:
    ///   - volatility: annualised, a fraction; NaN or <= 0 keeps the scale in force.
    ///   - endsSession: the trade date's session has ended.
    ///   - signalChanged: the discrete position changes at this decision.
    /// - Returns: the scale to use, nil where none is known yet.
    public mutating func update(volatility: Double, endsSession: Bool, signalChanged: Bool) -> Double? {
        let due = scale == nil || signalChanged || (spec.rebalance == .daily && endsSession)
        if due, volatility > 0 {
            scale = min(max(spec.targetVolatility / volatility, spec.minimumScale), spec.maximumScale)
        }
        return scale
    }
}
