/// How well a straight line in time fits the last `window` values. NaN before the window is full.
struct RollingTimeCorrelation: Sendable {
    private var trend: RollingTrend
    private var moments: RollingMoments

    /// - Precondition: `window` > 0.
    init(window: Int) {
        trend = RollingTrend(window: window)
        moments = RollingMoments(window: window)
    }

    var window: Int { trend.window }

    /// Of the values with the row number; 0 where they are all equal.
    @inline(__always) var correlation: Double {
        let squares = moments.squaredDeviations
        guard squares > 0 else { return squares == 0 ? 0 : .nan }
        return max(-1, min(1, trend.coDeviation / (squares * trend.timeSquares).squareRoot()))
    }

    /// Share of the squared deviations that the line explains; 0 where the values are all equal.
    @inline(__always) var rSquared: Double {
        let squares = moments.squaredDeviations
        guard squares > 0 else { return squares == 0 ? 0 : .nan }
        return min(1, trend.coDeviation * trend.coDeviation / (trend.timeSquares * squares))
    }

    @inline(__always) mutating func add(_ x: Double) {
        trend.add(x)
        moments.add(x)
    }

    mutating func archive(_ archive: inout StateArchive) {
        trend.archive(&archive)
        moments.archive(&archive)
    }
}
