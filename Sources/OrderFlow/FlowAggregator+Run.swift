import Market
import Primitives

/// What one symbol has accumulated in its current cell.
struct SymbolState {
    var bounds = CellBounds()
    var sums = TradeSums()
    /// The footprint bucket the cell lies in.
    var prices: UnsafeMutablePointer<PriceTable>?
}

/// Where a run ended: the first position behind it and its last (highest) time.
struct FlowRun {
    var end: Int
    var lastTime: Int64
}

/// Sums that need no order, kept in registers during a run.
private struct RunSums {
    var high = Int64.min
    var low = Int64.max
}

/// Per aggressor character the word of a `PriceSlot` that counts it. A look-up instead of a choice: sides alternate
/// unpredictably, and a wrong guess costs more than all the rest of a trade.
struct SideWords {
    let words: UnsafeMutablePointer<UInt8>
    /// Volume per word during a run; words 1, 2, 3 are buy, sell, unknown as in `PriceSlot`.
    let totals: UnsafeMutablePointer<Int64>

    init() {
        words = .allocate(capacity: 256)
        words.initialize(repeating: 3, count: 256)
        words[Int(AggressorSide.buy.rawValue)] = 1
        words[Int(AggressorSide.sell.rawValue)] = 2
        totals = .allocate(capacity: 4)
        totals.initialize(repeating: 0, count: 4)
    }

    func deallocate() {
        words.deallocate()
        totals.deallocate()
    }
}

/// DBN's "undefined" time; no larger value fits the program's signed time either.
private let undefinedTime = UInt64(Int64.max)

/// False for a record that is no trade, or whose price, size or time is undefined.
@inline(__always) func isTrade(_ trade: UnsafePointer<RawTrade>) -> Bool {
    trade.pointee.action == 84 && trade.pointee.price != PriceTable.free && trade.pointee.size != .max
        && trade.pointee.tsEvent < undefinedTime
}

extension FlowAggregator {
    /// Takes the trades from `start` on that belong to one symbol and its cell and are in order; at least the first.
    func takeRun(
        _ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, state: UnsafeMutablePointer<SymbolState>,
        firstIndex: Int64
    ) -> FlowRun {
        let end = UInt64(bitPattern: state.pointee.bounds.end)
        if state.pointee.bounds.isFiltered { return skipRun(base, from: start, to: limit, end: end) }
        var sums = RunSums()
        let totals = sides.totals
        totals.update(repeating: 0, count: 4)
        let run =
            if let prices = state.pointee.prices {
                sumRun(base + start, base + limit, end: end, &sums, into: prices)
            } else {
                sumRun(base + start, base + limit, end: end, &sums)
            }
        let count = run.end - (base + start)
        var cell = TradeSums()
        cell.firstTime = base[start].time.rawValue
        cell.firstIndex = firstIndex + Int64(start)
        cell.open = base[start].price
        cell.lastTime = run.lastTime
        cell.lastIndex = cell.firstIndex + Int64(count) - 1
        cell.close = run.end[-1].price
        cell.high = sums.high
        cell.low = sums.low
        cell.volume = totals[1] + totals[2] + totals[3]
        cell.buy = totals[1]
        cell.sell = totals[2]
        cell.count = Int64(count)
        state.pointee.sums.merge(cell)
        return FlowRun(end: start + count, lastTime: run.lastTime)
    }

    private func skipRun(_ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, end: UInt64) -> FlowRun {
        let id = base[start].instrumentID
        var last = base[start].tsEvent
        var position = start + 1
        while position < limit {
            let trade = base + position
            let time = trade.pointee.tsEvent
            guard trade.pointee.instrumentID == id, time >= last, time < end, isTrade(trade) else { break }
            last = time
            position += 1
        }
        return FlowRun(end: position, lastTime: Int64(bitPattern: last))
    }

    /// Sums without volume by price.
    private func sumRun(
        _ start: UnsafePointer<RawTrade>, _ limit: UnsafePointer<RawTrade>, end: UInt64, _ result: inout RunSums
    ) -> (end: UnsafePointer<RawTrade>, lastTime: Int64) {
        let id = start.pointee.instrumentID
        let words = sides.words
        let totals = sides.totals
        var last: UInt64 = 0
        var sums = RunSums()
        var trade = start
        while trade != limit {
            let time = trade.pointee.tsEvent
            guard trade.pointee.instrumentID == id, time >= last, time < end, isTrade(trade) else { break }
            last = time
            sums.add(trade.pointee.price)
            totals[Int(words[Int(trade.pointee.side)])] &+= Int64(trade.pointee.size)
            trade += 1
        }
        result = sums
        return (trade, Int64(bitPattern: last))
    }

    /// Sums with volume by price.
    private func sumRun(
        _ start: UnsafePointer<RawTrade>, _ limit: UnsafePointer<RawTrade>, end: UInt64, _ result: inout RunSums,
        into prices: UnsafeMutablePointer<PriceTable>
    ) -> (end: UnsafePointer<RawTrade>, lastTime: Int64) {
        let id = start.pointee.instrumentID
        let words = sides.words
        let totals = sides.totals
        var slots = prices.pointee.slots
        var shift = prices.pointee.shift
        var last: UInt64 = 0
        var sums = RunSums()
        var trade = start
        while trade != limit {
            let time = trade.pointee.tsEvent
            guard trade.pointee.instrumentID == id, time >= last, time < end, isTrade(trade) else { break }
            last = time
            let price = trade.pointee.price
            sums.add(price)
            var slot = slots + PriceTable.home(price, shift: shift)
            if slot.pointee.price != price {
                slot = prices.pointee.slot(for: price)
                slots = prices.pointee.slots
                shift = prices.pointee.shift
            }
            let word = Int(words[Int(trade.pointee.side)])
            let size = Int64(trade.pointee.size)
            totals[word] &+= size
            slot.add(size, word: word)
            trade += 1
        }
        result = sums
        return (trade, Int64(bitPattern: last))
    }
}

extension RunSums {
    @inline(__always) fileprivate mutating func add(_ price: Int64) {
        high = max(high, price)
        low = min(low, price)
    }
}

extension UnsafeMutablePointer where Pointee == PriceSlot {
    @inline(__always) fileprivate func add(_ size: Int64, word: Int) {
        let words = UnsafeMutableRawPointer(self).assumingMemoryBound(to: Int64.self)
        words[word] &+= size
        words[4] &+= 1
    }
}
