internal import Glibc

/// A function of one series, and of a second one where it compares. Element i of the result uses elements 0...i of the input
/// alone.
///
/// The first `warmUp` elements are NaN. A NaN inside a window makes the result NaN.
public enum Transform: Hashable, Sendable {
    /// The input itself.
    case level
    /// x[i] / x[i-1] - 1.
    case simpleReturn
    /// ln(x[i] / x[i-1]).
    case logReturn
    /// x[i] - x[i-1].
    case difference
    /// Mean of the last `window` values.
    case sma(window: Int)
    /// Exponential mean with alpha = 2 / (window + 1), started at the first value, NaN for the first `window - 1`.
    case ema(window: Int)
    /// (x[i] - mean) / sample standard deviation of the last `window` values; 0 where the window is constant.
    case zscore(window: Int)
    /// x[i] / x[i-window] - 1.
    case momentum(window: Int)
    /// Sample standard deviation (ddof 1) of the last `window` log returns x sqrt(periodsPerYear).
    case volatility(window: Int, periodsPerYear: Double)
    /// x[i] / mean of the last `window` values - 1.
    case smaRatio(window: Int)
    /// Sum of the last `window` values.
    case rollingSum(window: Int)

    public func apply(to x: [Double]) -> [Double] {
        switch self {
        case .level: x
        case .simpleReturn: Self.pairwise(x) { $1 / $0 - 1 }
        case .logReturn: Self.pairwise(x) { log($1 / $0) }
        case .difference: Self.pairwise(x) { $1 - $0 }
        case .sma(let window): Self.rolling(x, window) { Self.mean($0) }
        case .ema(let window): Self.exponentialMean(x, window)
        case .zscore(let window): Self.rolling(x, window, Self.standardScore)
        case .momentum(let window): x.indices.map { $0 < window ? .nan : x[$0] / x[$0 - window] - 1 }
        case .volatility(let window, let periodsPerYear):
            Self.rolling(Transform.logReturn.apply(to: x), window) { Self.deviation($0) * periodsPerYear.squareRoot() }
        case .smaRatio(let window): Self.rolling(x, window) { ($0.last ?? .nan) / Self.mean($0) - 1 }
        case .rollingSum(let window): Self.rolling(x, window) { $0.reduce(0, +) }
        }
    }

    private static func pairwise(_ x: [Double], _ body: (Double, Double) -> Double) -> [Double] {
        x.indices.map { $0 == 0 ? .nan : body(x[$0 - 1], x[$0]) }
    }

    /// Each window is summed anew, so that a value never depends on where the series began. O(n x window).
    private static func rolling(_ x: [Double], _ window: Int, _ body: (ArraySlice<Double>) -> Double) -> [Double] {
        x.indices.map { $0 + 1 < window ? .nan : body(x[($0 + 1 - window)...$0]) }
    }

    private static func mean(_ x: ArraySlice<Double>) -> Double { x.reduce(0, +) / Double(x.count) }

    private static func deviation(_ x: ArraySlice<Double>) -> Double {
        let center = mean(x)
        return (x.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(x.count - 1)).squareRoot()
    }

    private static func standardScore(_ x: ArraySlice<Double>) -> Double {
        guard let last = x.last, !x.contains(where: \.isNaN) else { return .nan }
        // Compared value by value: the mean of equal values can differ from them in the last digit.
        if x.allSatisfy({ $0 == last }) { return 0 }
        return (last - mean(x)) / deviation(x)
    }

    private static func exponentialMean(_ x: [Double], _ window: Int) -> [Double] {
        let alpha = 2 / Double(window + 1)
        var state = Double.nan
        return x.indices.map { index in
            state = state.isNaN ? x[index] : state + alpha * (x[index] - state)
            return index + 1 < window ? .nan : state
        }
    }
}
