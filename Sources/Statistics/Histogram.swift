/// Counts of a sample in equally wide bins.
public struct Histogram: Hashable, Sendable {
    /// `counts.count + 1` ascending edges. A bin includes its lower edge; the last one includes its upper edge too.
    public let edges: [Double]
    public let counts: [Int]

    public init(edges: [Double], counts: [Int]) {
        self.edges = edges
        self.counts = counts
    }
}

extension Distribution {
    /// Histogram of `bins` equal bins over `range`, or from the smallest to the largest value. Values outside of the range are not counted.
    ///
    /// As numpy `histogram`: a sample of one value gets a range of 0.5 to either side. Nil for an empty sample, no bins, a value or a
    /// range that is not finite, or an empty range.
    public static func histogram(_ values: [Double], bins: Int, range: ClosedRange<Double>? = nil) -> Histogram? {
        guard bins > 0, values.allSatisfy(\.isFinite), var low = range?.lowerBound ?? values.min(),
            var high = range?.upperBound ?? values.max(), low.isFinite, high.isFinite, (high - low).isFinite
        else { return nil }
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        let width = high - low
        let edges = (0...bins).map { $0 == bins ? high : low + width * Double($0) / Double(bins) }
        var counts = [Int](repeating: 0, count: bins)
        for value in values where value >= low && value <= high {
            var bin = min(Int((value - low) / width * Double(bins)), bins - 1)
            // The division may round across an edge; the edges decide.
            if value < edges[bin] { bin -= 1 } else if bin < bins - 1, value >= edges[bin + 1] { bin += 1 }
            counts[max(0, bin)] += 1
        }
        return Histogram(edges: edges, counts: counts)
    }
}
