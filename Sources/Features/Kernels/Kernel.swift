/// A column function as a stream: what it says of a row it says having seen that row and those before it alone, so it cannot look
/// ahead. Batch, incremental and live computation run the same code.
///
/// A kernel is a value: a copy continues on its own. Missing values are NaN, and an infinite input is read as missing. A window
/// that holds one gives NaN; a recursion answers a missing input with NaN and stays as it was.
public protocol Kernel: Sendable {
    /// Takes the next `rows.count` rows and writes as many values.
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>)
    /// Names every stored value that later results depend on, in a fixed order, so that the state can be saved and restored.
    mutating func archive(_ archive: inout StateArchive)
}

/// The input columns of some consecutive rows.
public struct KernelRows {
    let columns: UnsafePointer<UnsafePointer<Double>>
    public let width: Int
    public let count: Int

    /// - Precondition: each of the `width` columns holds `count` values, for as long as the rows are used.
    public init(columns: UnsafePointer<UnsafePointer<Double>>, width: Int, count: Int) {
        self.columns = columns
        self.width = width
        self.count = count
    }

    @inline(__always) subscript(column: Int) -> Column { Column(values: columns[column]) }

    /// One of the columns as kernels read it.
    struct Column {
        let values: UnsafePointer<Double>

        /// An infinite number counts as missing: a recursion that took one in would never be rid of it.
        @inline(__always) subscript(row: Int) -> Double {
            let x = values[row]
            return x.isInfinite ? .nan : x
        }
    }
}

/// A kernel of one column.
protocol UnaryKernel: Kernel {
    mutating func next(_ x: Double) -> Double
}

/// A kernel of two columns, such as x and y.
protocol BinaryKernel: Kernel {
    mutating func next(_ x: Double, _ y: Double) -> Double
}

/// A kernel of three columns, such as high, low and close.
protocol TernaryKernel: Kernel {
    mutating func next(_ a: Double, _ b: Double, _ c: Double) -> Double
}

/// A kernel of four columns, such as open, high, low and close.
protocol QuaternaryKernel: Kernel {
    mutating func next(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double
}

extension UnaryKernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        let x = rows[0]
        for row in 0..<rows.count { output[row] = next(x[row]) }
    }
}

extension BinaryKernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        let x = rows[0], y = rows[1]
        for row in 0..<rows.count { output[row] = next(x[row], y[row]) }
    }
}

extension TernaryKernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        let a = rows[0], b = rows[1], c = rows[2]
        for row in 0..<rows.count { output[row] = next(a[row], b[row], c[row]) }
    }
}

extension QuaternaryKernel {
    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        let a = rows[0], b = rows[1], c = rows[2], d = rows[3]
        for row in 0..<rows.count { output[row] = next(a[row], b[row], c[row], d[row]) }
    }
}

extension Kernel {
    /// Takes the next rows of whole arrays.
    /// - Precondition: `columns` have one length, and are as many as the kernel reads.
    public mutating func apply(_ columns: [[Double]]) -> [Double] {
        let count = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == count }, "columns of different length")
        return apply(columns.map { $0[...] }, count: count)
    }

    /// Takes the next `count` rows of slices.
    mutating func apply(_ columns: [ArraySlice<Double>], count: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: count) { output, filled in
            Self.withPointers(columns, []) { pointers in
                guard count > 0, let first = pointers.baseAddress, let target = output.baseAddress else { return }
                run(KernelRows(columns: first, width: pointers.count, count: count), into: target)
            }
            filled = count
        }
    }

    private static func withPointers(
        _ columns: [ArraySlice<Double>], _ pointers: [UnsafePointer<Double>],
        _ body: (UnsafeBufferPointer<UnsafePointer<Double>>) -> Void
    ) {
        guard pointers.count < columns.count else { return pointers.withUnsafeBufferPointer(body) }
        columns[pointers.count].withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return }
            withPointers(columns, pointers + [address], body)
        }
    }
}
