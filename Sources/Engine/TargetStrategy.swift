import Contracts
public import Market
public import Primitives

/// When a market order may fill.
public enum FillSchedule: Hashable, Sendable {
    /// At the close of the bar that the decision was made on.
    case thisClose
    /// At the first bar open at or after the instant.
    case openAtOrAfter(UnixNanos)
    /// At the close of the next bar.
    case nextClose

    var terms: Desk.Terms {
        var terms = Desk.Terms()
        switch self {
        case .thisClose: terms.isImmediate = true
        case .openAtOrAfter(let instant): terms.eligibleFrom = instant
        case .nextClose: terms.type = .marketOnClose
        }
        return terms
    }
}

/// Trades one instrument towards the targets of a `DecisionMaker`, with one working order at a time: a different target replaces
/// an order that has not filled.
///
/// What protective rules and limits take away stays away until the decided side changes.
public struct TargetStrategy<Decisions: DecisionMaker>: TradingStrategy {
    private var decisions: Decisions
    private let instrument: Int
    private let schedule: (DecisionContext) -> FillSchedule
    private var working: WorkingOrder?
    /// The side that the last exit left, and the part of its targets that is still wanted.
    private var exitedSide = 0
    private var kept = 1.0

    private struct WorkingOrder {
        let number: Int
        let target: Double
        let terms: Desk.Terms
    }

    /// - Parameter schedule: when an order of this decision may fill.
    public init(_ decisions: Decisions, instrument: Int, schedule: @escaping (DecisionContext) -> FillSchedule) {
        self.decisions = decisions
        self.instrument = instrument
        self.schedule = schedule
    }

    public mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws {
        let context = DecisionContext(desk, slice, instrument: instrument)
        guard let wanted = try decisions.decide(context) else { return }
        if wanted.direction != exitedSide { kept = 1 }
        let target = kept == 1 ? wanted.units : part(kept, of: wanted.units, desk)
        if let open = workingOrder(desk) {
            if open.target == target { return }
            desk.cancel(open.number)
        }
        send(target, &desk, slice, schedule(context).terms)
    }

    public mutating func ruleExits(_ instrument: Int, fraction: Double, _ desk: inout Desk, _ slice: MarketSlice) {
        let side = desk.quantity(instrument) > 0 ? 1 : -1
        if side != exitedSide { kept = 1 }
        exitedSide = side
        kept *= 1 - fraction
        guard let open = workingOrder(desk) else { return }
        desk.cancel(open.number)
        // An order to the other side still goes there; one that was to change the size leaves its part.
        let isSameSide = open.target * Double(side) > 0
        var terms = open.terms
        // It was due from an earlier label on and stays so.
        terms.isImmediate = true
        send(isSameSide ? part(1 - fraction, of: open.target, desk) : open.target, &desk, slice, terms)
    }

    public func exitTerms(_ desk: borrowing Desk, _ slice: MarketSlice) -> Desk.Terms? {
        schedule(DecisionContext(desk, slice, instrument: instrument)).terms
    }

    private func workingOrder(_ desk: borrowing Desk) -> WorkingOrder? {
        working.flatMap { desk.isWorking($0.number) ? $0 : nil }
    }

    private func part(_ fraction: Double, of units: Double, _ desk: borrowing Desk) -> Double {
        let part = units * fraction
        return desk.rules.usesIntegerShares ? part.rounded(.towardZero) : part
    }

    private mutating func send(_ target: Double, _ desk: inout Desk, _ slice: MarketSlice, _ terms: Desk.Terms) {
        let delta = target - desk.quantity(instrument) - desk.pendingExits(instrument)
        working = desk.submit(instrument, delta: delta, at: slice, terms: terms).map {
            WorkingOrder(number: $0, target: target, terms: terms)
        }
    }
}
