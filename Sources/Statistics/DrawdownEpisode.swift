/// One stay below the high-water mark. Indices are positions in the equity series.
public struct DrawdownEpisode: Hashable, Sendable {
    /// The last point at the old high.
    public let peak: Int
    /// The lowest point; the first of equals.
    public let trough: Int
    /// The first point back at or above the old high; nil where the series ends below it.
    public let recovery: Int?
    /// equity at the trough / equity at the peak - 1, a fraction < 0.
    public let depth: Double
    /// Periods from the peak to the recovery, or to the end of the series.
    public let length: Int

    public init(peak: Int, trough: Int, recovery: Int?, depth: Double, length: Int) {
        self.peak = peak
        self.trough = trough
        self.recovery = recovery
        self.depth = depth
        self.length = length
    }
}

extension Drawdown {
    /// All episodes in order of time. Give the equity before the first return as the first element to count a loss that starts at once.
    ///
    /// Equity must be finite; a series whose high is not positive has no episodes.
    public static func episodes(equity: [Double]) -> [DrawdownEpisode] {
        var episodes: [DrawdownEpisode] = []
        var peak = 0
        var trough: Int?
        func close(_ lowest: Int, recovery: Int?) {
            guard equity[peak] > 0 else { return }
            episodes.append(
                DrawdownEpisode(
                    peak: peak, trough: lowest, recovery: recovery, depth: equity[lowest] / equity[peak] - 1,
                    length: (recovery ?? equity.count - 1) - peak))
        }
        for index in equity.indices {
            if equity[index] >= equity[peak] {
                if let lowest = trough { close(lowest, recovery: index) }
                trough = nil
                peak = index
            } else if trough.map({ equity[index] < equity[$0] }) ?? true {
                trough = index
            }
        }
        if let lowest = trough { close(lowest, recovery: nil) }
        return episodes
    }

    /// The `count` deepest episodes, deepest first, earlier ones first among equals.
    public static func worst(_ count: Int, equity: [Double]) -> [DrawdownEpisode] {
        Array(episodes(equity: equity).sorted { ($0.depth, $0.peak) < ($1.depth, $1.peak) }.prefix(max(0, count)))
    }
}
