import Market

/// One open bucket of one symbol. Its memory is freed by `deallocate`.
struct DetailBucket {
    /// Price levels, and sizes in place of prices with their counts.
    var prices = PriceTable()
    var sizes = PriceTable()
    var row = FlowDetailRow()
    private var count: Int64 = 0
    private var volume: Int64 = 0
    private var dollars: Int128 = 0
    private var lastTime = UInt64.min
    private var close: Int64 = 0

    func deallocate() {
        prices.deallocate()
        sizes.deallocate()
    }

    mutating func removeAll() {
        prices.removeAll()
        sizes.removeAll()
        row = FlowDetailRow()
        (count, volume, dollars, lastTime, close) = (0, 0, 0, 0, 0)
    }

    @inline(__always) mutating func add(_ trade: UnsafePointer<RawTrade>) {
        let price = trade.pointee.price
        let size = Int64(trade.pointee.size)
        let value = Int128(price) &* Int128(size)
        count &+= 1
        volume &+= size
        dollars &+= value
        // As the bar's: the last by (time, position in the stream).
        if trade.pointee.tsEvent >= lastTime {
            lastTime = trade.pointee.tsEvent
            close = price
        }
        Self.slot(&sizes, size).pointee.count &+= 1
        let level = Self.slot(&prices, price)
        switch trade.pointee.aggressor {
        case .buy:
            level.pointee.buy &+= size
            row.buyTrades &+= 1
            row.delta &+= size
            row.maxDelta = max(row.maxDelta, row.delta)
            addRoots(1, size, price)
        case .sell:
            level.pointee.sell &+= size
            row.sellTrades &+= 1
            row.delta &-= size
            row.minDelta = min(row.minDelta, row.delta)
            addRoots(-1, size, price)
        case .unknown: level.pointee.unknown &+= size
        }
    }

    @inline(__always) private mutating func addRoots(_ sign: Double, _ size: Int64, _ price: Int64) {
        row.signedRootVolume += sign * Double(size).squareRoot()
        row.signedRootDollarVolume += sign * (Double(price).magnitude / 1e9 * Double(size)).squareRoot()
    }

    @inline(__always) private static func slot(_ table: inout PriceTable, _ key: Int64) -> UnsafeMutablePointer<PriceSlot> {
        let slot = table.slots + PriceTable.home(key, shift: table.shift)
        return slot.pointee.price == key ? slot : table.slot(for: key)
    }

    /// The finished row. The bucket holds a trade.
    mutating func finished(
        _ configuration: FlowDetailConfiguration, tickSize: Int64?, start: Int64, symbol: Int, _ ladder: inout PriceLadder
    ) -> FlowDetailRow {
        row.start = start
        row.symbol = Int32(symbol)
        let sum = Double(dollars)
        row.dollarVolume = sum / 1e9
        row.vwap = volume > 0 ? sum / Double(volume) / 1e9 : .nan
        row.meanSize = Double(volume) / Double(count)
        takeSizes()
        ladder.fill(&prices)
        let control = ladder.pointOfControl(close: close)
        let area = ladder.valueArea(around: control, volume: volume)
        row.pointOfControl = Double(ladder.levels[control].price) / 1e9
        row.valueAreaLow = Double(ladder.levels[area.lowerBound].price) / 1e9
        row.valueAreaHigh = Double(ladder.levels[area.upperBound].price) / 1e9
        if let tick = tickSize ?? ladder.smallestGap {
            let ratio = configuration.imbalanceRatio, minimum = configuration.imbalanceMinimum
            (row.buyImbalances, row.buyImbalanceStack) = ladder.buyImbalances(tick, ratio, minimum)
            (row.sellImbalances, row.sellImbalanceStack) = ladder.sellImbalances(tick, ratio, minimum)
        }
        return row
    }

    /// Nearest ranks, by counting.
    private mutating func takeSizes() {
        let ranks = [50, 90, 99].map { (count * $0 + 99) / 100 }
        var found = [Int64](repeating: 0, count: 3)
        var below: Int64 = 0
        for size in sizes.sortedPrices {
            let through = below + sizes[size].count
            for index in 0..<3 where below < ranks[index] && ranks[index] <= through { found[index] = size }
            below = through
            row.maxSize = size
        }
        (row.medianSize, row.p90Size, row.p99Size) = (found[0], found[1], found[2])
    }
}

/// A bucket's price levels in ascending order.
struct PriceLadder {
    /// Not empty once filled.
    private(set) var levels: [PriceSlot] = []

    mutating func fill(_ table: inout PriceTable) {
        levels.removeAll(keepingCapacity: true)
        for price in table.sortedPrices { levels.append(table[price]) }
    }

    private func volume(_ index: Int) -> Int64 { levels[index].buy + levels[index].sell + levels[index].unknown }

    func pointOfControl(close: Int64) -> Int {
        var best = 0
        for index in levels.indices.dropFirst() {
            let (mine, most) = (volume(index), volume(best))
            let isNearer = (levels[index].price - close).magnitude < (levels[best].price - close).magnitude
            if mine > most || mine == most && isNearer { best = index }
        }
        return best
    }

    /// Indices of the lowest and highest level.
    func valueArea(around control: Int, volume total: Int64) -> ClosedRange<Int> {
        var (low, high) = (control, control)
        var held = volume(control)
        while held * 10 < total * 7 {
            let above = high + 1 < levels.count ? volume(high + 1) : -1
            let below = low > 0 ? volume(low - 1) : -1
            if above < 0, below < 0 { break }
            if above >= below { high += 1 } else { low -= 1 }
            held += max(above, below)
        }
        return low...high
    }

    var smallestGap: Int64? { zip(levels, levels.dropFirst()).map { $1.price - $0.price }.min() }

    func buyImbalances(_ tick: Int64, _ ratio: Int64, _ minimum: Int64) -> (count: Int64, stack: Int64) {
        var (run, below) = (Run(), 0)
        for level in levels where level.price - tick >= levels[0].price {
            while levels[below].price < level.price - tick { below += 1 }
            let sold = levels[below].price == level.price - tick ? levels[below].sell : 0
            if level.buy >= minimum, level.buy >= ratio * sold { run.take(level.price, tick) }
        }
        return (run.count, run.longest)
    }

    func sellImbalances(_ tick: Int64, _ ratio: Int64, _ minimum: Int64) -> (count: Int64, stack: Int64) {
        var (run, above) = (Run(), 0)
        for level in levels where level.price + tick <= levels[levels.count - 1].price {
            while levels[above].price < level.price + tick { above += 1 }
            let bought = levels[above].price == level.price + tick ? levels[above].buy : 0
            if level.sell >= minimum, level.sell >= ratio * bought { run.take(level.price, tick) }
        }
        return (run.count, run.longest)
    }

    /// Imbalances met in ascending order.
    private struct Run {
        var count: Int64 = 0
        var longest: Int64 = 0
        private var length: Int64 = 0
        private var last: Int64?

        mutating func take(_ price: Int64, _ tick: Int64) {
            count += 1
            length = last.map { $0 + tick == price } == true ? length + 1 : 1
            longest = max(longest, length)
            last = price
        }
    }
}
