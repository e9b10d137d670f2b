public import Primitives

/// A computed feature and the only way to read it: at a decision time, from what was available by then.
public struct Feature: Sendable {
    public let id: String
    /// See `FeatureSpec.lagRows`.
    public let lagRows: Int?
    public let series: Series
    /// Largest `availableAt` of the rows up to each index, so that the latest available row can be searched.
    private let knownBy: [UnixNanos]

    public init(id: String, lagRows: Int?, series: Series) {
        self.id = id
        self.lagRows = lagRows
        self.series = series
        var latest = UnixNanos(Int64.min)
        knownBy = series.availableAt.map { time in
            latest = max(latest, time)
            return latest
        }
    }

    /// The value for a decision, NaN during the warm-up.
    ///
    /// Without `lagRows` it is the value of the last row all of whose predecessors and itself are available. With `lagRows` n it
    /// is the row n rows before the last row labelled at or before `label`, and that row must be available.
    /// - Parameters:
    ///   - decisionTime: when the decision is made.
    ///   - label: the label of the bar on which it is made.
    /// - Throws: `FeatureError.notAvailable`.
    public func value(decisionTime: UnixNanos, label: UnixNanos) throws -> Double {
        guard let lagRows else {
            let count = Self.upperBound(knownBy, decisionTime)
            return count == 0 ? .nan : series.values[count - 1]
        }
        let index = Self.upperBound(series.labels, label) - 1 - lagRows
        guard index >= 0 else { return .nan }
        guard series.availableAt[index] <= decisionTime else {
            throw FeatureError.notAvailable(feature: id, decisionTime: decisionTime, availableTime: series.availableAt[index])
        }
        return series.values[index]
    }

    /// How many leading elements are <= `time`.
    private static func upperBound(_ times: [UnixNanos], _ time: UnixNanos) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
