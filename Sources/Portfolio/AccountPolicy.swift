public import Contracts
import Market

/// What an account may hold: cash account, margin account, futures margin.
///
/// The rules are those of ml4t-backtest 0.2.0's unified account: without leverage an order must be paid from cash; with leverage
/// from buying power, which is equity above the initial margin of all positions, divided by the initial margin rate.
public struct AccountPolicy: Sendable {
    public typealias ShortCash = EngineConfiguration.ShortCashPolicy

    /// Money that rounding may cost: one cent.
    public static let cashTolerance = 0.01

    public var allowsShort: Bool
    public var allowsLeverage: Bool
    /// Fraction of notional.
    public var initialMargin: Double
    public var longMaintenanceMargin: Double
    public var shortMaintenanceMargin: Double
    /// Initial and maintenance margin of one contract, currency of the instrument, by instrument.
    public var fixedMargins: [Int: (initial: Double, maintenance: Double)]
    /// The same as fractions of notional.
    public var marginRates: [Int: (initial: Double, maintenance: Double)]
    public var shortCash: ShortCash
    public var combinesLockedOrders: Bool
    /// Fraction of cash that is never spent.
    public var cashBuffer: Double
    public var settlementReducesBuyingPower: Bool
    /// Bars until a sale's proceeds can be spent.
    public var settlementDelay: Int
    public var usesIntegerShares: Bool
    /// Excursions also take in the price of every fill of the position, not only prices at which it was held.
    public var excursionsSeeFills = false

    public init(
        allowsShort: Bool = false, allowsLeverage: Bool = false, initialMargin: Double = 0.5,
        longMaintenanceMargin: Double = 0.25,
        shortMaintenanceMargin: Double = 0.3, fixedMargins: [Int: (initial: Double, maintenance: Double)] = [:],
        marginRates: [Int: (initial: Double, maintenance: Double)] = [:], shortCash: ShortCash = .credit,
        combinesLockedOrders: Bool = false, cashBuffer: Double = 0, settlementReducesBuyingPower: Bool = true,
        settlementDelay: Int = 0, usesIntegerShares: Bool = false
    ) {
        self.allowsShort = allowsShort
        self.allowsLeverage = allowsLeverage
        self.initialMargin = initialMargin
        self.longMaintenanceMargin = longMaintenanceMargin
        self.shortMaintenanceMargin = shortMaintenanceMargin
        self.fixedMargins = fixedMargins
        self.marginRates = marginRates
        self.shortCash = shortCash
        self.combinesLockedOrders = combinesLockedOrders
        self.cashBuffer = cashBuffer
        self.settlementReducesBuyingPower = settlementReducesBuyingPower
        self.settlementDelay = settlementDelay
        self.usesIntegerShares = usesIntegerShares
    }

    /// Proceeds of shorts are locked away together with as much cash again.
    public var locksShorts: Bool { shortCash == .lockNotional && !allowsLeverage }

    var tolerance: Double { shortCash == .lockNotional ? 0 : Self.cashTolerance }

    func hasOwnMargin(_ instrument: Int) -> Bool { fixedMargins[instrument] != nil || marginRates[instrument] != nil }

    /// Margin of a position, account currency.
    func margin(_ account: Account, _ instrument: Int, quantity: Double, price: Double, initial: Bool) -> Double {
        let notional = (quantity * price * account.pointValues[instrument]).magnitude
        if let rates = marginRates[instrument] { return notional * (initial ? rates.initial : rates.maintenance) }
        if let fixed = fixedMargins[instrument] {
            return quantity.magnitude * (initial ? fixed.initial : fixed.maintenance) * account.rates[instrument]
        }
        if initial { return notional * initialMargin }
        return notional * (quantity > 0 ? longMaintenanceMargin : shortMaintenanceMargin)
    }
}

/// The answer to "may this order be filled at this price?".
public enum Admission: Hashable, Sendable {
    case granted
    /// The account may not hold it at all: a short where shorts are not allowed.
    case restricted
    /// There is not enough of it: `cash` or buying power.
    case insufficient
}

extension Account {
    /// Cash that the policy lets one spend.
    public var spendableCash: Double {
        policy.locksShorts ? locked.free : spendable(of: cash)
    }

    /// What of an amount of cash is not tied to shorts by their entry prices.
    func spendable(of cash: Double) -> Double {
        if policy.allowsLeverage || !policy.allowsShort || policy.shortCash == .credit { return cash }
        let factor = policy.shortCash == .lockNotional ? 2.0 : 1.0
        var basis = 0.0
        for instrument in held where positions[instrument].quantity < 0 {
            basis +=
                positions[instrument].quantity.magnitude * positions[instrument].entryCost * instruments[instrument].multiplier
        }
        return cash - factor * basis
    }

    /// Entry notional of an instrument's short whose proceeds are locked.
    public func lockedBasis(_ instrument: Int) -> Double { locked.basis[instrument] }

    /// What new positions may cost, before a commission.
    var availableCash: Double {
        var spendable = spendableCash
        if policy.settlementReducesBuyingPower { spendable -= unsettledCash }
        return policy.cashBuffer > 0 && spendable > 0 ? spendable * (1 - policy.cashBuffer) : spendable
    }

    /// Equity above initial margin, divided by the initial margin rate; without leverage the spendable cash.
    public var buyingPower: Double { buyingPower(cash: cash, without: -1) }

