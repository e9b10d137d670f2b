struct RollingDispersion: UnaryKernel {
    enum Measure: Sendable { case variance, deviation, relative }

    private var moments: RollingMoments
    private let measure: Measure

    init(window: Int, measure: Measure) {
        moments = RollingMoments(window: window)
        self.measure = measure
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        switch measure {
        case .variance: return moments.variance
        case .deviation: return moments.standardDeviation
        case .relative: return moments.standardDeviation / moments.mean
        }
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

/// Skewness or excess kurtosis, corrected for bias.
struct RollingShape: UnaryKernel {
    enum Measure: Sendable { case skewness, kurtosis }

    private var moments: RollingHigherMoments
    private let measure: Measure
    private let scale: Double
    private let offset: Double

    init(window: Int, measure: Measure) {
        moments = RollingHigherMoments(window: window)
        self.measure = measure
        let n = Double(window)
        switch measure {
        case .skewness:
            scale = n * (n - 1).squareRoot() / (n - 2)
            offset = 0
        case .kurtosis:
            scale = (n - 1) * (n + 1) * n / ((n - 2) * (n - 3))
            offset = 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3))
        }
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        let sums = moments.sums
        switch measure {
        case .skewness: return scale * sums.third / (sums.second * sums.second.squareRoot())
        case .kurtosis: return scale * sums.fourth / (sums.second * sums.second) - offset
        }
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

struct MeanAbsoluteDeviation: UnaryKernel {
    private var moments: RollingMoments
    private var values: RecentValues

    init(window: Int) {
        moments = RollingMoments(window: window)
        values = RecentValues(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        values.add(x)
        let mean = moments.mean
        if mean.isNaN { return .nan }
        return values.absoluteDeviations(from: mean) / Double(values.window)
    }

    mutating func archive(_ archive: inout StateArchive) {
        moments.archive(&archive)
        values.archive(&archive)
    }
}

struct SharpeRatio: UnaryKernel {
    private var moments: RollingMoments
    private let scale: Double

    init(window: Int, periodsPerYear: Double) {
        moments = RollingMoments(window: window)
        scale = periodsPerYear.squareRoot()
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        return moments.squaredDeviations > 0 ? moments.mean / moments.standardDeviation * scale : .nan
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

struct ValueRange: UnaryKernel {
    private var range: RollingHighLow

    init(window: Int) { range = RollingHighLow(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        range.add(x, x)
        return range.high - range.low
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

struct RollingQuantile: UnaryKernel {
    private var values: SortedWindow
    private let quantile: Double

    init(window: Int, quantile: Double) {
        values = SortedWindow(window: window)
        self.quantile = quantile
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        return values.quantile(quantile)
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

/// What two quantiles of a window say together.
struct QuantilePair: UnaryKernel {
    enum Measure: Sendable { case distance, sizeRatio }

    private var values: SortedWindow
    private let low: Double
    private let high: Double
    private let measure: Measure

    init(window: Int, low: Double, high: Double, measure: Measure) {
        values = SortedWindow(window: window)
        self.low = low
        self.high = high
        self.measure = measure
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        let below = values.quantile(low), above = values.quantile(high)
        switch measure {
        case .distance: return above - below
        case .sizeRatio: return abs(above) / abs(below)
        }
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}
