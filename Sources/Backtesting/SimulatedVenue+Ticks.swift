import Contracts
import Engine
import Execution
import Market
import Primitives

// Orders against quotes and trades.
extension SimulatedVenue {
    /// The event is a quote or a trade.
    var isTick: Bool { event.map { $0.kind != .bar } ?? false }

    /// What an order that takes liquidity pays: the side of the quote in force, or the trade's price where there is none.
    func tickPrice(_ order: Order) -> (price: Double, source: EngineConfiguration.ExecutionPrice) {
        guard let feed, let event else { return (.nan, .price) }
        let side = feed.best(order.instrument, isBid: !order.isBuy).price
        if side.isFinite { return (side, order.isBuy ? .ask : .bid) }
        return (event.kind == .trade ? event.price : .nan, .price)
    }

    /// What stops are judged by: trades, or the side of the quote where the feed has no trades.
    private func judged(_ order: Order) -> Double? {
        guard let feed, let event else { return nil }
        if event.kind == .trade { return event.price }
        if feed.content.hasTrades { return nil }
        let side = order.isBuy ? event.ask : event.bid
        return side.isFinite ? side : nil
    }

    /// Where the order fills at this event before slippage, nil when it does not. A stop that is reached takes what the next
    /// event offers.
    func matchTick(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, base: Double) -> Double? {
        let order = desk.orders[index]
        switch order.type {
        case .market, .marketOnOpen, .marketOnClose: return base
        case .limit: return matchTickLimit(&desk, index, slice)
        case .stop, .stopLimit, .trailingStop:
            if order.stopTriggered != nil { return order.type == .stopLimit ? matchTickLimit(&desk, index, slice) : base }
            guard let price = judged(order) else { return nil }
            if order.type == .trailingStop, order.stopPrice.isNaN {
                let start = order.signalPrice.isNaN ? price : order.signalPrice
                desk.orders[index].stopPrice = BarMatching.trailed(order, by: start)
            }
            let stop = desk.orders[index].stopPrice
            if order.isBuy ? price >= stop : price <= stop {
                trigger(&desk, index, slice)
                feed?.triggered.insert(index)
            } else if order.type == .trailingStop {
                desk.orders[index].stopPrice = BarMatching.trailed(desk.orders[index], by: price)
            }
            return nil
        }
    }

    /// A limit that crosses the quote when it arrives takes it; afterwards it fills at its own price.
    private func matchTickLimit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) -> Double? {
        guard let feed, let event else { return nil }
        let order = desk.orders[index]
        let limit = order.limitPrice
        func reaches(_ price: Double) -> Bool { order.isBuy ? price <= limit : price >= limit }
        let opposite = feed.best(order.instrument, isBid: !order.isBuy).price
        let isTaker = !order.hasArrived && (opposite.isFinite ? reaches(opposite) : event.kind == .trade && reaches(event.price))
        if isTaker, order.isPostOnly {
            desk.reject(index, .wouldTake, at: slice)
            return nil
        }
        feed.takesQuote[index] = opposite.isFinite
        if opposite.isFinite, reaches(opposite), isTaker || event.kind == .quote { return isTaker ? opposite : limit }
        feed.takesQuote[index] = false
        guard event.kind == .trade, reaches(event.price) else { return nil }
        if event.price != limit { return isTaker ? event.price : limit }
        if modelsQueue { return (feed.allowance[index] ?? 0) > 0 ? limit : nil }
        return desk.rules.fillsLimitsAtTouch ? limit : nil
    }

    /// Units that one more fill of the order may have of the event.
    func tickCapacity(_ desk: borrowing Desk, _ index: Int) -> Double {
        guard let feed, let event else { return .infinity }
        let order = desk.orders[index]
        let ofQuote = takes(order, index, feed)
        let taken = feed.taken(order.instrument, ofQuote: ofQuote, isBuy: order.isBuy)
        let size = ofQuote ? feed.best(order.instrument, isBid: !order.isBuy).size : event.volume
        let capacity: Double
        if let participation = desk.rules.participation {
            capacity = size.isNaN ? 0 : max(0, size * participation - taken)
        } else {
            // A trade that went past a limit which waited would have met it; a quote may not say for how much it is good.
            let isPassed = !ofQuote && order.type == .limit && order.hasArrived && event.price != order.limitPrice && size > 0
            capacity = isPassed || size.isNaN ? .infinity : max(0, size - taken)
        }
        guard !ofQuote, let left = feed.allowance[index] else { return capacity }
        return min(capacity, max(0, left - taken))
    }

    func noteTick(_ desk: borrowing Desk, _ order: Order, _ index: Int, _ units: Double) {
        guard let feed else { return }
        feed.take(units, order.instrument, ofQuote: takes(order, index, feed), isBuy: order.isBuy)
    }

    /// Whether the order's fill comes out of the quote in force and not out of a trade.
    private func takes(_ order: Order, _ index: Int, _ feed: EventFeed) -> Bool {
        feed.takesQuote[index] ?? feed.best(order.instrument, isBid: !order.isBuy).price.isFinite
    }
}

