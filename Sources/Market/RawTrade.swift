public import Primitives

/// One trade in the 48 byte little-endian layout of DBN's `trades` schema, so that a file's records are read in place.
///
/// The field order is the layout: `length, rtype, publisherID, instrumentID, tsEvent` are DBN's record header.
/// `MemoryLayout<RawTrade>.size` is 48 with no padding.
@frozen public struct RawTrade: Hashable, Sendable, BitwiseCopyable {
    /// Record length in words of 4 bytes: 12.
    public var length: UInt8
    /// Record type: 0 for trades.
    public var rtype: UInt8
    public var publisherID: UInt16
    public var instrumentID: UInt32
    /// When the venue's matching engine received the event; nanoseconds since the Unix epoch.
    public var tsEvent: UInt64
    /// Price in 1e-9 units of the currency.
    public var price: Int64
    /// Contracts or shares.
    public var size: UInt32
    /// The ASCII character `T`.
    public var action: UInt8
    /// An `AggressorSide` raw value: `A` sell, `B` buy, `N` unknown.
    public var side: UInt8
    public var flags: UInt8
    public var depth: UInt8
    /// When the capture server received the event; nanoseconds since the Unix epoch.
    public var tsRecv: UInt64
    /// Nanoseconds between the venue's sending time and `tsRecv`.
    public var tsInDelta: Int32
    public var sequence: UInt32

    @inlinable public init(
        length: UInt8 = 12, rtype: UInt8 = 0, publisherID: UInt16 = 0, instrumentID: UInt32, tsEvent: UInt64, price: Int64,
        size: UInt32, action: UInt8 = 84, side: UInt8, flags: UInt8 = 0, depth: UInt8 = 0, tsRecv: UInt64 = 0,
        tsInDelta: Int32 = 0, sequence: UInt32 = 0
    ) {
        self.length = length
        self.rtype = rtype
        self.publisherID = publisherID
        self.instrumentID = instrumentID
        self.tsEvent = tsEvent
        self.price = price
        self.size = size
        self.action = action
        self.side = side
        self.flags = flags
        self.depth = depth
        self.tsRecv = tsRecv
        self.tsInDelta = tsInDelta
        self.sequence = sequence
    }

    /// A record for a time the program already holds as `UnixNanos`.
    @inlinable public init(
        time: UnixNanos, price: Int64, size: UInt32, side: AggressorSide, instrumentID: UInt32 = 0, sequence: UInt32 = 0
    ) {
        self.init(
            instrumentID: instrumentID, tsEvent: UInt64(bitPattern: time.rawValue), price: price, size: size, side: side.rawValue,
            tsRecv: UInt64(bitPattern: time.rawValue), sequence: sequence)
    }

    /// The event time. Stamps past 2262, which DBN uses for "undefined", become negative.
    @inlinable public var time: UnixNanos { UnixNanos(Int64(bitPattern: tsEvent)) }

    /// The aggressor; any character DBN does not define counts as unknown.
    @inlinable public var aggressor: AggressorSide { AggressorSide(rawValue: side) ?? .unknown }
}

extension RawTrade {
    /// Whether time, price and size all have values; DBN writes the largest number of each where they do not.
    @inlinable public var isDefined: Bool { tsEvent <= UInt64(Int64.max) && price != Int64.max && size != UInt32.max }
}
