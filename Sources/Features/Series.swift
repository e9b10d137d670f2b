public import Primitives

/// A column of values, each with the time it belongs to and the time it became known.
///
/// `labels` is strictly increasing. A missing value is NaN.
public struct Series: Sendable {
    public let name: String
    public let labels: [UnixNanos]
    public let values: [Double]
    public let availableAt: [UnixNanos]

    /// - Precondition: the three arrays have the same length.
    public init(name: String, labels: [UnixNanos], values: [Double], availableAt: [UnixNanos]) {
        precondition(labels.count == values.count && labels.count == availableAt.count, "series \(name): lengths differ")
        self.name = name
        self.labels = labels
        self.values = values
        self.availableAt = availableAt
    }

    public var count: Int { labels.count }

    /// The rows that were known at `time`.
    public func known(at time: UnixNanos) -> Series {
        let kept = labels.indices.filter { availableAt[$0] <= time }
        guard kept.count < count else { return self }
        return Series(
            name: name, labels: kept.map { labels[$0] }, values: kept.map { values[$0] },
            availableAt: kept.map { availableAt[$0] })
    }

    /// Reads this series at given instants: at each the last row all of whose predecessors and itself were known by then.
    /// - Parameter instants: in any order; increasing ones cost O(1) each.
    /// - Returns: the row's index for each instant, -1 before the first.
    public func rowsKnown(at instants: [UnixNanos]) -> [Int] {
        let knownBy = availableAt.runningMaximum
        var found = -1
        return instants.map { instant in
            if found >= 0, knownBy[found] > instant { found = knownBy.countNotAbove(instant) - 1 }
            while found + 1 < knownBy.count, knownBy[found + 1] <= instant { found += 1 }
            return found
        }
    }
}

extension [UnixNanos] {
    /// The largest element up to each index.
    var runningMaximum: [UnixNanos] {
        var latest = UnixNanos(Int64.min)
        return map { time in
            latest = Swift.max(latest, time)
            return latest
        }
    }

    /// How many leading elements are <= `time`; they must not decrease.
    func countNotAbove(_ time: UnixNanos) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
