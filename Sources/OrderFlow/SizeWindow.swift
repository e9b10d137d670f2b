/// The sizes of the last N trades, with their exact sums. Its memory is freed by `deallocate`.
struct SizeWindow {
    let length: Int
    private let ring: UnsafeMutablePointer<UInt32>
    private var next = 0
    private(set) var isFull = false
    private(set) var sum: UInt64 = 0
    private var squares: UInt128 = 0

    init(length: Int) {
        self.length = length
        ring = .allocate(capacity: length)
        ring.initialize(repeating: 0, count: length)
    }

    func deallocate() { ring.deallocate() }

    /// Adds a size and returns the one that leaves; meaningless until the window is full.
    @inline(__always) mutating func push(_ size: UInt32) -> UInt32 {
        let old = ring[next]
        ring[next] = size
        sum = sum &- UInt64(old) &+ UInt64(size)
        next += 1
        if next == length {
            next = 0
            isFull = true
        }
        return old
    }

    /// The same with the sum of squares that `standardDeviation` needs.
    @inline(__always) mutating func pushSquared(_ size: UInt32) {
        let old = UInt64(push(size))
        squares = squares &- UInt128(old &* old) &+ UInt128(UInt64(size) &* UInt64(size))
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
}

/// A multiset of sizes that knows its `rank`-th smallest: counts for sizes below 4,096 in 64 blocks, a sorted list above.
/// Its memory is freed by `deallocate`.
struct SizeRanks {
    private static let limit: UInt32 = 4_096
    private static let blockCount = 64
    private let rank: Int
    private let counts: UnsafeMutablePointer<Int32>
    private let blocks: UnsafeMutablePointer<Int32>
    private var large: [UInt32] = []
    /// The answer, how many are below it and how many equal it; it stands while `below < rank <= below + equal`.
    private var value: UInt32 = 0
    private var below = 0
    private var equal = 0

    /// - Parameter rank: counted from 1.
    init(rank: Int) {
        self.rank = rank
        counts = .allocate(capacity: Int(Self.limit))
        counts.initialize(repeating: 0, count: Int(Self.limit))
        blocks = .allocate(capacity: Self.blockCount)
        blocks.initialize(repeating: 0, count: Self.blockCount)
    }

    func deallocate() {
        counts.deallocate()
        blocks.deallocate()
    }

    @inline(__always) mutating func insert(_ size: UInt32) {
        below += size < value ? 1 : 0
        equal += size == value ? 1 : 0
        if size < Self.limit {
            counts[Int(size)] += 1
            blocks[Int(size >> 6)] += 1
        } else {
            large.insert(size, at: position(of: size))
        }
    }

    @inline(__always) mutating func remove(_ size: UInt32) {
        below -= size < value ? 1 : 0
        equal -= size == value ? 1 : 0
        if size < Self.limit {
            counts[Int(size)] -= 1
            blocks[Int(size >> 6)] -= 1
        } else {
            large.remove(at: position(of: size))
        }
    }

    /// The rank-th smallest. The multiset holds at least `rank` sizes.
    @inline(__always) mutating func ranked() -> UInt32 {
        if below < rank && rank <= below + equal { return value }
        search()
        return value
    }

    @inline(never) private mutating func search() {
        below = 0
        for block in 0..<Self.blockCount {
            if below + Int(blocks[block]) < rank {
                below += Int(blocks[block])
                continue
            }
            var size = block << 6
            while below + Int(counts[size]) < rank {
                below += Int(counts[size])
                size += 1
            }
            value = UInt32(size)
            equal = Int(counts[size])
            return
        }
        value = large[rank - below - 1]
        let first = position(of: value)
        equal = large[first...].prefix { $0 == value }.count
        below += first
    }

    /// Index of the first large size that is not smaller.
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
