public import Contracts
public import Features
import Primitives
public import Strategies

/// The decision of one configured strategy on one instrument: features, template, gate, rules, scaling and sizing, in this order.
public struct SignalDecider: DecisionMaker {
    /// A gate with the features that its expression names.
    public struct GateInput: Sendable {
        let expression: GateExpression
        let blocksExits: Bool
        let features: [Feature]

        public init(expression: GateExpression, blocksExits: Bool, features: [Feature]) {
            self.expression = expression
            self.blocksExits = blocksExits
            self.features = features
        }
    }

    /// A scaler with its volatility feature.
    public struct ScalingInput: Sendable {
        var scaler: VolatilityScaler
        let volatility: Feature

        public init(scaler: VolatilityScaler, volatility: Feature) {
            self.scaler = scaler
            self.volatility = volatility
        }
    }

    /// How a position becomes a quantity.
    public struct Sizing: Sendable {
        let mode: PortfolioSpec.Sizing
        let value: Double
        let shareType: PortfolioSpec.ShareType
        let multiplier: Double
        let weight: Double

        /// - Parameter weight: the part of the equity that `notionalFraction` is a fraction of.
        public init(spec: PortfolioSpec, multiplier: Double, weight: Double = 1) {
            self.init(
                mode: spec.sizing, value: spec.sizingValue, shareType: spec.shareType, multiplier: multiplier, weight: weight)
        }

        /// A fixed number of units, whole or not.
        public init(units: Double, multiplier: Double) {
            self.init(mode: .units, value: units, shareType: .fractional, multiplier: multiplier, weight: 1)
        }

        private init(
            mode: PortfolioSpec.Sizing, value: Double, shareType: PortfolioSpec.ShareType, multiplier: Double, weight: Double
        ) {
            self.mode = mode
            self.value = value
            self.shareType = shareType
            self.multiplier = multiplier
            self.weight = weight
        }

        func units(position: Double, price: Double, equity: Double) -> Double {
            let raw: Double
            switch mode {
            case .units: raw = position * value
            case .notionalFraction: raw = position * value * (max(0, equity) * weight) / (price * multiplier)
            }
            return shareType == .integer ? raw.rounded(.towardZero) : raw
        }
    }

    private let template: SignalTemplate
    private let primary: Feature
    private let secondary: Feature?
    private let gate: GateInput?
    private var rules: PositionRules
    private var scaling: ScalingInput?
    private let sizing: Sizing
    private let rebalance: BacktestSpec.RebalanceRule
    private var scaleInForce: Double?

    public init(
        template: SignalTemplate, primary: Feature, secondary: Feature?, gate: GateInput?, rules: PositionRules,
        scaling: ScalingInput?,
        sizing: Sizing, rebalance: BacktestSpec.RebalanceRule
    ) {
        self.template = template
        self.primary = primary
        self.secondary = secondary
        self.gate = gate
        self.rules = rules
        self.scaling = scaling
        self.sizing = sizing
        self.rebalance = rebalance
    }

    public mutating func decide(_ context: DecisionContext) throws -> TargetPosition? {
        if rebalance == .daily && !context.endsSession { return nil }
        func read(_ feature: Feature) throws -> Double {
            try feature.value(decisionTime: context.decisionTime, label: context.label)
        }
        let before = rules.position
        let desired = template.desired(
            primary: try read(primary), secondary: try secondary.map(read) ?? .nan, current: before)
        let position = rules.decide(desired: desired, gate: try gateAnswer(read), day: context.session)
        let signalChanged = position != before
        let scaleBefore = scaleInForce
        if scaling != nil {
            let volatility = try read(scaling?.volatility ?? primary)
            scaleInForce = scaling?.scaler.update(
                volatility: volatility, endsSession: context.endsSession, signalChanged: signalChanged)
        }
        // A position whose size was never known is not held; the rules still count it, so the size appears once the volatility is
        // known.
        guard signalChanged || scaleInForce != scaleBefore else { return nil }
        let scale = scaling == nil ? 1 : scaleInForce ?? 0
        return TargetPosition(
            units: sizing.units(position: Double(position) * scale, price: context.price, equity: context.equity),
            direction: position)
    }

    private func gateAnswer(_ read: (Feature) throws -> Double) throws -> PositionRules.Gate {
        guard let gate else { return .none }
        let open = try gate.expression.evaluate { id in
            guard let feature = gate.features.first(where: { $0.id == id }) else {
                throw ApusError("config.gate", "the gate names a feature that was not built", context: ["feature": id])
            }
            return try read(feature)
        }
        return PositionRules.Gate(open: open == true, alsoBlocksExits: gate.blocksExits)
    }
}
