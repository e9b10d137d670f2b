public import Market

/// What the quotes of one symbol tell of a bucket. Prices are in currency: the record's price / 1e9; NaN where there is none.
public struct QuoteRow: Hashable, Sendable {
    /// Nanoseconds since the epoch at which the bucket begins. For a day the session's opening.
    public var start: Int64 = 0
    /// Index into the symbols that come with the rows.
    public var symbol: Int32 = 0
    /// The quote that stands at the end of the bucket; NaN on a side where nobody quotes, with size 0.
    public var bid = Double.nan
    public var ask = Double.nan
    public var bidSize: Int64 = 0
    public var askSize: Int64 = 0
    /// (bid + ask) / 2.
    public var mid = Double.nan
    /// (bid x ask size + ask x bid size) / (bid size + ask size); the mid where both sizes are 0.
    public var microprice = Double.nan
    /// Ask less bid; negative where the book is crossed.
    public var spread = Double.nan
    /// Of the quotes with both sides and bid <= ask, each weighted by how long it stood in the bucket; NaN where none stood.
    public var meanSpread = Double.nan
    /// (bid size - ask size) / (bid size + ask size), weighted as `meanSpread`; 0 where both sizes are 0.
    public var meanImbalance = Double.nan
    /// Of the quotes with both sides and bid <= ask that stood or came in the bucket.
    public var minSpread = Double.nan
    public var maxSpread = Double.nan
    /// Records, trades included; 0 in a bucket whose quote is the one before it.
    public var updates: Int64 = 0
    /// Records with bid > ask, and with bid = ask.
    public var crossed: Int64 = 0
    public var locked: Int64 = 0
    /// Sum of the records' e (Cont, Kukanov and Stoikov, "The Price Impact of Order Book Events", 2014), in contracts or shares.
    public var orderFlowImbalance: Int64 = 0
    /// Trades and their volume; NaN where the schema does not tell trades from other events.
    public var trades = Double.nan
    public var volume = Double.nan
    /// 20000 x sign x (price - mid) / mid, weighted by volume; mid and sign of the quote before the trade and its aggressor. NaN
    /// without such a trade.
    public var effectiveSpreadBps = Double.nan
    /// Trades at the bid or lower, and at the ask or higher, as fractions of those with a quote on both sides.
    public var shareAtBid = Double.nan
    public var shareAtAsk = Double.nan

    public init() {}
}

/// Takes the rows as they become final, ordered by (start, symbol), in batches of about `QuoteTableBuilder`'s rows per drain.
public protocol QuoteSink: AnyObject {
    /// - Parameter symbols: what the rows' `symbol` indices mean.
    func take(_ rows: [QuoteRow], interval: BarInterval, symbols: [String]) throws
}
