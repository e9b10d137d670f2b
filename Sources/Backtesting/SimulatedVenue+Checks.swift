import Contracts
import Engine
import Execution
import Market
import Portfolio

// The ways of ml4t-backtest to check and fill orders that its default does not take.
extension SimulatedVenue {
    /// Market orders that were sent at this label fill one after the other, as they were sent; what cannot fill is refused.
    mutating func fillSubmissions(_ desk: inout Desk, _ slice: MarketSlice) {
        // Before the decision ml4t-backtest marks the account where exits come first, whether there are any or not.
        if isAtClose, desk.rules.ordering == .exitFirst { mark(&desk, slice, false) }
        for index in eligible where desk.orders[index].createdIndex == slice.index && desk.orders[index].type == .market {
            guard !desk.orders[index].state.isTerminal, roundShares(&desk, index, slice) else { continue }
            let base = base(desk, desk.orders[index], slice, false)
            guard base.price.isFinite, let price = match(&desk, index, slice, base: base.price) else {
                desk.reject(index, .priceUnavailable, at: slice)
                continue
            }
            if desk.orders[index].isReduceOnly, !isExit(desk, index) {
                desk.reject(index, .nothingToReduce, at: slice)
                continue
            }
            guard constrainCover(&desk, index, price, slice) else { continue }
            if !isExit(desk, index), !desk.rules.skipsCashChecks {
                let order = desk.orders[index]
                let admission = admission(desk, order, units: order.quantity, price: price)
                let mayShrink = desk.rules.allowsPartialFills || (order.rebalance != 0 && desk.rules.usesIntegerShares)
                let units = admission == .insufficient && mayShrink ? affordable(desk, order, price) : 0
                if admission != .granted, units <= 0 {
                    desk.reject(index, reason(desk, order, admission), at: slice)
                    continue
                }
                if admission != .granted { desk.cut(index, to: units) }
            }
            execute(&desk, index, price, base.source, slice)
            if desk.orders[index].filledQuantity == 0, !desk.orders[index].state.isTerminal { desk.end(index, .cancel) }
        }
        eligible.removeAll { desk.orders[$0].state.isTerminal }
    }

    /// All orders of the open are checked at the label's prices against what those before them would leave of the account; then
    /// the accepted ones fill.
    mutating func fillQueue(_ desk: inout Desk, _ slice: MarketSlice) {
        var shadow = ShadowAccount(desk.account, slice, markedBy: .price)
        var accepted: [(index: Int, price: Double, source: EngineConfiguration.ExecutionPrice)] = []
        for index in eligible where !desk.orders[index].state.isTerminal {
            let base = base(desk, desk.orders[index], slice, true)
            guard base.price.isFinite, roundShares(&desk, index, slice),
                let price = match(&desk, index, slice, base: base.price)
            else { continue }
            if desk.orders[index].isReduceOnly, !isExit(desk, index) {
                desk.reject(index, .nothingToReduce, at: slice)
                continue
            }
            let order = desk.orders[index]
            let known = slice.price[order.instrument]
            let judged = known.isFinite ? known : price
            let admission = shadow.admits(
                order.instrument, delta: order.signedQuantity, price: judged,
                commission: commission(desk, order, units: order.quantity, price: judged))
            guard admission == .granted else {
                desk.reject(index, reason(desk, order, admission), at: slice)
                continue
            }
            accepted.append((index, price, base.source))
            shadow.hold(
                order.instrument, delta: order.signedQuantity, price: price,
                commission: commission(desk, order, units: order.quantity, price: price))
            shadow.mark(slice)
        }
        for order in accepted where !desk.orders[order.index].state.isTerminal {
            guard constrainCover(&desk, order.index, order.price, slice) else { continue }
            execute(&desk, order.index, order.price, order.source, slice)
            mark(&desk, slice, true)
        }
    }

    func usesSimpleCheck(_ desk: borrowing Desk, _ order: Order) -> Bool {
        desk.rules.usesSimpleCashCheck && !desk.rules.skipsCashChecks && order.type == .market
            && !desk.account.instruments[order.instrument].hasVariationMargin
    }

    /// The cash after the fill is not negative. A reversal that it does not suffice for only closes.
    func passesSimpleCheck(_ desk: inout Desk, _ index: Int, _ price: Double) -> Bool {
        let order = desk.orders[index]
        let held = desk.quantity(order.instrument)
        let isOpposite = order.isBuy ? held < 0 : held > 0
        if isOpposite, order.quantity <= held.magnitude { return true }
        let unit = price * desk.account.pointValues[order.instrument]
        let cost = commission(desk, order, units: order.quantity, price: price)
        if desk.account.cash - order.signedQuantity * unit - cost >= 0 { return true }
        if isOpposite { desk.cut(index, to: held.magnitude) }
        return isOpposite
    }
}
