import Contracts
internal import Glibc
import Primitives

// Filters of one column that read the past alone.
extension TransformCatalogue {
    static let smoothing: [TransformDefinition] = weightedSmoothing + recursiveSmoothing

    private static let weightedSmoothing: [TransformDefinition] = [
        TransformDefinition(
            "savitzky_golay", .smoothing,
            "value at the last row of the polynomial of degree polyorder fitted by least squares to the last window "
                + "rows; O(window) a "
                + "row",
            source: "Savitzky and Golay 1964; scipy.signal.savgol_coeffs(pos=window-1)", units: "as the input",
            parameters: [
                .window(atLeast: 2),
                ParameterSpec("polyorder", .integer, required: false, in: 0...6, default: 2, "degree, < window"),
            ],
            warmUp: { $0.window - 1 },
            kernel: {
                guard $0.int("polyorder") < $0.window else { throw $0.refusal("polyorder", "must be < window") }
                return WeightedWindow(FilterWeights.savitzkyGolay(window: $0.window, degree: $0.int("polyorder")))
            }),
        TransformDefinition(
            "fractional_difference", .smoothing,
            "sum over k of w[k] x[t-k], w[0] = 1, w[k] = -w[k-1] (order - k + 1) / k, up to the first |w[k]| < "
                + "threshold; O(weights) "
                + "a row",
            source: "Lopez de Prado 2018, fixed-width window; ml4t-engineer ffdiff", units: "as the input",
            parameters: [
                .number("order", in: 0...2, "0 for x itself, 1 for differences, between them for some of both"),
                .number("threshold", in: .positive, default: 0.0001, "least weight; 0.00001 keeps over four times the rows"),
            ],
            warmUp: { (FilterWeights.fractional($0)?.count ?? 1) - 1 },
            kernel: {
                guard let weights = FilterWeights.fractional($0) else {
                    throw $0.refusal("threshold", "leaves more than \(FilterWeights.most) weights")
                }
                return WeightedWindow(weights)
            }),
        TransformDefinition(
            "hampel", .smoothing,
            "x, but the median of the last window rows where x lies more than threshold x 1.4826 x their median "
                + "absolute deviation "
                + "from it",
            source: "Hampel 1974, window ending at the row", units: "as the input",
            parameters: [
                .window(atLeast: 3), .number("threshold", in: .positive, default: 3, "standard deviations"),
            ],
            warmUp: { $0.window - 1 }, kernel: { HampelFilter(window: $0.window, threshold: $0.double("threshold")) }),
    ]

    private static let recursiveSmoothing: [TransformDefinition] = [
        TransformDefinition(
            "ewma", .smoothing, "state += (1 - 2^(-1 / halflife)) x (x - state), begun with the first x",
            source: "pandas ewm(halflife, adjust=False)", units: "as the input", parameters: [.halflife], warmUp: { _ in 0 },
            kernel: { ExponentialMean(window: 1, alpha: 1 - exp2(-1 / $0.double("halflife")), start: .firstValue) }),
        TransformDefinition(
            "kalman_level", .smoothing,
            "filtered level of the local level model: x = level + noise, the level a random walk, its variance "
                + "signal_to_noise of the "
                + "noise's; begun with the first x; the uncertainty grows over a missing x",
            source: "Harvey 1989; statsmodels UnobservedComponents(\"llevel\"), exact diffuse start", units: "as the input",
            parameters: [.number("signal_to_noise", in: .positive, "variance of a step of the level / variance of the noise")],
            warmUp: { _ in 0 }, kernel: { KalmanLevel(signalToNoise: $0.double("signal_to_noise")) }),
        TransformDefinition(
            "kalman_trend_level", .smoothing,
            "filtered level of the local linear trend model: \(trendModel)", source: trendSource, units: "as the input",
            parameters: trendParameters, warmUp: { _ in 1 }, kernel: { KalmanTrend($0, output: .level) }),
        TransformDefinition(
            "kalman_trend_slope", .smoothing,
            "filtered slope of the local linear trend model: \(trendModel)", source: trendSource, units: "as the input, a row",
            parameters: trendParameters, warmUp: { _ in 1 }, kernel: { KalmanTrend($0, output: .slope) }),
        TransformDefinition(
            "super_smoother", .smoothing,
            "c1 (x + x[t-1]) / 2 + c2 y[t-1] + c3 y[t-2] with a = exp(-sqrt(2) pi / period), c2 = 2 a cos(sqrt(2) pi / period), "
                + "c3 = -a^2, c1 = 1 - c2 - c3; begun with the first two x",
            source: "Ehlers 2013, two-pole super smoother", units: "as the input",
            parameters: [.rows("period", atLeast: 2, default: 10, "rows; shorter cycles are removed")], warmUp: { _ in 0 },
            kernel: { SuperSmoother(period: Double($0.int("period"))) }),
        TransformDefinition(
            "decycler", .smoothing,
            "a / 2 (x + x[t-1]) + (1 - a) y[t-1] with a = (cos(w) + sin(w) - 1) / cos(w), w = 2 pi / period; begun "
                + "with the first x",
            source: "Ehlers 2015, simple decycler", units: "as the input",
            parameters: [.rows("period", atLeast: 5, default: 60, "rows; shorter cycles are removed")], warmUp: { _ in 0 },
            kernel: { Decycler(period: Double($0.int("period"))) }),
    ]

    private static let trendModel =
        "x = level + noise, level += slope + shock, slope += shock; begun with the first two neighbouring x; the "
        + "uncertainty grows "
        + "over a missing x"
    private static let trendSource = "Harvey 1989; statsmodels UnobservedComponents(\"lltrend\"), exact diffuse start"
    private static let trendParameters: [ParameterSpec] = [
        .number(
            "level_to_noise", in: 0...Double.greatestFiniteMagnitude, "variance of the level's shocks / variance of the noise"),
        .number(
            "slope_to_noise", in: 0...Double.greatestFiniteMagnitude, "variance of the slope's shocks / variance of the noise"),
    ]
}
