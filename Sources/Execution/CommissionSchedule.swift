public import Contracts

/// Commission and fees of fills, account currency, >= 0 unless a maker is paid a rebate.
public struct CommissionSchedule: Sendable {
    public enum Model: Hashable, Sendable {
        case none
        /// Fraction of the traded value.
        case percentage(Double)
        /// Currency per unit, at least `minimum` a fill.
        case perUnit(Double, minimum: Double)
        /// Currency per fill.
        case perTrade(Double)
        /// Over the whole order, however many fills it takes: units, value and a fixed part, at least `minimum` an order.
        case perOrder(perUnit: Double, rate: Double, fixed: Double, minimum: Double)
        /// Fraction of the traded value by its size: the first tier whose limit is not exceeded, the last one above all limits.
        case tiered([Tier])
        /// Fractions of the traded value for orders that waited in the book and for those that did not.
        case makerTaker(maker: Double, taker: Double)
    }

    public struct Tier: Hashable, Sendable {
        public let limit: Double
        public let rate: Double

        public init(limit: Double, rate: Double) {
            self.limit = limit
            self.rate = rate
        }
    }

    public let model: Model
    /// Exchange and clearing fees, currency per unit, on top.
    public let feePerUnit: Double

    public init(_ model: Model, feePerUnit: Double = 0) {
        self.model = model
        self.feePerUnit = feePerUnit
    }

    /// - Parameters:
    ///   - units: > 0.
    ///   - order: what the order has paid and filled so far counts where the whole order is charged.
    public func amount(units: Double, price: Double, multiplier: Double, order: DeskOrder?) -> Double {
        let value = (units * price * multiplier).magnitude
        let fees = feePerUnit * units
        switch model {
        case .none: return fees
        case .percentage(let rate): return (units * price * multiplier * rate).magnitude + fees
        case .perUnit(let rate, let minimum): return max(units * rate, minimum) + fees
        case .perTrade(let amount): return amount + fees
        case .perOrder(let perUnit, let rate, let fixed, let minimum):
            let filled = (order?.filledQuantity ?? 0) + units
            let notional = (order?.filledNotional ?? 0) + value
            return max(0, max(filled * perUnit + notional * rate + fixed, minimum) - (order?.commissionPaid ?? 0)) + fees
        case .tiered(let tiers):
            let rate = tiers.first { value <= $0.limit }?.rate ?? tiers.last?.rate ?? 0
            return value * rate + fees
        case .makerTaker(let maker, let taker): return value * (order?.type == .limit ? maker : taker) + fees
        }
    }
}

extension CommissionSchedule {
    /// A model left out that has amounts takes the model of the first amount, as ml4t-backtest does.
    public init(_ section: EngineConfiguration.Commission) {
        var model = section.model
        if model == .none {
            if section.perShare > 0 {
                model = .perShare
            } else if section.perTrade > 0 {
                model = .perTrade
            } else if section.rate > 0 {
                model = .percentage
            }
        }
        switch model {
        case .none: self.init(.none)
        case .percentage: self.init(.percentage(section.rate))
        case .perShare: self.init(.perUnit(section.perShare, minimum: section.minimum))
        case .perTrade: self.init(.perTrade(section.perTrade))
        case .perOrder:
            self.init(
                .perOrder(perUnit: section.perShare, rate: section.rate, fixed: section.perTrade, minimum: section.minimum))
        case .perOrderPerShare: self.init(.perOrder(perUnit: section.perShare, rate: 0, fixed: 0, minimum: section.minimum))
        case .tiered: self.init(.tiered([Tier(limit: .infinity, rate: section.rate)]))
        }
    }
}
