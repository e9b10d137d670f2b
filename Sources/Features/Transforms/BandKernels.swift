/// Mean and standard deviations of the last rows.
struct BollingerBand: UnaryKernel {
    enum Output: Sendable { case upper, lower, position, width }

    private var moments: RollingMoments
    private let deviations: Double
    private let share: Double
    private let output: Output

    init(window: Int, deviations: Double, _ output: Output) {
        moments = RollingMoments(window: window)
        self.deviations = deviations
        share = 1 / Double(window)
        self.output = output
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        let half = deviations * (moments.squaredDeviations * share).squareRoot()
        switch output {
        case .upper: return moments.mean + half
        case .lower: return moments.mean - half
        case .position: return half == 0 ? 0.5 : 0.5 + (x - moments.mean) / (2 * half)
        case .width: return half == 0 ? 0 : 2 * half / moments.mean
        }
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

/// Exponential mean of the typical price, and average true ranges around it. A row that misses a price is skipped.
struct KeltnerBand: TernaryKernel {
    private var mean: ExponentialMean
    private var range: AverageTrueRange
    private let multiplier: Double
    /// Both averages begin at the same row with the mean of their last rows, so one of them lets some rows pass.
    private var rowsBeforeMean: Int
    private var rowsBeforeRange: Int

    /// - Parameter multiplier: average true ranges above the middle.
    init(window: Int, rangeWindow: Int, multiplier: Double) {
        mean = ExponentialMean(window: window, start: .meanOfWindow)
        range = AverageTrueRange(window: rangeWindow)
        self.multiplier = multiplier
        let start = Self.warmUp(window: window, rangeWindow: rangeWindow)
        rowsBeforeMean = start - (window - 1)
        rowsBeforeRange = start - rangeWindow
    }

    static func warmUp(window: Int, rangeWindow: Int) -> Int { max(window - 1, rangeWindow) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let price = (high + low + close) / 3
        if price.isNaN { return .nan }
        var middle = Double.nan
        var width = Double.nan
        if rowsBeforeMean > 0 { rowsBeforeMean -= 1 } else { middle = mean.next(price) }
        if rowsBeforeRange > 0 { rowsBeforeRange -= 1 } else { width = range.next(high, low, close) }
        return middle + multiplier * width
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        range.archive(&archive)
        archive.value(&rowsBeforeMean)
        archive.value(&rowsBeforeRange)
    }
}

/// Largest or smallest value of the last rows.
struct ChannelEdge: UnaryKernel {
    private var range: RollingHighLow
    private let isUpper: Bool

    init(window: Int, isUpper: Bool) {
        range = RollingHighLow(window: window)
        self.isUpper = isUpper
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        range.add(x, x)
        return isUpper ? range.high : range.low
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

/// The place of the close in the channel of the last highs and lows.
struct ChannelPosition: TernaryKernel {
    private var range: RangePosition

    init(window: Int) { range = RangePosition(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        range.next(high, low, close, flat: 0.5)
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

/// Mean of high or low moved outwards by the share of the range in the price.
struct AccelerationBand: BinaryKernel {
    private var mean: RollingMean
    private let isUpper: Bool

    init(window: Int, isUpper: Bool) {
        mean = RollingMean(window: window)
        self.isUpper = isUpper
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let sum = high + low
        let share = sum == 0 ? 0 : 4 * (high - low) / sum
        return mean.next(isUpper ? high * (1 + share) : low * (1 - share))
    }

    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}
