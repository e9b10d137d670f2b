import Contracts
internal import Glibc
import Primitives

private let pair: [InputRole] = [.column("x"), .column("y")]

private func pairWindow(
    _ name: String, _ formula: String, source: String, units: String, atLeast least: Int, _ kind: PairWindow.Kind
) -> TransformDefinition {
    TransformDefinition(
        name, .relation, inputs: pair, formula, source: source, units: units, parameters: [.window(atLeast: least)],
        warmUp: { $0.window - 1 }, kernel: { PairWindow(window: $0.window, kind: kind) })
}

extension TransformCatalogue {
    static let regressionRelations: [TransformDefinition] = [
        pairWindow(
            "rolling_beta", "least-squares slope of x on y over the last window rows; NaN where y is constant",
            source: "ml4t-engineer paired.rolling_beta; scipy linregress", units: "x per y", atLeast: 2, .beta),
        pairWindow(
            "rolling_alpha", "least-squares intercept of x on y over the last window rows; NaN where y is constant",
            source: "scipy linregress", units: "as x", atLeast: 2, .alpha),
        pairWindow(
            "rolling_correlation", "Pearson correlation of x and y over the last window rows; NaN where one is constant",
            source: "pandas rolling.corr", units: "-1..1", atLeast: 2, .correlation),
        pairWindow(
            "rolling_covariance", "sample covariance of x and y over the last window rows (divisor window - 1)",
            source: "pandas rolling.cov", units: "x times y", atLeast: 2, .covariance),
        TransformDefinition(
            "rank_correlation", .relation, inputs: pair,
            "Spearman correlation of x and y over the last window rows, ties at their mean rank; NaN where one is constant",
            source: "Spearman 1904; scipy spearmanr", units: "-1..1", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window - 1 }, kernel: { RankCorrelation(window: $0.window) }),
        pairWindow(
            "regression_residual",
            "x minus its least-squares line on y over the last window rows (the cointegration residual of Engle and Granger "
                + "where both are prices); NaN where y is constant",
            source: "Engle and Granger 1987; statsmodels OLS resid", units: "as x", atLeast: 3, .residual),
        pairWindow(
            "residual_zscore",
            "regression_residual / sqrt(sum of squared residuals / (window - 2)); 0 where the line explains x but for a part of "
                + "1e-12 of its variance, NaN where y is constant",
            source: "statsmodels OLS resid_pearson", units: "standard errors", atLeast: 3, .residualScore),
        TransformDefinition(
            "cointegration_adf", .relation, inputs: pair,
            "t statistic of rho in d e[t] = rho e[t-1] + sum of c[i] d e[t-i], i = 1...lags, where e are the residuals of x on y "
                + "over the last window rows; NaN where y or e is constant or these regressors are collinear (strongly negative: "
                + "cointegrated)",
            source: "Engle and Granger 1987; statsmodels coint(trend='c', autolag=None)", units: "t statistic",
            parameters: [
                .window(atLeast: 8),
                ParameterSpec(
                    "lags", .integer, required: false, in: 0...20, default: .int(1),
                    "lagged differences of the residual"),
            ],
            warmUp: { $0.window - 1 },
            kernel: { parameters in
                guard parameters.window >= 2 * parameters.int("lags") + 5 else {
                    throw parameters.refusal("window", "must be at least 2 lags + 5")
                }
                return CointegrationStatistic(window: parameters.window, lags: parameters.int("lags"))
            }),
        TransformDefinition(
            "lead_lag_correlation", .relation, inputs: pair,
            "Pearson correlation of x[t-lag] with y[t] over the last window pairs: high where x leads y by lag rows; NaN where "
                + "one is constant",
            source: "ml4t-engineer cross_asset.lead_lag_correlation; pandas rolling.corr", units: "-1..1",
            parameters: [.window(atLeast: 2), .rows("lag", atLeast: 1, default: 1, "rows by which x comes before y")],
            warmUp: { $0.window - 1 + $0.int("lag") },
            kernel: { LeadLag(window: $0.window, lag: $0.int("lag")) }),
        TransformDefinition(
            "downside_beta", .relation, inputs: pair,
            "least-squares slope of x's returns on y's over those of the last window rows on which y's return is below "
                + "threshold; NaN with fewer than two such rows or equal returns on them",
            source: "Bawa and Lindenberg 1977; Ang, Chen and Xing 2006", units: "ratio",
            parameters: [.window(atLeast: 2), .number("threshold", default: 0, "return of y, a fraction")],
            warmUp: { $0.window },
            kernel: { DownsideBeta(window: $0.window, threshold: $0.double("threshold")) }),
        TransformDefinition(
            "half_life", .relation,
            "-ln 2 / ln(phi), phi being the least-squares slope of x[t] on x[t-1] within the last window rows; infinite where "
                + "phi >= 1, 0 where phi <= 0, NaN where x is constant",
            source: "Chan 2013, Algorithmic Trading, Ornstein-Uhlenbeck half-life", units: "rows",
            parameters: [.window(atLeast: 4)], warmUp: { $0.window - 1 }, kernel: { HalfLife(window: $0.window) }),
    ]
}

