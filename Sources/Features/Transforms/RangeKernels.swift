internal import Glibc

/// Dreiss' index: the sum of the true ranges in the whole range, on a log scale.
struct Choppiness: TernaryKernel {
    private var range: TrueRange
    private var sum: RollingSum
    private var whole: RollingHighLow
    private let scale: Double

    init(window: Int) {
        range = TrueRange()
        sum = RollingSum(window: window)
        whole = RollingHighLow(window: window)
        scale = 100 / log(Double(window))
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let way = sum.next(range.next(high, low, close))
        whole.add(high, low)
        let span = whole.high - whole.low
        // Bars that are one point each cross all of their range, as those of a market that goes nowhere do.
        if span == 0 { return way.isNaN ? .nan : 100 }
        return scale * log(way / span)
    }

    mutating func archive(_ archive: inout StateArchive) {
        range.archive(&archive)
        sum.archive(&archive)
        whole.archive(&archive)
    }
}

/// Dorsey's sum of the smoothed range over the twice smoothed one.
struct MassIndex: BinaryKernel {
    private var first, second: ExponentialMean
    private var sum: RollingSum

    init(smoothing: Int, window: Int) {
        first = ExponentialMean(window: smoothing, start: .meanOfWindow)
        second = first
        sum = RollingSum(window: window)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let once = first.next(high - low)
        let twice = second.next(once)
        return sum.next(twice == 0 ? 1 : once / twice)
    }

    mutating func archive(_ archive: inout StateArchive) {
        first.archive(&archive)
        second.archive(&archive)
        sum.archive(&archive)
    }
}

/// Martin's root mean square of the falls from the last high.
struct UlcerIndex: UnaryKernel {
    private var highest: ChannelEdge
    private var mean: RollingMean

    init(window: Int) {
        highest = ChannelEdge(window: window, isUpper: true)
        mean = RollingMean(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let top = highest.next(positive(x))
        let fall = 100 * (x - top) / top
        return mean.next(fall * fall).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        highest.archive(&archive)
        mean.archive(&archive)
    }
}

/// Chaikin's change of the smoothed range, in percent. A row that misses a price is skipped.
struct RangeChange: BinaryKernel {
    private var mean: ExponentialMean
    private var earlier: Delay

    init(window: Int, rows: Int) {
        mean = ExponentialMean(window: window, start: .meanOfWindow)
        earlier = Delay(rows: rows)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let range = high - low
        if range.isNaN { return .nan }
        let smooth = mean.next(range)
        let before = earlier.next(smooth)
        return before == 0 ? 0 : (smooth / before - 1) * 100
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        earlier.archive(&archive)
    }
}

/// Mean of high - low.
struct AverageDayRange: BinaryKernel {
    private var mean: RollingMean

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double { mean.next(high - low) }
    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}
