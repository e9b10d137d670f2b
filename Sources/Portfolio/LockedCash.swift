import Contracts
import Market

/// Free cash where a short's proceeds, and as much cash again, are locked until it is covered.
struct LockedCash: Sendable {
    var free: Double
    /// Entry notional of each instrument's short.
    var basis: [Double]

    init(free: Double, instruments: Int) {
        self.free = free
        basis = Array(repeating: 0, count: instruments)
    }

    mutating func book(_ fill: Booking, policy: AccountPolicy, old: Double, target: Double, multiplier: Double) {
        if policy.combinesLockedOrders {
            bookCombined(fill, old: old, unit: fill.price * multiplier)
        } else {
            bookLegs(fill, old: old, target: target, unit: fill.price * multiplier)
        }
    }

    /// The closing and the opening leg of an order move the free cash one after the other.
    private mutating func bookLegs(_ fill: Booking, old: Double, target: Double, unit: Double) {
        let index = fill.instrument
        var rest = fill.signedQuantity
        if old < 0, rest > 0 {
            let covered = min(rest, -old)
            let released = covered / -old * basis[index]
            free = Quantities.cancelling(free, released + released - covered * unit)
            basis[index] = old + covered < 0 ? (old + covered).magnitude / -old * basis[index] : 0
            rest -= covered
        } else if old > 0, rest < 0 {
            let closed = min(-rest, old)
            free = Quantities.cancelling(free, closed * unit)
            rest += closed
        }
        if old * target < 0, rest != 0 { rest = target }
        if rest != 0 {
            let required = rest.magnitude * unit
            free = Quantities.cancelling(free, -required)
            if rest < 0 { basis[index] += required }
        }
        free = Quantities.cancelling(free, -fill.commission)
    }

    /// The order moves the free cash as one amount.
    private mutating func bookCombined(_ fill: Booking, old: Double, unit: Double) {
        let index = fill.instrument
        let units = fill.signedQuantity.magnitude
        guard fill.signedQuantity < 0 else {
            let required = Quantities.cancelling(units * unit, fill.commission)
            guard old < 0 else {
                free = Quantities.cancelling(free, -required)
                return
            }
            let covered = min(units, -old)
            let released = covered * (basis[index] / -old)
            free = Quantities.cancelling(free + 2 * released, -required)
            basis[index] = old + covered < 0 ? Quantities.cancelling(basis[index], -released) : 0
            return
        }
        let acquired = Quantities.cancelling(units * unit, -fill.commission)
        let after = old - units
        guard after < 0 else {
            free += acquired
            return
        }
        let short = (old < 0 ? units : -after) * unit
        basis[index] += short
        free = Quantities.cancelling(free, Quantities.cancelling(acquired, -2 * short))
    }
}

extension Account {
    /// The most units that an order free of commission may fill where a short's proceeds are locked.
    public func lockedLimit(_ instrument: Int, isBuy: Bool, price: Double) -> Double {
        let unit = price * pointValues[instrument]
        let held = positions[instrument].quantity
        let free = locked.free
        let basis = locked.basis[instrument]
        if policy.combinesLockedOrders {
            if isBuy, held < 0 { return max(0, min(combinedCoverCash(held: -held, basis: basis, unit: unit), cash) / unit) }
            if isBuy { return max(0, free / unit) }
            let long = max(held, 0)
            let total = Quantities.cancelling(free, long * unit)
            return total <= 0 ? long : Quantities.cancelling(long, total / unit)
        }
        if isBuy, held < 0 {
            let change = 2 * (basis / -held) - unit
            if change < 0, free / -change < -held { return free / -change }
            let after = Quantities.cancelling(free, basis + basis + held * unit)
            return -held + max(0, after / unit)
        }
        if !isBuy, held > 0 { return held + max(0, Quantities.cancelling(free, held * unit) / unit) }
        return max(0, free / unit)
    }

    /// What covering a short of `held` units may cost.
    private func combinedCoverCash(held: Double, basis: Double, unit: Double) -> Double {
        let after = Quantities.cancelling(locked.free + 2 * basis, -held * unit)
        if after > 0 { return locked.free + 2 * basis }
        if after == 0 { return cash }
        let loss = unit - 2 * (basis / held)
        return loss == 0 ? 0 : locked.free / loss * unit
    }
}
