import Market
import Primitives

/// The open buckets of one length for every symbol, and the tables that come from them.
///
/// A lane is a ring of places; a place holds one bucket key, shared by all symbols. Because a trade may lie behind the
/// newest one by less than the grace, only `grace / interval + 2` keys are open at once and the ring never overflows.
/// A structure in memory of its owner, not an object: at one bucket a second, counting references would cost most.
struct Lane {
    let interval: BarInterval
    var makesBars = false
    var makesFootprint = false
    var makesCVD = false
    /// The highest event time at which nothing has to be handed out yet is `due - 1`.
    private(set) var due: Int64 = .max

    var bars = BarColumns()
    var footprint = FootprintColumns()
    var cvd = CVDColumns()

    private let capacity: Int
    private var symbolCapacity = 0
    /// `capacity` buckets per symbol.
    private var buckets: UnsafeMutablePointer<Bucket>
    private var running: UnsafeMutablePointer<RunningDelta>
    private let places: UnsafeMutablePointer<Place>
    private var oldest: Int64 = .max
    private var newest: Int64 = .min
    /// The bucket of the last cell.
    private var recentKey: Int64 = 0
    private var recentStart: Int64 = 0
    private var freeTables: [UnsafeMutablePointer<PriceTable>] = []
    private var tables: [UnsafeMutablePointer<PriceTable>] = []

    private struct Place {
        var key = Bucket.emptyKey
        var start: Int64 = 0
        var end: Int64 = 0
    }

    private struct RunningDelta {
        var total: Int64 = 0
        var session: Int64 = 0
        var tradeDate: Int32 = .min
    }

    init(interval: BarInterval) {
        self.interval = interval
        // A trading day's keys are dates: two open ones lie at most a long closure apart.
        let needed = interval.isDay ? 32 : Int(interval.grace / interval.nanos) + 2
        var capacity = 4
        while capacity < needed { capacity *= 2 }
        self.capacity = capacity
        places = .allocate(capacity: capacity)
        places.initialize(repeating: Place(), count: capacity)
        buckets = .allocate(capacity: 0)
        running = .allocate(capacity: 0)
    }

    func deallocate() {
        for table in tables {
            table.pointee.deallocate()
            table.deallocate()
        }
        buckets.deallocate()
        running.deallocate()
        places.deallocate()
    }

    /// Rows of the longest table that waits to be drained.
    var mostRows: Int { max(bars.count, footprint.count, cvd.count) }

    /// Makes room for symbols 0 ..< count.
    mutating func reserve(symbols count: Int) {
        guard count > symbolCapacity else { return }
        let wanted = max(count, symbolCapacity * 2, 4)
        let newBuckets = UnsafeMutablePointer<Bucket>.allocate(capacity: wanted * capacity)
        newBuckets.update(from: buckets, count: symbolCapacity * capacity)
        (newBuckets + symbolCapacity * capacity).initialize(repeating: Bucket(), count: (wanted - symbolCapacity) * capacity)
        let newRunning = UnsafeMutablePointer<RunningDelta>.allocate(capacity: wanted)
        newRunning.update(from: running, count: symbolCapacity)
        (newRunning + symbolCapacity).initialize(repeating: RunningDelta(), count: wanted - symbolCapacity)
        buckets.deallocate()
        running.deallocate()
        buckets = newBuckets
        running = newRunning
        symbolCapacity = wanted
    }

    /// Consecutive cells mostly lie in one bucket, and a division of 64 bits takes longer than all the rest.
    private mutating func key(of bounds: CellBounds) -> Int64 {
        if interval.isDay { return Int64(bounds.tradeDate) }
        if bounds.start < recentStart || bounds.start >= recentStart + interval.nanos {
            recentKey = bounds.start.flooredDivision(by: interval.nanos)
            recentStart = recentKey * interval.nanos
        }
        return recentKey
    }

    /// Holds the place of the cell's bucket, so that `due` knows of trades that are not merged yet.
    @discardableResult
    mutating func open(_ bounds: CellBounds) -> Int64 {
        let key = key(of: bounds)
        let place = places + (Int(truncatingIfNeeded: key) & (capacity - 1))
        if place.pointee.key != key {
            precondition(place.pointee.key == Bucket.emptyKey, "ring of open buckets is too small")
            place.pointee =
                interval.isDay
                ? Place(key: key, start: bounds.sessionOpen, end: bounds.sessionClose)
                : Place(key: key, start: key * interval.nanos, end: (key + 1) * interval.nanos)
            newest = max(newest, key)
            if key < oldest {
                oldest = key
                due = place.pointee.end + interval.grace
            }
        }
        return key
    }

