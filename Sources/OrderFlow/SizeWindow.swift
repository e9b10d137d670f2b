/// The sizes of the last N trades, with their exact sums and, where asked for, their order statistics.
struct SizeWindow {
    let length: Int
    private var ring: [UInt32]
    private var next = 0
    private(set) var isFull = false
    private var sum: UInt64 = 0
    private var squares: UInt128 = 0
    private var ranks: SizeRanks?

    init(length: Int, ranked: Bool) {
        self.length = length
        ring = Array(repeating: 0, count: length)
        ranks = ranked ? SizeRanks() : nil
    }

    mutating func push(_ size: UInt32) {
        if isFull {
            let old = ring[next]
            sum -= UInt64(old)
            squares -= UInt128(old) * UInt128(old)
            ranks?.remove(old)
        }
        ring[next] = size
        sum += UInt64(size)
        squares += UInt128(size) * UInt128(size)
        ranks?.insert(size)
        next += 1
        if next == length {
            next = 0
            isFull = true
        }
    }

    var mean: Double { Double(sum) / Double(length) }

    /// Population standard deviation from exact integer sums: sqrt(N * sum(x^2) - sum(x)^2) / N.
    var standardDeviation: Double {
        let numerator = UInt128(length) * squares - UInt128(sum) * UInt128(sum)
        // By halves: the library's conversion of 128 bits is a hundred times slower.
        let high = UInt64(truncatingIfNeeded: numerator >> 64)
        let value = Double(high) * 0x1p64 + Double(UInt64(truncatingIfNeeded: numerator))
        return value.squareRoot() / Double(length)
    }

    /// The rank-th smallest size, counted from 1.
    func smallest(_ rank: Int) -> UInt32 { ranks?.smallest(rank) ?? 0 }
}

/// A multiset of sizes with order statistics: counts for sizes below 4,096 in 64 blocks, a sorted list above.
private struct SizeRanks {
    private static let limit: UInt32 = 4_096
    private var counts = [Int32](repeating: 0, count: Int(limit))
    private var blocks = [Int32](repeating: 0, count: 64)
    private var large: [UInt32] = []

    mutating func insert(_ size: UInt32) {
        if size < Self.limit {
            counts[Int(size)] += 1
            blocks[Int(size >> 6)] += 1
        } else {
            large.insert(size, at: position(of: size))
        }
    }

    mutating func remove(_ size: UInt32) {
        if size < Self.limit {
            counts[Int(size)] -= 1
            blocks[Int(size >> 6)] -= 1
        } else {
            large.remove(at: position(of: size))
        }
    }

    func smallest(_ rank: Int) -> UInt32 {
        var left = Int32(rank)
        for block in 0..<blocks.count {
            if left > blocks[block] {
                left -= blocks[block]
                continue
            }
            var size = block << 6
            while left > counts[size] {
                left -= counts[size]
                size += 1
            }
            return UInt32(size)
        }
        return large[Int(left) - 1]
    }

    /// Index of the first element that is not smaller.
    private func position(of size: UInt32) -> Int {
        var low = 0
        var high = large.count
        while low < high {
            let middle = (low + high) / 2
            if large[middle] < size { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