// MARK: - Queues

extension SimulatedVenue {
    /// Whether the order waits at its limit.
    private static func waits(_ order: Order) -> Bool {
        order.type == .limit || (order.type == .stopLimit && order.stopTriggered != nil)
    }

    /// Orders that have arrived since the event before join the queue that the quote in force shows.
    mutating func joinQueues(_ feed: EventFeed, _ desk: inout Desk, _ label: MarketSlice) {
        guard modelsQueue, let event else { return }
        for index in desk.orders.indices where desk.orders[index].instrument == event.instrument {
            let order = desk.orders[index]
            guard Self.waits(order), order.queueAhead.isNaN, !order.state.isTerminal, !order.isAsleep,
                order.eligibleIndex <= label.index, event.time >= order.eligibleFrom
            else { continue }
            if let size = shown(order, feed) { desk.orders[index].queueAhead = size }
        }
    }

    /// The size that the quote in force shows at the order's price: 0 inside of the spread, nil where it is not known.
    private func shown(_ order: Order, _ feed: EventFeed) -> Double? {
        let best = feed.best(order.instrument, isBid: order.isBuy)
        guard best.price.isFinite else { return nil }
        if best.price == order.limitPrice { return best.size.isFinite ? best.size : nil }
        return (order.isBuy ? order.limitPrice > best.price : order.limitPrice < best.price) ? 0 : nil
    }

    /// What is ahead of the orders shrinks with trades at their price, and is never more than the quote shows.
    mutating func advanceQueues(_ event: MarketEvent, _ feed: EventFeed, _ desk: inout Desk) {
        guard modelsQueue else { return }
        if event.time != shrunkAt {
            shrunk.removeAll(keepingCapacity: true)
            shrunkAt = event.time
        }
        for index in eligible where Self.waits(desk.orders[index]) {
            let order = desk.orders[index]
            if event.kind == .quote {
                guard let size = shown(order, feed) else { continue }
                if order.queueAhead.isNaN {
                    desk.orders[index].queueAhead = size
                    // The quote tells what the trades of its instant have left.
                    shrunk[order.number] = .infinity
                } else if size < order.queueAhead {
                    desk.orders[index].queueAhead = size
                    shrunk[order.number, default: 0] += order.queueAhead - size
                }
            } else if event.price == order.limitPrice, !order.queueAhead.isNaN {
                // A quote of the same instant may have counted the trade already.
                let counted = min(event.volume, shrunk[order.number] ?? 0)
                shrunk[order.number] = (shrunk[order.number] ?? 0) - counted
                let rest = event.volume - counted - order.queueAhead
                desk.orders[index].queueAhead = max(0, -rest)
                feed.allowance[index] = max(0, rest)
            }
        }
    }
}
