public import Contracts
import Execution
public import Market
public import Portfolio
import Primitives
public import Risk

/// Whoever turns orders into fills: a simulated market, or a broker.
public protocol Venue {
    /// The market has moved, or orders have come: book what fills.
    mutating func work(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) throws
}

/// When within a label the venue is asked.
public enum VenuePass: Hashable, Sendable {
    /// Exits of rules, before anything else that works. Orders of number `from` on.
    case ruleExits(from: Int)
    /// From the open to the close: all orders but those for the close.
    case open
    /// Orders for the close.
    case close
    /// The label's prices, from the open on, for orders that were working before it.
    case market
    /// Right after the decisions, at the label's close: where decision and fill share a bar.
    case sameBar
}

/// Strategy, gates, scaling and sizing behind one question.
public protocol TradingStrategy {
    /// Sends, changes and cancels orders. It sees the label's bars whole: the decision is made at their close.
    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws
    /// Where decision and fill share a bar: goes on with a decision of which every step waits for the fills of the one before.
    /// - Returns: whether it sent something; then it is asked again after the fills.
    mutating func resume(_ desk: inout Desk, _ slice: MarketSlice) throws -> Bool
    /// A rule or a limit takes a fraction of what is held. Its order has been sent and not yet filled.
    mutating func ruleExits(_ instrument: Int, fraction: Double, _ desk: inout Desk, _ slice: MarketSlice)
    /// When and how an exit fills that was decided at this label's close; nil fills it at this label.
    func exitTerms(_ desk: borrowing Desk, _ slice: MarketSlice) -> Desk.Terms?
}

extension TradingStrategy {
    public mutating func ruleExits(_ instrument: Int, fraction: Double, _ desk: inout Desk, _ slice: MarketSlice) {}
    public func exitTerms(_ desk: borrowing Desk, _ slice: MarketSlice) -> Desk.Terms? { nil }
    public mutating func resume(_ desk: inout Desk, _ slice: MarketSlice) throws -> Bool { false }
}

/// The single-threaded heart of backtest and trading: bars in, orders out, fills booked. It has no clock and no randomness of its
/// own, and does not know whether its venue is simulated.
///
/// At every label: exits put off to this open; protective rules judge the bar; working orders fill; the strategy decides, and
/// where decision and fill share a bar its orders fill; positions are marked and the account is recorded.
public struct Kernel<Strategy: TradingStrategy, Market: Venue>: ~Copyable {
    public var desk: Desk
    public var strategy: Strategy
    public var venue: Market
    /// What changes the account beside fills; nil where nothing does.
    public var events: AccountEvents?
    @usableFromInline var protections: PositionRules
    @usableFromInline var exits: [RuleExit] = []
    @usableFromInline var deferred: [DeferredExit] = []
    @usableFromInline let checkInvariants: Bool

    @usableFromInline
    struct DeferredExit {
        @usableFromInline let exit: RuleExit
        /// What the rule wanted to close, signed like the position.
        @usableFromInline var quantity: Double
        /// Where the position began.
        @usableFromInline let entryIndex: Int

        @usableFromInline
        init(exit: RuleExit, quantity: Double, entryIndex: Int) {
            self.exit = exit
            self.quantity = quantity
            self.entryIndex = entryIndex
        }
    }

    /// - Parameter checkInvariants: verify the account's identities after every label; for tests.
    public init(
        desk: consuming Desk, strategy: Strategy, venue: Market, protections: PositionRules, checkInvariants: Bool = false
    ) {
        self.desk = desk
        self.strategy = strategy
        self.venue = venue
        self.protections = protections
        self.checkInvariants = checkInvariants
    }

    /// One label. Labels come in time order, `slice.index` counts them from 0.
    /// - Parameter columns: what rules read beside prices, laid out as the prices.
    @inlinable
    public mutating func step(_ slice: MarketSlice, columns: [UnsafePointer<Double>] = []) throws {
        desk.account.beginBar(slice.index)
        if events != nil { try beginEvents(slice) }
        if desk.rules.sequence == .chronological {
            try stepThroughBar(slice, columns)
            return
        }
        if !deferred.isEmpty { try fillDeferred(slice) }
        if !protections.rules.isEmpty, !desk.account.held.isEmpty { protect(slice, columns) }
        let isSameBar = desk.rules.mode == .sameBar
        if !desk.orders.isEmpty { try venue.work(&desk, slice, .market) }
        events?.liquidate(&desk, slice)
        if desk.limits != nil { judgeLimits(slice) }
        try strategy.decide(&desk, slice)
        if isSameBar {
            repeat {
                if !desk.orders.isEmpty { try venue.work(&desk, slice, .sameBar) }
            } while try strategy.resume(&desk, slice)
        }
        finish(slice)
        if checkInvariants { try verify(slice) }
    }

    @usableFromInline
    func verify(_ slice: MarketSlice) throws {
        guard let broken = desk.account.violatedInvariant() else { return }
        throw ApusError("engine.invariant", broken, context: ["time": slice.time.description])
    }

    /// Marks the positions and records the account.
    @inlinable
    public mutating func finish(_ slice: MarketSlice) {
        let stops = desk.rules.stops
        if !desk.account.held.isEmpty {
            desk.account.widen(
                slice, usesExtremes: stops.trailWaterMarkSource == .barExtreme,
                includesEntryBar: stops.trailIncludeEntryBarExtremes)
            desk.account.mark(slice, by: desk.rules.markPrice)
        }
        desk.record(slice)
    }

    /// Before anything of the label fills.
    @usableFromInline
    mutating func beginEvents(_ slice: MarketSlice) throws {
        for split in try events?.begin(&desk, slice) ?? [] {
            for index in deferred.indices where deferred[index].exit.instrument == split.instrument {
                deferred[index].quantity *= split.ratio
            }
            protections.split(split.instrument, ratio: split.ratio)
        }
    }

