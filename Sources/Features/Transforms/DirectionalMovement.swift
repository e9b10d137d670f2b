/// Wilder's directional movement and what he derives from it. A row that misses a price is skipped.
struct DirectionalMovement: TernaryKernel {
    enum Output: Sendable { case plusMovement, minusMovement, plusIndicator, minusIndicator, index, mean }

    private let window: Int
    private let share: Double
    private let output: Output
    private var high = Double.nan
    private var low = Double.nan
    private var close = Double.nan
    /// Changes from row to row so far, no longer counted once all averages have begun.
    private var changes = 0
    private var plus = 0.0
    private var minus = 0.0
    private var range = 0.0
    private var lastIndex = 0.0
    private var mean = 0.0

    init(window: Int, _ output: Output) {
        self.window = window
        share = 1 / Double(window)
        self.output = output
    }

    static func warmUp(window: Int, _ output: Output) -> Int {
        switch output {
        case .plusMovement, .minusMovement: window - 1
        case .plusIndicator, .minusIndicator, .index: window
        case .mean: 2 * window - 1
        }
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        if (high + low + close).isNaN { return .nan }
        let up = high - self.high
        let down = self.low - low
        let span = trueRange(high, low, self.close)
        self.high = high
        self.low = low
        self.close = close
        if span.isNaN { return .nan }
        if changes < 2 * window { changes += 1 }
        // The sums begin with window - 1 changes; from then on they give up a share of themselves for each new one.
        if changes >= window {
            plus -= plus * share
            minus -= minus * share
            range -= range * share
        }
        // Choices of values, not of ways: which of the two moved more is a coin toss.
        minus += up < down ? max(down, 0) : 0
        plus += up > down ? max(up, 0) : 0
        range += span
        return changes < window - 1 ? .nan : value()
    }

    @inline(__always) private mutating func value() -> Double {
        switch output {
        case .plusMovement: return plus
        case .minusMovement: return minus
        default: break
        }
        if changes < window { return .nan }
        switch output {
        case .plusIndicator: return range > 0 ? 100 * plus / range : 0
        case .minusIndicator: return range > 0 ? 100 * minus / range : 0
        default: break
        }
        // The true range is in both indicators and falls out.
        let sum = plus + minus
        let hasIndex = sum > 0
        if hasIndex { lastIndex = 100 * abs(plus - minus) / sum }
        return output == .index ? lastIndex : average(hasIndex)
    }

    @inline(__always) private mutating func average(_ hasIndex: Bool) -> Double {
        if changes == 2 * window {
            if hasIndex { mean += (lastIndex - mean) * share }
            return mean
        }
        if hasIndex { mean += lastIndex * share }
        return changes == 2 * window - 1 ? mean : .nan
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&high)
        archive.value(&low)
        archive.value(&close)
        archive.value(&changes)
        archive.value(&plus)
        archive.value(&minus)
        archive.value(&range)
        archive.value(&lastIndex)
        archive.value(&mean)
    }
}

/// Mean of the present directional index mean and of the one `window` - 1 rows before.
struct DirectionalRating: TernaryKernel {
    private var movement: DirectionalMovement
    private var earlier: Delay

    init(window: Int) {
        movement = DirectionalMovement(window: window, .mean)
        earlier = Delay(rows: window - 1)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        if (high + low + close).isNaN { return .nan }
        let mean = movement.next(high, low, close)
        return (mean + earlier.next(mean)) / 2
    }

    mutating func archive(_ archive: inout StateArchive) {
        movement.archive(&archive)
        earlier.archive(&archive)
    }
}

/// How much of the window has gone by since its highest high or lowest low, 100 for none of it.
struct Aroon: UnaryKernel {
    private var extreme: RollingExtreme
    private let window: Double

    init(window: Int, isUp: Bool) {
        extreme = isUp ? .largest(window: window + 1) : .smallest(window: window + 1)
        self.window = Double(window)
    }

    @inline(__always) mutating func next(_ price: Double) -> Double {
        _ = extreme.next(price)
        return extreme.age < 0 ? .nan : 100 * (window - Double(extreme.age)) / window
    }

    mutating func archive(_ archive: inout StateArchive) { extreme.archive(&archive) }
}

struct AroonOscillator: BinaryKernel {
    private var up, down: Aroon

    init(window: Int) {
        up = Aroon(window: window, isUp: true)
        down = Aroon(window: window, isUp: false)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double { up.next(high) - down.next(low) }

    mutating func archive(_ archive: inout StateArchive) {
        up.archive(&archive)
        down.archive(&archive)
    }
}

/// Vortex: the way from one row's low to the next one's high, or from its high to the next one's low, over the true range.
struct Vortex: TernaryKernel {
    private var movement, ranges: RollingSum
    private var range = TrueRange()
    private let isUp: Bool
    private var high = Double.nan
    private var low = Double.nan

    init(window: Int, isUp: Bool) {
        movement = RollingSum(window: window)
        ranges = movement
        self.isUp = isUp
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let moved = movement.next(isUp ? abs(high - self.low) : abs(low - self.high))
        let ranged = ranges.next(range.next(high, low, close))
        self.high = high
        self.low = low
        return ranged == 0 ? 0 * moved : moved / ranged
    }

    mutating func archive(_ archive: inout StateArchive) {
        movement.archive(&archive)
        ranges.archive(&archive)
        range.archive(&archive)
        archive.value(&high)
        archive.value(&low)
    }
}
