/// Largest high and smallest low of the last `window` rows, by blocks as in `RollingSum`, without their places. A row that misses
/// one of the two leaves its windows without a range.
struct RollingHighLow: Sendable {
    let window: Int
    /// High and low by turns; behind `filled` the extremes of the tails of the block before.
    private var values: [Double]
    private var filled = 0
    private var headHigh = -Double.infinity
    private var headLow = Double.infinity
    /// Rows in a row that miss nothing.
    private var known = 0
    /// NaN before the window is full or where a row misses a value, as `low`.
    private(set) var high = Double.nan
    private(set) var low = Double.nan

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        values = (0..<2 * window).map { $0 % 2 == 0 ? -.infinity : .infinity }
    }

    @inline(__always) mutating func add(_ high: Double, _ low: Double) {
        var high = high
        var low = low
        known += 1
        if (high + low).isNaN {
            // No extreme, and no window is read that holds it.
            known = 0
            high = -.infinity
            low = .infinity
        }
        headHigh = high > headHigh ? high : headHigh
        headLow = low < headLow ? low : headLow
        let place = 2 * filled
        filled += 1
        if filled == window { return endBlock(high, low) }
        let (tailHigh, tailLow) = values.withUnsafeMutableBufferPointer { values in
            values[place] = high
            values[place + 1] = low
            return (values[place + 2], values[place + 3])
        }
        let isComplete = known >= window
        self.high = isComplete ? (tailHigh > headHigh ? tailHigh : headHigh) : .nan
        self.low = isComplete ? (tailLow < headLow ? tailLow : headLow) : .nan
    }

    @inline(never) private mutating func endBlock(_ high: Double, _ low: Double) {
        self.high = known >= window ? headHigh : .nan
        self.low = known >= window ? headLow : .nan
        var tailHigh = high
        var tailLow = low
        values[2 * window - 2] = high
        values[2 * window - 1] = low
        for index in stride(from: window - 2, through: 0, by: -1) {
            tailHigh = max(tailHigh, values[2 * index])
            tailLow = min(tailLow, values[2 * index + 1])
            values[2 * index] = tailHigh
            values[2 * index + 1] = tailLow
        }
        filled = 0
        headHigh = -.infinity
        headLow = .infinity
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        archive.value(&filled)
        archive.value(&headHigh)
        archive.value(&headLow)
        archive.value(&known)
        archive.value(&high)
        archive.value(&low)
    }
}