/// What a window of pairs says of x given y.
private struct PairWindow: BinaryKernel {
    enum Kind: Sendable { case beta, alpha, correlation, covariance, residual, residualScore }

    /// Of y first, x second: the slope is that of x on y.
    private var pairs: RollingCovariance
    private let kind: Kind

    init(window: Int, kind: Kind) {
        pairs = RollingCovariance(window: window)
        self.kind = kind
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        pairs.add(y, x)
        switch kind {
        case .beta: return pairs.slope
        case .alpha: return pairs.intercept
        case .correlation: return pairs.correlation
        case .covariance: return pairs.covariance
        case .residual: return residual(x, y)
        case .residualScore:
            let sums = pairs.sums
            let unexplained = sums.squares.y - pairs.slope * sums.products
            if unexplained <= 1e-12 * sums.squares.y { return 0 }
            return residual(x, y) / (unexplained / Double(pairs.window - 2)).squareRoot()
        }
    }

    @inline(__always) private func residual(_ x: Double, _ y: Double) -> Double {
        x - pairs.sums.means.y - pairs.slope * (y - pairs.sums.means.x)
    }

    mutating func archive(_ archive: inout StateArchive) { pairs.archive(&archive) }
}

private struct LeadLag: BinaryKernel {
    private var earlier: Delay
    private var pairs: RollingCovariance

    init(window: Int, lag: Int) {
        earlier = Delay(rows: lag)
        pairs = RollingCovariance(window: window)
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        pairs.add(earlier.next(x), y)
        return pairs.correlation
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlier.archive(&archive)
        pairs.archive(&archive)
    }
}

private struct HalfLife: UnaryKernel {
    private var before = Double.nan
    private var pairs: RollingCovariance

    init(window: Int) { pairs = RollingCovariance(window: window - 1) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        pairs.add(before, x)
        before = x
        let phi = pairs.slope
        if phi >= 1 { return .infinity }
        return phi <= 0 ? 0 : -0.693_147_180_559_945_3 / log(phi)
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&before)
        pairs.archive(&archive)
    }
}

private struct DownsideBeta: BinaryKernel {
    private var changeX = Change(periods: 1, kind: .ratio)
    private var changeY = Change(periods: 1, kind: .ratio)
    private var xs: [Double]
    private var ys: [Double]
    private var position = 0
    private let threshold: Double

    init(window: Int, threshold: Double) {
        xs = [Double](repeating: .nan, count: window)
        ys = xs
        self.threshold = threshold
    }

    mutating func next(_ x: Double, _ y: Double) -> Double {
        xs[position] = changeX.next(x)
        ys[position] = changeY.next(y)
        position += 1
        if position == xs.count { position = 0 }
        var sums = RollingCovariance.Sums()
        var count = 0
        for index in xs.indices {
            if (xs[index] + ys[index]).isNaN { return .nan }
            guard ys[index] < threshold else { continue }
            count += 1
            sums.append(SIMD2(ys[index], xs[index]), count: count, inverse: 1 / Double(count))
        }
        return count >= 2 && sums.squares.x > 0 ? sums.products / sums.squares.x : .nan
    }

    mutating func archive(_ archive: inout StateArchive) {
        changeX.archive(&archive)
        changeY.archive(&archive)
        archive.fixed(&xs)
        archive.fixed(&ys)
        archive.value(&position)
    }
}
