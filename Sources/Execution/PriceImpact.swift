public import Contracts
import Primitives

/// What a fill pays beyond the reference price, price units, always against the trader.
public struct PriceImpact: Sendable {
    public enum Slippage: Hashable, Sendable {
        case none
        /// Fraction of the price.
        case percentage(Double)
        /// Price units.
        case fixed(Double)
        /// The distance from the middle, by instrument, price units.
        case spread([Double])
        /// Fraction of the price at a full bar's volume, linear in the share of the volume.
        case volumeShare(Double)
        /// Fraction of the price at a full bar's volume, quadratic in the share that all fills of the bar have taken.
        case cumulativeVolumeShare(Double)
    }

    /// Market impact by the share of the bar's volume: coefficient x share ^ exponent, a fraction of the price.
    public struct Impact: Hashable, Sendable {
        public let coefficient: Double
        public let exponent: Double

        public init(coefficient: Double, exponent: Double) {
            self.coefficient = coefficient
            self.exponent = exponent
        }
    }

    /// Half the width of a quoted spread, which every purchase and sale pays.
    public enum HalfSpread: Hashable, Sendable {
        case none
        /// Price units.
        case fixed(Double)
        /// Fraction of the price.
        case percentage(Double)
    }

    /// A priced fill. The costs are price units, >= 0.
    public struct Price: Hashable, Sendable {
        public var price: Double
        public var halfSpread: Double
        /// Beyond the half spread; market impact is not part of it.
        public var slippage: Double

        public init(price: Double, halfSpread: Double, slippage: Double) {
            self.price = price
            self.halfSpread = halfSpread
            self.slippage = slippage
        }
    }

    public let slippage: Slippage
    public let impact: Impact?
    public let halfSpread: HalfSpread

    public init(slippage: Slippage, impact: Impact?, halfSpread: HalfSpread = .none) {
        self.slippage = slippage
        self.impact = impact
        self.halfSpread = halfSpread
    }

    /// Fills must be counted against the bar's volume.
    public var countsVolume: Bool {
        if case .cumulativeVolumeShare = slippage { return true }
        return false
    }

    /// The price of a fill, and what of it is spread and slippage.
    /// - Parameters:
    ///   - tick: the price grid, price units; 0 for none. What rounding to it costs is slippage.
    ///   - available: what trades at the touch; NaN where unknown.
    ///   - consumed: units that fills of this bar have taken before.
    /// - Returns: nil where the model needs a volume and the bar has none.
    public func price(
        base: Double, units: Double, isBuy: Bool, instrument: Int, available: Double, volume: Double, consumed: Double,
        tick: Double = 0
    ) -> Price? {
        let direction: Double = isBuy ? 1 : -1
        var price = base
        if let impact, available > 0 {
            price += direction * (impact.coefficient * Self.raised(units / available, impact.exponent) * base)
        }
        let amount: Double
        switch slippage {
        case .none: amount = 0
        case .percentage(let rate): amount = price.magnitude * rate
        case .fixed(let units): amount = units
        case .spread(let halves): amount = halves[instrument]
        case .volumeShare(let factor): amount = available > 0 ? price * (units / available * factor) : 0
        case .cumulativeVolumeShare(let factor):
            guard volume > 0, volume.isFinite else { return nil }
            let share = (consumed + units) / volume
            amount = price * factor * (share * share)
        }
        let half: Double
        switch halfSpread {
        case .none: half = 0
        case .fixed(let units): half = units
        case .percentage(let rate): half = base.magnitude * rate
        }
        let raw = price + direction * (half + amount)
        guard tick > 0 else { return Price(price: raw, halfSpread: half, slippage: amount) }
        let final = TickGrid.against(raw, tick: tick, isBuy: isBuy)
        return Price(price: final, halfSpread: half, slippage: max(0, direction * (final - price) - half))
    }

    private static func raised(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 1 { return base }
        return exponent == 0.5 ? base.squareRoot() : power(base, exponent)
    }
}

extension PriceImpact {
    /// - Parameter assets: names of the instruments, for spreads by asset.
    public init(_ section: EngineConfiguration.Slippage, _ impact: EngineConfiguration.Impact, assets: [String]) {
        var model = section.model
        if model == .none {
            if section.spread > 0 || !section.spreadByAsset.isEmpty {
                model = .spread
            } else if section.fixed > 0 {
                model = .fixed
            } else if section.rate > 0 {
                model = .percentage
            }
        }
        let slippage: Slippage
        switch model {
        case .none: slippage = .none
        case .percentage: slippage = .percentage(section.rate)
        case .fixed: slippage = .fixed(section.fixed)
        case .spread:
            let share = section.spreadConvention == .fullSpread ? 0.5 : 1.0
            slippage = .spread(assets.map { (section.spreadByAsset[$0] ?? section.spread) * share })
        case .volumeBased: slippage = .volumeShare(section.rate)
        case .cumulativeVolumeShare: slippage = .cumulativeVolumeShare(section.rate)
        }
        let exponent: Double? =
            switch impact.model {
            case .none: nil
            case .linear: 1
            case .squareRoot: 0.5
            case .power: impact.exponent
            }
        self.init(slippage: slippage, impact: exponent.map { Impact(coefficient: impact.coefficient, exponent: $0) })
    }
}

extension PriceImpact {
    /// The spread and slippage of a COSTS row.
    /// - Parameters:
    ///   - model: whether the spread counts.
    ///   - tickSize: price units, for costs in ticks.
    public init(_ costs: CostProfile, model: ExecutionPriceModel, tickSize: Double) {
        let slippage: Slippage =
            switch costs.slippage.model {
            case .none: .none
            case .fixed: .fixed(costs.slippage.value)
            case .ticks: .fixed(costs.slippage.value * tickSize)
            case .bps: .percentage(costs.slippage.value / 10_000)
            }
        let half: HalfSpread =
            switch costs.spread.model {
            case .none: .none
            case .fixed: .fixed(costs.spread.value / 2)
            case .ticks: .fixed(costs.spread.value * tickSize / 2)
            case .bps: .percentage(costs.spread.value / 20_000)
            }
        self.init(slippage: slippage, impact: nil, halfSpread: model == .sideAware ? half : .none)
    }
}
