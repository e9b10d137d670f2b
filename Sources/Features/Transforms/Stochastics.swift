internal import Glibc

/// Place of a value in the range of the last rows, 0...1.
struct RangePosition: Sendable {
    private var range: RollingHighLow

    init(window: Int) { range = RollingHighLow(window: window) }

    /// - Parameter flat: what an empty range gives.
    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ x: Double, flat: Double) -> Double {
        range.add(high, low)
        if range.high == range.low { return x.isNaN ? .nan : flat }
        return (x - range.low) / (range.high - range.low)
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

/// Lane's oscillator: the place of the close in the last range, smoothed not at all, once or twice.
struct Stochastic: TernaryKernel {
    private var range: RangePosition
    private var first, second: RollingMean
    private let stages: Int

    /// - Parameter smoothing: rows of the means, two at most.
    init(window: Int, smoothing: [Int]) {
        range = RangePosition(window: window)
        first = RollingMean(window: smoothing.first ?? 1)
        second = RollingMean(window: smoothing.last ?? 1)
        stages = smoothing.count
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        let place = 100 * range.next(high, low, close, flat: 0)
        switch stages {
        case 0: return place
        case 1: return first.next(place)
        default: return second.next(first.next(place))
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        range.archive(&archive)
        first.archive(&archive)
        second.archive(&archive)
    }
}

struct WilliamsRange: TernaryKernel {
    private var range: RangePosition

    init(window: Int) { range = RangePosition(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        100 * range.next(high, low, close, flat: 1) - 100
    }

    mutating func archive(_ archive: inout StateArchive) { range.archive(&archive) }
}

/// Ehlers' transform of the place of the median price in its last range.
struct FisherTransform: BinaryKernel {
    private var range: RangePosition
    private var smooth = 0.0
    private var fisher = 0.0

    init(window: Int) { range = RangePosition(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let price = (high + low) / 2
        let place = range.next(price, price, price, flat: 0.5)
        if place.isNaN { return .nan }
        smooth = max(-0.999, min(0.999, 0.66 * (place - 0.5) + 0.67 * smooth))
        fisher = 0.5 * log((1 + smooth) / (1 - smooth)) + 0.5 * fisher
        return fisher
    }

    mutating func archive(_ archive: inout StateArchive) {
        range.archive(&archive)
        archive.value(&smooth)
        archive.value(&fisher)
    }
}
