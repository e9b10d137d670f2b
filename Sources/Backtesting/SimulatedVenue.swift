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
    private var isQueue = false

    public init() {}

    public mutating func work(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) throws {
        isAtClose = pass == .sameBar
        isQueue = pass == .market
        expire(&desk, slice)
        collect(&desk, slice, pass)
        while !eligible.isEmpty {
            fill(&desk, slice)
            collectFresh(&desk, slice)
        }
        desk.sweep()
    }

    private mutating func fill(_ desk: inout Desk, _ slice: MarketSlice) {
        let usesOpen = !isAtClose && desk.rules.mode == .nextBar
        if desk.rules.fillsImmediately, desk.rules.mode == .sameBar { fillSubmissions(&desk, slice) }
        arrange(desk, slice, usesOpen)
        if usesOpen, desk.rules.shadowsQueue, isQueue {
            fillQueue(&desk, slice)
            return endShortLived(&desk, slice)
        }
        switch desk.rules.ordering {
        case .exitFirst: exitsFirst(&desk, slice, usesOpen)
        case .fifo, .sequential: inTurn(&desk, slice, usesOpen)
        case .priority:
            eligible = sorted(eligible, desk, slice, usesOpen)
            inTurn(&desk, slice, usesOpen)
        }
        endShortLived(&desk, slice)
    }

    private func expire(_ desk: inout Desk, _ slice: MarketSlice) {
        for index in desk.orders.indices where isOver(desk, index, slice) { desk.end(index, .expire) }
    }

    private func isOver(_ desk: borrowing Desk, _ index: Int, _ slice: MarketSlice) -> Bool {
        if desk.orders[index].state.isTerminal { return false }
        if slice.time >= desk.orders[index].expiry { return true }
        if desk.orders[index].timeInForce == .day, desk.orders[index].session >= 0, slice.session > desk.orders[index].session {
            return true
        }
        // What a limit of the portfolio closes stays until it is closed.
        return desk.rules.endsWithSession && slice.session > desk.orders[index].sentSession
            && desk.orders[index].reason != .riskLiquidation
    }

    /// Orders whose parent has filled in this very pass.
    private mutating func collectFresh(_ desk: inout Desk, _ slice: MarketSlice) {
        eligible.removeAll(keepingCapacity: true)
        for index in desk.orders.indices where desk.orders[index].isFresh {
            desk.orders[index].isFresh = false
            if !desk.orders[index].state.isTerminal { admit(&desk, index, slice) }
        }
    }

    /// The order may fill at this label, once it has reached the market and where its instrument trades.
    private mutating func admit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) {
        if slice.time < desk.orders[index].eligibleFrom || !slice.isPresent(desk.orders[index].instrument) { return }
        if desk.orders[index].session < 0 {
            desk.orders[index].session = slice.session
            desk.orders[index].firstIndex = slice.index
        }
        eligible.append(index)
    }

    private mutating func collect(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) {
        eligible.removeAll(keepingCapacity: true)
        let mayRest = canRest(desk, pass)
        for index in desk.orders.indices {
            if desk.orders[index].state.isTerminal || desk.orders[index].eligibleIndex > slice.index { continue }
            if desk.rules.latencyNanos > 0, desk.orders[index].eligibleIndex == slice.index,
                desk.orders[index].eligibleFrom == UnixNanos(Int64.min), desk.orders[index].rule < 0
            {
                // The label is the earliest moment at which the decision can have been made.
                desk.orders[index].eligibleFrom = slice.time + desk.rules.latencyNanos
            }
            if desk.orders[index].isAsleep || (mayRest && rests(desk.orders[index], slice)) { continue }
            switch pass {
            case .ruleExits(let first): if desk.orders[index].number < first { continue }
            case .open: if desk.orders[index].isAtClose { continue }
            case .close: if !desk.orders[index].isAtClose { continue }
            case .sameBar: if desk.orders[index].isAtOpen { continue }
            case .market: break
            }
            admit(&desk, index, slice)
        }
    }

    /// Where orders are compared with whole bars, most of them do nothing at most bars.
    private func canRest(_ desk: borrowing Desk, _ pass: VenuePass) -> Bool {
        guard desk.rules.mode == .nextBar, !desk.rules.judgesConditionsByPrice, !desk.rules.shadowsQueue else { return false }
        return pass == .market || pass == .open
    }

    /// The order has had its first bar, waits for a price, and this bar does not come to it: nothing would change.
    private func rests(_ order: Order, _ slice: MarketSlice) -> Bool {
        guard order.session >= 0, order.firstIndex < slice.index, order.wokenIndex < slice.index else { return false }
        guard order.timeInForce == .gtc || order.timeInForce == .day || order.timeInForce == .gtd else { return false }
        switch order.type {
        case .limit: return isAway(order.limitPrice, above: !order.isBuy, order.instrument, slice)
        case .stop where order.stopTriggered == nil, .stopLimit where order.stopTriggered == nil:
            return isAway(order.stopPrice, above: order.isBuy, order.instrument, slice)
        default: return false
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
