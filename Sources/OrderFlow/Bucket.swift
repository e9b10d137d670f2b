import Market
import Primitives

/// Sums over some trades of one symbol. Merging is exact and independent of order: open and close follow
/// (event time, position in the stream).
struct TradeSums {
    var firstTime: Int64 = .max
    var firstIndex: Int64 = .max
    var lastTime: Int64 = .min
    var lastIndex: Int64 = .min
    var open: Int64 = 0
    var high: Int64 = .min
    var low: Int64 = .max
    var close: Int64 = 0
    var volume: Int64 = 0
    var buy: Int64 = 0
    var sell: Int64 = 0
    var count: Int64 = 0

    @inline(__always) mutating func merge(_ other: TradeSums) {
        if (other.firstTime, other.firstIndex) < (firstTime, firstIndex) {
            firstTime = other.firstTime
            firstIndex = other.firstIndex
            open = other.open
        }
        if (other.lastTime, other.lastIndex) > (lastTime, lastIndex) {
            lastTime = other.lastTime
            lastIndex = other.lastIndex
            close = other.close
        }
        high = max(high, other.high)
        low = min(low, other.low)
        volume &+= other.volume
        buy &+= other.buy
        sell &+= other.sell
        count &+= other.count
    }
}

/// One open bucket of one symbol.
struct Bucket {
    /// Which bucket of its lane; `emptyKey` where the place is free.
    var key: Int64 = Bucket.emptyKey
    /// The newest trade date in the bucket, days since the epoch, and buy - sell volume within it.
    var tradeDate: Int32 = .min
    var tradeDateDelta: Int64 = 0
    var sums = TradeSums()
    /// Volume by price, in lanes that keep it.
    var prices: UnsafeMutablePointer<PriceTable>?

    static let emptyKey = Int64.min
}

/// Where an instant lies: the bounds that the cells and buckets around it share.
struct CellBounds {
    /// Half open; empty before the first trade.
    var start: Int64 = .max
    var end: Int64 = .min
    /// Days since the epoch.
    var tradeDate: Int32 = 0
    /// The session's hours, by the configured kind.
    var sessionOpen: Int64 = 0
    var sessionClose: Int64 = 0
    /// The session filter leaves these trades out.
    var isFiltered = false
    var isOutsideHours = false
}

extension CellBounds {
    /// The stretch of constant hours around an instant.
    /// - Throws: `CalendarError.outsideCoverage`.
    init(around time: Int64, _ calendar: any SessionCalendar, _ kind: SessionKind) throws {
        let found = try calendar.segment(at: UnixNanos(time))
        let regular = kind == .rth
        self.init(
            start: found.start.rawValue, end: found.end.rawValue, tradeDate: found.tradeDate.daysSinceEpoch,
            sessionOpen: (regular ? found.session.regularOpen : found.session.fullOpen).rawValue,
            sessionClose: (regular ? found.session.regularClose : found.session.fullClose).rawValue,
            isFiltered: regular && !found.isRegular, isOutsideHours: found.hours == .closed)
    }
}
