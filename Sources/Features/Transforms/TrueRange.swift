/// A row that misses any price has none, nor has the row after one that misses its close.
struct TrueRange: TernaryKernel {
    private var before = Double.nan

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let result = trueRange(high, low, before)
        before = close
        return close.isNaN ? .nan : result
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&before) }
}

/// Wilder's mean of the true range, in prices or in percent of the close. A row that misses a price is skipped.
struct AverageTrueRange: TernaryKernel {
    private var before = Double.nan
    private var mean: ExponentialMean
    private let inPercent: Bool

    init(window: Int, inPercent: Bool = false) {
        mean = .wilder(window: window)
        self.inPercent = inPercent
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        if (high + low + close).isNaN { return .nan }
        let average = mean.next(trueRange(high, low, before))
        before = close
        guard inPercent else { return average }
        return close == 0 ? 0 : average / close * 100
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        mean.archive(&archive)
    }
}
