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

    /// Which rows stand beside those of another series: beside each the last one that was known when that one was, all before it
    /// included. Rows that become known at one instant, as those of a weekend do, are paired in the order of their labels: beside
    /// a row stands the last one that is not labelled later, if there is such.
    ///
    /// The rule looks at no later row, so that what comes after changes no pair.
    /// - Parameter knownBy: when each row of `other` and all before it are known.
    /// - Returns: the row's index for each row of `other`, -1 before the first.
    public func rowsJoined(to other: Series, knownBy: [UnixNanos]) -> [Int] {
        if labels == other.labels, availableAt == other.availableAt { return Array(labels.indices) }
        let own = availableAt.runningMaximum
        var next = 0
        return zip(other.labels, knownBy).map { label, instant in
            while next < own.count, own[next] <= instant { next += 1 }
            guard next > 0, own[next - 1] == instant, labels[next - 1] > label else { return next - 1 }
            // A search, since very many may become known at once.
            let row = labels.countNotAbove(label) - 1
            return row >= 0 && own[row] == instant ? row : next - 1
        }
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
