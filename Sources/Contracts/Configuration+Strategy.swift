public import Primitives

/// One row of STRATEGIES joined with its template.
public struct StrategySpec: Hashable, Sendable {
    public enum PositionMode: String, CaseIterable, Sendable { case discrete, scaled }

    public let id: String
    public let instrumentID: String
    /// The template's name in SIGNAL_TEMPLATES: `threshold` or `crossover`.
    public let templateName: String
    /// The template's default_params_json.
    public let parameters: [String: JSONValue]
    public let primaryFeatureID: String
    public let secondaryFeatureID: String?
    public let positionMode: PositionMode
    /// The allowed positions, a subset of -1, 0, 1.
    public let positionValues: [Double]

    init(_ row: ConfigurationRow, templateName: String, parameters: [String: JSONValue]) throws {
        id = row.id
        instrumentID = try row.text("instrument_id")
        self.templateName = templateName
        self.parameters = parameters
        primaryFeatureID = try row.text("primary_feature_id")
        secondaryFeatureID = row.optionalText("secondary_feature_id")
        positionMode = try row.optionalChoice("position_mode", as: PositionMode.self) ?? .discrete
        let values = row.numbers("position_values")
        positionValues = values.isEmpty ? [-1, 0, 1] : values
    }
}

/// When an order that a decision makes is carried out.
public enum ExecutionTime: Hashable, Sendable {
    case nextOpen, sameClose, nextClose
    /// The open of the first bar at or after this local time, never before the decision.
    case local(LocalTime)

    public init?(_ text: String) {
        switch text {
        case "next_open": self = .nextOpen
        case "same_close": self = .sameClose
        case "next_close": self = .nextClose
        default:
            guard let time = LocalTime(text) else { return nil }
            self = .local(time)
        }
    }
}

/// What a market order pays.
public enum ExecutionPriceModel: String, CaseIterable, Sendable {
    /// The reference price itself, slippage apart.
    case mid
    /// Half the spread worse than the reference price.
    case sideAware = "side_aware"
}

/// One row of BACKTESTS.
public struct BacktestSpec: Hashable, Sendable {
    public enum RebalanceRule: String, CaseIterable, Sendable {
        case everyBar = "every_bar"
        /// Decide at the last bar of each trade date.
        case daily
    }

    public let id: String
    public let strategyID: String
    public let startDate: CivilDate?
    public let endDate: CivilDate?
    public let rebalanceRule: RebalanceRule
    public let executionTime: ExecutionTime
    public let priceModel: ExecutionPriceModel
    /// Overrides COSTS where given.
    public let spread: PriceCost?
    public let slippage: PriceCost?
    public let allowFlipSameDay: Bool
    public let minHoldDays: Int
    public let cooldownDays: Int
    /// Nothing after this date is traded.
    public let asOfDate: CivilDate?

    /// The earlier of end and as-of date.
    public var lastDate: CivilDate? { [endDate, asOfDate].compactMap { $0 }.min() }

    /// - Parameter instrument: gives execution time and price model where the row is silent.
    init(_ row: ConfigurationRow, instrument: InstrumentSpec?) throws {
        id = row.id
        strategyID = try row.text("strategy_id")
        startDate = try row.date("start_date")
        endDate = try row.date("end_date")
        rebalanceRule = try row.optionalChoice("rebalance_rule", as: RebalanceRule.self) ?? .everyBar
        let time = row.optionalText("execution_time") ?? instrument?.defaultExecutionTime ?? "next_open"
        guard let executionTime = ExecutionTime(time) else {
            throw row.failure("execution_time", "\"\(time)\" is not next_open, same_close, next_close or HH:MM")
        }
        self.executionTime = executionTime
        let model =
            row.optionalText("execution_price_model") ?? instrument?.defaultPriceModel ?? ExecutionPriceModel.sideAware.rawValue
        guard let priceModel = ExecutionPriceModel(rawValue: model) else {
            throw row.failure("execution_price_model", "\"\(model)\" is not mid or side_aware")
        }
        self.priceModel = priceModel
        spread = try PriceCost(row, prefix: "spread")
        slippage = try PriceCost(row, prefix: "slippage")
        allowFlipSameDay = row.flag("allow_flip_same_day", default: true)
        minHoldDays = row.optionalInteger("min_hold_days") ?? 0
        cooldownDays = row.optionalInteger("cooldown_days") ?? 0
        asOfDate = try row.date("as_of_date")
    }
}

