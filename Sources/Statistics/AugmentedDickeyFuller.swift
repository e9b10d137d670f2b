internal import Glibc

/// Augmented Dickey-Fuller test with a constant: whether a series wanders without a level to return to.
///
/// The change of the series is regressed on a constant, its last value and `lags` earlier changes; `statistic` is the t value of
/// the last value's coefficient. Very negative values reject a unit root: the series is stationary. As statsmodels `adfuller`
/// with `regression="c"` and `autolag=None`. Said and Dickey, Biometrika 71 (1984).
public struct AugmentedDickeyFuller: Hashable, Sendable {
    public let statistic: Double
    /// Probability of a statistic this low under a unit root, 0...1, from the response surface of MacKinnon, Journal of Business
    /// and Economic Statistics 12 (1994).
    public let pValue: Double
    /// Earlier changes in the regression.
    public let lags: Int
    /// Rows of the regression.
    public let observations: Int

    /// Nil where the test is undefined: a value that is not finite, a constant series, no more rows than
    /// coefficients, or a series that its own past explains without a rest.
    /// - Parameters:
    ///   - values: in order of time.
    ///   - lags: nil takes `standardLags`.
    public init?(_ values: [Double], lags: Int? = nil) {
        let lags = lags ?? Self.standardLags(values.count)
        let rows = values.count - 1 - lags
        guard lags >= 0, rows >= lags + 3, values.allSatisfy(\.isFinite), !isConstant(values) else { return nil }
        let changes = zip(values.dropFirst(), values).map { $0 - $1 }
        // Without their means the columns need no constant; the last value stands last, so that its t value is read off.
        var basis: [[Double]] = []
        if lags > 0 {
            for lag in 1...lags {
                Self.appendRest(of: changes[(lags - lag)..<(lags - lag + rows)], to: &basis)
            }
        }
        let rank = basis.count
        guard Self.appendRest(of: values[lags..<(lags + rows)], to: &basis), let level = basis.last else { return nil }
        let target = Self.centred(changes[lags...])
        var rest = target
        Self.remove(basis, from: &rest)
        let freedom = rows - rank - 2
        let squares = Self.product(rest, rest)
        guard freedom > 0, squares > 1e-24 * Self.product(target, target) else { return nil }
        statistic = Self.product(level, target) / (squares / Double(freedom)).squareRoot()
        guard statistic.isFinite else { return nil }
        pValue = Self.pValue(statistic)
        self.lags = lags
        observations = rows
    }

    /// 12 (n / 100)^(1/4), rounded up, as far as n values allow it. Schwert, Journal of Business and Economic Statistics 7
    /// (1989).
    public static func standardLags(_ count: Int) -> Int {
        max(0, min(count / 2 - 2, Int(ceil(12 * pow(Double(count) / 100, 0.25)))))
    }

    /// MacKinnon's p-value of a statistic of the test with a constant.
    public static func pValue(_ statistic: Double) -> Double {
        if statistic > 2.74 { return 1 }
        if statistic < -18.83 { return 0 }
        let surface = statistic <= -1.61 ? [2.1659, 1.4412, 0.038269] : [1.7339, 0.93202, -0.12745, -0.010368]
        let score = surface.reversed().reduce(0) { $0 * statistic + $1 }
        return 0.5 * erfc(-score / 2.0.squareRoot())
    }

    /// What the basis does not explain of a column, scaled to length 1, becomes its next vector; a column that it explains wholly
    /// is left out.
    @discardableResult
    private static func appendRest(of column: ArraySlice<Double>, to basis: inout [[Double]]) -> Bool {
        var rest = centred(column)
        let before = product(rest, rest)
        remove(basis, from: &rest)
        let length = product(rest, rest).squareRoot()
        guard length > 1e-10 * before.squareRoot() else { return false }
        basis.append(rest.map { $0 / length })
        return true
    }

    /// Twice, so that what is left is orthogonal to the basis to the last digits.
    private static func remove(_ basis: [[Double]], from vector: inout [Double]) {
        for _ in 0..<2 {
            for direction in basis {
                let share = product(direction, vector)
                for index in vector.indices { vector[index] -= share * direction[index] }
            }
        }
    }

    private static func centred(_ values: ArraySlice<Double>) -> [Double] {
        let mean = compensatedSum(values) / Double(values.count)
        return values.map { $0 - mean }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
