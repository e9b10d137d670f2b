struct TrendState: UnaryKernel {
    // Their means of equal values are exactly that value, so that a price that stands still has no trend.
    private var fast: RollingMoments
    private var slow: RollingMoments
    private let band: Double

    init(_ parameters: TransformParameters) {
        fast = RollingMoments(window: parameters.int("fast_window"))
        slow = RollingMoments(window: parameters.int("slow_window"))
        band = parameters.double("band")
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        fast.add(x)
        slow.add(x)
        let distance = fast.mean / slow.mean - 1
        return distance > band ? 1 : distance < -band ? -1 : distance.isNaN ? .nan : 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        fast.archive(&archive)
        slow.archive(&archive)
    }
}

struct VolatilityState: UnaryKernel {
    private var volatility: CloseVolatility
    private var values: SortedWindow
    private var isHigh = false
    private let enter: Double
    private let exit: Double

    init(_ parameters: TransformParameters) {
        volatility = CloseVolatility(window: parameters.window, periodsPerYear: 1)
        values = SortedWindow(window: parameters.int("lookback"))
        enter = parameters.double("enter")
        exit = parameters.double("exit")
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let present = volatility.next(x)
        values.add(present)
        guard values.isComplete else { return .nan }
        if present > values.quantile(enter) { isHigh = true } else if present < values.quantile(exit) { isHigh = false }
        return isHigh ? 1 : 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        volatility.archive(&archive)
        values.archive(&archive)
        archive.value(&isHigh)
    }
}

struct CusumFilter: UnaryKernel {
    private var up = 0.0
    private var down = 0.0
    private var last = 0.0
    private let threshold: Double
    private let holds: Bool

    /// - Parameter holds: whether the last event stays the value until the next.
    init(threshold: Double, holds: Bool) {
        self.threshold = threshold
        self.holds = holds
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        up = max(0, up + x)
        down = min(0, down + x)
        var event = 0.0
        if down < -threshold {
            down = 0
            event = -1
        } else if up > threshold {
            up = 0
            event = 1
        }
        guard holds else { return event }
        if event != 0 { last = event }
        return last
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&up)
        archive.value(&down)
        archive.value(&last)
    }
}

struct CompressionRatio: BinaryKernel {
    private var short: RollingHighLow
    private var long: RollingHighLow
    private let threshold: Double?

    /// - Parameter threshold: nil for the ratio itself.
    init(_ parameters: TransformParameters, threshold: Double?) {
        short = RollingHighLow(window: parameters.int("short_window"))
        long = RollingHighLow(window: parameters.int("long_window"))
        self.threshold = threshold
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        short.add(high, low)
        long.add(high, low)
        let ratio = (short.high - short.low) / (long.high - long.low)
        guard let threshold, !ratio.isNaN else { return ratio }
        return ratio <= threshold ? 1 : 0
    }

    mutating func archive(_ archive: inout StateArchive) {
        short.archive(&archive)
        long.archive(&archive)
    }
}
