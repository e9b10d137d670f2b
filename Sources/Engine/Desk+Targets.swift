import Execution
public import Market
import Portfolio
import Primitives

extension Desk {
    /// Cash and positions at the label's marks, as the label will be recorded if nothing more fills. An asset without a bar
    /// counts at its last reference price.
    public func equity(at slice: MarketSlice) -> Double {
        account.held.reduce(account.cash) { sum, instrument in
            let price = slice.price(rules.markPrice, instrument, isBuy: quantity(instrument) < 0)
            return sum + account.value(instrument, at: price.isFinite ? price : account.positions[instrument].lastPrice)
        }
    }

    /// Cancels what earlier rebalancing left unfilled. An order whose latency is not over goes on.
    public mutating func cancelRebalances(at slice: MarketSlice) {
        for index in orders.indices where orders[index].rebalance != 0 && !orders[index].state.isTerminal {
            let order = orders[index]
            let isUnderWay =
                order.eligibleIndex > slice.index || order.eligibleFrom > slice.time
                || (rules.latencyNanos > 0 && order.eligibleFrom == UnixNanos(Int64.min))
            if !isUnderWay { end(index, .cancel) }
        }
    }
}
