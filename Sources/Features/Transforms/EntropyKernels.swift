internal import Glibc

/// n ln n for whole numbers up to a bound, so that the entropy of counts needs no logarithm a row.
private struct CountEntropy: Sendable {
    private let terms: [Double]
    private let total: Double

    /// - Parameter total: sum of the counts.
    init(total: Int) {
        terms = (0...total).map { $0 == 0 ? 0 : Double($0) * log(Double($0)) }
        self.total = Double(total)
    }

    /// -sum of p ln p with p = count / total.
    @inline(__always) func callAsFunction(_ counts: [Int]) -> Double {
        var sum = 0.0
        for count in counts { sum += terms[count] }
        return max(0, log(total) - sum / total)
    }
}

struct ShannonEntropy: UnaryKernel {
    private var values: RecentValues
    private var largest: RollingExtreme
    private var least: RollingExtreme
    /// Made anew each row.
    private var counts: [Int]
    private let entropy: CountEntropy

    init(window: Int, bins: Int) {
        values = RecentValues(window: window)
        largest = .largest(window: window)
        least = .smallest(window: window)
        counts = [Int](repeating: 0, count: bins)
        entropy = CountEntropy(total: window)
    }

    mutating func next(_ x: Double) -> Double {
        values.add(x)
        let low = least.next(x), width = largest.next(x) - low
        guard width.isFinite else { return .nan }
        guard width > 0 else { return 0 }
        let bins = counts.count
        for index in counts.indices { counts[index] = 0 }
        values.withValues { values in
            for value in values { counts[min(bins - 1, Int((value - low) / width * Double(bins)))] += 1 }
        }
        return entropy(counts)
    }

    mutating func archive(_ archive: inout StateArchive) {
        values.archive(&archive)
        largest.archive(&archive)
        least.archive(&archive)
    }
}

struct PermutationEntropy: UnaryKernel {
    private let order: Int
    private var recent: RecentValues
    /// Numbers of the patterns in the window, -1 for one with a missing value.
    private var patterns: [Int]
    private var position = 0
    private var counts: [Int]
    /// Patterns in the window that are not counted.
    private var missing: Int
    private let entropy: CountEntropy
    private let scale: Double

    init(window: Int, order: Int) {
        self.order = order
        recent = RecentValues(window: order)
        patterns = [Int](repeating: -1, count: window - order + 1)
        missing = patterns.count
        let orders = (1...order).reduce(1, *)
        counts = [Int](repeating: 0, count: orders)
        entropy = CountEntropy(total: patterns.count)
        scale = 1 / log(Double(orders))
    }

    mutating func next(_ x: Double) -> Double {
        recent.add(x)
        let pattern = recent.withValues(Self.pattern), gone = patterns[position]
        patterns[position] = pattern
        position += 1
        if position == patterns.count { position = 0 }
        if gone < 0 { missing -= 1 } else { counts[gone] -= 1 }
        if pattern < 0 { missing += 1 } else { counts[pattern] += 1 }
        return missing == 0 ? entropy(counts) * scale : .nan
    }

    /// The number of the order in which values stand: for each, how many later ones are less, as digits of growing base.
    private static func pattern(_ values: UnsafeBufferPointer<Double>) -> Int {
        var number = 0
        for index in values.indices {
            if values[index].isNaN { return -1 }
            var less = 0
            for later in index + 1..<values.count where values[later] < values[index] { less += 1 }
            number = number * (values.count - index) + less
        }
        return number
    }

    mutating func archive(_ archive: inout StateArchive) {
        recent.archive(&archive)
        archive.fixed(&patterns)
        archive.value(&position)
        archive.fixed(&counts)
        archive.value(&missing)
    }
}
