public import Contracts
import Engine
public import Features
public import Market
import Primitives
import Strategies

/// One configured backtest over given bars and features: everything that decides its result, and nothing else.
public struct Backtest {
    public let spec: BacktestSpec
    public let strategy: StrategySpec
    public let instrument: InstrumentSpec
    public let costs: CostProfile
    public let portfolio: PortfolioSpec
    public let gate: GateSpec?
    public let scaling: ScalingSpec?
    public let calendar: any SessionCalendar

    public init(
        spec: BacktestSpec, strategy: StrategySpec, instrument: InstrumentSpec, costs: CostProfile, portfolio: PortfolioSpec,
        gate: GateSpec?, scaling: ScalingSpec?, calendar: any SessionCalendar
    ) {
        self.spec = spec
        self.strategy = strategy
        self.instrument = instrument
        self.costs = costs
        self.portfolio = portfolio
        self.gate = gate
        self.scaling = scaling
        self.calendar = calendar
    }

    /// The ids of all features that the strategy, its gate, its scaling and its protective rules read, each once, sorted.
    /// - Throws: `GateExpression.Failure`.
    public func featureIDs() throws -> [String] {
        var ids: Set<String> = [strategy.primaryFeatureID]
        if let secondary = strategy.secondaryFeatureID { ids.insert(secondary) }
        if let gate { ids.formUnion(try GateExpression.parse(gate.expression).features) }
        if let scaling { ids.insert(scaling.featureID) }
        for rule in portfolio.positionRules { ids.formUnion(rule.contextKeys) }
        return ids.sorted()
    }

    /// Runs the bars.
    /// - Parameters:
    ///   - lane: the bars to trade; features have their own, longer history.
    ///   - features: built features by id.
    /// - Throws: `FeatureError`, `StrategyError`, `ApusError`.
    public func run(lane: BarLane, features: [String: Feature], checkInvariants: Bool = false) throws -> BacktestRecording {
        var terms = LaneTerms(asset: instrument.id, initialCash: portfolio.initialCash, runID: spec.id)
        terms.multiplier = instrument.multiplier
        terms.tickSize = instrument.tickSize
        terms.costs = costs
        terms.priceModel = spec.priceModel
        terms.usesIntegerShares = portfolio.shareType == .integer
        terms.rules = portfolio.positionRules
        terms.limits = portfolio.limits
        for id in portfolio.positionRules.reduce(into: Set<String>(), { $0.formUnion($1.contextKeys) }) {
            let feature = try feature(id, features)
            terms.columns[id] = try lane.bars.map { try feature.value(decisionTime: $0.closeTime, label: $0.openTime) }
        }
        let execution = spec.executionTime
        let calendar = calendar
        var run = try LaneBacktest(terms, decisions: try decider(features), checkInvariants: checkInvariants) {
            Self.schedule(execution, $0, calendar)
        }
        return try run.run(lane)
    }

    private func decider(_ features: [String: Feature]) throws -> SignalDecider {
        func feature(_ id: String) throws -> Feature { try self.feature(id, features) }
        let gateInput = try gate.map { gate in
            let expression = try GateExpression.parse(gate.expression)
            return SignalDecider.GateInput(
                expression: expression, blocksExits: gate.mode == .entriesAndExits, features: try expression.features.map(feature)
            )
        }
        let scalingInput = try scaling.map {
            SignalDecider.ScalingInput(scaler: VolatilityScaler($0), volatility: try feature($0.featureID))
        }
        return SignalDecider(
            template: try SignalTemplate(strategy), primary: try feature(strategy.primaryFeatureID),
            secondary: try strategy.secondaryFeatureID.map(feature), gate: gateInput,
            rules: PositionRules(
                positionValues: strategy.positionValues, allowFlipSameDay: spec.allowFlipSameDay, minHoldDays: spec.minHoldDays,
                cooldownDays: spec.cooldownDays),
            scaling: scalingInput, sizing: SignalDecider.Sizing(spec: portfolio, multiplier: instrument.multiplier),
            rebalance: spec.rebalanceRule)
    }

    private func feature(_ id: String, _ features: [String: Feature]) throws -> Feature {
        guard let feature = features[id] else {
            throw ApusError("config.feature", "the feature was not built", context: ["backtest": spec.id, "feature": id])
        }
        return feature
    }

    private static func schedule(_ time: ExecutionTime, _ context: DecisionContext, _ calendar: any SessionCalendar)
        -> FillSchedule
    {
        let decision = context.decisionTime
        switch time {
        case .sameClose: return .thisClose
        case .nextClose: return .nextClose
        case .nextOpen: return .openAtOrAfter(decision)
        case .local(let local):
            // The decision's own date in the calendar's zone, or the day after where that moment has passed.
            for days in -1...1 {
                let date = decision.utcDate + days
                let instant = calendar.instant(on: date, localNanosOfDay: local.nanosOfDay)
                if instant >= decision { return .openAtOrAfter(instant) }
            }
            return .openAtOrAfter(calendar.instant(on: decision.utcDate + 2, localNanosOfDay: local.nanosOfDay))
        }
    }
}
