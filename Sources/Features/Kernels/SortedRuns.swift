/// All values so far, for ranks among them: sorted runs whose lengths are the powers of two that make up the count, the longest
/// first. A value merges the runs that it completes, so it costs O(log n) on average and O(n) at a power of two; a rank is a
/// search of each run, O(log^2 n). It keeps every value.
struct SortedRuns: Sendable {
    private var values: [Double] = []
    private var scratch: [Double] = []

    var count: Int { values.count }

    /// - Precondition: x is no NaN.
    mutating func add(_ x: Double) {
        let count = values.count
        values.append(x)
        var length = 1
        while count & length != 0 {
            mergeLast(length)
            length *= 2
        }
    }

    /// Merges the last two runs of `length` values.
    private mutating func mergeLast(_ length: Int) {
        let end = values.count, middle = end - length, start = middle - length
        guard values[middle] < values[middle - 1] else { return }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: values[middle..<end])
        var left = middle - 1, right = length - 1, target = end - 1
        while right >= 0 {
            if left >= start, values[left] > scratch[right] {
                values[target] = values[left]
                left -= 1
            } else {
                values[target] = scratch[right]
                right -= 1
            }
            target -= 1
        }
    }

    /// How many values are < x, and how many <= x.
    func ranks(_ x: Double) -> (below: Int, upTo: Int) {
        var below = 0, upTo = 0, start = 0, left = values.count
        while left > 0 {
            let length = 1 << (Int.bitWidth - 1 - left.leadingZeroBitCount)
            below += search(start, length) { $0 < x }
            upTo += search(start, length) { $0 <= x }
            start += length
            left -= length
        }
        return (below, upTo)
    }

    /// How many of the run's values fulfil a condition that holds up to a place.
    @inline(__always) private func search(_ start: Int, _ length: Int, _ holds: (Double) -> Bool) -> Int {
        var low = start, high = start + length
        while low < high {
            let middle = (low + high) / 2
            if holds(values[middle]) { low = middle + 1 } else { high = middle }
        }
        return low - start
    }

    mutating func archive(_ archive: inout StateArchive) { archive.variable(&values) }
}
