internal import Glibc

private let pair: [InputRole] = [.column("x"), .column("y")]

extension TransformCatalogue {
    static let pairRelations: [TransformDefinition] = [
        TransformDefinition(
            "lag", .relation, "x[t-periods]", source: "pandas shift", units: "as the input",
            parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")], warmUp: { $0.int("periods") },
            kernel: { Delay(rows: $0.int("periods")) }),
        TransformDefinition(
            "spread", .relation, inputs: pair, "x - beta y - alpha", source: "Vidyamurthy 2004, Pairs Trading", units: "as x",
            parameters: [
                .number("beta", default: 1, "units of y held against one of x"),
                .number(
                    "alpha", default: 0,
                    "level of the spread"),
            ],
            warmUp: { _ in 0 }, kernel: { Spread(beta: $0.double("beta"), alpha: $0.double("alpha")) }),
        TransformDefinition(
            "ratio", .relation, inputs: pair, "x / y; NaN where y is 0", source: "numpy divide", units: "x per y",
            warmUp: { _ in 0 }, kernel: { _ in Ratio(isLogarithm: false) }),
        TransformDefinition(
            "log_ratio", .relation, inputs: pair, "ln(x / y); NaN where x / y is not a positive number", source: "numpy log",
            units: "log fraction", warmUp: { _ in 0 }, kernel: { _ in Ratio(isLogarithm: true) }),
        TransformDefinition(
            "relative_strength", .relation, inputs: pair, "(x[t] / x[t-window]) / (y[t] / y[t-window]) - 1",
            source: "Levy 1967, relative strength as a criterion for investment selection", units: "fraction",
            parameters: [.rows("window", atLeast: 1, "rows back")], warmUp: { $0.window },
            kernel: { RelativeChange(periods: $0.window, isQuotient: true) }),
        TransformDefinition(
            "excess_return", .relation, inputs: pair, "x[t] / x[t-periods] - y[t] / y[t-periods]", source: "pandas pct_change",
            units: "fraction", parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")],
            warmUp: { $0.int("periods") }, kernel: { RelativeChange(periods: $0.int("periods"), isQuotient: false) }),
        TransformDefinition(
            "tracking_error", .relation, inputs: pair,
            "sample standard deviation of the last window differences between the returns of x and y, times "
                + "sqrt(periods_per_year)",
            source: "Grinold and Kahn 1999; pandas rolling.std, ddof 1", units: "fraction a year",
            parameters: [
                .window(atLeast: 2), .number("periods_per_year", in: .positive, "such as 252 to annualise daily rows"),
            ],
            warmUp: { $0.window },
            kernel: { TrackingError(window: $0.window, periodsPerYear: $0.double("periods_per_year")) }),
        TransformDefinition(
            "relative_volatility", .relation, inputs: pair,
            "standard deviation of the last window returns of x over that of y; NaN where y's returns are all equal",
            source: "ml4t-engineer cross_asset.volatility_ratio; pandas rolling.std, ddof 1", units: "ratio",
            parameters: [.window(atLeast: 2)], warmUp: { $0.window }, kernel: { RelativeVolatility(window: $0.window) }),
        TransformDefinition(
            "distance", .relation, inputs: pair,
            "sum over the last window rows of (x / x[first] - y / y[first])^2, first being the window's oldest row",
            source: "Gatev, Goetzmann and Rouwenhorst 2006", units: "squared fraction", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window - 1 }, kernel: { PairDistance(window: $0.window) }),
    ]
}

private struct Spread: BinaryKernel {
    let beta: Double
    let alpha: Double

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double { x - beta * y - alpha }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct Ratio: BinaryKernel {
    let isLogarithm: Bool

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        if isLogarithm {
            let ratio = x / y
            return ratio > 0 && ratio.isFinite ? log(ratio) : .nan
        }
        return y == 0 ? .nan : x / y
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct RelativeChange: BinaryKernel {
    private var earlierX: Delay
    private var earlierY: Delay
    private let isQuotient: Bool

    init(periods: Int, isQuotient: Bool) {
        earlierX = Delay(rows: periods)
        earlierY = Delay(rows: periods)
        self.isQuotient = isQuotient
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        let growthX = x / earlierX.next(x)
        let growthY = y / earlierY.next(y)
        return isQuotient ? growthX / growthY - 1 : growthX - growthY
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlierX.archive(&archive)
        earlierY.archive(&archive)
    }
}

private struct TrackingError: BinaryKernel {
    private var difference = RelativeChange(periods: 1, isQuotient: false)
    private var moments: RollingMoments
    private let scale: Double

    init(window: Int, periodsPerYear: Double) {
        moments = RollingMoments(window: window)
        scale = periodsPerYear.squareRoot()
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        moments.add(difference.next(x, y))
        return moments.standardDeviation * scale
    }

    mutating func archive(_ archive: inout StateArchive) {
        difference.archive(&archive)
        moments.archive(&archive)
    }
}

private struct RelativeVolatility: BinaryKernel {
    private var changeX = Change(periods: 1, kind: .ratio)
    private var changeY = Change(periods: 1, kind: .ratio)
    private var momentsX: RollingMoments
    private var momentsY: RollingMoments

    init(window: Int) {
        momentsX = RollingMoments(window: window)
        momentsY = momentsX
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        momentsX.add(changeX.next(x))
        momentsY.add(changeY.next(y))
        guard momentsY.squaredDeviations > 0 else { return .nan }
        return (momentsX.squaredDeviations / momentsY.squaredDeviations).squareRoot()
    }

    mutating func archive(_ archive: inout StateArchive) {
        changeX.archive(&archive)
        changeY.archive(&archive)
        momentsX.archive(&archive)
        momentsY.archive(&archive)
    }
}

private struct PairDistance: BinaryKernel {
    private var xs: [Double]
    private var ys: [Double]
    private var position = 0

    init(window: Int) {
        xs = [Double](repeating: .nan, count: window)
        ys = xs
    }

    mutating func next(_ x: Double, _ y: Double) -> Double {
        xs[position] = x
        ys[position] = y
        position += 1
        if position == xs.count { position = 0 }
        let scaleX = 1 / xs[position]
        let scaleY = 1 / ys[position]
        var sum = 0.0
        for index in xs.indices {
            let gap = xs[index] * scaleX - ys[index] * scaleY
            sum += gap * gap
        }
        return sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&xs)
        archive.fixed(&ys)
        archive.value(&position)
    }
}
