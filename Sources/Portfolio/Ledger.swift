public import Contracts
import Primitives

/// Cash, positions and the trades they leave behind. Average cost; every closing, also a partial one, is a trade.
///
/// Identities that always hold, up to rounding (see `checkInvariants`): equity = cash + sum(quantity x mark x multiplier); the
/// position equals the sum of its fills; cash = initial cash - sum(signed quantity x price x multiplier) - all commissions.
public struct Ledger: Sendable {
    public let initialCash: Double
    public private(set) var cash: Double
    public private(set) var positions: [Position]
    public private(set) var trades: [TradeRecord] = []
    public private(set) var totalCommission: Double = 0
    private let assets: [String]
    private let multipliers: [Double]
    private var filledQuantity: [Double]
    private var filledValue: Double = 0

    public init(initialCash: Double, assets: [String], multipliers: [Double]) {
        self.initialCash = initialCash
        cash = initialCash
        self.assets = assets
        self.multipliers = multipliers
        positions = Array(repeating: Position(), count: assets.count)
        filledQuantity = Array(repeating: 0, count: assets.count)
    }

    /// Cash plus all positions at their last marks.
    public var equity: Double {
        var total = cash
        for index in positions.indices where positions[index].quantity != 0 {
            total += positions[index].quantity * positions[index].mark * multipliers[index]
        }
        return total
    }

    /// Signed notional of all positions, account currency.
    public var netNotional: Double {
        positions.indices.reduce(0) { $0 + positions[$1].quantity * positions[$1].mark * multipliers[$1] }
    }

    /// Cash and exposures at the last marks.
    public var accountState: AccountState {
        let notionals = positions.indices.map { positions[$0].quantity * positions[$0].mark * multipliers[$0] }
        return AccountState(
            cash: cash, grossExposure: notionals.reduce(0) { $0 + abs($1) }, netExposure: notionals.reduce(0, +),
            openPositions: Int32(positions.count { !$0.isFlat }))
    }

    public mutating func mark(instrument: Int, price: Double) { positions[instrument].mark = price }

    /// Widens the excursion of an open position by a bar's range.
    public mutating func observe(instrument: Int, high: Double, low: Double) {
        if positions[instrument].quantity != 0 { positions[instrument].extend(high: high, low: low) }
    }

    /// Books a fill. One that crosses zero closes the old position and opens the new one; costs are split by quantity.
    public mutating func book(_ fill: Fill, exitReason: ExitReason) {
        let index = fill.instrument
        cash -= fill.signedQuantity * fill.price * multipliers[index] + fill.commission
        totalCommission += fill.commission
        filledQuantity[index] += fill.signedQuantity
        filledValue += fill.signedQuantity * fill.price * multipliers[index]
        positions[index].mark = fill.price
        let held = positions[index].quantity
        guard held != 0, (held > 0) != (fill.signedQuantity > 0) else {
            open(fill, quantity: fill.signedQuantity, costShare: 1)
            return
        }
        let closing = min(held.magnitude, fill.signedQuantity.magnitude)
        let share = closing / fill.signedQuantity.magnitude
        close(fill, units: closing, costShare: share, reason: exitReason)
        if share < 1 {
            open(fill, quantity: fill.signedQuantity * (1 - share), costShare: 1 - share)
        }
        // The sum of fills, not of differences: no residue of rounding stays behind as a position.
        snapToFills(index)
    }

    private mutating func open(_ fill: Fill, quantity: Double, costShare: Double) {
        var position = positions[fill.instrument]
        if position.quantity == 0 {
            position = Position()
            position.entryTime = fill.time
            position.entryBar = fill.barIndex
            position.mark = fill.price
        }
        let total = position.quantity + quantity
        position.averagePrice = (position.averagePrice * position.quantity + fill.price * quantity) / total
        position.quantity = total
        position.openCommission += fill.commission * costShare
        position.openPriceCost += fill.priceCost * costShare
        position.extend(high: fill.price, low: fill.price)
        positions[fill.instrument] = position
    }

    private mutating func close(_ fill: Fill, units: Double, costShare: Double, reason: ExitReason) {
        let index = fill.instrument
        var position = positions[index]
        position.extend(high: fill.price, low: fill.price)
        let fraction = units / position.quantity.magnitude
        let direction: Double = position.quantity > 0 ? 1 : -1
        let quantity = direction * units
        let entry = position.averagePrice
        let commission = position.openCommission * fraction + fill.commission * costShare
        let pnl = (fill.price - entry) * quantity * multipliers[index] - commission
        let (entryCost, exitCost) = (position.openPriceCost * fraction, fill.priceCost * costShare)
        trades.append(
            TradeRecord(
                asset: assets[index], entryTime: position.entryTime, exitTime: fill.time, entryPrice: entry,
                exitPrice: fill.price,
                quantity: quantity, multiplier: multipliers[index], pnl: pnl,
                pnlPercent: pnl / (units * entry.magnitude * multipliers[index]),
                barsHeld: Int32(fill.barIndex - position.entryBar), commission: commission,
                slippage: entryCost + exitCost, entrySlippage: entryCost / (units * multipliers[index]),
                exitSlippage: exitCost / (units * multipliers[index]),
                mfe: position.bestExcursion, mae: position.worstExcursion, exitReason: reason,
                status: fraction < 1 ? .partial : .closed))
        position.openCommission *= 1 - fraction
        position.openPriceCost *= 1 - fraction
        position.quantity = fraction == 1 ? 0 : position.quantity - quantity
        positions[index] = position
    }

    private mutating func snapToFills(_ index: Int) {
        let exact = filledQuantity[index]
        if positions[index].quantity == 0 { filledQuantity[index] = 0 } else { positions[index].quantity = exact }
    }

    /// The first identity that does not hold, nil when all do. Tests call it after every event.
    public func violatedInvariant(tolerance: Double = 1e-9) -> String? {
        let scale = max(1, initialCash.magnitude, filledValue.magnitude)
        let expectedCash = initialCash - filledValue - totalCommission
        if (cash - expectedCash).magnitude > tolerance * scale {
            return "cash \(cash) is not initial cash less fills and costs \(expectedCash)"
        }
        for index in positions.indices where (positions[index].quantity - filledQuantity[index]).magnitude > tolerance {
            return
                "position \(positions[index].quantity) of \(assets[index]) is not the sum of its fills \(filledQuantity[index])"
        }
        let realised = trades.reduce(0) { $0 + $1.pnl }
        var expectedEquity = initialCash + realised
        for index in positions.indices {
            let position = positions[index]
            expectedEquity +=
                position.quantity * (position.mark - position.averagePrice) * multipliers[index] - position.openCommission
        }
        if (equity - expectedEquity).magnitude > tolerance * scale * 10 {
            return "equity \(equity) is not initial cash plus realised and open profit \(expectedEquity)"
        }
        return nil
    }
}
