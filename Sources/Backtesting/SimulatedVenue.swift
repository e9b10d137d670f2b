import Contracts
public import Engine
import Execution
public import Market
import Portfolio
import Primitives

/// A market simulated from bars. What fills, when and at what price is in docs/concepts/fills.md.
public struct SimulatedVenue: Venue {
    /// Positions in the desk's orders that this pass may fill.
    var eligible: [Int] = []
    var entries: [Int] = []
    /// Decision and fill share the close of this label.
    var isAtClose = false
    /// All working orders of the label are here, not only exits put off to its open.
    var isQueue = false

    /// What happens inside bars; nil where orders meet whole bars.
    let feed: EventFeed?
    let modelsQueue: Bool
    /// The time that the label's bars span.
    var window = EventWindow()
    /// What orders meet just now; nil for the label's bars.
    var event: MarketEvent?
    /// By order number, what quotes of the instant `shrunkAt` have taken off its queue.
    var shrunk: [Int: Double] = [:]
    var shrunkAt = UnixNanos(Int64.min)

    /// - Parameter modelsQueue: a limit order fills at its price when what was ahead of it there has.
    public init(feed: EventFeed? = nil, modelsQueue: Bool = false) {
        self.feed = feed
        self.modelsQueue = modelsQueue
    }

    public mutating func work(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) throws {
        if let feed, pass == .market { return try workThrough(feed, &desk, slice) }
        isAtClose = pass == .sameBar
        isQueue = pass == .market
        expire(&desk, slice, until: slice.time)
        collect(&desk, slice, pass)
        while !eligible.isEmpty {
            fill(&desk, slice)
            collectFresh(&desk, slice)
        }
        desk.sweep()
    }

    mutating func fill(_ desk: inout Desk, _ slice: MarketSlice) {
        let usesOpen = !isAtClose && desk.rules.mode == .nextBar
        if desk.rules.fillsImmediately, desk.rules.mode == .sameBar { fillSubmissions(&desk, slice) }
        eligible = arranged(eligible, desk, slice, usesOpen)
        if usesOpen, desk.rules.shadowsQueue, isQueue {
            fillQueue(&desk, slice)
            if event == nil { endShortLived(&desk, slice) }
            return
        }
        switch desk.rules.ordering {
        case .exitFirst: exitsFirst(&desk, slice, usesOpen)
        case .fifo, .sequential: inTurn(&desk, slice, usesOpen)
        case .priority:
            eligible = sorted(eligible, desk, slice, usesOpen)
            inTurn(&desk, slice, usesOpen)
        }
        if event == nil { endShortLived(&desk, slice) }
    }

    func expire(_ desk: inout Desk, _ slice: MarketSlice, until now: UnixNanos) {
        let lapses = desk.rules.endsWithSession
        for index in desk.orders.indices where isOver(&desk.orders[index], slice, now, lapses: lapses) {
            desk.end(index, .expire)
        }
    }

    // An array hands out a copy of a whole order even to who reads one member of it, and nothing else costs as much at a bar
    // that fills nothing. Hence the orders that are only looked at and passed inout.

    private func isOver(_ order: inout Order, _ slice: MarketSlice, _ now: UnixNanos, lapses: Bool) -> Bool {
        if order.state.isTerminal { return false }
        if now >= order.expiry { return true }
        if order.timeInForce == .day, order.session >= 0, slice.session > order.session { return true }
        // What a limit of the portfolio closes stays until it is closed.
        return lapses && slice.session > order.sentSession && order.reason != .riskLiquidation
    }

    /// Orders whose parent has filled in this very pass.
    mutating func collectFresh(_ desk: inout Desk, _ slice: MarketSlice) {
        eligible.removeAll(keepingCapacity: true)
        for index in desk.orders.indices where desk.orders[index].isFresh {
            desk.orders[index].isFresh = false
            if !desk.orders[index].state.isTerminal, admits(&desk.orders[index], slice, at: slice.time) { eligible.append(index) }
        }
    }

    /// The order may fill at this label: it has reached the market, and its instrument trades.
    func admits(_ order: inout Order, _ slice: MarketSlice, at now: UnixNanos) -> Bool {
        if now < order.eligibleFrom || !slice.isPresent(order.instrument) { return false }
        if order.session < 0 {
            order.session = slice.session
            order.firstIndex = slice.index
        }
        return true
    }

    /// An order that may fill from this label on reaches the market some time after it was decided.
    func delay(_ order: inout Order, by nanos: Int64, _ slice: MarketSlice, since decided: UnixNanos) {
        guard nanos > 0, order.eligibleIndex == slice.index, order.rule < 0, order.eligibleFrom == UnixNanos(Int64.min) else {
            return
        }
        order.eligibleFrom = decided + nanos
    }

    private mutating func collect(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) {
        eligible.removeAll(keepingCapacity: true)
        let latency = desk.rules.latencyNanos
        let mayRest = canRest(desk, pass)
        desk.orders.withUnsafeMutableBufferPointer { orders in
            for index in orders.indices where isDue(&orders[index], slice, pass, latency: latency, mayRest: mayRest) {
                eligible.append(index)
            }
        }
    }

    private func isDue(
        _ order: inout Order, _ slice: MarketSlice, _ pass: VenuePass, latency: Int64, mayRest: Bool
    ) -> Bool {
        if order.state.isTerminal || order.eligibleIndex > slice.index { return false }
        // The label is the earliest moment at which the decision can have been made.
        delay(&order, by: latency, slice, since: slice.time)
        if order.isAsleep || (mayRest && rests(&order, slice)) { return false }
        switch pass {
        case .ruleExits(let first): if order.number < first { return false }
        case .open: if order.isAtClose { return false }
        case .close: if !order.isAtClose { return false }
        case .sameBar: if order.isAtOpen { return false }
        case .market: break
        }
        return admits(&order, slice, at: slice.time)
    }

    /// Where orders are compared with whole bars, most of them do nothing at most bars.
    private func canRest(_ desk: borrowing Desk, _ pass: VenuePass) -> Bool {
        guard desk.rules.mode == .nextBar, !desk.rules.judgesConditionsByPrice, !desk.rules.shadowsQueue else { return false }
        return pass == .market || pass == .open
    }

    /// The order has had its first bar, waits for a price, and this bar does not come to it: nothing would change.
    private func rests(_ order: inout Order, _ slice: MarketSlice) -> Bool {
        guard order.session >= 0, order.firstIndex < slice.index, order.wokenIndex < slice.index else { return false }
        switch order.timeInForce {
        case .gtc, .day, .gtd: break
        case .ioc, .fok, .opg, .cls: return false
        }
        switch order.type {
        case .limit: return isAway(order.limitPrice, above: !order.isBuy, order.instrument, slice)
        case .stop, .stopLimit:
            return order.stopTriggered == nil && isAway(order.stopPrice, above: order.isBuy, order.instrument, slice)
        case .market, .trailingStop, .marketOnOpen, .marketOnClose: return false
        }
    }

    private func isAway(_ level: Double, above: Bool, _ instrument: Int, _ slice: MarketSlice) -> Bool {
        above
            ? slice.open[instrument] < level && slice.high[instrument] < level
            : slice.open[instrument] > level && slice.low[instrument] > level
    }

    /// What an order that lives for one opportunity has not got by now it will not get.
    private func endShortLived(_ desk: inout Desk, _ slice: MarketSlice) {
        for index in eligible where !desk.orders[index].state.isTerminal {
            switch desk.orders[index].timeInForce {
            case .ioc, .fok, .opg, .cls: desk.end(index, .cancel)
            case .day, .gtc, .gtd: break
            }
        }
    }
}
