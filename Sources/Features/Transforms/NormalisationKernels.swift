/// Mean rank of the last value in its window, times `scale`.
struct PercentileRank: UnaryKernel {
    private var values: SortedWindow
    private let scale: Double

    init(window: Int, scale: Double) {
        values = SortedWindow(window: window)
        self.scale = scale
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        guard values.isComplete else { return .nan }
        return Double(values.lowerBound(x) + values.upperBound(x) + 1) / 2 * scale
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct QuantileBucket: UnaryKernel {
    private var values: SortedWindow
    private let buckets: Int

    init(window: Int, buckets: Int) {
        values = SortedWindow(window: window)
        self.buckets = buckets
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        guard values.isComplete else { return .nan }
        return Double(buckets * values.lowerBound(x) / values.window)
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct ExpandingRank: UnaryKernel {
    private var values = SortedRuns()
    private let least: Int

    init(least: Int) { self.least = least }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        values.add(x)
        guard values.count >= least else { return .nan }
        let ranks = values.ranks(x)
        return Double(ranks.below + ranks.upTo + 1) / 2 / Double(values.count)
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct RangeScale: UnaryKernel {
    private var range: RollingHighLow

    init(window: Int) { range = RollingHighLow(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        range.add(x, x)
        return range.high == range.low ? 0 : (x - range.low) / (range.high - range.low)
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

struct Winsorizer: UnaryKernel {
    private var values: SortedWindow
    private let low: Double
    private let high: Double

    init(window: Int, low: Double, high: Double) {
        values = SortedWindow(window: window)
        self.low = low
        self.high = high
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        guard values.isComplete else { return .nan }
        return min(max(x, values.quantile(low)), values.quantile(high))
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct RobustScore: UnaryKernel {
    private var values: SortedWindow

    init(window: Int) { values = SortedWindow(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        let median = values.median
        let deviation = values.medianAbsoluteDeviation(around: median)
        if deviation == 0 { return x == median ? 0 : .nan }
        return (x - median) / (1.4826 * deviation)
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

struct Demeaned: UnaryKernel {
    // Its mean of equal values is exactly that value.
    private var moments: RollingMoments

    init(window: Int) { moments = RollingMoments(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(x)
        return x - moments.mean
    }

    mutating func archive(_ archive: inout StateArchive) { moments.archive(&archive) }
}

struct ExpandingScore: UnaryKernel {
    private var count = 0
    private var mean = 0.0
    private var squares = 0.0
    private let least: Int

    init(least: Int) { self.least = least }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        count += 1
        let delta = x - mean
        mean += delta / Double(count)
        squares += delta * (x - mean)
        guard count >= least else { return .nan }
        return squares == 0 ? 0 : (x - mean) / (squares / Double(count - 1)).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&count)
        archive.value(&mean)
        archive.value(&squares)
    }
}

struct ExponentialScore: UnaryKernel {
    private var mean = Double.nan
    private var variance = 0.0
    private let alpha: Double

    init(alpha: Double) { self.alpha = alpha }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if mean.isNaN { mean = x }
        let delta = x - mean
        mean += alpha * delta
        variance = (1 - alpha) * (variance + alpha * delta * delta)
        return variance == 0 ? 0 : (x - mean) / variance.squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&mean)
        archive.value(&variance)
    }
}
