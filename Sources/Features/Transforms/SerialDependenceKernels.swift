internal import Glibc

struct Autocorrelation: UnaryKernel {
    private var earlier: Delay
    private var pairs: RollingCovariance

    init(window: Int, lag: Int) {
        earlier = Delay(rows: lag)
        pairs = RollingCovariance(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        pairs.add(earlier.next(x), x)
        return pairs.correlation
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlier.archive(&archive)
        pairs.archive(&archive)
    }
}

struct LjungBox: UnaryKernel {
    private var moments: RollingMoments
    private var recent: RecentValues
    /// Of lag 1, 2, ...
    private var pairs: [RollingCovariance]

    init(window: Int, lags: Int) {
        moments = RollingMoments(window: window)
        recent = RecentValues(window: lags + 1)
        pairs = (1...lags).map { RollingCovariance(window: window - $0) }
    }

    mutating func next(_ x: Double) -> Double {
        moments.add(x)
        recent.add(x)
        var sum = 0.0
        for index in pairs.indices {
            pairs[index].add(recent.ago(index + 1), x)
            let sums = pairs[index].sums
            let count = Double(pairs[index].window)
            // The products about the mean of the whole window.
            let products = sums.products + count * (sums.means.x - moments.mean) * (sums.means.y - moments.mean)
            let correlation = products / moments.squaredDeviations
            sum += correlation * correlation / count
        }
        let count = Double(moments.window)
        return count * (count + 2) * sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        moments.archive(&archive)
        recent.archive(&archive)
        for index in pairs.indices { pairs[index].archive(&archive) }
    }
}

struct VarianceRatio: UnaryKernel {
    private var change = Change(periods: 1, kind: .logRatio)
    private var longChange: Change
    private var short: RollingMoments
    private var long: RollingMoments
    private let periods: Double
    private let count: Double
    private let isStatistic: Bool

    init(window: Int, periods: Int, isStatistic: Bool) {
        longChange = Change(periods: periods, kind: .logRatio)
        short = RollingMoments(window: window)
        long = RollingMoments(window: window - periods + 1)
        self.periods = Double(periods)
        count = Double(window)
        self.isStatistic = isStatistic
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        short.add(change.next(x))
        long.add(longChange.next(x))
        let drift = long.mean - periods * short.mean
        let longCount = count - periods + 1
        let longVariance = (long.squaredDeviations + longCount * drift * drift) / (longCount * (1 - periods / count) * periods)
        let ratio = short.squaredDeviations > 0 ? longVariance / short.variance : .nan
        guard isStatistic else { return ratio }
        return (ratio - 1) * (count / (2 * (2 * periods - 1) * (periods - 1) / (3 * periods))).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        longChange.archive(&archive)
        short.archive(&archive)
        long.archive(&archive)
    }
}

struct HurstExponent: UnaryKernel {
    private var changes: [Change]
    private var moments: [RollingMoments]
    /// The slope is the sum of weight x ln(variance).
    private let weights: [Double]

    /// 1, 2, 4, ...
    static func lags(upTo most: Int) -> [Int] {
        Array(sequence(first: 1) { $0 * 2 <= most ? $0 * 2 : nil })
    }

    init(window: Int, lags: [Int]) {
        changes = lags.map { Change(periods: $0, kind: .logRatio) }
        moments = lags.map { _ in RollingMoments(window: window) }
        let logs = lags.map { log(Double($0)) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let squares = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        // Half of it: the deviation is the root of the variance.
        weights = logs.map { ($0 - mean) / squares / 2 }
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        var slope = 0.0
        for index in changes.indices {
            moments[index].add(changes[index].next(x))
            let squares = moments[index].squaredDeviations
            slope += weights[index] * (squares > 0 ? log(squares) : .nan)
        }
        return slope
    }

    mutating func archive(_ archive: inout StateArchive) {
        for index in changes.indices {
            changes[index].archive(&archive)
            moments[index].archive(&archive)
        }
    }
}

struct TimeTrend: UnaryKernel {
    enum Measure: Sendable { case rSquared, tStatistic }

    private var line: RollingTimeCorrelation
    private let measure: Measure

    init(window: Int, measure: Measure) {
        line = RollingTimeCorrelation(window: window)
        self.measure = measure
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        line.add(x)
        let share = line.rSquared
        switch measure {
        case .rSquared: return share
        case .tStatistic:
            let size = (share * Double(line.window - 2) / (1 - share)).squareRoot()
            return line.correlation < 0 ? -size : size
        }
    }

    mutating func archive(_ archive: inout StateArchive) { line.archive(&archive) }
}
