import Contracts
import Engine
import Market
import Portfolio
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

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) { _ = resume(&desk, slice) }

    /// Where orders fill when they are sent, a target sees the fills of the lines before it.
    mutating func resume(_ desk: inout Desk, _ slice: MarketSlice) -> Bool {
        let fillsAtOnce = desk.rules.fillsImmediately && desk.rules.mode == .sameBar
        var hasSent = false
        while next < orders.count, orders[next].time <= slice.time {
            if fillsAtOnce, hasSent, orders[next].target != nil { return true }
            act(orders[next], &desk, slice)
            hasSent = hasSent || orders[next].action == .submit
            next += 1
        }
        return hasSent
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
        guard let instrument = instruments[line.asset], let delta = delta(line, instrument, desk, slice) else { return }
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
        let number = desk.submit(instrument, delta: delta, at: slice, terms: terms)
        numbers[line.id] = number
        if let number, parents.contains(line.id) { desk.keep(number) }
    }

    /// Units to trade, below 0 to sell. A target is compared with what will be held once the working orders have filled. Nil
    /// where it takes a price and the asset has none, or where a fraction is wanted of an account that is worth nothing.
    private func delta(_ line: ScriptedOrder, _ instrument: Int, _ desk: borrowing Desk, _ slice: MarketSlice) -> Double? {
        guard let target = line.target else { return line.quantity.map { line.side == .sell ? -$0 : $0 } }
        let held = desk.projected(instrument)
        let value: Double
        switch target {
        case .quantity(let units): return units - held
        case .value(let amount): value = amount
        case .percent(let fraction):
            let equity = desk.equity(at: slice)
            if equity <= 0 { return nil }
            value = equity * fraction
        }
        let unit = slice.price[instrument] * desk.account.pointValues[instrument]
        return unit > 0 ? value / unit - held : nil
    }
}

/// A list of orders, or target weights, or the flags of signals where there is neither.
struct BacktestStrategy: TradingStrategy {
    var script: OrderScriptStrategy?
    var weights: WeightsStrategy?
    var flags: SignalFlagStrategy

    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws {
        if script != nil {
            script?.decide(&desk, slice)
        } else if weights != nil {
            try weights?.decide(&desk, slice)
        } else {
            flags.decide(&desk, slice)
        }
    }

    mutating func resume(_ desk: inout Desk, _ slice: MarketSlice) -> Bool {
        script?.resume(&desk, slice) ?? weights?.resume(&desk, slice) ?? false
    }
}
