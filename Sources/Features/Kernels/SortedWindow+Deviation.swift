extension SortedWindow {
    /// NaN where the window is not complete.
    var median: Double { quantile(0.5) }

    /// Median of |value - median|; NaN where the window is not complete.
    ///
    /// To both sides of the median the deviations ascend already, so the middle ones of the two runs together are found by
    /// bisection in O(log window).
    func medianAbsoluteDeviation(around median: Double) -> Double {
        guard isComplete else { return .nan }
        let below = lowerBound(median)
        let middle = (window - 1) / 2
        let first = deviation(middle, median, below)
        return window % 2 == 1 ? first : first + (deviation(middle + 1, median, below) - first) * 0.5
    }

    /// The deviation of a rank, 0 for the least, where `below` values are less than the median.
    private func deviation(_ rank: Int, _ median: Double, _ below: Int) -> Double {
        let above = window - below
        // How many of the `rank` + 1 least deviations lie below the median: as few as leave no smaller one out.
        var low = max(0, rank + 1 - above), high = min(below, rank + 1)
        while low < high {
            let taken = (low + high) / 2
            if median - sorted[below - 1 - taken] < sorted[below + rank - taken] - median {
                low = taken + 1
            } else {
                high = taken
            }
        }
        let left = low > 0 ? median - sorted[below - low] : -.infinity
        let right = rank + 1 - low > 0 ? sorted[below + rank - low] - median : -.infinity
        return max(left, right)
    }
}
