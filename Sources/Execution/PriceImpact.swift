public import Contracts
internal import Glibc

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

    public let slippage: Slippage
    public let impact: Impact?

    public init(slippage: Slippage, impact: Impact?) {
        self.slippage = slippage
        self.impact = impact
    }

    /// Fills must be counted against the bar's volume.
    public var countsVolume: Bool {
        if case .cumulativeVolumeShare = slippage { return true }
        return false
    }

    /// The price of a fill, and what part of it is slippage after the impact.
    /// - Parameters:
    ///   - available: what trades at the touch; NaN where unknown.
    ///   - consumed: units that fills of this bar have taken before.
    /// - Returns: nil where the model needs a volume and the bar has none.
    public func price(
        base: Double, units: Double, isBuy: Bool, instrument: Int, available: Double, volume: Double, consumed: Double
    ) -> (price: Double, slippage: Double)? {
        let direction: Double = isBuy ? 1 : -1
        var price = base
        if let impact, available > 0 {
            price += direction * (impact.coefficient * Self.power(units / available, impact.exponent) * base)
        }
        let amount: Double
        switch slippage {
        case .none: amount = 0
        case .percentage(let rate): amount = price * rate
        case .fixed(let units): amount = units
        case .spread(let halves): amount = halves[instrument]
        case .volumeShare(let factor): amount = available > 0 ? price * (units / available * factor) : 0
        case .cumulativeVolumeShare(let factor):
            guard volume > 0, volume.isFinite else { return nil }
            let share = (consumed + units) / volume
            amount = price * factor * (share * share)
        }
        return (price + direction * amount, amount)
    }

    private static func power(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 1 { return base }
        return exponent == 0.5 ? base.squareRoot() : pow(base, exponent)
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
