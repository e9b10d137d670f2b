import Market
import Primitives

/// One rule with its memory for one symbol. Its memory is freed by `deallocate`.
enum RuleState {
    case fixed(UInt32)
    case percentile(SizeWindow, SizeRanks)
    case zScore(SizeWindow, score: Double)

    init(_ rule: BigTradeRule) {
        switch rule {
        case .fixed(let size):
            self = .fixed(size)
        case .percentile(let fraction, let length):
            // The allowance keeps 0.07 * 100 = 7.000000000000001 at rank 7.
            let rank = min(length, max(1, Int((fraction * Double(length) - 1e-9).rounded(.up))))
            self = .percentile(SizeWindow(length: length), SizeRanks(rank: rank))
        case .zScore(let score, let length):
            self = .zScore(SizeWindow(length: length), score: score)
        }
    }

    func deallocate() {
        switch self {
        case .fixed: break
        case .percentile(let window, let ranks):
            window.deallocate()
            ranks.deallocate()
        case .zScore(let window, _): window.deallocate()
        }
    }

    /// Looks at consecutive trades of the symbol and calls `found` with the position and threshold of each big one.
    mutating func scan(
        _ base: UnsafePointer<RawTrade>, _ run: Range<Int>, _ found: (_ position: Int, _ threshold: Double) -> Void
    ) {
        switch self {
        case .fixed(let minimum):
            var position = run.lowerBound
            // Big trades are rare: four at a time are passed over with one comparison.
            while position + 4 <= run.upperBound {
                let trades = base + position
                let largest = max(max(trades[0].size, trades[1].size), max(trades[2].size, trades[3].size))
                if largest >= minimum {
                    for offset in 0..<4 where trades[offset].size >= minimum { found(position + offset, Double(minimum)) }
                }
                position += 4
            }
            for position in position..<run.upperBound where base[position].size >= minimum { found(position, Double(minimum)) }
        case .percentile(var window, var ranks):
            self = .fixed(0)  // so that the list inside `ranks` has one owner while it changes
            for position in run {
                let size = base[position].size
                let wasFull = window.isFull
                if wasFull, size > ranks.ranked() { found(position, Double(ranks.ranked())) }
                let old = window.push(size)
                if wasFull { ranks.remove(old) }
                ranks.insert(size)
            }
            self = .percentile(window, ranks)
        case .zScore(var window, let score):
            for position in run {
                let size = base[position].size
                // Below the mean no score >= 0 is reached, and most trades are small.
                if window.isFull, score < 0 || UInt64(size) &* UInt64(window.length) >= window.sum {
                    let deviation = window.standardDeviation
                    let threshold = window.mean + score * deviation
                    if deviation > 0, Double(size) >= threshold { found(position, threshold) }
                }
                window.pushSquared(size)
            }
            self = .zScore(window, score: score)
        }
    }
}

/// A detected trade that waits until no earlier one can come.
struct PendingBigTrade {
    var trade: RawTrade
    var index: Int64
    var symbol: Int
    var rank: Int
    var rule: Int
    var threshold: Double

    static func precedes(_ a: Self, _ b: Self) -> Bool {
        if a.trade.tsEvent != b.trade.tsEvent { return a.trade.tsEvent < b.trade.tsEvent }
        if a.rank != b.rank { return a.rank < b.rank }
        if a.trade.price != b.trade.price { return a.trade.price < b.trade.price }
        return (a.index, a.rule) < (b.index, b.rule)
    }
}

extension BigTradeColumns {
    mutating func append(_ big: PendingBigTrade) {
        time.append(big.trade.time.rawValue)
        symbol.append(Int32(big.symbol))
        price.append(Double(big.trade.price) / 1e9)
        size.append(Int64(big.trade.size))
        side.append(big.trade.aggressor.rawValue)
        rule.append(Int32(big.rule))
        threshold.append(big.threshold)
    }
}