    func buyingPower(cash: Double, without excluded: Int) -> Double {
        if !policy.allowsLeverage { return max(0, spendableCash) }
        var excess = cash
        for instrument in held where instrument != excluded {
            let position = positions[instrument]
            excess += value(instrument, at: position.mark)
            excess -= policy.margin(
                self, instrument, quantity: position.quantity, price: position.mark, initial: true)
        }
        return max(0, excess / policy.initialMargin)
    }

    /// Sum of the maintenance margins at the last marks.
    public var maintenanceMargin: Double {
        held.reduce(0) { sum, instrument in
            sum
                + policy.margin(
                    self, instrument, quantity: positions[instrument].quantity, price: positions[instrument].mark,
                    initial: false)
        }
    }

    /// Equity does not cover the maintenance margins.
    /// - Parameter prices: of every position, in the order of `held`.
    public func isBelowMaintenance(at prices: [Double]) -> Bool {
        var equity = cash
        var required = 0.0
        for (instrument, price) in zip(held, prices) {
            equity += value(instrument, at: price)
            required += policy.margin(
                self, instrument, quantity: positions[instrument].quantity, price: price, initial: false)
        }
        return equity < required
    }

    /// Whether the account may take the order at a price.
    /// - Parameters:
    ///   - delta: signed units.
    ///   - commission: what the fill would cost.
    ///   - available: cash that may be spent, before the commission; nil takes the account's own.
    public func admits(
        _ instrument: Int, delta: Double, price: Double, commission: Double, cash available: Double? = nil
    ) -> Admission {
        var current = positions[instrument].quantity
        if current.magnitude <= Quantities.zeroTolerance(current) { current = 0 }
        let target = current + delta
        let unit = pointValues[instrument]
        if current != 0, (current > 0) != (delta > 0) {
            if (current > 0) == (target >= 0) || target == 0 { return .granted }
            return admitsReversal(
                instrument, current: current, target: target, price: price, commission: commission,
                cash: available ?? (policy.locksShorts ? locked.free : cash))
        }
        let available = available ?? availableCash
        if target < 0, !policy.allowsShort { return .restricted }
        if usesProjectedMargin(instrument) {
            return admitsProjected(instrument, quantity: target, price: price, cash: available - commission)
        }
        if !policy.allowsLeverage, policy.allowsShort, policy.shortCash == .creditProceeds, target < 0, delta < 0 {
            return .granted
        }
        let cost = (delta * price * unit).magnitude
        let rest = available - commission
        let limit =
            policy.allowsLeverage
            ? buyingPower(cash: rest, without: -1) + AccountPolicy.cashTolerance
            : rest + policy.tolerance
        return cost > limit ? .insufficient : .granted
    }

    private func admitsReversal(
        _ instrument: Int, current: Double, target: Double, price: Double, commission: Double, cash base: Double
    ) -> Admission {
        guard policy.allowsShort else { return .restricted }
        let unit = pointValues[instrument]
        if usesProjectedMargin(instrument) {
            return admitsProjected(instrument, quantity: target, price: price, cash: base - commission)
        }
        let closing = (current * price * unit).magnitude
        var after = base
        if current > 0 {
            after += closing
        } else if !policy.allowsLeverage, policy.shortCash == .lockNotional {
            after += 2 * current.magnitude * positions[instrument].entryCost * instruments[instrument].multiplier - closing
        } else {
            after -= closing
        }
        after -= commission
        let cost = (target * price * unit).magnitude
        if policy.allowsLeverage {
            if target < 0, !policy.allowsShort { return .restricted }
            return cost > buyingPower(cash: after, without: instrument) + AccountPolicy.cashTolerance ? .insufficient : .granted
        }
        if policy.shortCash == .creditProceeds, target < 0 { return .granted }
        return cost > after + policy.tolerance ? .insufficient : .granted
    }

    private func usesProjectedMargin(_ instrument: Int) -> Bool {
        policy.allowsLeverage && (instruments[instrument].hasVariationMargin || policy.hasOwnMargin(instrument))
    }

    /// Initial margin of everything as it would be after the order, against equity at the order's price.
    private func admitsProjected(_ instrument: Int, quantity: Double, price: Double, cash: Double) -> Admission {
        var equity = cash
        var required = policy.margin(
            self, instrument, quantity: quantity, price: price, initial: true)
        for other in held {
            let position = positions[other]
            equity += value(other, at: position.mark)
            if other == instrument {
                equity += position.quantity * (price - position.mark) * pointValues[other]
            } else {
                required += policy.margin(
                    self, other, quantity: position.quantity, price: position.mark, initial: true)
            }
        }
        return required > equity + AccountPolicy.cashTolerance ? .insufficient : .granted
    }
}

/// Rounding of quantities.
public enum Quantities {
    /// Below this a quantity that came from adding and subtracting `operands` is zero: 16 units in the last place of the largest,
    /// and at least 1e-12.
    @inlinable
    public static func zeroTolerance(_ first: Double, _ second: Double = 0) -> Double {
        let scale = max(first.magnitude, second.magnitude)
        return scale == 0 ? 1e-12 : max(1e-12, 16 * scale.ulp)
    }

    /// The sum, and zero where two amounts cancel but for rounding.
    static func cancelling(_ left: Double, _ right: Double) -> Double {
        if (left.sign == .minus) != (right.sign == .minus) {
            let (first, second) = (left.magnitude, right.magnitude)
            if (first - second).magnitude <= max(1e-9 * max(first, second), 1e-12) { return 0 }
        }
        return left + right
    }
}
