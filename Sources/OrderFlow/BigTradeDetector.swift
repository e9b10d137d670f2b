import Market
import Primitives

/// Applies the rules to the trades of one symbol, in file order.
struct BigTradeDetector {
    private let rules: [BigTradeRule]
    private var windows: [SizeWindow]

    init(rules: [BigTradeRule]) {
        self.rules = rules
        windows = rules.map { rule in
            switch rule {
            case .fixed: SizeWindow(length: 0, ranked: false)
            case .percentile(_, let window): SizeWindow(length: window, ranked: true)
            case .zScore(_, let window): SizeWindow(length: window, ranked: false)
            }
        }
    }

    /// Calls `found` with the index of each rule the trade satisfies and that rule's threshold, then learns its size.
    mutating func add(_ size: UInt32, found: (Int, Double) -> Void) {
        for index in 0..<rules.count {
            switch rules[index] {
            case .fixed(let minimum):
                if size >= minimum { found(index, Double(minimum)) }
            case .percentile(let fraction, let length):
                if windows[index].isFull {
                    // The allowance keeps 0.07 * 100 = 7.000000000000001 at rank 7.
                    let rank = min(length, max(1, Int((fraction * Double(length) - 1e-9).rounded(.up))))
                    let threshold = windows[index].smallest(rank)
                    if size > threshold { found(index, Double(threshold)) }
                }
                windows[index].push(size)
            case .zScore(let score, _):
                // Below the mean no score >= 0 is reached, and most trades are small.
                if windows[index].isFull, score < 0 || Double(size) >= windows[index].mean {
                    let deviation = windows[index].standardDeviation
                    let threshold = windows[index].mean + score * deviation
                    if deviation > 0, Double(size) >= threshold { found(index, threshold) }
                }
                windows[index].push(size)
            }
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
