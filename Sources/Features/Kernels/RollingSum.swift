/// Sum of the last `window` values in constant time a row.
///
/// Rows are cut into blocks of `window`. A window is the tail of one block and the head of the next: tail sums are made once a
/// block, the head sum grows row by row. Nothing is ever subtracted, so no error builds up, and a NaN or infinity leaves with its
/// window (van Herk 1992 does the same for extremes).
struct RollingSum: UnaryKernel {
    let window: Int
    /// Up to `filled` values of the present block, from there on tail sums of the one before.
    private var block: [Double]
    private var filled = 0
    private var head = 0.0
    private var hasTail = false

    /// - Precondition: `window` > 0.
    init(window: Int) {
        self.window = window
        block = [Double](repeating: .nan, count: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        block[filled] = x
        filled += 1
        head += x
        if filled < window { return hasTail ? block[filled] + head : .nan }
        return endBlock()
    }

    @inline(never) private mutating func endBlock() -> Double {
        let result = head
        var sum = 0.0
        block.withUnsafeMutableBufferPointer { block in
            for index in stride(from: block.count - 1, through: 0, by: -1) {
                sum += block[index]
                block[index] = sum
            }
        }
        hasTail = true
        filled = 0
        head = 0
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&block)
        archive.value(&filled)
        archive.value(&head)
        archive.value(&hasTail)
    }
}

/// Mean of the last `window` values.
struct RollingMean: UnaryKernel {
    private var sum: RollingSum
    private let divisor: Double

    init(window: Int) {
        sum = RollingSum(window: window)
        divisor = Double(window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { sum.next(x) / divisor }
    mutating func archive(_ archive: inout StateArchive) { sum.archive(&archive) }
}
