/// (max + min) / 2 of the last rows; high and low may be one column.
struct MiddleOfRange: Sendable {
    private var range: RollingHighLow

    init(window: Int) { range = RollingHighLow(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        range.add(high, low)
        return (range.high + range.low) / 2
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

struct Midpoint: UnaryKernel {
    private var range: MiddleOfRange

    init(window: Int) { range = MiddleOfRange(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double { range.next(x, x) }
    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

struct Midprice: BinaryKernel {
    private var range: MiddleOfRange

    init(window: Int) { range = MiddleOfRange(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double { range.next(high, low) }
    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

struct MedianPrice: BinaryKernel {
    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double { (high + low) / 2 }
    mutating func archive(_ archive: inout StateArchive) {}
}

struct TypicalPrice: TernaryKernel {
    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double { (high + low + close) / 3 }
    mutating func archive(_ archive: inout StateArchive) {}
}

struct WeightedClose: TernaryKernel {
    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        (high + low + 2 * close) / 4
    }
    mutating func archive(_ archive: inout StateArchive) {}
}

struct AveragePrice: QuaternaryKernel {
    @inline(__always) mutating func next(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        (open + high + low + close) / 4
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

/// Mean of the middles of two ranges.
struct IchimokuSpan: BinaryKernel {
    private var fast, slow: MiddleOfRange

    init(conversion: Int, base: Int) {
        fast = MiddleOfRange(window: conversion)
        slow = MiddleOfRange(window: base)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        (fast.next(high, low) + slow.next(high, low)) / 2
    }

    mutating func archive(_ archive: inout StateArchive) {
        fast.archive(&archive)
        slow.archive(&archive)
    }
}
