/// The largest value of windows whose two ends never move back. Each value enters and leaves once.
struct SlidingExtreme {
    private let values: [Double]
    private var queue: [Int] = []
    private var head = 0
    private var next = 0

    init(_ values: [Double]) { self.values = values }

    /// - Precondition: neither bound is less than that of the call before; the window is not empty.
    mutating func largest(_ window: ClosedRange<Int>) -> Double {
        next = max(next, window.lowerBound)
        while next <= window.upperBound {
            while queue.count > head, let last = queue.last, values[last] <= values[next] { queue.removeLast() }
            queue.append(next)
            next += 1
        }
        while queue[head] < window.lowerBound { head += 1 }
        return values[queue[head]]
    }
}

/// Whether windows hold a NaN, from counts up to each row.
struct Gaps {
    private let before: [Int]

    init(_ columns: [Double]...) {
        var counts = [0]
        for row in columns[0].indices { counts.append(counts[row] + (columns.contains { $0[row].isNaN } ? 1 : 0)) }
        before = counts
    }

    func isFree(_ window: ClosedRange<Int>) -> Bool { before[window.lowerBound] == before[window.upperBound + 1] }
}
