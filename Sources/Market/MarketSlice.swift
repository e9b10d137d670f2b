public import Primitives

/// One label of the time axis: every instrument's bar of that label. A view into columns that somebody else owns: valid only inside
/// the call that got it.
///
/// An instrument without a bar at the label has NaN in all its columns.
public struct MarketSlice {
    /// The bars' label.
    public var time: UnixNanos
    /// Ordinal of the label since the run began.
    public var index: Int
    /// Ordinal of the session (trade date) that the label belongs to.
    public var session = 0
    /// Number of instruments.
    public var count: Int
    public var open: UnsafePointer<Double>
    public var high: UnsafePointer<Double>
    public var low: UnsafePointer<Double>
    public var close: UnsafePointer<Double>
    public var volume: UnsafePointer<Double>
    /// The reference price: the close, unless the data has a column of its own for it.
    public var price: UnsafePointer<Double>
    public var vwap: UnsafePointer<Double>?
    public var bid: UnsafePointer<Double>?
    public var ask: UnsafePointer<Double>?
    public var mid: UnsafePointer<Double>?
    public var bidSize: UnsafePointer<Double>?
    public var askSize: UnsafePointer<Double>?

    @inlinable
    public init(
        time: UnixNanos, index: Int, count: Int, open: UnsafePointer<Double>, high: UnsafePointer<Double>,
        low: UnsafePointer<Double>, close: UnsafePointer<Double>, volume: UnsafePointer<Double>
    ) {
        self.time = time
        self.index = index
        self.count = count
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        price = close
    }

    /// The next label of the same block.
    @inlinable
    public mutating func advance(to time: UnixNanos) {
        self.time = time
        index += 1
        open += count
        high += count
        low += count
        close += count
        volume += count
        price += count
        vwap = vwap.map { $0 + count }
        bid = bid.map { $0 + count }
        ask = ask.map { $0 + count }
        mid = mid.map { $0 + count }
        bidSize = bidSize.map { $0 + count }
        askSize = askSize.map { $0 + count }
    }

    /// The instrument has a price at this label.
    @inlinable
    public func isPresent(_ instrument: Int) -> Bool { price[instrument].isFinite }

    /// The middle of the quote: given, or between bid and ask; NaN without a quote.
    @inlinable
    public func quoteMid(_ instrument: Int) -> Double {
        if let mid, mid[instrument].isFinite { return mid[instrument] }
        guard let bid, let ask else { return .nan }
        return (bid[instrument] + ask[instrument]) / 2
    }
}
