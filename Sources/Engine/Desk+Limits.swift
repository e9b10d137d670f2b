import Contracts
import Execution
public import Market
import Portfolio
public import Risk

extension Desk {
    /// Judges the limits of the portfolio at the label's close.
    public mutating func judgeLimits(_ slice: MarketSlice) -> PortfolioRules.Breach? {
        guard limits != nil else { return nil }
        account.mark(slice, by: rules.markPrice)
        return limits?.judge(equity: account.equity, gross: account.notional.gross, session: slice.session)
    }

    /// Sends what a broken limit takes of a position.
    public mutating func submit(_ breach: PortfolioRules.Breach, _ instrument: Int, at slice: MarketSlice, terms: Terms?) {
        var units = quantity(instrument) * breach.fraction
        if rules.usesIntegerShares {
            let nearest = units.rounded()
            units = (units - nearest).magnitude < 1e-9 ? nearest : units.rounded(.awayFromZero)
        }
        var terms = terms ?? Terms()
        terms.reason = .riskLiquidation
        terms.isReduceOnly = true
        guard let number = submit(instrument, delta: -units, at: slice, terms: terms),
            let index = orders.firstIndex(where: { $0.number == number })
        else { return }
        orders[index].rule = -2 - breach.limit.rawValue
    }

    public mutating func cancelAll() {
        for index in orders.indices where !orders[index].state.isTerminal { end(index, .cancel) }
    }

    /// Units of an instrument once its working orders have filled. Orders that only protect what is held do not count.
    public func projected(_ instrument: Int) -> Double {
        orders.reduce(quantity(instrument)) { sum, order in
            guard order.instrument == instrument, !order.state.isTerminal, !order.isAsleep, order.parent == 0 else { return sum }
            let protects = order.type.isConditional && (order.isReduceOnly || quantity(instrument) * order.signedQuantity < 0)
            return protects ? sum : sum + order.signedQuantity
        }
    }

    /// The part of an order that the limits let leave.
    func admitted(_ delta: Double, _ instrument: Int, _ slice: MarketSlice) -> Double {
        guard let limits else { return delta }
        func unit(_ instrument: Int) -> Double {
            let price = slice.price(rules.markPrice, instrument, isBuy: true)
            let known = price.isFinite ? price : account.positions[instrument].mark
            return known * account.pointValues[instrument]
        }
        var exposure = PortfolioRules.Exposure(
            projected: projected(instrument), unit: unit(instrument), equity: account.equity)
        for other in Set(account.held + orders.map(\.instrument)).sorted() where other != instrument {
            let notional = projected(other) * unit(other)
            exposure.otherGross += notional.magnitude
            exposure.otherNet += notional
        }
        let admitted = limits.admitted(delta, exposure)
        return rules.usesIntegerShares && admitted != delta ? admitted.rounded(.towardZero) : admitted
    }
}
