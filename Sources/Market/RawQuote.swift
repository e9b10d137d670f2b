public import Primitives

/// One record of the best bid and ask in the 80 byte little-endian layout of DBN's `mbp-1` schema, so that a file's records are
/// read in place: the 48 bytes of a `RawTrade`, then the book's first level.
///
/// `MemoryLayout<RawQuote>.size` is 80 with no padding. On a record with the action `T` the level is the book just before the
/// trade, on all others the book after the event.
@frozen public struct RawQuote: Hashable, Sendable, BitwiseCopyable {
    /// Record length in words of 4 bytes: 20.
    public var length: UInt8
    /// Record type: 1.
    public var rtype: UInt8
    public var publisherID: UInt16
    public var instrumentID: UInt32
    /// When the venue's matching engine received the event; nanoseconds since the Unix epoch. In records of fixed intervals the
    /// last trade's.
    public var tsEvent: UInt64
    /// The price of the order or trade, in 1e-9 units of the currency.
    public var price: Int64
    /// Contracts or shares of the order or trade.
    public var size: UInt32
    /// The ASCII character of the event: `A` add, `C` cancel, `M` modify, `R` clear, `T` trade; 0 where the schema has none.
    public var action: UInt8
    /// Of a trade an `AggressorSide` raw value; else the side of the book that changed.
    public var side: UInt8
    public var flags: UInt8
    public var depth: UInt8
    /// When the capture server received the event, and so when the quote was known; nanoseconds since the Unix epoch.
    public var tsRecv: UInt64
    /// Nanoseconds between the venue's sending time and `tsRecv`.
    public var tsInDelta: Int32
    public var sequence: UInt32
    /// In 1e-9 units of the currency; `noPrice` where nobody bids.
    public var bidPrice: Int64
    /// In 1e-9 units of the currency; `noPrice` where nobody offers.
    public var askPrice: Int64
    /// Contracts or shares at the best price.
    public var bidSize: UInt32
    public var askSize: UInt32
    /// Orders at the best price; 0 in consolidated books, which do not count them.
    public var bidCount: UInt32
    public var askCount: UInt32

    /// DBN's "undefined" price.
    public static let noPrice = Int64.max

    @inlinable public init(
        instrumentID: UInt32, tsEvent: UInt64, tsRecv: UInt64, price: Int64 = RawQuote.noPrice, size: UInt32 = 0, action: UInt8,
        side: UInt8 = 78, flags: UInt8 = 0, sequence: UInt32 = 0, publisherID: UInt16 = 0, bidPrice: Int64, askPrice: Int64,
        bidSize: UInt32, askSize: UInt32, bidCount: UInt32 = 0, askCount: UInt32 = 0
    ) {
        length = 20
        rtype = 1
        self.publisherID = publisherID
        self.instrumentID = instrumentID
        self.tsEvent = tsEvent
        self.price = price
        self.size = size
        self.action = action
        self.side = side
        self.flags = flags
        depth = 0
        self.tsRecv = tsRecv
        tsInDelta = 0
        self.sequence = sequence
        self.bidPrice = bidPrice
        self.askPrice = askPrice
        self.bidSize = bidSize
        self.askSize = askSize
        self.bidCount = bidCount
        self.askCount = askCount
    }

    /// When the quote was known: the receive time. Stamps past 2262, which DBN uses for "undefined", become negative.
    @inlinable public var time: UnixNanos { UnixNanos(Int64(bitPattern: tsRecv)) }

    /// Whether it is said when the quote was known.
    @inlinable public var isDefined: Bool { tsRecv <= UInt64(Int64.max) }

    /// Whether the record says what happened, so that trades are told from other events.
    @inlinable public var hasAction: Bool { (65...90).contains(action) }
}
