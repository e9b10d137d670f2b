public import Primitives

/// Keeps outcomes of a test period out of training.
public enum Purging {
    /// The time that labels of the given rows take up, from the first decision to the last outcome; those that overlap joined.
    /// Rows without a label are left out. O(n log n).
    public static func spans(of rows: some Sequence<Int>, in labels: LabelColumn) -> [ClosedRange<UnixNanos>] {
        let spans = rows.compactMap { labels.span($0) }.sorted { $0.lowerBound < $1.lowerBound }
        var joined: [ClosedRange<UnixNanos>] = []
        for span in spans {
            if let last = joined.last, span.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        return joined
    }
}

extension LabelColumn {
    /// From the decision of a row to the instant its outcome is known; nil where it has no label.
    public func span(_ row: Int) -> ClosedRange<UnixNanos>? {
        guard !values[row].isNaN, let end = endTimes[row] else { return nil }
        return decisionTimes[row]...end
    }

    /// The rows that may train a model which is tested on `test`: those with a label whose outcome is known by the first decision
    /// of each test span, or whose decision comes at the span's end + `embargo` or later.
    ///
    /// Purging and embargo as in Lopez de Prado, Advances in Financial Machine Learning (2018), 7.4; an outcome that is known
    /// exactly at the first decision of the test was known then and stays. O(n log(test spans)).
    /// - Parameters:
    ///   - test: `Purging.spans(of:in:)` of the test rows.
    ///   - embargo: nanoseconds after each test span.
    public func trainIndices(outside test: [ClosedRange<UnixNanos>], embargo: Int64 = 0) -> [Int] {
        // Test spans with their embargo, joined where these meet, in order.
        var closed: [(start: UnixNanos, end: UnixNanos)] = []
        for span in test.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let (sum, overflow) = span.upperBound.rawValue.addingReportingOverflow(max(0, embargo))
            let end = UnixNanos(overflow ? .max : sum)
            if let last = closed.last, span.lowerBound <= last.end {
                closed[closed.count - 1].end = max(last.end, end)
            } else {
                closed.append((span.lowerBound, end))
            }
        }
        return (0..<count).filter { row in
            guard let own = span(row) else { return false }
            // The first closed stretch that ends after the row's decision.
            var low = 0
            var high = closed.count
            while low < high {
                let middle = (low + high) / 2
                if closed[middle].end <= own.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low == closed.count || own.upperBound <= closed[low].start
        }
    }
}
