import Contracts
public import Market
public import Primitives

/// One execution, priced and costed.
public struct Booking: Sendable {
    public var instrument: Int
    public var time: UnixNanos
    /// Ordinal of the bar.
    public var index: Int
    /// Units, positive buys.
    public var signedQuantity: Double
    public var price: Double
    /// Commission and fees, account currency, >= 0.
    public var commission: Double
    /// Spread and slippage inside the price, price units, >= 0.
    public var slippage: Double
    /// The price that the decision saw.
    public var signalPrice: Double
    /// Where the water marks of a new position begin.
    public var highWaterMark: Double
    public var lowWaterMark: Double
    public var entryQuote = -1

    public init(
        instrument: Int, time: UnixNanos, index: Int, signedQuantity: Double, price: Double, commission: Double, slippage: Double,
        signalPrice: Double = .nan, highWaterMark: Double? = nil, lowWaterMark: Double? = nil
    ) {
        self.instrument = instrument
        self.time = time
        self.index = index
        self.signedQuantity = signedQuantity
        self.price = price
        self.commission = commission
        self.slippage = slippage
        self.signalPrice = signalPrice
        self.highWaterMark = highWaterMark ?? price
        self.lowWaterMark = lowWaterMark ?? price
    }
}

/// What a fill took out of a position.
public struct ClosedPart: Sendable {
    /// The position as it was, before the fill.
    public let position: OpenPosition
    /// Signed like the position.
    public let quantity: Double
    public let pnl: Double
    /// Commission of entry and exit.
    public let commission: Double
    /// The whole position was closed.
    public let isWhole: Bool

    public init(position: OpenPosition, quantity: Double, pnl: Double, commission: Double, isWhole: Bool) {
        self.position = position
        self.quantity = quantity
        self.pnl = pnl
        self.commission = commission
        self.isWhole = isWhole
    }
}

extension Account {
    /// Books a fill. One that crosses zero closes the old position and opens the new one; its commission is split by quantity.
    ///
    /// - Returns: the part of the position that it closed, nil when it opened or added.
    public mutating func book(_ fill: Booking) -> ClosedPart? {
        let index = fill.instrument
        let multiplier = pointValues[index]
        let old = positions[index].quantity
        let reduces = old != 0 && (old > 0) != (fill.signedQuantity > 0)
        if policy.excursionsSeeFills, reduces { positions[index].widen(high: fill.price, low: fill.price) }
        let before = positions[index]
        var target = old + fill.signedQuantity
        if target.magnitude <= Quantities.zeroTolerance(old, fill.signedQuantity) { target = 0 }
        var closed: ClosedPart?
        if policy.locksShorts { locked.book(fill, policy: policy, old: old, target: target, multiplier: multiplier) }
        if !reduces {
            open(fill, target: target)
        } else if target == 0 || (target > 0) != (old > 0) {
            let share = target == 0 ? 1 : old.magnitude / fill.signedQuantity.magnitude
            let exit = fill.commission * share
            closed = close(
                before, of: index, quantity: old, price: fill.price, entryCommission: before.entryCommission,
                exitCommission: exit,
                isWhole: true)
            positions[index] = OpenPosition()
            held.removeAll { $0 == index }
            if target != 0 {
                var rest = fill
                rest.commission = fill.commission - exit
                open(rest, target: target)
            }
        } else {
            let exited = old.magnitude - target.magnitude
            let entryCommission = before.entryCommission * (exited / old.magnitude)
            positions[index].entryCommission -= entryCommission
            closed = close(
                before, of: index, quantity: old > 0 ? exited : -exited, price: fill.price, entryCommission: entryCommission,
                exitCommission: fill.commission, isWhole: false)
            positions[index].quantity = target
        }
        let flow =
            instruments[index].hasVariationMargin
            ? variation(fill, before: before, multiplier: multiplier) : -fill.signedQuantity * fill.price * multiplier
        settleCash(fill, flow: flow)
        if positions[index].quantity != 0 { positions[index].mark = fill.price }
        filledQuantity[index] = positions[index].quantity == 0 ? 0 : filledQuantity[index] + fill.signedQuantity
        return closed
    }

    private mutating func settleCash(_ fill: Booking, flow: Double) {
        let change = flow - fill.commission
        cash += change
        filledFlow += flow
        totalCommission += fill.commission
        if policy.settlementDelay > 0, change > 0 { hold(change, until: fill.index + policy.settlementDelay) }
    }

    private mutating func open(_ fill: Booking, target: Double) {
        let index = fill.instrument
        var position = positions[index]
        if position.quantity == 0 {
            position.entryPrice = fill.price
            position.entryCost = fill.price * rates[index]
            position.entryTime = fill.time
            position.entryIndex = fill.index
            position.entryCommission = fill.commission
            position.entrySlippage = fill.slippage
            position.signalPrice = fill.signalPrice
            position.highWaterMark = fill.highWaterMark
            position.lowWaterMark = fill.lowWaterMark
            position.entryQuote = fill.entryQuote
            position.mark = fill.price
            position.lastPrice = fill.price
            held.append(index)
        } else {
            let added = fill.signedQuantity.magnitude
            position.entryPrice =
                (position.entryPrice * position.quantity.magnitude + fill.price * added) / target.magnitude
            position.entryCost =
                (position.entryCost * position.quantity.magnitude + fill.price * rates[index] * added) / target.magnitude
            position.revaluation *= position.quantity.magnitude / target.magnitude
            position.entryCommission += fill.commission
            position.entrySlippage =
                (position.entrySlippage * position.quantity.magnitude + fill.slippage * added) / target.magnitude
        }
        position.quantity = target
        if policy.excursionsSeeFills { position.widen(high: fill.price, low: fill.price) }
        positions[index] = position
    }

    private func close(
        _ position: OpenPosition, of index: Int, quantity: Double, price: Double, entryCommission: Double,
        exitCommission: Double, isWhole: Bool
    ) -> ClosedPart {
        let commission = entryCommission + exitCommission
        let cost = position.entryCost + position.revaluation
        let gross = (price * rates[index] * quantity - cost * quantity) * instruments[index].multiplier
        return ClosedPart(
            position: position, quantity: quantity, pnl: gross - commission, commission: commission, isWhole: isWhole)
    }

    /// Cash of a fill under variation margin: the profit of what was closed since the last settlement. Moves the basis.
    private mutating func variation(_ fill: Booking, before: OpenPosition, multiplier: Double) -> Double {
        let index = fill.instrument
        let old = before.quantity
        let now = positions[index].quantity
        var payout = 0.0
        if old != 0, (old > 0) != (fill.signedQuantity > 0) {
            let closed = min(old.magnitude, fill.signedQuantity.magnitude) * (old > 0 ? 1 : -1)
            payout = closed * (fill.price - before.variationBasis) * multiplier
        }
        if now == 0 { return payout }
        if old == 0 || (now > 0) != (old > 0) {
            positions[index].variationBasis = fill.price
        } else if now.magnitude > old.magnitude {
            positions[index].variationBasis =
                (before.variationBasis * old.magnitude + fill.price * fill.signedQuantity.magnitude) / now.magnitude
        }
        return payout
    }
}
