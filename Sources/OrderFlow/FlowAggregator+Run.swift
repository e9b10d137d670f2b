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
    var volume: UInt64 = 0
    var buy: UInt64 = 0
    var sell: UInt64 = 0
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
        _ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, state: UnsafeMutablePointer<SymbolState>, firstIndex: Int64
    ) -> FlowRun {
        var run: FlowRun
        var sums = RunSums()
        let end = UInt64(bitPattern: state.pointee.bounds.end)
        if state.pointee.bounds.isFiltered {
            return skipRun(base, from: start, to: limit, end: end)
        } else if let prices = state.pointee.prices {
            run = sumRun(base, from: start, to: limit, end: end, &sums, into: prices)
        } else {
            run = sumRun(base, from: start, to: limit, end: end, &sums)
        }
        var cell = TradeSums()
        cell.firstTime = base[start].time.rawValue
        cell.firstIndex = firstIndex + Int64(start)
        cell.open = base[start].price
        cell.lastTime = run.lastTime
        cell.lastIndex = firstIndex + Int64(run.end) - 1
        cell.close = base[run.end - 1].price
        cell.high = sums.high
        cell.low = sums.low
        cell.volume = Int64(sums.volume)
        cell.buy = Int64(sums.buy)
        cell.sell = Int64(sums.sell)
        cell.count = Int64(run.end - start)
        state.pointee.sums.merge(cell)
        return run
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

    private func sumRun(
        _ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, end: UInt64, _ result: inout RunSums
    ) -> FlowRun {
        let id = base[start].instrumentID
        var last: UInt64 = 0
        var sums = RunSums()
        var position = start
        while position < limit {
            let trade = base + position
            let time = trade.pointee.tsEvent
            guard trade.pointee.instrumentID == id, time >= last, time < end, isTrade(trade) else { break }
            last = time
            sums.add(trade)
            position += 1
        }
        result = sums
        return FlowRun(end: position, lastTime: Int64(bitPattern: last))
    }

    private func sumRun(
        _ base: UnsafePointer<RawTrade>, from start: Int, to limit: Int, end: UInt64, _ result: inout RunSums,
        into prices: UnsafeMutablePointer<PriceTable>
    ) -> FlowRun {
        let id = base[start].instrumentID
        var last: UInt64 = 0
        var sums = RunSums()
        var slots = prices.pointee.slots
        var shift = prices.pointee.shift
        var position = start
        while position < limit {
            let trade = base + position
            let time = trade.pointee.tsEvent
            guard trade.pointee.instrumentID == id, time >= last, time < end, isTrade(trade) else { break }
            last = time
            sums.add(trade)
            let price = trade.pointee.price
            var slot = slots + PriceTable.home(price, shift: shift)
            if slot.pointee.price != price {
                slot = prices.pointee.slot(for: price)
                slots = prices.pointee.slots
                shift = prices.pointee.shift
            }
            slot.add(size: trade.pointee.size, side: trade.pointee.side)
            position += 1
        }
        result = sums
        return FlowRun(end: position, lastTime: Int64(bitPattern: last))
    }
}

extension RunSums {
    @inline(__always) fileprivate mutating func add(_ trade: UnsafePointer<RawTrade>) {
        let price = trade.pointee.price
        let size = UInt64(trade.pointee.size)
        high = max(high, price)
        low = min(low, price)
        volume &+= size
        buy &+= trade.pointee.side == AggressorSide.buy.rawValue ? size : 0
        sell &+= trade.pointee.side == AggressorSide.sell.rawValue ? size : 0
    }
}

extension UnsafeMutablePointer where Pointee == PriceSlot {
    /// One of three adjacent counters takes the size, chosen without a branch: sides alternate unpredictably.
    @inline(__always) fileprivate func add(size: UInt32, side: UInt8) {
        let offset = side == AggressorSide.buy.rawValue ? 1 : (side == AggressorSide.sell.rawValue ? 2 : 3)
        let words = UnsafeMutableRawPointer(self).assumingMemoryBound(to: Int64.self)
        words[offset] &+= Int64(size)
        words[4] &+= 1
    }
}
