import Contracts
import Engine
import Execution
import Market
import Portfolio

extension SimulatedVenue {
    /// Execution price before slippage, and its name.
    func base(_ desk: borrowing Desk, _ order: Order, _ slice: MarketSlice, _ usesOpen: Bool)
        -> (price: Double, source: EngineConfiguration.ExecutionPrice)
    {
        let rules = desk.rules
        var source = rules.price
        if order.isAtClose {
            source = .close
        } else if order.isAtOpen {
            source = .open
        } else if usesOpen {
            source = rules.openPrice ?? source.atOpen
        }
        // The open was over when the order came.
        if source == .open, !isAtClose, order.isWokenInside(slice.index) { return (order.wokenPrice, source) }
        return (slice.price(source, order.instrument, isBuy: order.isBuy), source)
    }

    /// The part of the label's bar that the order lives in.
    func bar(for order: Order, _ slice: MarketSlice) -> MatchingBar {
        let instrument = order.instrument
        let price = slice.price[instrument]
        func known(_ value: Double) -> Double { value.isFinite ? value : price }
        let bar = MatchingBar(
            open: known(slice.open[instrument]), high: known(slice.high[instrument]), low: known(slice.low[instrument]),
            close: known(slice.close[instrument]))
        // Decided at the close: the bar that led there is gone.
        if isAtClose || order.timeInForce == .cls { return bar.after(bar.close) }
        if order.timeInForce == .opg { return MatchingBar(open: bar.open, high: bar.open, low: bar.open, close: bar.open) }
        return order.isWokenInside(slice.index) ? bar.after(order.wokenPrice) : bar
    }

    /// Where the order fills at this label before slippage, nil when it does not. Moves trailing stops and notes triggers.
    func match(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, base: Double) -> Double? {
        let order = desk.orders[index]
        let rules = desk.rules
        switch order.type {
        case .market, .marketOnOpen, .marketOnClose:
            // A rule's price is that of its own bar; what found no volume there takes the market's.
            guard !order.ruleFillPrice.isNaN, order.createdIndex == slice.index else { return base }
            let slip = order.isBuy ? 1 + rules.stopSlippage : 1 - rules.stopSlippage
            return rules.stopSlippage > 0 ? order.ruleFillPrice * slip : order.ruleFillPrice
        case .limit: return matchLimit(&desk, index, slice, base: base)
        case .stop:
            if order.stopTriggered != nil { return base }
            let price =
                rules.judgesConditionsByPrice
                ? (meets(order, base) ? base : nil)
                : BarMatching.stop(order.stopPrice, isBuy: order.isBuy, bar(for: order, slice))
            if price != nil { trigger(&desk, index, slice) }
            return price
        case .stopLimit:
            if order.stopTriggered != nil { return matchLimit(&desk, index, slice, base: base) }
            if rules.judgesConditionsByPrice {
                guard order.isBuy ? base >= order.stopPrice : base <= order.stopPrice else { return nil }
                trigger(&desk, index, slice)
                return meets(order, base) ? base : nil
            }
            let match = BarMatching.stopLimit(
                stop: order.stopPrice, limit: order.limitPrice, isBuy: order.isBuy, bar(for: order, slice))
            if match.isTriggered { trigger(&desk, index, slice) }
            return match.price
        case .trailingStop: return order.stopTriggered != nil ? base : matchTrailing(&desk, index, slice)
        }
    }

    func trigger(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) {
        desk.orders[index].stopTriggered = slice.time
        desk.end(index, .trigger)
    }

    func matchLimit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, base: Double) -> Double? {
        let order = desk.orders[index]
        if desk.rules.judgesConditionsByPrice { return meets(order, base) ? base : nil }
        let bar = bar(for: order, slice)
        if order.isPostOnly, order.firstIndex == slice.index {
            if order.isBuy ? bar.open <= order.limitPrice : bar.open >= order.limitPrice {
                desk.reject(index, .wouldTake, at: slice)
                return nil
            }
        }
        return BarMatching.limit(order.limitPrice, isBuy: order.isBuy, bar, atTouch: desk.rules.fillsLimitsAtTouch)
    }

    /// The one price that a limit or stop is compared with lies beyond the stop and within the limit.
    func meets(_ order: Order, _ base: Double) -> Bool {
        let hasLimit = order.type == .limit || order.type == .stopLimit
        let hasStop = order.type == .stop || (order.type == .stopLimit && order.stopTriggered == nil)
        if hasLimit, order.isBuy ? base > order.limitPrice : base < order.limitPrice { return false }
        return !hasStop || (order.isBuy ? base >= order.stopPrice : base <= order.stopPrice)
    }

    /// The stop that a bar is judged by.
    func trailingStop(_ desk: borrowing Desk, _ order: Order, _ bar: MatchingBar) -> Double {
        var order = order
        if order.stopPrice.isNaN {
            order.stopPrice = BarMatching.trailed(order, by: order.signalPrice.isNaN ? bar.open : order.signalPrice)
        }
        guard desk.rules.stops.trailStopTiming == .intrabar else { return order.stopPrice }
        return BarMatching.trailed(order, by: order.isBuy ? bar.low : bar.high)
    }

    /// The stop trails the best price of earlier bars; the bar that fills it does not move it, unless stops move inside bars.
    func matchTrailing(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) -> Double? {
        let bar = bar(for: desk.orders[index], slice)
        desk.orders[index].stopPrice = trailingStop(desk, desk.orders[index], bar)
        let order = desk.orders[index]
        if let price = BarMatching.stop(order.stopPrice, isBuy: order.isBuy, bar) {
            trigger(&desk, index, slice)
            return price
        }
        desk.orders[index].stopPrice = BarMatching.trailed(order, by: order.isBuy ? bar.low : bar.high)
        return nil
    }
}
