/// The value some rows before, NaN for the first ones.
struct Delay: UnaryKernel {
    private var ring: [Double]
    private var position = 0

    /// - Precondition: `rows` > 0.
    init(rows: Int) { ring = [Double](repeating: .nan, count: rows) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let old = ring[position]
        ring[position] = x
        position += 1
        if position == ring.count { position = 0 }
        return old
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&ring)
        archive.value(&position)
    }
}
