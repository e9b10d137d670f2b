public import Primitives

/// Draws labels with replacement, each time with a probability in proportion to how unique the label would be among those drawn
/// so far, so that a sample of overlapping labels repeats itself less. Lopez de Prado, Advances in Financial Machine Learning
/// (2018), 4.5.
public enum SequentialBootstrap {
    /// Indices into `spans`, in the order drawn. O(draws x (log spans + overlapping spans x their length)).
    /// - Parameters:
    ///   - draws: as many as spans where nil.
    ///   - generator: one number of it is used for each draw.
    /// - Precondition: spans lie in 0 ..< `rows`.
    public static func draw(
        _ spans: [ClosedRange<Int>], rows: Int, draws: Int? = nil, using generator: inout SeededGenerator
    ) -> [Int] {
        guard !spans.isEmpty else { return [] }
        var drawn = [Int](repeating: 0, count: rows)
        var chances = ChanceTree(spans.map { _ in 1 })
        let byStart = spans.indices.sorted { (spans[$0].lowerBound, $0) < (spans[$1].lowerBound, $1) }
        let starts = byStart.map { spans[$0].lowerBound }
        let longest = spans.map(\.count).max() ?? 1
        return (0..<(draws ?? spans.count)).map { _ in
            let chosen = chances.pick(generator.nextUnit())
            let span = spans[chosen]
            for row in span { drawn[row] += 1 }
            // A span that begins before this one and reaches into it is at most `longest` long.
            var place = lowerBound(starts, span.lowerBound - longest + 1)
            while place < starts.count, starts[place] <= span.upperBound {
                let other = spans[byStart[place]]
                if other.overlaps(span) {
                    let sum = drawn[other].reduce(0) { $0 + 1 / Double($1 + 1) }
                    chances.set(byStart[place], sum / Double(other.count))
                }
                place += 1
            }
            return chosen
        }
    }

    private static func lowerBound(_ values: [Int], _ value: Int) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Weights of which one can be changed, or one drawn in proportion, in O(log n). Sums are added anew from both halves, so that
/// changes leave no rounding behind.
private struct ChanceTree {
    private let leaves: Int
    private let count: Int
    private var sums: [Double]

    init(_ weights: [Double]) {
        count = weights.count
        var leaves = 1
        while leaves < weights.count { leaves *= 2 }
        self.leaves = leaves
        sums = [Double](repeating: 0, count: 2 * leaves)
        for (index, weight) in weights.enumerated() { sums[leaves + index] = weight }
        for node in stride(from: leaves - 1, to: 0, by: -1) { sums[node] = sums[2 * node] + sums[2 * node + 1] }
    }

    mutating func set(_ index: Int, _ weight: Double) {
        var node = leaves + index
        sums[node] = weight
        while node > 1 {
            node /= 2
            sums[node] = sums[2 * node] + sums[2 * node + 1]
        }
    }

    /// - Parameter unit: 0 ..< 1.
    func pick(_ unit: Double) -> Int {
        var rest = unit * sums[1]
        var node = 1
        while node < leaves {
            node *= 2
            if rest >= sums[node], sums[node + 1] > 0 {
                rest -= sums[node]
                node += 1
            }
        }
        return min(node - leaves, count - 1)
    }
}
