/// A kernel that reads the returns of the column instead of the column. A row without one, such as the first,
/// gives it a NaN.
struct OfReturns<Inner: UnaryKernel>: UnaryKernel {
    private var change: Change
    private var inner: Inner

    init(_ inner: Inner, kind: Change.Kind = .logRatio) {
        change = Change(periods: 1, kind: kind)
        self.inner = inner
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { inner.next(change.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        inner.archive(&archive)
    }
}
