import Contracts
import Engine
import Execution
import Market
import Portfolio
import Primitives

// A label whose orders live through what happened inside of its bars, instead of against the bars as a whole.
extension SimulatedVenue {
    /// First what belongs to the bar itself: exits of rules, which judged it, and orders for its open. Then every event in order
    /// of time. Then orders for the close, and those of assets to which nothing happened, against the bars.
    mutating func workThrough(_ feed: EventFeed, _ desk: inout Desk, _ slice: MarketSlice) throws {
        isAtClose = false
        isQueue = true
        expire(&desk, slice, until: window.decided)
        let latency = desk.rules.latencyNanos
        for index in desk.orders.indices { delay(&desk.orders[index], by: latency, slice, since: window.decided) }
        gather(&desk, slice) { $0.isAtOpen || Self.belongsToBar($0, slice) }
        if !eligible.isEmpty { fill(&desk, slice) }
        forgetFresh(&desk)
        try feed.skip(to: window.lower)
        while let next = try feed.next(before: window.upper) {
            try feed.check(next, in: slice)
            live(next, feed, &desk, slice)
        }
        gather(&desk, slice) { $0.isAtClose || !($0.isAtOpen || feed.hasEvent($0.instrument, slice)) }
        var whole: Set<Int> = []
        for index in eligible where !feed.hasEvent(desk.orders[index].instrument, slice) {
            whole.insert(desk.orders[index].instrument)
        }
        feed.barsWithoutEvents += whole.count
        while !eligible.isEmpty {
            fill(&desk, slice)
            collectFresh(&desk, slice)
        }
        endOpportunity(&desk, slice)
        desk.sweep()
    }

    /// An exit of a rule that judged this very bar fills in the bar.
    private static func belongsToBar(_ order: Order, _ slice: MarketSlice) -> Bool {
        order.rule >= 0 && order.createdIndex == slice.index
    }

    /// Orders that may fill now and are wanted.
    private mutating func gather(_ desk: inout Desk, _ slice: MarketSlice, where isWanted: (Order) -> Bool) {
        eligible.removeAll(keepingCapacity: true)
        let now = event?.time ?? window.decided
        for index in desk.orders.indices {
            let order = desk.orders[index]
            if order.state.isTerminal || order.eligibleIndex > slice.index || !isWanted(order) { continue }
            if now >= order.expiry {
                desk.end(index, .expire)
                // The close is a long way off: an order for it has the whole bar to arrive in.
            } else if !order.isAsleep, admits(&desk.orders[index], slice, at: order.isAtClose ? window.upper : now) {
                eligible.append(index)
            }
        }
    }

    private mutating func live(_ event: MarketEvent, _ feed: EventFeed, _ desk: inout Desk, _ label: MarketSlice) {
        let instrument = event.instrument
        self.event = event
        defer {
            self.event = nil
            feed.hide(instrument)
        }
        if event.kind != .bar { joinQueues(feed, &desk, label) }
        let slice = feed.show(event, in: label)
        if desk.quantity(instrument) != 0 {
            let isShort = desk.quantity(instrument) < 0
            desk.account.mark(instrument, at: slice.price(desk.rules.markPrice.atOpen, instrument, isBuy: isShort))
        }
        gather(&desk, slice) {
            $0.instrument == instrument && !$0.isAtOpen && !$0.isAtClose && !Self.belongsToBar($0, slice)
        }
        guard !eligible.isEmpty else { return }
        desk.renewVolume(instrument, slice)
        switch event.kind {
        case .bar:
            while !eligible.isEmpty {
                fill(&desk, slice)
                arrive(feed, &desk)
                collectFresh(&desk, slice)
            }
        case .quote, .trade:
            advanceQueues(event, feed, &desk)
            fill(&desk, slice)
            arrive(feed, &desk)
            forgetFresh(&desk)
        }
        // What the next event shows came after whatever woke an order at this one.
        for index in desk.orders.indices where desk.orders[index].wokenIndex == slice.index {
            desk.orders[index].wokenPrice = .nan
        }
    }

    /// The market has seen these orders.
    private func arrive(_ feed: EventFeed, _ desk: inout Desk) {
        for index in eligible where !feed.triggered.contains(index) { desk.orders[index].hasArrived = true }
    }

    /// Orders that woke wait for the next event.
    private func forgetFresh(_ desk: inout Desk) {
        for index in desk.orders.indices where desk.orders[index].isFresh { desk.orders[index].isFresh = false }
    }

    /// The first bar of an order that lives for one is over.
    private func endOpportunity(_ desk: inout Desk, _ slice: MarketSlice) {
        for index in desk.orders.indices where !desk.orders[index].state.isTerminal && desk.orders[index].firstIndex >= 0 {
            switch desk.orders[index].timeInForce {
            case .ioc: desk.end(index, .cancel)
            case .fok: desk.reject(index, .notFillable, at: slice)
            case .opg, .cls, .day, .gtc, .gtd: break
            }
        }
    }
}
