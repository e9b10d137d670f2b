public import Contracts

/// What a market order pays: reference price, half spread, slippage, then the tick grid, always against the trader.
public struct FillPricing: Hashable, Sendable {
    /// A priced fill. The costs are price units, >= 0.
    public struct Price: Hashable, Sendable {
        public let price: Double
        public let halfSpread: Double
        /// Slippage and rounding to the tick grid.
        public let slippage: Double
    }

    private let model: ExecutionPriceModel
    private let spread: PriceCost
    private let slippage: PriceCost
    private let tickSize: Double

    /// - Parameter tickSize: price units; 0 leaves prices as they are.
    public init(model: ExecutionPriceModel, costs: CostProfile, tickSize: Double) {
        self.model = model
        spread = costs.spread
        slippage = costs.slippage
        self.tickSize = tickSize
    }

    public func price(reference: Double, buying: Bool) -> Price {
        let direction: Double = buying ? 1 : -1
        let halfSpread = model == .sideAware ? amount(spread, reference) / 2 : 0
        let raw = reference + direction * (halfSpread + amount(slippage, reference))
        let final = onGrid(raw, buying: buying)
        return Price(price: final, halfSpread: halfSpread, slippage: max(0, direction * (final - reference) - halfSpread))
    }

    private func amount(_ cost: PriceCost, _ reference: Double) -> Double {
        switch cost.model {
        case .none: 0
        case .fixed: cost.value
        case .ticks: cost.value * tickSize
        case .bps: reference.magnitude * cost.value / 10_000
        }
    }

    /// Up for a buyer, down for a seller; a price within 1e-6 of a tick is on it.
    private func onGrid(_ price: Double, buying: Bool) -> Double {
        guard tickSize > 0 else { return price }
        let ticks = price / tickSize
        let nearest = ticks.rounded()
        if (ticks - nearest).magnitude < 1e-6 { return nearest * tickSize }
        return (buying ? ticks.rounded(.up) : ticks.rounded(.down)) * tickSize
    }
}
