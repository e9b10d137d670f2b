public import Contracts
import Engine
public import Features
public import Market
public import Primitives
import Strategies

/// One configured backtest over given bars and features: everything that decides its result, and nothing else.
public struct Backtest {
    /// A strategy with what holds for it alone. Strategies of one backtest trade instruments of their own.
    public struct Member {
        public let strategy: StrategySpec
        public let instrument: InstrumentSpec
        public let costs: CostProfile
        public let gate: GateSpec?
        public let scaling: ScalingSpec?
        /// The part of the equity that it sizes its positions by.
        public let weight: Double

        public init(
            strategy: StrategySpec, instrument: InstrumentSpec, costs: CostProfile, gate: GateSpec?, scaling: ScalingSpec?,
            weight: Double
        ) {
            self.strategy = strategy
            self.instrument = instrument
            self.costs = costs
            self.gate = gate
            self.scaling = scaling
            self.weight = weight
        }
    }

    public let spec: BacktestSpec
    /// At least one.
    public let members: [Member]
    public let portfolio: PortfolioSpec
    /// Of all instruments.
    public let calendar: any SessionCalendar

    public init(spec: BacktestSpec, members: [Member], portfolio: PortfolioSpec, calendar: any SessionCalendar) {
        self.spec = spec
        self.members = members
        self.portfolio = portfolio
        self.calendar = calendar
    }

    /// The costs of the strategy, or of all of them in their order.
    public var costJSON: JSONValue { members.count == 1 ? members[0].costs.json : .array(members.map(\.costs.json)) }

    /// - Throws: `CanonicalJSON.NotFinite`.
    public func costDigest() throws -> Digest { try Digest.of(costJSON) }

    /// The ids of all features that strategies, gates, scaling and protective rules read, each once, sorted.
    /// - Throws: `GateExpression.Failure`.
    public func featureIDs() throws -> [String] {
        var ids: Set<String> = []
        for member in members {
            ids.insert(member.strategy.primaryFeatureID)
            if let secondary = member.strategy.secondaryFeatureID { ids.insert(secondary) }
            if let gate = member.gate { ids.formUnion(try GateExpression.parse(gate.expression).features) }
            if let scaling = member.scaling { ids.insert(scaling.featureID) }
        }
        for rule in portfolio.positionRules { ids.formUnion(rule.contextKeys) }
        return ids.sorted()
    }

    /// Runs the bars.
    /// - Parameters:
    ///   - lanes: the bars that each member trades; features have their own, longer history.
    ///   - features: built features by id.
    /// - Throws: `FeatureError`, `StrategyError`, `ApusError`.
    public func run(lanes: [BarLane], features: [String: Feature], checkInvariants: Bool = false) throws -> BacktestRecording {
        let read = portfolio.positionRules.reduce(into: Set<String>()) { $0.formUnion($1.contextKeys) }
        let instruments = try zip(members, lanes).map { member, lane in
            var instrument = LaneTerms.Instrument(asset: member.instrument.id)
            instrument.multiplier = member.instrument.multiplier
            instrument.tickSize = member.instrument.tickSize
            instrument.costs = member.costs
            for id in read {
                let feature = try feature(id, features)
                instrument.columns[id] = try lane.bars.map {
                    try feature.value(decisionTime: $0.closeTime, label: $0.openTime)
                }
            }
            return instrument
        }
        var terms = LaneTerms(instruments: instruments, initialCash: portfolio.initialCash, runID: spec.id)
        terms.priceModel = spec.priceModel
        terms.usesIntegerShares = portfolio.shareType == .integer
        terms.rules = portfolio.positionRules
        terms.limits = portfolio.limits
        let execution = spec.executionTime
        let calendar = calendar
        let deciders = try members.map { try decider($0, features) }
        var run = try LaneBacktest(terms, decisions: deciders, checkInvariants: checkInvariants) {
            Self.schedule(execution, $0, calendar)
        }
        return try run.run(lanes)
    }

    private func decider(_ member: Member, _ features: [String: Feature]) throws -> SignalDecider {
        func feature(_ id: String) throws -> Feature { try self.feature(id, features) }
        let strategy = member.strategy
        let gateInput = try member.gate.map { gate in
            let expression = try GateExpression.parse(gate.expression)
            return SignalDecider.GateInput(
                expression: expression, blocksExits: gate.mode == .entriesAndExits, features: try expression.features.map(feature)
            )
        }
        let scalingInput = try member.scaling.map {
            SignalDecider.ScalingInput(scaler: VolatilityScaler($0), volatility: try feature($0.featureID))
        }
        return SignalDecider(
            template: try SignalTemplate(strategy), primary: try feature(strategy.primaryFeatureID),
            secondary: try strategy.secondaryFeatureID.map(feature), gate: gateInput,
            rules: PositionRules(
                positionValues: strategy.positionValues, allowFlipSameDay: spec.allowFlipSameDay, minHoldDays: spec.minHoldDays,
                cooldownDays: spec.cooldownDays),
            scaling: scalingInput,
            sizing: SignalDecider.Sizing(spec: portfolio, multiplier: member.instrument.multiplier, weight: member.weight),
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
