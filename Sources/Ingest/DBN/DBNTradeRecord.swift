public import Market
public import Primitives

/// One trade exactly as a DBN trades file stores it: 48 bytes, little endian, so that a block of a file is an array of these.
@frozen
public struct DBNTradeRecord: BitwiseCopyable, Hashable, Sendable {
    /// Record length in units of 4 bytes: 12.
    public var length: UInt8
    /// `DBNRecordType.trade`.
    public var rtype: UInt8
    public var publisherID: UInt16
    public var instrumentID: UInt32
    /// Nanoseconds since the epoch; `UInt64.max` is undefined.
    public var tsEvent: UInt64
    /// Price in 1e-9 units; `Int64.max` is undefined.
    public var price: Int64
    /// Contracts or shares; `UInt32.max` is undefined.
    public var size: UInt32
    /// The ASCII letter `T`.
    public var action: UInt8
    /// `AggressorSide`'s raw value: `B` buy aggressor, `A` sell aggressor, `N` none.
    public var side: UInt8
    public var flags: UInt8
    public var depth: UInt8
    /// Nanoseconds since the epoch at capture; `UInt64.max` is undefined.
    public var tsRecv: UInt64
    /// Nanoseconds between the venue's sending and `tsRecv`.
    public var tsInDelta: Int32
    public var sequence: UInt32

    @inlinable public init(
        publisherID: UInt16, instrumentID: UInt32, tsEvent: UInt64, price: Int64, size: UInt32, side: AggressorSide,
        flags: UInt8 = 0, depth: UInt8 = 0, tsRecv: UInt64, tsInDelta: Int32 = 0, sequence: UInt32 = 0
    ) {
        length = 12
        rtype = 0
        self.publisherID = publisherID
        self.instrumentID = instrumentID
        self.tsEvent = tsEvent
        self.price = price
        self.size = size
        action = 84
        self.side = side.rawValue
        self.flags = flags
        self.depth = depth
        self.tsRecv = tsRecv
        self.tsInDelta = tsInDelta
        self.sequence = sequence
    }

    /// The instant of the trade; nil where undefined or past 2262.
    @inlinable public var eventTime: UnixNanos? { tsEvent <= UInt64(Int64.max) ? UnixNanos(Int64(bitPattern: tsEvent)) : nil }

    /// The aggressor; a letter that is none of B, A, N counts as unknown.
    @inlinable public var aggressor: AggressorSide { AggressorSide(rawValue: side) ?? .unknown }

    /// Whether time, price and size all have values. A record without them is not a print.
    @inlinable public var isDefined: Bool { tsEvent <= UInt64(Int64.max) && price != Int64.max && size != UInt32.max }
}

/// The values that stand for "no value" in DBN.
public enum DBNUndefined {
    public static let price = Int64.max
    public static let timestamp = UInt64.max
    public static let orderSize = UInt32.max
    /// `quantity` of statistics in version 3; in versions 1 and 2 it is `Int32.max`.
    public static let statQuantity = Int64.max
}
