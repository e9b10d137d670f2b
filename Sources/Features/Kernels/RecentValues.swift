/// The last `window` values side by side in the order of time: each is written twice, so that a full window is never cut.
struct RecentValues: Sendable {
    let window: Int
    private var values: [Double]
    private var position = 0

    /// NaN for the rows before the first.
    /// - Precondition: `window` > 0.
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

    /// The value `rows` before the last added one.
    @inline(__always) func ago(_ rows: Int) -> Double { values[position + window - 1 - rows] }

    /// The values, the oldest first.
    @inline(__always) func withValues<Result>(_ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
        values.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[position..<position + window])) }
    }

    /// Sum of value x weight, the oldest value with the first weight, in a fixed order that uses the vector unit.
    /// - Precondition: `weights` holds `window` values.
    @inline(__always) func dot(_ weights: [Double]) -> Double {
        withValues { values in
            weights.withUnsafeBufferPointer { weights in
                var sums = SIMD8<Double>.zero
                var index = 0
                while index + 8 <= values.count {
                    var x = SIMD8<Double>(), w = SIMD8<Double>()
                    for lane in 0..<8 {
                        x[lane] = values[index + lane]
                        w[lane] = weights[index + lane]
                    }
                    sums += x * w
                    index += 8
                }
                var sum = sums.sum()
                while index < values.count {
                    sum += values[index] * weights[index]
                    index += 1
                }
                return sum
            }
        }
    }

    /// Sum of |value - center|, in a fixed order that uses the vector unit.
    @inline(__always) func absoluteDeviations(from center: Double) -> Double {
        withValues { values in
            var sums = (0.0, 0.0, 0.0, 0.0)
            var index = 0
            while index + 4 <= values.count {
                sums.0 += abs(values[index] - center)
                sums.1 += abs(values[index + 1] - center)
                sums.2 += abs(values[index + 2] - center)
                sums.3 += abs(values[index + 3] - center)
                index += 4
            }
            while index < values.count {
                sums.0 += abs(values[index] - center)
                index += 1
            }
            return (sums.0 + sums.1) + (sums.2 + sums.3)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        archive.value(&position)
    }
}
