/// A bar that is being filled. All sums are exact.
struct OpenTradeBar {
    var start: Int64 = 0
    var end: Int64 = 0
    var open: Int64 = 0
    var high = Int64.min
    var low = Int64.max
    var close: Int64 = 0
    var volume: Int64 = 0
    var buy: Int64 = 0
    var sell: Int64 = 0
    var count: Int64 = 0
    /// Price times size in 1e-9 of the currency.
    var dollars: Int128 = 0
    /// What the rule counts, by the sign of the trade: trades, contracts, or absolute price times size in 1e-9.
    var bought: Int128 = 0
    var sold: Int128 = 0
    var unsigned: Int128 = 0

    /// - Parameters: the amount that the rule counts, with the sign -1, 0 or 1 of the trade.
    @inline(__always) mutating func add(_ amount: Int128, sign: Int) {
        switch sign {
        case 1: bought &+= amount
        case -1: sold &+= amount
        default: unsigned &+= amount
        }
    }
}

/// What a rule expects of the next bar: exponentially weighted averages over the bars before.
struct BarExpectation {
    /// Weight of the newest bar.
    static let weight = 0.1
    /// How far the threshold may lie from its start value, as a factor in either direction. Without it the averages feed on the
    /// bars that they make, and the threshold runs away or collapses to single trades.
    static let bound = 4.0

    private var bars = 0
    private var ticks = 0.0
    /// Mean amount a trade, bought and sold, in the rule's unit.
    private var bought = 0.0
    private var sold = 0.0

    /// Takes a bar that its threshold closed. One that the session's end cut says nothing about natural length.
    mutating func take(_ bar: OpenTradeBar) {
        let count = Double(bar.count)
        let meanBought = Double(bar.bought) / count
        let meanSold = Double(bar.sold) / count
        bars += 1
        if bars == 1 {
            (ticks, bought, sold) = (count, meanBought, meanSold)
        } else {
            ticks += Self.weight * (count - ticks)
            bought += Self.weight * (meanBought - bought)
            sold += Self.weight * (meanSold - sold)
        }
    }

    /// - Parameter first: the first bar's threshold in the unit of the sums.
    func threshold(first: Double, isRuns: Bool) -> Int128 {
        guard bars > 0 else { return Int128(first) }
        let expected = ticks * (isRuns ? Double.maximum(bought, sold) : (bought - sold).magnitude)
        return Int128(Double.minimum(Double.maximum(expected, first / Self.bound), first * Self.bound).rounded(.up))
    }
}
