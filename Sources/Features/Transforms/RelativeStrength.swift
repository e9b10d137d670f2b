/// Wilder's means of rises and falls. A missing value is skipped.
struct RelativeStrength: UnaryKernel {
    enum Output: Sendable {
        /// 100 rises / (rises + falls).
        case index
        /// 100 (rises - falls) / (rises + falls).
        case oscillator
    }

    private let window: Int
    private let share: Double
    private let output: Output
    private var before = Double.nan
    private var seen = 0
    private var rises = 0.0
    private var falls = 0.0
    private var strength = Double.nan

    init(window: Int, _ output: Output = .index) {
        self.window = window
        share = 1 / Double(window)
        self.output = output
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let change = x - before
        guard !change.isNaN, seen == window else { return begin(x, change) }
        before = x
        rises += (max(change, 0) - rises) * share
        falls += (max(-change, 0) - falls) * share
        // A row without change shrinks both alike: the strength stays, exactly.
        if change != 0 { strength = value() }
        return strength
    }

    @inline(never) private mutating func begin(_ x: Double, _ change: Double) -> Double {
        if x.isNaN { return .nan }
        before = x
        if change.isNaN { return .nan }
        seen += 1
        rises += max(change, 0) * share
        falls += max(-change, 0) * share
        if seen == window { strength = value() }
        return strength
    }

    @inline(__always) private func value() -> Double {
        let sum = rises + falls
        let top = output == .index ? rises : rises - falls
        return sum == 0 ? 0 : 100 * top / sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        archive.value(&seen)
        archive.value(&rises)
        archive.value(&falls)
        archive.value(&strength)
    }
}

/// Place of the relative strength within its own last range.
struct StochasticStrength: UnaryKernel {
    private var strength: RelativeStrength
    private var range: RangePosition
    private var smooth: RollingMean
    private let isSmooth: Bool

    /// - Parameter smoothing: rows of the mean; nil for none.
    init(window: Int, stochasticWindow: Int, smoothing: Int?) {
        strength = RelativeStrength(window: window)
        range = RangePosition(window: stochasticWindow)
        smooth = RollingMean(window: smoothing ?? 1)
        isSmooth = smoothing != nil
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let strength = strength.next(x)
        let place = 100 * range.next(strength, strength, strength, flat: 0)
        return isSmooth ? smooth.next(place) : place
    }

    mutating func archive(_ archive: inout StateArchive) {
        strength.archive(&archive)
        range.archive(&archive)
        smooth.archive(&archive)
    }
}

/// Connors' mean of a short relative strength, that of the streak of rises or falls, and the rank of the change.
struct ConnorsStrength: UnaryKernel {
    private var price, run: RelativeStrength
    private var changes: RecentValues
    private var seen = 0
    private var before = Double.nan
    private var streak = 0.0

    init(window: Int, streakWindow: Int, rankWindow: Int) {
        price = RelativeStrength(window: window)
        run = RelativeStrength(window: streakWindow)
        changes = RecentValues(window: rankWindow)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let change = x / before - 1
        if x > before {
            streak = max(streak, 0) + 1
        } else if x < before {
            streak = min(streak, 0) - 1
        } else {
            streak = 0
        }
        before = x
        let strengths = price.next(x) + run.next(streak)
        if change.isNaN { return .nan }
        let rank = rank(change)
        changes.add(change)
        return (strengths + rank) / 3
    }

    /// Percent of the previous changes below this one.
    @inline(__always) private mutating func rank(_ change: Double) -> Double {
        let window = changes.window
        guard seen == window else {
            seen += 1
            return .nan
        }
        return changes.withValues { values in
            var below = 0
            for index in 0..<window { below += values[index] < change ? 1 : 0 }
            return 100 * Double(below) / Double(window)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        price.archive(&archive)
        run.archive(&archive)
        changes.archive(&archive)
        archive.value(&seen)
        archive.value(&before)
        archive.value(&streak)
    }
}
