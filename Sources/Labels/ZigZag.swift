import Contracts

/// The swings of a series: highs and lows after which the price turned by at least a fraction.
///
/// A swing is known only at the bar that turned. A bar that both goes beyond the last extreme and turns from it turns first.
struct ZigZag {
    struct Swing {
        let isHigh: Bool
        /// The bar of the extreme, the first of equals.
        let row: Int
        /// The bar at which the price had turned.
        let confirmed: Int
        let price: Double
    }

    /// In order.
    private(set) var swings: [Swing] = []
    /// At each bar, its own price included: rows before this one will be no swings any more unless they are among `swings`.
    private(set) var open: [Int]

    init(_ prices: LabelPrices, reversal: Double, path: BarrierPath.Path) {
        let high = path == .close ? prices.close : prices.high
        let low = path == .close ? prices.close : prices.low
        open = [Int](repeating: 0, count: prices.count)
        // Bars of the highest and lowest price since the last swing; nil once that extreme is behind it.
        var top: Int?
        var bottom: Int?
        var isFirst = true
        for bar in 0..<prices.count {
            defer { open[bar] = min(top ?? bar, bottom ?? bar) }
            if high[bar].isNaN || low[bar].isNaN { continue }
            if isFirst {
                (top, bottom, isFirst) = (bar, bar, false)
            } else if let extreme = top, low[bar] <= high[extreme] * (1 - reversal) {
                swings.append(Swing(isHigh: true, row: extreme, confirmed: bar, price: high[extreme]))
                (top, bottom) = (nil, bar)
            } else if let extreme = bottom, high[bar] >= low[extreme] * (1 + reversal) {
                swings.append(Swing(isHigh: false, row: extreme, confirmed: bar, price: low[extreme]))
                (top, bottom) = (bar, nil)
            } else {
                if let extreme = top, high[bar] > high[extreme] { top = bar }
                if let extreme = bottom, low[bar] < low[extreme] { bottom = bar }
            }
        }
    }
}
