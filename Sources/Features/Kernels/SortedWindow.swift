/// The last `window` values in order: medians, quantiles and ranks. A row costs a search and a move of at most `window` values.
struct SortedWindow: Sendable {
    let window: Int
    private var ring: [Double]
    private var position = 0
    private var seen = 0
    private var missing = 0
    /// Ascending, without NaN.
    private(set) var sorted: [Double] = []

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        ring = [Double](repeating: .nan, count: window)
        sorted.reserveCapacity(window)
    }

    /// The window is full and holds no NaN.
    var isComplete: Bool { seen == window && missing == 0 }

    @inline(__always) mutating func add(_ x: Double) {
        let old = ring[position]
        ring[position] = x
        position += 1
        if position == window { position = 0 }
        if seen < window {
            seen += 1
            if x.isNaN { missing += 1 } else { sorted.insert(x, at: lowerBound(x)) }
            return
        }
        replace(old, by: x)
    }

    /// Moves only what lies between the places of the two values.
    private mutating func replace(_ old: Double, by x: Double) {
        if old.isNaN {
            missing -= 1
            if x.isNaN { missing += 1 } else { sorted.insert(x, at: lowerBound(x)) }
            return
        }
        let from = lowerBound(old)
        guard !x.isNaN else {
            missing += 1
            sorted.remove(at: from)
            return
        }
        var to = lowerBound(x)
        sorted.withUnsafeMutableBufferPointer { values in
            if to > from {
                to -= 1
                for index in from..<to { values[index] = values[index + 1] }
            } else {
                for index in stride(from: from, to: to, by: -1) { values[index] = values[index - 1] }
            }
            values[to] = x
        }
    }

    /// How many values are < x.
    func lowerBound(_ x: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < x { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many values are <= x.
    func upperBound(_ x: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= x { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Linear interpolation between order statistics, as numpy and pandas by default; NaN where the window is not complete.
    /// - Parameter q: 0...1.
    func quantile(_ q: Double) -> Double {
        guard isComplete else { return .nan }
        let place = q * Double(window - 1)
        let below = Int(place)
        let part = place - Double(below)
        guard part > 0 else { return sorted[below] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * part
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&ring)
        archive.value(&position)
        archive.value(&seen)
        archive.value(&missing)
        archive.variable(&sorted)
    }
}