    /// The open bucket of a symbol that the cell lies in.
    mutating func bucket(symbol: Int, _ bounds: CellBounds) -> UnsafeMutablePointer<Bucket> {
        let key = open(bounds)
        let bucket = buckets + (symbol * capacity + (Int(truncatingIfNeeded: key) & (capacity - 1)))
        if bucket.pointee.key != key {
            bucket.pointee.key = key
            if makesFootprint { bucket.pointee.prices = takeTable() }
        }
        return bucket
    }

    mutating func merge(_ sums: TradeSums, symbol: Int, _ bounds: CellBounds) {
        let bucket = bucket(symbol: symbol, bounds)
        bucket.pointee.sums.merge(sums)
        if bounds.tradeDate > bucket.pointee.tradeDate {
            bucket.pointee.tradeDate = bounds.tradeDate
            bucket.pointee.tradeDateDelta = 0
        }
        if bounds.tradeDate == bucket.pointee.tradeDate { bucket.pointee.tradeDateDelta += sums.buy - sums.sell }
    }

    /// Appends the rows of every bucket that no later trade may enter once the stream has reached `watermark`.
    mutating func emit(upTo watermark: Int64, order: [Int]) {
        guard due <= watermark else { return }
        var key = oldest
        while key <= newest {
            let place = places + (Int(truncatingIfNeeded: key) & (capacity - 1))
            if place.pointee.key == key {
                let final = place.pointee.end.addingReportingOverflow(interval.grace).partialValue
                if final > watermark {
                    oldest = key
                    due = final
                    return
                }
                for symbol in order { emit(symbol: symbol, place.pointee) }
                place.pointee.key = Bucket.emptyKey
            }
            key += 1
        }
        oldest = .max
        newest = .min
        due = .max
    }

    private mutating func emit(symbol: Int, _ place: Place) {
        let bucket = buckets + (symbol * capacity + (Int(truncatingIfNeeded: place.key) & (capacity - 1)))
        guard bucket.pointee.key == place.key else { return }
        let sums = bucket.pointee.sums
        if sums.count > 0 {
            if makesBars { bars.append(sums, symbol: symbol, start: place.start, end: place.end) }
            if makesCVD { emitDelta(bucket.pointee, symbol: symbol, start: place.start) }
        }
        if let table = bucket.pointee.prices {
            for price in table.pointee.sortedPrices { footprint.append(table.pointee[price], symbol: symbol, start: place.start) }
            table.pointee.removeAll()
            freeTables.append(table)
        }
        bucket.pointee = Bucket()
    }

    private mutating func emitDelta(_ bucket: Bucket, symbol: Int, start: Int64) {
        var state = running[symbol]
        if bucket.tradeDate != state.tradeDate {
            state.tradeDate = bucket.tradeDate
            state.session = 0
        }
        state.session += bucket.tradeDateDelta
        state.total += bucket.sums.buy - bucket.sums.sell
        running[symbol] = state
        cvd.start.append(start)
        cvd.symbol.append(Int32(symbol))
        cvd.buyVolume.append(bucket.sums.buy)
        cvd.sellVolume.append(bucket.sums.sell)
        cvd.delta.append(bucket.sums.buy - bucket.sums.sell)
        cvd.cvd.append(state.total)
        cvd.cvdSession.append(state.session)
    }

    private mutating func takeTable() -> UnsafeMutablePointer<PriceTable> {
        if let table = freeTables.popLast() { return table }
        let table = UnsafeMutablePointer<PriceTable>.allocate(capacity: 1)
        table.initialize(to: PriceTable())
        tables.append(table)
        return table
    }
}

extension BarColumns {
    mutating func append(_ sums: TradeSums, symbol: Int, start: Int64, end: Int64) {
        self.start.append(start)
        self.end.append(end)
        self.symbol.append(Int32(symbol))
        open.append(Double(sums.open) / 1e9)
        high.append(Double(sums.high) / 1e9)
        low.append(Double(sums.low) / 1e9)
        close.append(Double(sums.close) / 1e9)
        volume.append(sums.volume)
        buyVolume.append(sums.buy)
        sellVolume.append(sums.sell)
        unknownVolume.append(sums.volume - sums.buy - sums.sell)
        tradeCount.append(sums.count)
    }
}

extension FootprintColumns {
    mutating func append(_ slot: PriceSlot, symbol: Int, start: Int64) {
        self.start.append(start)
        self.symbol.append(Int32(symbol))
        price.append(Double(slot.price) / 1e9)
        buyVolume.append(slot.buy)
        sellVolume.append(slot.sell)
        unknownVolume.append(slot.unknown)
        tradeCount.append(slot.count)
    }
}
