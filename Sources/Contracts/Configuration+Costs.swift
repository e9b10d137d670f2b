public import Primitives

/// A cost that is part of the price: a spread (full width) or a slippage (one way).
public struct PriceCost: Hashable, Sendable {
    public enum Model: String, CaseIterable, Sendable {
        case none
        /// Price units.
        case fixed
        /// Ticks of the instrument.
        case ticks
        /// 1/10,000 of the reference price.
        case bps
    }

    public let model: Model
    public let value: Double

    public init(model: Model, value: Double) {
        self.model = model
        self.value = value
    }

    public static let none = PriceCost(model: .none, value: 0)

    init?(_ row: ConfigurationRow, prefix: String) throws {
        guard let model = try row.optionalChoice("\(prefix)_model_type", as: Model.self) else { return nil }
        self.model = model
        value = model == .none ? 0 : try row.number("\(prefix)_value")
    }

    var json: JSONValue { ["model": .string(model.rawValue), "value": .double(value)] }
}

/// Commission of one order.
public struct CommissionModel: Hashable, Sendable {
    public enum Model: String, CaseIterable, Sendable {
        case none
        /// Currency a unit.
        case perUnit = "per_unit"
        /// Currency an order.
        case perOrder = "per_order"
        /// Fraction of notional.
        case percent
    }

    public let model: Model
    public let value: Double
    /// The least an order costs, currency.
    public let minimum: Double

    public init(model: Model, value: Double, minimum: Double) {
        self.model = model
        self.value = value
        self.minimum = minimum
    }

    var json: JSONValue { ["model": .string(model.rawValue), "value": .double(value), "minimum": .double(minimum)] }
}

/// One row of COSTS.
public struct CostRule: Hashable, Sendable {
    public let id: String
    public let target: ConfigurationTarget
    public let commission: CommissionModel
    public let feePerUnit: Double
    public let spread: PriceCost
    public let slippage: PriceCost

    init(_ row: ConfigurationRow) throws {
        id = row.id
        target = try ConfigurationTarget(row)
        let model = try row.optionalChoice("commission_model", as: CommissionModel.Model.self) ?? .none
        commission = CommissionModel(
            model: model, value: model == .none ? 0 : try row.number("commission_value"),
            minimum: row.optionalNumber("commission_min") ?? 0)
        feePerUnit = row.optionalNumber("fee_per_unit") ?? 0
        spread = try PriceCost(row, prefix: "spread") ?? .none
        slippage = try PriceCost(row, prefix: "slippage") ?? .none
    }
}

/// All costs of one backtest, with a digest of the contents alone: names, notes and paths do not change it.
public struct CostProfile: Hashable, Sendable {
    public let commission: CommissionModel
    public let feePerUnit: Double
    public let spread: PriceCost
    public let slippage: PriceCost

    public init(commission: CommissionModel, feePerUnit: Double, spread: PriceCost, slippage: PriceCost) {
        self.commission = commission
        self.feePerUnit = feePerUnit
        self.spread = spread
        self.slippage = slippage
    }

    public static let free = CostProfile(
        commission: CommissionModel(model: .none, value: 0, minimum: 0), feePerUnit: 0, spread: .none, slippage: .none)

    public var json: JSONValue {
        ["commission": commission.json, "fee_per_unit": .double(feePerUnit), "spread": spread.json, "slippage": slippage.json]
    }

    /// - Throws: `CanonicalJSON.NotFinite`.
    public func digest() throws -> Digest { try Digest.of(json) }
}

extension Configuration {
    /// The most specific rule wins (BACKTEST, STRATEGY, INSTRUMENT, ALL); BACKTESTS' own spread and slippage go on top.
    /// - Throws: `ApusError` `config.costs` where no rule applies: costs are never silently zero.
    public func costProfile(for backtest: BacktestSpec, strategy id: String) throws -> CostProfile {
        let instrumentID = strategy(id)?.instrumentID ?? ""
        let order: [ConfigurationTarget] = [
            .backtest(backtest.id), .strategy(id), .instrument(instrumentID), .all,
        ]
        guard let rule = order.lazy.compactMap({ target in costs.first { $0.target == target } }).first else {
            throw ApusError(
                "config.costs", "no enabled row of COSTS applies", context: ["backtest": backtest.id, "strategy": id])
        }
        return CostProfile(
            commission: rule.commission, feePerUnit: rule.feePerUnit, spread: backtest.spread ?? rule.spread,
            slippage: backtest.slippage ?? rule.slippage)
    }
}
