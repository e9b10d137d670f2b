import Contracts
import Execution
public import Market
import Portfolio
public import Risk

extension Desk {
    /// Judges the limits of the portfolio at the label's close.
    public mutating func judgeLimits(_ slice: MarketSlice) -> PortfolioRules.Breach? {
        guard limits != nil else { return nil }
        if lastPrices.isEmpty { lastPrices = Array(repeating: .nan, count: account.instruments.count) }
        for instrument in lastPrices.indices where slice.price[instrument].isFinite {
            lastPrices[instrument] = slice.price[instrument]
        }
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

    /// Units of an instrument once its working market orders have filled, and of those that wait for a price the ones of a side;
    /// of a group one of them. Orders that only protect what is held do not count.
    func exposed(_ instrument: Int, isBuy: Bool?) -> Double {
        let counted = orders.filter { order in
            if order.instrument != instrument || order.state.isTerminal || order.parent != 0 { return false }
            return !order.type.isConditional || (order.isBuy == isBuy && !order.isReduceOnly)
        }
        return counted.reduce(quantity(instrument)) { sum, order in
            let isLesser =
                order.ocoGroup != 0
                && counted.contains { other in
                    other.ocoGroup == order.ocoGroup && other.isBuy == order.isBuy
                        && (other.quantity == order.quantity ? other.number < order.number : other.quantity > order.quantity)
                }
            return isLesser ? sum : sum + order.signedQuantity
        }
    }

    /// The part of an order that the limits let leave.
    func admitted(_ delta: Double, _ instrument: Int, _ slice: MarketSlice) -> Double {
        guard let limits else { return delta }
        func unit(_ instrument: Int) -> Double {
            let price = slice.price(rules.markPrice, instrument, isBuy: true)
            let known = price.isFinite || lastPrices.isEmpty ? price : lastPrices[instrument]
            return known.isFinite ? known * account.pointValues[instrument] : 0
        }
        // What closes a position leaves, whatever waits for a better price to close it.
        var exposure = PortfolioRules.Exposure(
            projected: exposed(instrument, isBuy: delta > 0), held: exposed(instrument, isBuy: nil), unit: unit(instrument),
            equity: account.equity)
        for other in Set(account.held + orders.map(\.instrument)).sorted() where other != instrument {
            let most = exposed(other, isBuy: true) * unit(other)
            let least = exposed(other, isBuy: false) * unit(other)
            exposure.otherGross += max(most.magnitude, least.magnitude)
            exposure.otherNet += delta > 0 ? most : least
        }
        let admitted = limits.admitted(delta, exposure)
        guard rules.usesIntegerShares, admitted != delta else { return admitted }
        return (admitted * (1 + 1e-9)).rounded(.towardZero)
    }
}
