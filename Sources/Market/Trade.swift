public import Primitives

/// One print. Prices are integers in units of 1e-9 of the currency, as Databento stores them.
public struct Trade: Hashable, Sendable {
    public var time: UnixNanos
    /// Price in 1e-9 units.
    public var price: Int64
    /// Contracts or shares, >= 0.
    public var size: Int64
    public var side: AggressorSide
    /// Index into the symbol list that accompanies the trades.
    public var symbol: Int32

    @inlinable public init(time: UnixNanos, price: Int64, size: Int64, side: AggressorSide, symbol: Int32 = 0) {
        self.time = time
        self.price = price
        self.size = size
        self.side = side
        self.symbol = symbol
    }

    /// Units of `price` in one unit of currency.
    public static let priceScale: Double = 1e9
}
