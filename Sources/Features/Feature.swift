public import Contracts
public import Primitives

/// A computed feature and the only way to read it: at a decision time, from what was available by then. The column itself cannot
/// be reached.
public struct Feature: Sendable {
    public let id: String
    /// See `FeatureSpec.lagRows`.
    public let lagRows: Int?
    /// A decision that takes the latest row takes none that became known longer ago than this; nil for any age.
    public let maxAge: DataAge?
    private let series: Series
    /// Largest `availableAt` of the rows up to each index, so that the latest available row can be searched.
    private let knownBy: [UnixNanos]

    public init(id: String, lagRows: Int?, maxAge: DataAge? = nil, series: Series) {
        self.id = id
        self.lagRows = lagRows
        self.maxAge = maxAge
        self.series = series
        knownBy = series.availableAt.runningMaximum
    }

    /// A value with its row.
    public struct Reading: Hashable, Sendable {
        public let label: UnixNanos
        public let availableAt: UnixNanos
        /// NaN during the warm-up.
        public let value: Double

        public init(label: UnixNanos, availableAt: UnixNanos, value: Double) {
            self.label = label
            self.availableAt = availableAt
            self.value = value
        }
    }

    /// The value for a decision, NaN during the warm-up.
    ///
    /// Without `lagRows` it is the value of the last row all of whose predecessors and itself are available, NaN where that row
    /// is older than `maxAge`. With `lagRows` n it
    /// is the row n rows before the last row labelled at or before `label`, and that row must be available.
    /// - Parameters:
    ///   - decisionTime: when the decision is made.
    ///   - label: the label of the bar on which it is made.
    /// - Throws: `FeatureError.notAvailable`.
    public func value(decisionTime: UnixNanos, label: UnixNanos) throws -> Double {
        try row(decisionTime, label).map { series.values[$0] } ?? .nan
    }

    /// As `value`, with the row it stands in; nil before the first row and where the latest one is too old.
    /// - Throws: `FeatureError.notAvailable`.
    public func reading(decisionTime: UnixNanos, label: UnixNanos) throws -> Reading? {
        try row(decisionTime, label).map(reading)
    }

    /// The latest row that a decision would have got, had it not been older than `maxAge`; nil where it gets one, or none is
    /// known.
    public func tooOld(decisionTime: UnixNanos) -> Reading? {
        guard lagRows == nil, let row = lastRow(decisionTime), isTooOld(row, decisionTime) else { return nil }
        return reading(row)
    }

    private func reading(_ row: Int) -> Reading {
        Reading(label: series.labels[row], availableAt: series.availableAt[row], value: series.values[row])
    }

    private func lastRow(_ decisionTime: UnixNanos) -> Int? {
        let count = knownBy.countNotAbove(decisionTime)
        return count > 0 ? count - 1 : nil
    }

    private func isTooOld(_ row: Int, _ decisionTime: UnixNanos) -> Bool {
        guard let maxAge else { return false }
        return decisionTime.rawValue - series.availableAt[row].rawValue > maxAge.nanos
    }

    private func row(_ decisionTime: UnixNanos, _ label: UnixNanos) throws -> Int? {
        guard let lagRows else {
            return lastRow(decisionTime).flatMap { isTooOld($0, decisionTime) ? nil : $0 }
        }
        let index = series.labels.countNotAbove(label) - 1 - lagRows
        guard index >= 0 else { return nil }
        guard knownBy[index] <= decisionTime else {
            throw FeatureError.notAvailable(feature: id, decisionTime: decisionTime, availableTime: knownBy[index])
        }
        return index
    }
}
