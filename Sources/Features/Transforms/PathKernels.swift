/// A value as falls from highs read it: only a positive one has a share that is lost.
@inline(__always) func positive(_ x: Double) -> Double { x > 0 ? x : .nan }

struct DistanceFromHigh: UnaryKernel {
    private var high: RollingExtreme

    init(window: Int) { high = .largest(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double { x / high.next(positive(x)) - 1 }
    mutating func archive(_ archive: inout StateArchive) { high.archive(&archive) }
}

struct ExpandingDrawdown: UnaryKernel {
    private var high = -Double.infinity

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let x = positive(x)
        if x > high { high = x }
        return x / high - 1
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&high) }
}

/// Deepest fall in the last `window` values, by blocks as in `RollingSum`: it lies in the tail, in the head, or leads from the
/// high of the tail to the low of the head.
struct MaxDrawdown: UnaryKernel {
    let window: Int
    /// Up to `filled` values of the present block, from there on highs of the tails of the one before.
    private var block: [Double]
    /// Of the tails; NaN where one holds a NaN, as `headFall`.
    private var falls: [Double]
    private var filled = 0
    private var hasTail = false
    private var headHigh = -Double.infinity
    private var headLow = Double.infinity
    private var headFall = 0.0

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        block = [Double](repeating: .nan, count: window)
        falls = block
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let x = positive(x)
        block[filled] = x
        filled += 1
        if x > headHigh { headHigh = x }
        if x < headLow { headLow = x }
        headFall = Self.deeper(headFall, x / headHigh - 1)
        if filled == window { return endBlock() }
        guard hasTail else { return .nan }
        return Self.deeper(Self.deeper(falls[filled], headFall), headLow / block[filled] - 1)
    }

    /// NaN where one is.
    @inline(__always) private static func deeper(_ a: Double, _ b: Double) -> Double {
        a.isNaN || a < b ? a : b
    }

    @inline(never) private mutating func endBlock() -> Double {
        let result = headFall
        var high = -Double.infinity, low = Double.infinity, fall = 0.0
        for index in stride(from: window - 1, through: 0, by: -1) {
            let x = block[index]
            if x < low { low = x }
            if x > high { high = x }
            fall = Self.deeper(fall, low / x - 1)
            block[index] = high
            falls[index] = fall
        }
        hasTail = true
        filled = 0
        headHigh = -.infinity
        headLow = .infinity
        headFall = 0
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&block)
        archive.fixed(&falls)
        archive.value(&filled)
        archive.value(&hasTail)
        archive.value(&headHigh)
        archive.value(&headLow)
        archive.value(&headFall)
    }
}

struct RowsSinceExtreme: UnaryKernel {
    private var extreme: RollingExtreme

    init(_ extreme: RollingExtreme) { self.extreme = extreme }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        _ = extreme.next(x)
        return extreme.age < 0 ? .nan : Double(extreme.age)
    }

    mutating func archive(_ archive: inout StateArchive) { extreme.archive(&archive) }
}

/// Share of differences that are > 0.
struct ShareOfRises: UnaryKernel {
    private var mean: RollingMean

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double { mean.next(x > 0 ? 1 : x.isNaN ? x : 0) }
    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}

/// Length of the run of changes of one sign. A missing value is skipped.
struct Streak: UnaryKernel {
    private var before = Double.nan
    private var length = 0.0

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let change = x - before
        before = x
        if change.isNaN { return .nan }
        if change > 0 { length = max(length, 0) + 1 } else if change < 0 { length = min(length, 0) - 1 } else { length = 0 }
        return length
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        archive.value(&length)
    }
}
