internal import Glibc

// Volatility from open, high, low and close.
extension TransformCatalogue {
    static let rangeVolatility: [TransformDefinition] = [
        TransformDefinition(
            "parkinson", .volatility, inputs: [.column("high"), .column("low")],
            "sqrt(periods_per_year x mean over window of ln(high / low)^2 / (4 ln 2))", source: "Parkinson 1980",
            units: "fraction a year", parameters: [.window(atLeast: 1), .periodsPerYear], warmUp: { $0.window - 1 },
            kernel: {
                RangeVolatility(
                    window: $0.window, scale: $0.double("periods_per_year") / (4 * log(2) * Double($0.window)), isRoot: true)
            }),
        TransformDefinition(
            "realised_range", .volatility, inputs: [.column("high"), .column("low")],
            "sum over window of ln(high / low)^2 / (4 ln 2)", source: "Martens and van Dijk 2007; Christensen and Podolskij 2007",
            units: "squared fraction over the window", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { RangeVolatility(window: $0.window, scale: 1 / (4 * log(2)), isRoot: false) }),
        TransformDefinition(
            "garman_klass", .volatility, inputs: fourPrices,
            "sqrt(periods_per_year x mean over window of ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2)",
            source: "Garman and Klass 1980", units: "fraction a year", parameters: [.window(atLeast: 1), .periodsPerYear],
            warmUp: { $0.window - 1 },
            kernel: { BarVolatility(window: $0.window, periodsPerYear: $0.double("periods_per_year"), kind: .garmanKlass) }),
        TransformDefinition(
            "rogers_satchell", .volatility, inputs: fourPrices,
            "sqrt(periods_per_year x mean over window of ln(high / close) ln(high / open) + ln(low / close) ln(low / open))",
            source: "Rogers and Satchell 1991", units: "fraction a year", parameters: [.window(atLeast: 1), .periodsPerYear],
            warmUp: { $0.window - 1 },
            kernel: { BarVolatility(window: $0.window, periodsPerYear: $0.double("periods_per_year"), kind: .rogersSatchell) }),
        TransformDefinition(
            "yang_zhang", .volatility, inputs: fourPrices,
            "sqrt(periods_per_year x (sample variance of ln(open / close before) + k x sample variance of ln(close / open) + "
                + "(1 - k) x rogers_satchell^2)) over window, k = 0.34 / (1.34 + (window + 1) / (window - 1))",
            source: "Yang and Zhang 2000", units: "fraction a year", parameters: [.window(atLeast: 2), .periodsPerYear],
            warmUp: { $0.window },
            kernel: { YangZhang(window: $0.window, periodsPerYear: $0.double("periods_per_year")) }),
    ]

    private static let fourPrices: [InputRole] = [.column("open"), .column("high"), .column("low"), .column("close")]
}

/// Sum of squared log ranges, scaled, or its root.
struct RangeVolatility: BinaryKernel {
    private var sum: RollingSum
    private let scale: Double
    private let isRoot: Bool

    init(window: Int, scale: Double, isRoot: Bool) {
        sum = RollingSum(window: window)
        self.scale = scale
        self.isRoot = isRoot
    }

    @inline(__always) mutating func next(_ high: Double, _ low: Double) -> Double {
        let range = log(high / low)
        let value = scale * sum.next(range * range)
        return isRoot ? value.squareRoot() : value
    }

    mutating func archive(_ archive: inout StateArchive) { sum.archive(&archive) }
}

struct BarVolatility: QuaternaryKernel {
    enum Kind: Sendable { case garmanKlass, rogersSatchell }

    private var sum: RollingSum
    private let scale: Double
    private let kind: Kind
    private static let garmanKlassWeight = 2 * log(2.0) - 1

    init(window: Int, periodsPerYear: Double, kind: Kind) {
        sum = RollingSum(window: window)
        scale = periodsPerYear / Double(window)
        self.kind = kind
    }

    @inline(__always) mutating func next(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        let variance: Double
        switch kind {
        case .garmanKlass:
            let range = log(high / low), move = log(close / open)
            variance = range * range / 2 - Self.garmanKlassWeight * move * move
        case .rogersSatchell: variance = Self.rogersSatchell(open, high, low, close)
        }
        return (scale * sum.next(variance)).squareRoot()
    }

    @inline(__always) static func rogersSatchell(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        // ln(high / close) ln(high / open) with ln(close / open) taken once.
        let move = log(close / open), up = log(high / open), down = log(low / open)
        return (up - move) * up + (down - move) * down
    }

    mutating func archive(_ archive: inout StateArchive) { sum.archive(&archive) }
}

struct YangZhang: QuaternaryKernel {
    private var overnight: RollingMoments
    private var session: RollingMoments
    private var bars: RollingSum
    private var closeBefore = Double.nan
    private let window: Double
    private let weight: Double
    private let periodsPerYear: Double

    init(window: Int, periodsPerYear: Double) {
        overnight = RollingMoments(window: window)
        session = RollingMoments(window: window)
        bars = RollingSum(window: window)
        self.window = Double(window)
        weight = 0.34 / (1.34 + Double(window + 1) / Double(window - 1))
        self.periodsPerYear = periodsPerYear
    }

    @inline(__always) mutating func next(_ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Double {
        overnight.add(log(open / closeBefore))
        closeBefore = close
        session.add(log(close / open))
        let bar = bars.next(BarVolatility.rogersSatchell(open, high, low, close)) / window
        return (periodsPerYear * (overnight.variance + weight * session.variance + (1 - weight) * bar)).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        overnight.archive(&archive)
        session.archive(&archive)
        bars.archive(&archive)
        archive.value(&closeBefore)
    }
}
