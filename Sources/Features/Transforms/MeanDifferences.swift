/// The faster exponential mean less the slower, the faster one begun with the mean of the rows before the slower one's first.
struct ConvergenceDivergence: UnaryKernel {
    enum Output: Sendable { case line, signal, histogram }

    private var fast, slow, smooth: ExponentialMean
    private var toSkip: Int
    private let output: Output

    init(fast: Int, slow: Int, signal: Int, _ output: Output) {
        self.fast = ExponentialMean(window: fast, start: .meanOfWindow)
        self.slow = ExponentialMean(window: slow, start: .meanOfWindow)
        smooth = ExponentialMean(window: signal, start: .meanOfWindow)
        toSkip = slow - fast
        self.output = output
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let slower = slow.next(x)
        if toSkip > 0 {
            toSkip -= 1
            return .nan
        }
        let line = fast.next(x) - slower
        switch output {
        case .line: return line
        case .signal: return smooth.next(line)
        case .histogram: return line - smooth.next(line)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        fast.archive(&archive)
        slow.archive(&archive)
        smooth.archive(&archive)
        archive.value(&toSkip)
    }
}

/// The faster exponential mean less the slower, each begun with the mean of its own first window.
struct PriceOscillator: UnaryKernel {
    private var fast, slow: ExponentialMean
    private let inPercent: Bool

    init(fast: Int, slow: Int, inPercent: Bool) {
        self.fast = ExponentialMean(window: fast, start: .meanOfWindow)
        self.slow = ExponentialMean(window: slow, start: .meanOfWindow)
        self.inPercent = inPercent
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let slower = slow.next(x)
        let difference = fast.next(x) - slower
        guard inPercent else { return difference }
        return slower == 0 ? 0 : difference / slower * 100
    }

    mutating func archive(_ archive: inout StateArchive) {
        fast.archive(&archive)
        slow.archive(&archive)
    }
}

/// Change of the threefold exponential mean, in percent.
struct TripleMeanChange: UnaryKernel {
    private var first, second, third: ExponentialMean
    private var before = Double.nan

    init(window: Int) {
        first = ExponentialMean(window: window, start: .meanOfWindow)
        second = first
        third = first
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let mean = third.next(second.next(first.next(x)))
        let result = before == 0 ? 0 : (mean / before - 1) * 100
        before = mean
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        first.archive(&archive)
        second.archive(&archive)
        third.archive(&archive)
        archive.value(&before)
    }
}

/// An earlier value less the mean.
struct DetrendedPrice: UnaryKernel {
    private var mean: RollingMean
    private var earlier: Delay

    init(window: Int) {
        mean = RollingMean(window: window)
        earlier = Delay(rows: window / 2 + 1)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { earlier.next(x) - mean.next(x) }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        earlier.archive(&archive)
    }
}