    /// Exits that rules put off to this open. An instrument without a bar waits on.
    @usableFromInline
    mutating func fillDeferred(_ slice: MarketSlice) throws {
        let first = desk.orderCount + 1
        deferred.removeAll { deferred in
            let instrument = deferred.exit.instrument
            let position = desk.account.positions[instrument]
            if position.quantity == 0 { return true }
            guard slice.open[instrument].isFinite else { return false }
            var quantity = deferred.quantity
            if desk.rules.ruleExitsOnlyReduce {
                // What is left of the position that the rule judged.
                guard position.entryIndex == deferred.entryIndex else { return true }
                quantity = position.quantity * deferred.exit.fraction
            }
            desk.submit(deferred.exit, delta: -quantity, price: slice.open[instrument], at: slice, isDeferred: true)
            return true
        }
        if desk.orderCount >= first { try venue.work(&desk, slice, .ruleExits(from: first)) }
    }

    @usableFromInline
    mutating func protect(_ slice: MarketSlice, _ columns: [UnsafePointer<Double>]) {
        exits.removeAll(keepingCapacity: true)
        protections.evaluate(positions: desk.account.positions, held: desk.account.held, slice, columns: columns, into: &exits)
        for exit in exits {
            let quantity = desk.quantity(exit.instrument) * exit.fraction
            if exit.isDeferred {
                deferred.removeAll { $0.exit.instrument == exit.instrument }
                let entryIndex = desk.account.positions[exit.instrument].entryIndex
                deferred.append(DeferredExit(exit: exit, quantity: quantity, entryIndex: entryIndex))
            } else {
                desk.submit(exit, delta: -quantity, price: exit.fillPrice, at: slice)
            }
        }
    }
}

// MARK: - Limits of the portfolio

extension Kernel {
    @usableFromInline
    mutating func judgeLimits(_ slice: MarketSlice) {
        guard let breach = desk.judgeLimits(slice) else { return }
        if breach.fraction == 1 {
            desk.cancelAll()
            deferred.removeAll()
        }
        for instrument in desk.account.held where desk.pendingExits(instrument) == 0 {
            desk.submit(breach, instrument, at: slice, terms: strategy.exitTerms(desk, slice))
            strategy.ruleExits(instrument, fraction: breach.fraction, &desk, slice)
        }
    }
}

// MARK: - A label in the order in which its bar runs

extension Kernel {
    @usableFromInline
    mutating func stepThroughBar(_ slice: MarketSlice, _ columns: [UnsafePointer<Double>]) throws {
        if !desk.orders.isEmpty { try venue.work(&desk, slice, .open) }
        try protect(.insideBar, slice, columns)
        desk.account.widen(slice, usesExtremes: true, includesEntryBar: true)
        desk.account.mark(slice, by: desk.rules.markPrice)
        if !desk.orders.isEmpty { try venue.work(&desk, slice, .close) }
        try protect(.close, slice, columns)
        if desk.limits != nil { judgeLimits(slice) }
        try decideAtClose(slice)
    }

    /// A decision at a label whose bars are done: also one more at the end of a session that outlasts its last bar. The account
    /// as it then stands takes the place of what was recorded of the label.
    public mutating func decideAtClose(_ slice: MarketSlice) throws {
        desk.account.mark(slice, by: desk.rules.markPrice)
        try strategy.decide(&desk, slice)
        try closeLabel(slice)
    }

    /// Ends the working orders and closes every position at this label's close, with the reason `end_of_data`.
    public mutating func liquidate(_ slice: MarketSlice) throws {
        desk.cancelAll()
        guard !desk.account.held.isEmpty else { return }
        var terms = Desk.Terms()
        terms.isImmediate = true
        terms.reason = .endOfData
        for instrument in desk.account.held {
            desk.submit(instrument, delta: -desk.quantity(instrument), at: slice, terms: terms)
        }
        try closeLabel(slice)
    }

    private mutating func closeLabel(_ slice: MarketSlice) throws {
        if !desk.orders.isEmpty { try venue.work(&desk, slice, .sameBar) }
        desk.account.mark(slice, by: desk.rules.markPrice)
        desk.record(slice)
        if checkInvariants { try verify(slice) }
    }

    private mutating func protect(_ phase: PositionRules.Phase, _ slice: MarketSlice, _ columns: [UnsafePointer<Double>]) throws {
        guard !protections.rules.isEmpty, !desk.account.held.isEmpty else { return }
        exits.removeAll(keepingCapacity: true)
        protections.evaluate(
            positions: desk.account.positions, held: desk.account.held, slice, columns: columns, phase: phase, into: &exits)
        let first = desk.orderCount + 1
        for exit in exits {
            var delta = -desk.quantity(exit.instrument) * exit.fraction
            if desk.rules.usesIntegerShares { delta = delta.rounded(.towardZero) }
            if delta == 0 { continue }
            if phase == .insideBar {
                desk.cancelExits(exit.instrument)
                desk.submit(exit, delta: delta, price: exit.fillPrice, at: slice)
            } else {
                // One exit at a time: the rule's last one still waits for its moment.
                if desk.pendingExits(exit.instrument) != 0 { continue }
                desk.submit(exit, delta: delta, price: .nan, at: slice, terms: strategy.exitTerms(desk, slice))
            }
            strategy.ruleExits(exit.instrument, fraction: exit.fraction, &desk, slice)
        }
        if phase == .insideBar, desk.orderCount >= first { try venue.work(&desk, slice, .ruleExits(from: first)) }
    }
}
