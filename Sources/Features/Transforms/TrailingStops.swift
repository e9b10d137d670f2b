/// Wilder's stop and reverse. A row that misses a price is skipped.
struct ParabolicStop: BinaryKernel {
    private let acceleration: Double
    private let maximum: Double
    private var seen = 0
    private var isLong = false
    private var high = Double.nan
    private var low = Double.nan
    private var extreme = Double.nan
    private var step = Double.nan
    /// For the next row.
    private var stop = Double.nan

    init(acceleration: Double, maximum: Double) {
        self.acceleration = min(acceleration, maximum)
        self.maximum = maximum
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        if (high + low).isNaN { return .nan }
        defer {
            self.high = high
            self.low = low
        }
        if seen < 2 {
            seen += 1
            if seen == 1 { return .nan }
            begin(high, low)
        }
        return isLong ? long(high, low) : short(high, low)
    }

    /// The second row decides the side: short where it fell more than it rose.
    private mutating func begin(_ high: Double, _ low: Double) {
        let down = self.low - low
        isLong = !(down > 0 && high - self.high < down)
        step = acceleration
        extreme = isLong ? high : low
        stop = isLong ? self.low : self.high
        // The first row of the position is its own predecessor.
        self.high = high
        self.low = low
    }

    @inline(__always) private mutating func long(_ high: Double, _ low: Double) -> Double {
        guard low > stop else {
            isLong = false
            let turned = max(extreme, self.high, high)
            step = acceleration
            extreme = low
            stop = max(turned + step * (extreme - turned), self.high, high)
            return turned
        }
        let result = stop
        if high > extreme {
            extreme = high
            step = min(step + acceleration, maximum)
        }
        stop = min(stop + step * (extreme - stop), self.low, low)
        return result
    }

    @inline(__always) private mutating func short(_ high: Double, _ low: Double) -> Double {
        guard high < stop else {
            isLong = true
            let turned = min(extreme, self.low, low)
            step = acceleration
            extreme = high
            stop = min(turned + step * (extreme - turned), self.low, low)
            return turned
        }
        let result = stop
        if low < extreme {
            extreme = low
            step = min(step + acceleration, maximum)
        }
        stop = max(stop + step * (extreme - stop), self.high, high)
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&seen)
        archive.value(&isLong)
        archive.value(&high)
        archive.value(&low)
        archive.value(&extreme)
        archive.value(&step)
        archive.value(&stop)
    }
}

/// Bands of average true ranges that only tighten until a close crosses one.
struct Supertrend: TernaryKernel {
    enum Output: Sendable { case stop, direction }

    private var average: AverageTrueRange
    private let multiplier: Double
    private let output: Output
    private var upper = Double.nan
    private var lower = Double.nan
    private var close = Double.nan
    private var isUp = true

    init(window: Int, multiplier: Double, _ output: Output) {
        average = AverageTrueRange(window: window)
        self.multiplier = multiplier
        self.output = output
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let width = multiplier * average.next(high, low, close)
        if width.isNaN { return .nan }
        let middle = (high + low) / 2
        let above = middle + width
        let below = middle - width
        if upper.isNaN {
            upper = above
            lower = below
        } else {
            if above < upper || self.close > upper { upper = above }
            if below > lower || self.close < lower { lower = below }
            if isUp && close < lower { isUp = false } else if !isUp && close > upper { isUp = true }
        }
        self.close = close
        switch output {
        case .stop: return isUp ? lower : upper
        case .direction: return isUp ? 1 : -1
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        average.archive(&archive)
        archive.value(&upper)
        archive.value(&lower)
        archive.value(&close)
        archive.value(&isUp)
    }
}
