import Contracts
import Engine
import Execution
import Market
import Portfolio

extension SimulatedVenue {
    /// Of orders of which a fill cancels the other, the one that the path of prices fills first comes first.
    func arranged(_ orders: [Int], _ desk: borrowing Desk, _ slice: MarketSlice, _ usesOpen: Bool) -> [Int] {
        guard !isTick, orders.contains(where: { desk.orders[$0].ocoGroup != 0 }) else { return orders }
        var arranged = orders
        for group in Set(orders.map { desk.orders[$0].ocoGroup }).sorted() where group != 0 {
            var ranks: [Int: Int] = [:]
            let places = orders.indices.filter { place in
                guard desk.orders[orders[place]].ocoGroup == group else { return false }
                ranks[orders[place]] = rank(desk, desk.orders[orders[place]], slice, usesOpen)
                return ranks[orders[place]] != nil
            }
            let members = places.map { orders[$0] }.sorted { first, second in
                let (left, right) = (ranks[first] ?? 0, ranks[second] ?? 0)
                return left == right ? first < second : left < right
            }
            for (place, member) in zip(places, members) { arranged[place] = member }
        }
        return arranged
    }

    /// 0 for what the open fills, 1 for what is left of a reached stop, 2 and 3 along the path, 4 at the close; nil for an order
    /// that the bar does not fill.
    private func rank(_ desk: borrowing Desk, _ order: Order, _ slice: MarketSlice, _ usesOpen: Bool) -> Int? {
        let isStop =
            order.type == .stop || order.type == .trailingStop || (order.type == .stopLimit && order.stopTriggered == nil)
        if isStop, order.stopTriggered != nil { return 1 }
        guard let leg = leg(desk, order, slice, usesOpen) else { return nil }
        if order.isAtClose { return isAtClose ? 0 : 4 }
        if leg == .open { return 0 }
        switch desk.rules.path {
        case .worstFirst, .finer: return isStop ? 2 : 3
        case .ohlc: return leg == .close ? 4 : (leg == .high) == bar(for: order, slice).highFirst ? 2 : 3
        }
    }

    /// Where on the path of the bar the order fills, nil where it does not.
    private func leg(_ desk: borrowing Desk, _ order: Order, _ slice: MarketSlice, _ usesOpen: Bool) -> BarMatching.Leg? {
        let base = base(desk, order, slice, usesOpen).price
        guard base.isFinite else { return nil }
        let bar = bar(for: order, slice)
        if order.type.isConditional, order.type != .trailingStop, desk.rules.judgesConditionsByPrice {
            return meets(order, base) ? .open : nil
        }
        switch order.type {
        case .market, .marketOnOpen, .marketOnClose: return order.isAtClose ? .close : .open
        case .limit:
            return BarMatching.limitLeg(order.limitPrice, isBuy: order.isBuy, bar, atTouch: desk.rules.fillsLimitsAtTouch)
        case .stop: return BarMatching.stopLeg(order.stopPrice, isBuy: order.isBuy, bar)
        case .trailingStop: return BarMatching.stopLeg(trailingStop(desk, order, bar), isBuy: order.isBuy, bar)
        case .stopLimit:
            if order.stopTriggered != nil {
                return BarMatching.limitLeg(order.limitPrice, isBuy: order.isBuy, bar, atTouch: desk.rules.fillsLimitsAtTouch)
            }
            return BarMatching.stopLimitLeg(stop: order.stopPrice, limit: order.limitPrice, isBuy: order.isBuy, bar)
        }
    }

    mutating func exitsFirst(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        entries.removeAll(keepingCapacity: true)
        var exits: [Int] = []
        for index in eligible where roundShares(&desk, index, slice) {
            if isExit(desk, index) { exits.append(index) } else { entries.append(index) }
        }
        var deferred = false
        for index in exits where !desk.orders[index].state.isTerminal {
            if isExit(desk, index) {
                fillExit(&desk, index, slice, usesOpen)
            } else {
                entries.append(index)
                deferred = true
            }
        }
        mark(&desk, slice, usesOpen)
        if deferred {
            let late = Set(entries)
            entries = eligible.filter(late.contains)
        }
        entries = sorted(entries, desk, slice, usesOpen)
        for index in entries { fillOne(&desk, index, slice, usesOpen) }
    }

    func inTurn(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        for index in eligible where !desk.orders[index].state.isTerminal {
            guard roundShares(&desk, index, slice) else { continue }
            if desk.rules.ordering == .sequential, desk.rules.reservesBuyingPower {
                // The cash was set aside when the order was sent.
                fillExit(&desk, index, slice, usesOpen)
            } else {
                fillOne(&desk, index, slice, usesOpen)
            }
            if desk.orders[index].state == .filled { mark(&desk, slice, usesOpen) }
        }
    }

    /// In the order of the configuration; of orders of which a fill cancels the other the path decides who takes the first place.
    func sorted(_ orders: [Int], _ desk: borrowing Desk, _ slice: MarketSlice, _ usesOpen: Bool) -> [Int] {
        let priority = desk.rules.priority
        guard priority != .submission, orders.count > 1 else { return orders }
        var keys: [Int: Double] = [:]
        for index in orders {
            let order = desk.orders[index]
            var price = base(desk, order, slice, usesOpen).price
            if !price.isFinite { price = slice.price[order.instrument] }
            var notional = price.isFinite ? (order.quantity * price).magnitude : 0
            if order.priorityNotional.isFinite { notional = order.priorityNotional }
            keys[index] =
                switch priority {
                case .submission: 0
                case .notionalDescending: -notional
                case .notionalAscending: notional
                case .orderValueAscending: order.isBuy ? notional : -notional
                case .freeCashAscending: freeCashUse(desk, order, price: price)
                }
        }
        let byKey = orders.sorted { left, right in
            let (first, second) = (keys[left] ?? 0, keys[right] ?? 0)
            return first == second ? left < right : first < second
        }
        return arranged(byKey, desk, slice, usesOpen)
    }

    func freeCashUse(_ desk: borrowing Desk, _ order: Order, price: Double) -> Double {
        guard price.isFinite else { return 0 }
        let current = desk.quantity(order.instrument)
        let unit = price * desk.account.pointValues[order.instrument]
        let commission = commission(desk, order, units: order.quantity, price: price)
        if current < 0, order.isBuy {
            let covered = min(order.quantity, -current)
            let basis = desk.account.lockedBasis(order.instrument)
            return covered * unit - 2 * (covered / -current * basis) + max(0, order.quantity - covered) * unit + commission
        }
        if current > 0, !order.isBuy {
            let closed = min(order.quantity, current)
            return -closed * unit + max(0, order.quantity - closed) * unit + commission
        }
        return order.quantity * unit + commission
    }
}
