import Contracts
import Engine
import Market
import Primitives

/// Replays a list of orders. A line is acted on at the close of the first label at or after its time.
struct OrderScriptStrategy: TradingStrategy {
    private let orders: [ScriptedOrder]
    private let instruments: [String: Int]
    private var next = 0
    /// Order numbers by the ids of the list.
    private var numbers: [String: Int] = [:]
    private var groups: [String: Int] = [:]
    /// Ids of orders that orders of later lines hang on.
    private let parents: Set<String>

    init(_ orders: [ScriptedOrder], assets: [String]) {
        self.orders = orders
        var sent: [String: UnixNanos] = [:]
        for line in orders where line.action == .submit { sent[line.id] = line.time }
        parents = Set(orders.compactMap { line in line.parentID.flatMap { sent[$0] == line.time ? nil : $0 } })
        instruments = Dictionary(assets.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) {
        while next < orders.count, orders[next].time <= slice.time {
            act(orders[next], &desk, slice)
            next += 1
        }
    }

    private mutating func act(_ line: ScriptedOrder, _ desk: inout Desk, _ slice: MarketSlice) {
        switch line.action {
        case .submit: submit(line, &desk, slice)
        case .cancel:
            if let number = numbers[line.id] { desk.cancel(number) }
        case .modify:
            guard let number = numbers[line.id] else { return }
            desk.modify(
                number,
                Desk.Change(
                    quantity: line.quantity, limitPrice: line.limitPrice, stopPrice: line.stopPrice,
                    trailAmount: line.trailAmount,
                    trailFraction: line.trailFraction))
        }
    }

    private mutating func submit(_ line: ScriptedOrder, _ desk: inout Desk, _ slice: MarketSlice) {
        guard let instrument = instruments[line.asset], let quantity = line.quantity else { return }
        var terms = Desk.Terms()
        terms.type = line.type
        terms.limitPrice = line.limitPrice ?? .nan
        terms.stopPrice = line.stopPrice ?? .nan
        terms.trailAmount = line.trailAmount ?? .nan
        terms.trailFraction = line.trailFraction ?? .nan
        terms.timeInForce = line.timeInForce
        if let expiry = line.expireAt { terms.expiry = expiry }
        terms.isReduceOnly = line.reduceOnly
        terms.isPostOnly = line.postOnly
        if let parent = line.parentID {
            // An entry that was never taken leaves nothing to protect.
            guard let number = numbers[parent] else { return }
            terms.parent = number
        }
        if let group = line.ocoGroup {
            terms.ocoGroup = groups[group] ?? groups.count + 1
            groups[group] = terms.ocoGroup
        }
        let number = desk.submit(instrument, delta: line.side == .sell ? -quantity : quantity, at: slice, terms: terms)
        numbers[line.id] = number
        if let number, parents.contains(line.id) { desk.keep(number) }
    }
}

/// A list of orders, or the flags of signals where there is no list.
struct ScriptOrFlags: TradingStrategy {
    var script: OrderScriptStrategy?
    var flags: SignalFlagStrategy

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) {
        if script == nil { flags.decide(&desk, slice) } else { script?.decide(&desk, slice) }
    }
}
