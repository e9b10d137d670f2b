import Contracts
import Primitives

// Which kind of market it is.
extension TransformCatalogue {
    static let regime: [TransformDefinition] = stateRules + hiddenStates

    private static let stateRules: [TransformDefinition] = [
        TransformDefinition(
            "trend_state", .regime,
            "1 where mean of the last fast_window rows / mean of the last slow_window - 1 > band, -1 where it is < -band, else 0",
            source: "Brock, Lakonishok and LeBaron 1992", units: "-1, 0 or 1",
            parameters: [
                .rows("fast_window", atLeast: 1, default: 50, "rows, <= slow_window"),
                .rows("slow_window", atLeast: 1, default: 200, "rows"),
                .number("band", in: .fraction, default: 0, "fraction within which there is no trend"),
            ],
            warmUp: { $0.int("slow_window") - 1 },
            kernel: {
                try ordered($0, "fast_window", "slow_window")
                return TrendState($0)
            }),
        TransformDefinition(
            "volatility_state", .regime,
            "1 once volatility(window) exceeds the enter quantile of its last lookback values, 0 once it falls below their exit "
                + "quantile, and as before between the two; begun with 0",
            source: "quantile thresholds with hysteresis", units: "0 or 1",
            parameters: [
                .window(atLeast: 2, default: 20, "log returns in each volatility"),
                .rows("lookback", atLeast: 2, default: 252, "volatilities, the present one included"),
                .number("enter", in: .fraction, default: 0.8, "quantile"),
                .number("exit", in: .fraction, default: 0.6, "quantile, <= enter"),
            ],
            warmUp: { $0.window + $0.int("lookback") - 1 },
            kernel: {
                guard $0.double("exit") <= $0.double("enter") else { throw $0.refusal("exit", "must be <= enter") }
                return VolatilityState($0)
            }),
        TransformDefinition(
            "cusum_event", .regime,
            "1 where the sum of log returns since the last such event or the last time it was 0, kept >= 0, exceeds "
                + "threshold; -1 where "
                + "the one kept <= 0 falls below -threshold; else 0; a sum starts anew after its event; "
                + withoutReturn,
            source: "Lopez de Prado 2018, symmetric CUSUM filter", units: "-1, 0 or 1", parameters: [cusumThreshold],
            warmUp: { _ in 1 }, kernel: { OfReturns(CusumFilter(threshold: $0.double("threshold"), holds: false)) }),
        TransformDefinition(
            "cusum_state", .regime, "the last cusum_event that was not 0; 0 before the first",
            source: "Lopez de Prado 2018, symmetric CUSUM filter", units: "-1, 0 or 1", parameters: [cusumThreshold],
            warmUp: { _ in 1 }, kernel: { OfReturns(CusumFilter(threshold: $0.double("threshold"), holds: true)) }),
        TransformDefinition(
            "compression_ratio", .regime, inputs: rangeColumns,
            "(highest high - lowest low) of the last short_window rows / that of the last long_window; <= 0.8 is "
                + "called compressed; "
                + "NaN where the long range is 0",
            source: "Crabel 1990, range contraction", units: "0..1", parameters: compressionWindows,
            warmUp: { $0.int("long_window") - 1 },
            kernel: {
                try ordered($0, "short_window", "long_window")
                return CompressionRatio($0, threshold: nil)
            }),
        TransformDefinition(
            "compression_state", .regime, inputs: rangeColumns, "1 where compression_ratio <= threshold, else 0",
            source: "Crabel 1990, range contraction", units: "0 or 1",
            parameters: compressionWindows + [.number("threshold", in: .fraction, default: 0.8, "of the ratio")],
            warmUp: { $0.int("long_window") - 1 },
            kernel: {
                try ordered($0, "short_window", "long_window")
                return CompressionRatio($0, threshold: $0.double("threshold"))
            }),
    ]

    private static let rangeColumns: [InputRole] = [.column("high"), .column("low")]
    private static let cusumThreshold = ParameterSpec.number("threshold", in: .positive, "log fraction")
    private static let compressionWindows: [ParameterSpec] = [
        .rows("short_window", atLeast: 1, "rows, <= long_window"), .rows("long_window", atLeast: 1, "rows"),
    ]

    private static func ordered(_ parameters: TransformParameters, _ less: String, _ more: String) throws {
        guard parameters.int(less) <= parameters.int(more) else { throw parameters.refusal(less, "must be <= \(more)") }
    }

    private static let hiddenStates: [TransformDefinition] = [
        TransformDefinition(
            "hmm_filter", .regime,
            "filtered probability of the high-volatility state: log returns are normal with the mean and volatility of "
                + "a hidden state "
                + "that stays as it is from row to row with probability stay_low or stay_high; begun with the stationary "
                + "probability; \(withoutReturn)",
            source: "Hamilton 1989; statsmodels MarkovRegression", units: "0..1",
            parameters: [
                .number("volatility_low", in: .positive, "log fraction a row, <= volatility_high"),
                .number("volatility_high", in: .positive, "log fraction a row"),
                .number("stay_low", in: .fraction, "probability"), .number("stay_high", in: .fraction, "probability"),
                .number("mean_low", default: 0, "log fraction a row"), .number("mean_high", default: 0, "log fraction a row"),
            ],
            warmUp: { _ in 1 },
            kernel: {
                guard $0.double("volatility_low") <= $0.double("volatility_high") else {
                    throw $0.refusal("volatility_low", "must be <= volatility_high")
                }
                return OfReturns(HiddenStateFilter(TwoStateModel($0)))
            }),
        TransformDefinition(
            "hmm_two_state", .regime,
            "hmm_filter with parameters estimated every refit_every rows from the last fit_window log returns alone: "
                + "iterations steps of "
                + "expectation-maximisation, begun with their mean, half and twice their variance and stay probabilities "
                + "of 0.95; a "
                + "variance is kept >= 1e-6 of the window's, a stay probability within 1e-6 of 0 and 1. After a fit the "
                + "filter runs "
                + "over the window anew. NaN from a fit to constant returns until the next. Rows without a return do not count; "
                + "O(iterations "
                + "x fit_window / refit_every) a row",
            source: "Hamilton 1990; Kim 1994; statsmodels MarkovRegression", units: "0..1",
            parameters: [
                .rows("fit_window", atLeast: 20, default: 500, "log returns"),
                .rows("refit_every", atLeast: 1, default: 21, "rows"),
                ParameterSpec("iterations", .integer, required: false, in: 1...1_000, default: .int(20), "steps in each fit"),
            ],
            warmUp: { $0.int("fit_window") }, kernel: { OfReturns(HiddenStateLearner($0)) }),
    ]
}
