public import Market
public import Primitives

/// A bar in its place: which instrument, which ordinal, which trade date.
public struct BarSlot: Hashable, Sendable {
    public let instrument: Int
    public let bar: Bar
    /// Ordinal of the bar among its instrument's.
    public let index: Int
    public let tradeDate: CivilDate
    /// Ordinal of the trade date among its instrument's.
    public let dayOrdinal: Int
    /// When the session of the trade date ends.
    public let sessionClose: UnixNanos

    public init(instrument: Int, bar: Bar, index: Int, tradeDate: CivilDate, dayOrdinal: Int, sessionClose: UnixNanos) {
        self.instrument = instrument
        self.bar = bar
        self.index = index
        self.tradeDate = tradeDate
        self.dayOrdinal = dayOrdinal
        self.sessionClose = sessionClose
    }
}

/// What the kernel is told, in time order.
public enum MarketEvent: Hashable, Sendable {
    /// The bar's first price is known, nothing else of it.
    case open(BarSlot)
    /// The whole bar is known.
    case close(BarSlot)
    /// The session has ended after this bar, without another one. Only where the bar itself ended before the session did.
    case sessionClose(BarSlot)

    public var time: UnixNanos {
        switch self {
        case .open(let slot): slot.bar.openTime
        case .close(let slot): slot.bar.closeTime
        case .sessionClose(let slot): slot.sessionClose
        }
    }

    public var slot: BarSlot {
        switch self {
        case .open(let slot), .close(let slot), .sessionClose(let slot): slot
        }
    }
}

/// Yields events in time order; nil at the end. At one instant closes come before session closes, these before opens, and
/// instruments keep their order.
public protocol MarketEventSource {
    mutating func next() throws -> MarketEvent?
}
