// Kernels of returns.

struct SumOfSquares: UnaryKernel {
    enum Side: Sendable { case both, up, down }

    private var sum: RollingSum
    private let side: Side

    init(window: Int, side: Side) {
        sum = RollingSum(window: window)
        self.side = side
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let counts =
            switch side {
            case .both: true
            case .up: !(x < 0)
            case .down: !(x > 0)
            }
        return sum.next(counts ? x * x : 0)
    }

    mutating func archive(_ archive: inout StateArchive) { sum.archive(&archive) }
}

struct RealisedVolatility: UnaryKernel {
    private var sum: RollingSum
    private let scale: Double

    init(window: Int, periodsPerYear: Double) {
        sum = RollingSum(window: window)
        scale = periodsPerYear / Double(window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { (scale * sum.next(x * x)).squareRoot() }
    mutating func archive(_ archive: inout StateArchive) { sum.archive(&archive) }
}

struct BipowerVariation: UnaryKernel {
    private var sum: RollingSum
    private var before = Double.nan
    private let scale: Double

    init(window: Int) {
        sum = RollingSum(window: window - 1)
        scale = Double.pi / 2 * Double(window) / Double(window - 1)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let size = abs(x)
        let result = scale * sum.next(size * before)
        before = size
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        sum.archive(&archive)
        archive.value(&before)
    }
}

struct JumpVariation: UnaryKernel {
    private var squares: RollingSum
    private var bipower: BipowerVariation

    init(window: Int) {
        squares = RollingSum(window: window)
        bipower = BipowerVariation(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let jumps = squares.next(x * x) - bipower.next(x)
        return jumps < 0 ? 0 : jumps
    }

    mutating func archive(_ archive: inout StateArchive) {
        squares.archive(&archive)
        bipower.archive(&archive)
    }
}

struct VolatilityOfVolatility: UnaryKernel {
    private var volatility: CloseVolatility
    private var moments: RollingMoments

    init(_ parameters: TransformParameters) {
        volatility = CloseVolatility(
            window: parameters.int("volatility_window"), periodsPerYear: parameters.double("periods_per_year"))
        moments = RollingMoments(window: parameters.window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        moments.add(volatility.next(x))
        return moments.standardDeviation
    }

    mutating func archive(_ archive: inout StateArchive) {
        volatility.archive(&archive)
        moments.archive(&archive)
    }
}

struct VolatilityPercentile: UnaryKernel {
    private var volatility: CloseVolatility
    private var rank: PercentileRank

    init(_ parameters: TransformParameters) {
        volatility = CloseVolatility(window: parameters.int("volatility_window"), periodsPerYear: 1)
        rank = PercentileRank(window: parameters.window, scale: 1 / Double(parameters.window))
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { rank.next(volatility.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        volatility.archive(&archive)
        rank.archive(&archive)
    }
}

struct VolatilityRatio: UnaryKernel {
    private var short: RollingMoments
    private var long: RollingMoments

    init(short: Int, long: Int) {
        self.short = RollingMoments(window: short)
        self.long = RollingMoments(window: long)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        short.add(x)
        long.add(x)
        return (short.variance / long.variance).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        short.archive(&archive)
        long.archive(&archive)
    }
}

struct ExponentialVolatility: UnaryKernel {
    private var variance: ExponentialMean
    private let periodsPerYear: Double

    init(_ parameters: TransformParameters) {
        variance = ExponentialMean(window: 1, alpha: 1 - parameters.double("lambda"), start: .firstValue)
        periodsPerYear = parameters.double("periods_per_year")
    }

    @inline(__always) mutating func next(_ x: Double) -> Double { (periodsPerYear * variance.next(x * x)).squareRoot() }
    mutating func archive(_ archive: inout StateArchive) { variance.archive(&archive) }
}

struct StandardisedReturn: UnaryKernel {
    private var variance: ExponentialMean
    private var deviation = Double.nan

    init(decay: Double) { variance = ExponentialMean(window: 1, alpha: 1 - decay, start: .firstValue) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let result = x == 0 && deviation == 0 ? 0 : x / deviation
        deviation = variance.next(x * x).squareRoot()
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        variance.archive(&archive)
        archive.value(&deviation)
    }
}

struct GarchVolatility: UnaryKernel {
    private var variance: Double
    private let omega: Double
    private let alpha: Double
    private let beta: Double
    private let periodsPerYear: Double

    init(_ parameters: TransformParameters) {
        omega = parameters.double("omega")
        alpha = parameters.double("alpha")
        beta = parameters.double("beta")
        periodsPerYear = parameters.double("periods_per_year")
        variance = omega / (1 - alpha - beta)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        variance = omega + alpha * x * x + beta * variance
        return (periodsPerYear * variance).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&variance) }
}
