public import Contracts
public import Market

/// The account as it would stand after orders that have been sent, or accepted, and not filled. Only its cash and its positions
/// count.
public struct ShadowAccount: Sendable {
    private var account: Account
    private var cash: Double

    /// The account as it is, at the label's prices.
    public init(_ account: Account, _ slice: MarketSlice, markedBy source: EngineConfiguration.ExecutionPrice) {
        self.account = account
        cash = account.cash
        self.account.mark(slice, by: source)
    }

    /// Marks the positions at the label's reference prices.
    public mutating func mark(_ slice: MarketSlice) { account.mark(slice, by: .price) }

    /// Takes the order over, whatever becomes of the cash.
    /// - Returns: whether the cash suffices.
    public mutating func pays(_ instrument: Int, delta: Double, price: Double, commission: Double) -> Bool {
        hold(instrument, delta: delta, price: price, commission: commission)
        return cash >= 0
    }

    /// Sets cash aside for the order; what it opens costs its notional on either side.
    /// - Returns: false where the cash does not suffice; the order is not taken over then.
    public mutating func reserves(_ instrument: Int, delta: Double, price: Double, commission: Double) -> Bool {
        let unit = price * account.pointValues[instrument]
        let held = account.positions[instrument].quantity
        let isOpposite = held != 0 && (held > 0) != (delta > 0)
        let closed = isOpposite ? min(held.magnitude, delta.magnitude) : 0
        let after = cash + (held > 0 ? closed : -closed) * unit - (delta.magnitude - closed) * unit - commission
        guard after >= 0 else { return false }
        hold(instrument, delta: delta, price: price, commission: commission)
        cash = after
        return true
    }

    /// The account's own rules.
    /// - Parameter buffered: only the part of the cash above the buffer counts.
    public func admits(
        _ instrument: Int, delta: Double, price: Double, commission: Double, buffered: Bool = false
    ) -> Admission {
        var available = account.spendable(of: cash)
        if buffered, available > 0 { available *= 1 - account.policy.cashBuffer }
        return account.admits(instrument, delta: delta, price: price, commission: commission, cash: available)
    }

    /// Takes the order over at its mark.
    public mutating func hold(_ instrument: Int, delta: Double, price: Double, commission: Double) {
        let mark = account.positions[instrument].mark
        let wasHeld = account.positions[instrument].quantity != 0
        let before = account.cash
        _ = account.book(
            Booking(
                instrument: instrument, time: account.positions[instrument].entryTime, index: 0, signedQuantity: delta,
                price: price,
                commission: commission, slippage: 0))
        cash += account.cash - before
        if wasHeld, account.positions[instrument].quantity != 0 { account.setMark(instrument, mark) }
    }
}
