public import Contracts
import Execution
public import Market
public import Portfolio
public import Primitives
public import Risk

/// Whoever turns orders into fills: a simulated market, or a broker.
public protocol TradingVenue {
    /// The market has moved, or orders have come: book what fills.
    mutating func work(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) throws
}

/// When within a label the venue is asked.
public enum VenuePass: Hashable, Sendable {
    /// Exits that a rule put off to this open, before anything else. Orders of number `from` on.
    case deferredExits(from: Int)
    /// The label's prices, from the open on, for orders that were working before it.
    case market
    /// Right after the decisions, at the label's prices: only where decision and fill share a bar.
    case sameBar
}

/// Strategy, gates, scaling and sizing behind one question.
public protocol TradingStrategy {
    /// Sends, changes and cancels orders. It sees the label's bars whole: the decision is made at their close.
    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws
}

/// The single-threaded heart of backtest and trading: bars in, orders out, fills booked. It has no clock and no randomness of its
/// own, and does not know whether its venue is simulated.
///
/// At every label: exits put off to this open; protective rules judge the bar; working orders fill; the strategy decides, and
/// where decision and fill share a bar its orders fill; positions are marked and the account is recorded.
public struct TradingKernel<Strategy: TradingStrategy, Market: TradingVenue> {
    public var desk: Desk
    public var strategy: Strategy
    public var venue: Market
    @usableFromInline var protections: PositionRules
    @usableFromInline var exits: [RuleExit] = []
    @usableFromInline var deferred: [DeferredExit] = []
    @usableFromInline let checkInvariants: Bool

    @usableFromInline
    struct DeferredExit {
        @usableFromInline let instrument: Int
        @usableFromInline let quantity: Double
        @usableFromInline let rule: Int

        @usableFromInline
        init(instrument: Int, quantity: Double, rule: Int) {
            self.instrument = instrument
            self.quantity = quantity
            self.rule = rule
        }
    }

    /// - Parameter checkInvariants: verify the account's identities after every label; for tests.
    public init(desk: Desk, strategy: Strategy, venue: Market, protections: PositionRules, checkInvariants: Bool = false) {
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
        if !deferred.isEmpty { try fillDeferred(slice) }
        if !protections.rules.isEmpty, !desk.account.held.isEmpty { protect(slice, columns) }
        let isSameBar = desk.rules.mode == .sameBar
        if !desk.orders.isEmpty { try venue.work(&desk, slice, .market) }
        try strategy.decide(&desk, slice)
        if isSameBar, !desk.orders.isEmpty { try venue.work(&desk, slice, .sameBar) }
        finish(slice)
        if checkInvariants, let broken = desk.account.violatedInvariant() {
            throw ApusError("engine.invariant", broken, context: ["time": slice.time.description])
        }
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

    /// Exits that rules put off to this open. An instrument without a bar waits on.
    @usableFromInline
    mutating func fillDeferred(_ slice: MarketSlice) throws {
        let first = desk.orderCount + 1
        deferred.removeAll { exit in
            if desk.quantity(exit.instrument) == 0 { return true }
            guard slice.open[exit.instrument].isFinite else { return false }
            desk.submit(
                ruleExit: exit.rule, exit.instrument, delta: -exit.quantity, price: slice.open[exit.instrument], at: slice)
            return true
        }
        if desk.orderCount >= first { try venue.work(&desk, slice, .deferredExits(from: first)) }
    }

    @usableFromInline
    mutating func protect(_ slice: MarketSlice, _ columns: [UnsafePointer<Double>]) {
        exits.removeAll(keepingCapacity: true)
        protections.evaluate(positions: desk.account.positions, held: desk.account.held, slice, columns: columns, into: &exits)
        for exit in exits {
            let quantity = desk.quantity(exit.instrument) * exit.fraction
            if exit.isDeferred {
                deferred.removeAll { $0.instrument == exit.instrument }
                deferred.append(DeferredExit(instrument: exit.instrument, quantity: quantity, rule: exit.rule))
            } else {
                desk.submit(ruleExit: exit.rule, exit.instrument, delta: -quantity, price: exit.fillPrice, at: slice)
            }
        }
    }
}
