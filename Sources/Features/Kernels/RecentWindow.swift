/// The last `window` values as one run of memory, oldest first, for sums that need every one of them anew.
struct RecentWindow: Sendable {
    let window: Int
    /// Every value twice, `window` places apart, so that any `window` rows lie side by side.
    private var values: [Double]
    private var position = 0

    /// - Precondition: `window` > 0. Values are NaN before they are given.
    init(window: Int) {
        self.window = window
        values = [Double](repeating: .nan, count: 2 * window)
    }

    @inline(__always) mutating func add(_ x: Double) {
        values[position] = x
        values[position + window] = x
        position += 1
        if position == window { position = 0 }
    }

    /// `body` is given the oldest value and its `window` - 1 successors.
    @inline(__always) func withValues(_ body: (UnsafePointer<Double>) -> Double) -> Double {
        values.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .nan }
            return body(base + position)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        archive.value(&position)
    }
}
