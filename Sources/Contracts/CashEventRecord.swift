public import Primitives

/// Cash that moved without a fill.
public struct CashEventRecord: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Of a perpetual: a positive rate is paid by longs to shorts.
        case funding
        /// Cost of borrowed shares.
        case borrow
        /// Interest on negative cash.
        case financing
        case dividend
        /// What a split left over of whole shares.
        case cashInLieu = "cash_in_lieu"
        /// Daily settlement of futures.
        case variation
    }

    public var time: UnixNanos
    public var kind: Kind
    /// Nil where it is of the account and not of an instrument.
    public var asset: String?
    /// What was held, negative for a short; for funding 0 where nothing was.
    public var quantity: Double
    /// The price that the amount is of; nil where it has none.
    public var price: Double?
    public var multiplier: Double
    /// Of funding: the fraction of the notional; of a dividend: money per unit; of borrow and financing: the fraction a year.
    public var rate: Double?
    /// Account currency, positive is received.
    public var amount: Double

    public init(
        time: UnixNanos, kind: Kind, asset: String?, quantity: Double, price: Double?, multiplier: Double, rate: Double?,
        amount: Double
    ) {
        self.time = time
        self.kind = kind
        self.asset = asset
        self.quantity = quantity
        self.price = price
        self.multiplier = multiplier
        self.rate = rate
        self.amount = amount
    }
}

extension [CashEventRecord] {
    /// Sum of the amounts of a kind, account currency, positive is received.
    public func total(_ kind: CashEventRecord.Kind) -> Double { reduce(0) { $1.kind == kind ? $0 + $1.amount : $0 } }
}
