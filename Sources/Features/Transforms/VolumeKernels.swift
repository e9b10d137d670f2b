/// Granville's running total of the volume of rows that rose less that of rows that fell. A row that misses a value is skipped.
struct OnBalanceVolume: BinaryKernel {
    private var before = Double.nan
    private var total = 0.0

    @inline(__always) mutating func next(_ close: Double, _ volume: Double) -> Double {
        if (close + volume).isNaN { return .nan }
        // The first row counts as a rise.
        total += close < before ? -volume : close == before ? 0 : volume
        before = close
        return total
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        archive.value(&total)
    }
}

/// Volume times the place of the close in the bar, -1 at the low, 1 at the high; 0 for a bar without range.
@inline(__always) private func flow(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
    high == low ? 0 * (close * volume) : ((close - low) - (high - close)) / (high - low) * volume
}

/// Running total of the flow. A row that misses a value is skipped.
struct AccumulationLine: QuaternaryKernel {
    private var total = 0.0

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
        let flow = flow(high, low, close, volume)
        if flow.isNaN { return .nan }
        total += flow
        return total
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&total) }
}

/// Faster less slower exponential mean of the accumulation line.
struct ChaikinOscillator: QuaternaryKernel {
    private var line = AccumulationLine()
    private var fast, slow: ExponentialMean

    init(fast: Int, slow: Int) {
        self.fast = ExponentialMean(window: fast, start: .firstValue)
        self.slow = ExponentialMean(window: slow, start: .firstValue)
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
        let line = line.next(high, low, close, volume)
        return fast.next(line) - slow.next(line)
    }

    mutating func archive(_ archive: inout StateArchive) {
        line.archive(&archive)
        fast.archive(&archive)
        slow.archive(&archive)
    }
}

/// The flow's share in the volume of the last rows.
struct ChaikinFlow: QuaternaryKernel {
    private var flows, volumes: RollingSum

    init(window: Int) {
        flows = RollingSum(window: window)
        volumes = flows
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
        let flow = flows.next(flow(high, low, close, volume))
        let volume = volumes.next(volume)
        return volume == 0 ? 0 * flow : flow / volume
    }

    mutating func archive(_ archive: inout StateArchive) {
        flows.archive(&archive)
        volumes.archive(&archive)
    }
}

/// Quong and Soudack's relative strength of money flows.
struct MoneyFlowIndex: QuaternaryKernel {
    private var rises, falls: RollingSum
    private var before = Double.nan

    init(window: Int) {
        rises = RollingSum(window: window)
        falls = rises
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
        let price = (high + low + close) / 3
        let change = price - before
        before = price
        let money = change.isNaN ? .nan : price * volume
        // A missing flow is missing in both sums.
        let none = 0 * money
        let rise = rises.next(change > 0 ? money : none)
        let fall = falls.next(change < 0 ? money : none)
        let sum = rise + fall
        return sum == 0 ? 0 : 100 * rise / sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        rises.archive(&archive)
        falls.archive(&archive)
        archive.value(&before)
    }
}

/// Elder's smoothed product of change and volume. A row that misses a value is skipped.
struct ForceIndex: BinaryKernel {
    private var mean: ExponentialMean
    private var before = Double.nan

    init(window: Int) { mean = ExponentialMean(window: window, start: .meanOfWindow) }

    @inline(__always) mutating func next(_ close: Double, _ volume: Double) -> Double {
        if (close + volume).isNaN { return .nan }
        let force = (close - before) * volume
        before = close
        return mean.next(force)
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        archive.value(&before)
    }
}

/// Arms' mean way of the middle of the bar for the volume it took.
struct EaseOfMovement: TernaryKernel {
    private var mean: RollingMean
    private var before = Double.nan
    private let scale: Double

    init(window: Int, scale: Double) {
        mean = RollingMean(window: window)
        self.scale = scale
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ volume: Double) -> Double {
        let middle = (high + low) / 2
        let way = (middle - before) * (high - low) * scale
        before = middle
        return mean.next(volume == 0 ? 0 * way : way / volume)
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        archive.value(&before)
    }
}

/// Running totals of returns that volume weighs or chooses. A row that misses a value is skipped, and so is one with a price of
/// 0, to which everything is lost and from which there is no return.
struct VolumeReturnLine: BinaryKernel {
    enum Output: Sendable { case weighted, onLessVolume, onMoreVolume }

    private let output: Output
    private var close = Double.nan
    private var volume = Double.nan
    private var line: Double

    init(_ output: Output) {
        self.output = output
        line = output == .weighted ? 0 : 1_000
    }

    @inline(__always) mutating func next(_ close: Double, _ volume: Double) -> Double {
        if (close + volume).isNaN || close == 0 { return .nan }
        if !self.close.isNaN {
            let change = close / self.close - 1
            switch output {
            case .weighted: line += change * volume
            case .onLessVolume: if volume < self.volume { line += line * change }
            case .onMoreVolume: if volume > self.volume { line += line * change }
            }
        }
        self.close = close
        self.volume = volume
        return line
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&close)
        archive.value(&volume)
        archive.value(&line)
    }
}

/// Typical price weighed by the volume of the last rows.
struct RollingVolumePrice: QuaternaryKernel {
    private var mean: VolumeWeightedMean

    init(window: Int) { mean = VolumeWeightedMean(window: window) }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ volume: Double) -> Double {
        mean.next((high + low + close) / 3, volume)
    }

    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}

/// Volume over the mean of the rows before.
struct RelativeVolume: UnaryKernel {
    private var mean: RollingMean
    private var usual = Double.nan

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ volume: Double) -> Double {
        let result = usual == 0 ? .nan : volume / usual
        usual = mean.next(volume)
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        mean.archive(&archive)
        archive.value(&usual)
    }
}

/// Range for the volume it took.
struct MarketFacilitation: TernaryKernel {
    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ volume: Double) -> Double {
        let range = high - low
        return volume == 0 ? 0 * range : range / volume
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

/// Williams' running total of the way from the true low up or from the true high down. A row that misses a price is skipped.
struct WilliamsAccumulation: TernaryKernel {
    private var before = Double.nan
    private var total = 0.0

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double) -> Double {
        if (high + low + close).isNaN { return .nan }
        if close > before {
            total += close - min(low, before)
        } else if close < before {
            total += close - max(high, before)
        }
        before = close
        return total
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        archive.value(&total)
    }
}