/// One row of GATES.
public struct GateSpec: Hashable, Sendable {
    public enum Mode: String, CaseIterable, Sendable {
        case entries
        case entriesAndExits = "entries_and_exits"
    }

    public let id: String
    public let target: ConfigurationTarget
    public let expression: String
    public let mode: Mode

    init(_ row: ConfigurationRow) throws {
        id = row.id
        target = try ConfigurationTarget(row)
        expression = try row.text("expression")
        mode = try row.optionalChoice("mode", as: Mode.self) ?? .entries
    }
}

/// One row of SCALING: position size = clamp(target volatility / volatility feature).
public struct ScalingSpec: Hashable, Sendable {
    public enum Rebalance: String, CaseIterable, Sendable {
        case daily
        case onSignalChange = "on_signal_change"
    }

    public let id: String
    public let target: ConfigurationTarget
    public let featureID: String
    /// Annualised, a fraction.
    public let targetVolatility: Double
    public let minimumScale: Double
    public let maximumScale: Double
    public let rebalance: Rebalance

    init(_ row: ConfigurationRow) throws {
        id = row.id
        target = try ConfigurationTarget(row)
        featureID = try row.text("feature_id")
        targetVolatility = try row.number("target_vol")
        minimumScale = row.optionalNumber("min_scale") ?? 0
        maximumScale = row.optionalNumber("max_scale") ?? 1
        rebalance = try row.optionalChoice("rebalance", as: Rebalance.self) ?? .daily
    }
}

/// One row of PORTFOLIOS: the money, how a position becomes a quantity, and what limits both.
public struct PortfolioSpec: Hashable, Sendable {
    public enum Sizing: String, CaseIterable, Sendable {
        /// position x scale x value units.
        case units
        /// position x scale x value x equity / (price x multiplier) units.
        case notionalFraction = "notional_fraction"
    }
    public enum ShareType: String, CaseIterable, Sendable { case integer, fractional }

    public struct CapitalWeight: Hashable, Sendable {
        public let strategyID: String
        /// Part of the equity, > 0.
        public let weight: Double

        public init(strategyID: String, weight: Double) {
            self.strategyID = strategyID
            self.weight = weight
        }
    }

    public let id: String
    public let backtestID: String
    public let initialCash: Double
    /// Strategies that share the account, with the part of the equity that each sizes its positions by; empty where the backtest
    /// has the one that it names. In the order of their ids, each > 0.
    public let capitalWeights: [CapitalWeight]
    public let sizing: Sizing
    public let sizingValue: Double
    public let shareType: ShareType
    /// The first that acts wins. The columns that they read are features.
    public let positionRules: [RiskRuleSpec]
    public let limits: EngineConfiguration.Risk

    init(_ row: ConfigurationRow) throws {
        id = row.id
        backtestID = try row.text("backtest_id")
        initialCash = try row.number("initial_cash")
        capitalWeights = try row.object("capital_weights").sorted { $0.key < $1.key }.map { id, value in
            guard let weight = value.doubleValue, weight > 0, weight.isFinite else {
                throw row.failure("capital_weights", "the weight of \"\(id)\" is not a number > 0")
            }
            return CapitalWeight(strategyID: id, weight: weight)
        }
        let total = capitalWeights.reduce(0) { $0 + $1.weight }
        if total > 1 + 1e-9, row.optionalNumber("max_leverage") == nil {
            throw row.failure(
                "capital_weights", "the weights add up to \(total), more than the equity, and max_leverage is empty")
        }
        sizing = try row.choice("sizing_mode", as: Sizing.self)
        sizingValue = try row.number("sizing_value")
        shareType = try row.optionalChoice("share_type", as: ShareType.self) ?? .integer
        do {
            positionRules = try row.value("position_rules").map { try [RiskRuleSpec](json: $0, at: "rules") } ?? []
        } catch let error as ApusError {
            throw row.failure("position_rules", error.message)
        }
        var limits = EngineConfiguration.Risk()
        limits.maxGrossExposure = row.optionalNumber("max_gross_exposure")
        limits.maxNetExposure = row.optionalNumber("max_net_exposure")
        limits.maxSymbolExposure = row.optionalNumber("max_symbol_exposure")
        limits.maxLeverage = row.optionalNumber("max_leverage")
        limits.maxDrawdown = row.optionalNumber("max_drawdown")
        limits.maxDailyLoss = row.optionalNumber("max_daily_loss")
        self.limits = limits
    }
}
