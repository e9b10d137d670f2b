/// Change over some rows in percent, 0 where the earlier value is 0.
struct RateOfChange: UnaryKernel {
    private var earlier: Delay

    init(window: Int) { earlier = Delay(rows: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let before = earlier.next(x)
        if before == 0 { return x.isNaN ? .nan : 0 }
        return (x / before - 1) * 100
    }

    mutating func archive(_ archive: inout StateArchive) { earlier.archive(&archive) }
}

/// Lambert's distance of the typical price from its mean, in mean absolute deviations.
struct CommodityChannel: TernaryKernel {
    private var moments: RollingMoments
    private var recent: RecentValues

    init(window: Int) {
        moments = RollingMoments(window: window)
        recent = RecentValues(window: window)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let price = (high + low + close) / 3
        moments.add(price)
        recent.add(price)
        let mean = moments.mean
        // A constant window has its value for mean, exactly.
        if price == mean { return 0 }
        return (price - mean) / (0.015 * recent.absoluteDeviations(from: mean) / Double(recent.window))
    }

    mutating func archive(_ archive: inout StateArchive) {
        moments.archive(&archive)
        recent.archive(&archive)
    }
}

/// Williams' buying pressure over three windows.
struct UltimateOscillator: TernaryKernel {
    private struct Part: Sendable {
        private var pressure, range: RollingSum

        init(window: Int) {
            pressure = RollingSum(window: window)
            range = pressure
        }

        @inline(__always) mutating func next(_ pressure: Double, _ range: Double) -> Double {
            let top = self.pressure.next(pressure)
            let bottom = self.range.next(range)
            return bottom == 0 ? 0 * top : top / bottom
        }

        mutating func archive(_ archive: inout StateArchive) {
            pressure.archive(&archive)
            range.archive(&archive)
        }
    }

    private var short, medium, long: Part
    private var before = Double.nan

    init(short: Int, medium: Int, long: Int) {
        self.short = Part(window: short)
        self.medium = Part(window: medium)
        self.long = Part(window: long)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let range = trueRange(high, low, before)
        // NaN where the range is, so that both miss the same rows.
        let pressure = range.isNaN ? .nan : close - min(low, before)
        before = close
        return 100 * (4 * short.next(pressure, range) + 2 * medium.next(pressure, range) + long.next(pressure, range)) / 7
    }

    mutating func archive(_ archive: inout StateArchive) {
        short.archive(&archive)
        medium.archive(&archive)
        long.archive(&archive)
        archive.value(&before)
    }
}

struct BalanceOfPower: QuaternaryKernel {
    @inline(__always) mutating func next(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        let move = close - open
        return high <= low ? (move.isNaN ? .nan : 0) : move / (high - low)
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

/// Blau's twice smoothed change over the twice smoothed size of the change. A missing value is skipped.
struct TrueStrength: UnaryKernel {
    private var firstChange, secondChange, firstSize, secondSize: ExponentialMean
    private var before = Double.nan

    init(slow: Int, fast: Int) {
        firstChange = ExponentialMean(window: slow, start: .meanOfWindow)
        secondChange = ExponentialMean(window: fast, start: .meanOfWindow)
        firstSize = firstChange
        secondSize = secondChange
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let change = x - before
        before = x
        let top = secondChange.next(firstChange.next(change))
        let bottom = secondSize.next(firstSize.next(abs(change)))
        return bottom == 0 ? 0 : 100 * top / bottom
    }

    mutating func archive(_ archive: inout StateArchive) {
        firstChange.archive(&archive)
        secondChange.archive(&archive)
        firstSize.archive(&archive)
        secondSize.archive(&archive)
        archive.value(&before)
    }
}

/// Pring's sum of four smoothed rates of change.
struct KnowSureThing: UnaryKernel {
    private var changes: [RateOfChange]
    private var means: [RollingMean]

    /// - Precondition: four of each.
    init(changes: [Int], means: [Int]) {
        self.changes = changes.map { RateOfChange(window: $0) }
        self.means = means.map { RollingMean(window: $0) }
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        var sum = 0.0
        for index in changes.indices { sum += Double(index + 1) * means[index].next(changes[index].next(x)) }
        return sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        for index in changes.indices { changes[index].archive(&archive) }
        for index in means.indices { means[index].archive(&archive) }
    }
}

/// Weighted mean of the sum of two rates of change.
struct CoppockCurve: UnaryKernel {
    private var short, long: RateOfChange
    private var mean: WeightedMean

    init(window: Int, short: Int, long: Int) {
        self.short = RateOfChange(window: short)
        self.long = RateOfChange(window: long)
        mean = WeightedMean(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { mean.next(short.next(x) + long.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        short.archive(&archive)
        long.archive(&archive)
        mean.archive(&archive)
    }
}

/// Fast less slow mean of the median price, or how far that lies from its own mean.
struct AwesomeOscillator: BinaryKernel {
    private var fast, slow, signal: RollingMean
    private let isAccelerator: Bool

    /// - Parameter signal: rows of the oscillator's mean; nil for the oscillator itself.
    init(fast: Int, slow: Int, signal: Int?) {
        self.fast = RollingMean(window: fast)
        self.slow = RollingMean(window: slow)
        self.signal = RollingMean(window: signal ?? 1)
        isAccelerator = signal != nil
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let price = (high + low) / 2
        let awesome = fast.next(price) - slow.next(price)
        return isAccelerator ? awesome - signal.next(awesome) : awesome
    }

    mutating func archive(_ archive: inout StateArchive) {
        fast.archive(&archive)
        slow.archive(&archive)
        signal.archive(&archive)
    }
}

/// Elder's distance of a high or a low from the exponential mean of the close. A row that misses a price is skipped.
struct ElderPower: BinaryKernel {
    private var mean: ExponentialMean

    init(window: Int) { mean = ExponentialMean(window: window, start: .meanOfWindow) }

    @inline(__always) mutating func next(_ price: Double, _ close: Double) -> Double {
        price.isNaN ? .nan : price - mean.next(close)
    }

    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}
