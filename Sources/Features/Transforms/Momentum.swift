import Contracts

extension TransformCatalogue {
    static let momentum: [TransformDefinition] = strengths + stochastics + oscillators + smoothedChanges + candleMomentum

    private static let strengths: [TransformDefinition] = [
        TransformDefinition(
            "rsi", .momentum,
            "100 rises / (rises + falls), Wilder's means of the changes up and down, begun with the mean of the first window; "
                + "0 where both are 0",
            source: "Wilder 1978; TA-Lib RSI", units: "0..100", parameters: [.window(atLeast: 2, default: 14)],
            warmUp: { $0.window }, kernel: { RelativeStrength(window: $0.window) }),
        TransformDefinition(
            "cmo", .momentum, "100 (rises - falls) / (rises + falls), both as in rsi; 0 where both are 0",
            source: "Chande 1994; TA-Lib CMO", units: "-100..100", parameters: [.window(atLeast: 2, default: 14)],
            warmUp: { $0.window }, kernel: { RelativeStrength(window: $0.window, .oscillator) }),
        TransformDefinition(
            "stochastic_rsi_k", .momentum,
            "100 (rsi - lowest) / (highest - lowest) of the last stochastic_window values of rsi(window); 0 where they are equal",
            source: "Chande and Kroll 1994; TA-Lib STOCHRSI", units: "0..100", parameters: stochasticStrength,
            warmUp: { $0.window + $0.int("stochastic_window") - 1 },
            kernel: { StochasticStrength(window: $0.window, stochasticWindow: $0.int("stochastic_window"), smoothing: nil) }),
        TransformDefinition(
            "stochastic_rsi_d", .momentum, "mean of the last d_window values of stochastic_rsi_k",
            source: "Chande and Kroll 1994; TA-Lib STOCHRSI", units: "0..100",
            parameters: stochasticStrength + [smoothing("d_window")],
            warmUp: { $0.window + $0.int("stochastic_window") + $0.int("d_window") - 2 },
            kernel: {
                StochasticStrength(
                    window: $0.window, stochasticWindow: $0.int("stochastic_window"), smoothing: $0.int("d_window"))
            }),
        TransformDefinition(
            "connors_rsi", .momentum,
            "(rsi(window) of x + rsi(streak_window) of the streak + rank) / 3; streak counts rises in a row, falls negative, 0 "
                + "without change; rank = percent of the previous rank_window one-row returns below the present one",
            source: "Connors and Alvarez 2012", units: "0..100",
            parameters: [
                .window(atLeast: 2, default: 3), .rows("streak_window", atLeast: 2, default: 2, "rows of the streak's rsi"),
                .rows("rank_window", atLeast: 1, default: 100, "returns to rank against"),
            ], warmUp: { max($0.window, $0.int("streak_window"), $0.int("rank_window") + 1) },
            kernel: {
                ConnorsStrength(
                    window: $0.window, streakWindow: $0.int("streak_window"), rankWindow: $0.int("rank_window"))
            }),
    ]

    private static let stochasticStrength: [ParameterSpec] = [
        .rows("window", atLeast: 2, default: 14, "rows of the rsi"),
        .rows("stochastic_window", atLeast: 1, default: 14, "values of the rsi whose range counts"),
    ]

    private static func smoothing(_ name: String) -> ParameterSpec { .rows(name, atLeast: 1, default: 3, "rows of the mean") }

    private static let stochastics: [TransformDefinition] = [
        TransformDefinition(
            "stochastic_fast_k", .momentum, inputs: .highLowClose,
            "100 (close - lowest low) / (highest high - lowest low) of the last window rows; 0 where they are equal",
            source: "Lane 1984; TA-Lib STOCHF", units: "0..100", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window - 1 }, kernel: { Stochastic(window: $0.window, smoothing: []) }),
        TransformDefinition(
            "stochastic_fast_d", .momentum, inputs: .highLowClose, "mean of the last d_window values of stochastic_fast_k",
            source: "Lane 1984; TA-Lib STOCHF", units: "0..100",
            parameters: [.window(atLeast: 1, default: 14), smoothing("d_window")],
            warmUp: { $0.window + $0.int("d_window") - 2 },
            kernel: { Stochastic(window: $0.window, smoothing: [$0.int("d_window")]) }),
        TransformDefinition(
            "stochastic_slow_k", .momentum, inputs: .highLowClose, "mean of the last k_window values of stochastic_fast_k",
            source: "Lane 1984; TA-Lib STOCH", units: "0..100",
            parameters: [.window(atLeast: 1, default: 14), smoothing("k_window")],
            warmUp: { $0.window + $0.int("k_window") - 2 },
            kernel: { Stochastic(window: $0.window, smoothing: [$0.int("k_window")]) }),
        TransformDefinition(
            "stochastic_slow_d", .momentum, inputs: .highLowClose, "mean of the last d_window values of stochastic_slow_k",
            source: "Lane 1984; TA-Lib STOCH", units: "0..100",
            parameters: [.window(atLeast: 1, default: 14), smoothing("k_window"), smoothing("d_window")],
            warmUp: { $0.window + $0.int("k_window") + $0.int("d_window") - 3 },
            kernel: { Stochastic(window: $0.window, smoothing: [$0.int("k_window"), $0.int("d_window")]) }),
        TransformDefinition(
            "williams_r", .momentum, inputs: .highLowClose,
            "-100 (highest high - close) / (highest high - lowest low) of the last window rows; 0 where they are equal",
            source: "Williams 1973; TA-Lib WILLR", units: "-100..0", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window - 1 }, kernel: { WilliamsRange(window: $0.window) }),
        TransformDefinition(
            "fisher", .momentum, inputs: .highLow,
            "ln((1 + v) / (1 - v)) / 2 + half of the value before; v = 0.66 (place - 0.5) + 0.67 of the v before, within "
                + "0.999; place of (high + low) / 2 in its range over the last window rows, 0..1, 0.5 where that is empty; "
                + "begun with 0",
            source: "Ehlers 2002", units: "none, mostly within -5..5", parameters: [.window(atLeast: 1, default: 10)],
            warmUp: { $0.window - 1 }, kernel: { FisherTransform(window: $0.window) }),
    ]

    private static let oscillators: [TransformDefinition] = [
        TransformDefinition(
            "cci", .momentum, inputs: .highLowClose,
            "(p - mean of p) / (0.015 mean absolute deviation of p) over the last window rows, p = (high + low + close) / 3; 0 "
                + "where p is the mean",
            source: "Lambert 1980; TA-Lib CCI", units: "1 / 0.015 mean deviations",
            parameters: [.window(atLeast: 2, default: 20)],
            warmUp: { $0.window - 1 }, kernel: { CommodityChannel(window: $0.window) }),
        TransformDefinition(
            "ultimate_oscillator", .momentum, inputs: .highLowClose,
            "100 (4 a + 2 b + c) / 7; a, b, c = sum of close - min(low, previous close) / sum of true ranges over short, "
                + "medium, long rows, 0 where nothing moved",
            source: "Williams 1985; TA-Lib ULTOSC", units: "0..100",
            parameters: [
                .rows("short", atLeast: 1, default: 7, "rows of a"), .rows("medium", atLeast: 1, default: 14, "rows of b"),
                .rows("long", atLeast: 1, default: 28, "rows of c"),
            ], warmUp: { $0.int("long") },
            kernel: {
                let (short, medium, long) = ($0.int("short"), $0.int("medium"), $0.int("long"))
                guard short <= medium, medium <= long else {
                    throw $0.refusal("long", "must not be less than medium, nor medium than short")
                }
                return UltimateOscillator(short: short, medium: medium, long: long)
            }),
        TransformDefinition(
            "balance_of_power", .momentum, inputs: .openHighLowClose, "(close - open) / (high - low); 0 where high is low",
            source: "Livshin 2001; TA-Lib BOP", units: "-1..1", warmUp: { _ in 0 }, kernel: { _ in BalanceOfPower() }),
        TransformDefinition(
            "awesome_oscillator", .momentum, inputs: .highLow, "mean over fast - mean over slow rows of (high + low) / 2",
            source: "Williams 1995; TA-Lib AO", units: "price", parameters: .fastAndSlow(5, 34), warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return AwesomeOscillator(fast: pair.fast, slow: pair.slow, signal: nil)
            }),
        TransformDefinition(
            "accelerator_oscillator", .momentum, inputs: .highLow, "awesome_oscillator - its mean over the last signal rows",
            source: "Williams 1995; TA-Lib AC", units: "price",
            parameters: [ParameterSpec].fastAndSlow(5, 34) + [.rows("signal", atLeast: 1, default: 5, "rows of the mean")],
            warmUp: { $0.int("slow") + $0.int("signal") - 2 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return AwesomeOscillator(fast: pair.fast, slow: pair.slow, signal: $0.int("signal"))
            }),
        elder("elder_bull_power", "high"), elder("elder_bear_power", "low"),
    ]

    private static func elder(_ name: String, _ price: String) -> TransformDefinition {
        TransformDefinition(
            name, .momentum, inputs: [.column(price), .column("close")],
            "\(price) - ema of close, alpha = 2 / (window + 1), begun with the mean of the first window",
            source: "Elder 1993; TA-Lib ERI", units: "price", parameters: [.window(atLeast: 1, default: 13)],
            warmUp: { $0.window - 1 }, kernel: { ElderPower(window: $0.window) })
    }

    private static let smoothedChanges: [TransformDefinition] = [
        TransformDefinition(
            "rate_of_change", .momentum, "100 (x[t] / x[t-window] - 1); 0 where x[t-window] is 0", source: "TA-Lib ROC",
            units: "percent", parameters: [.rows("window", atLeast: 1, default: 10, "rows back")], warmUp: { $0.window },
            kernel: { RateOfChange(window: $0.window) }),
        TransformDefinition(
            "tsi", .momentum,
            "100 ema(fast) of ema(slow) of the change / the same of its size, 0 where nothing moves; alpha = 2 / (rows + 1), "
                + "begun with the mean of the first window",
            source: "Blau 1991; TA-Lib TSI", units: "-100..100", parameters: .fastAndSlow(13, 25),
            warmUp: { $0.int("slow") + $0.int("fast") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return TrueStrength(slow: pair.slow, fast: pair.fast)
            }),
        TransformDefinition(
            "kst", .momentum,
            "a + 2 b + 3 c + 4 d; each the mean over sma_i rows of the rate of change over roc_i rows, in percent",
            source: "Pring 1992", units: "percent",
            parameters: zip([10, 15, 20, 30], 1...).map { .rows("roc_\($1)", atLeast: 1, default: $0, "rows back of part \($1)") }
                + zip([10, 10, 10, 15], 1...).map {
                    .rows("sma_\($1)", atLeast: 1, default: $0, "rows of the mean of part \($1)")
                },
            warmUp: { p in (1...4).map { p.int("roc_\($0)") + p.int("sma_\($0)") - 1 }.max() ?? 0 },
            kernel: { p in
                KnowSureThing(changes: (1...4).map { p.int("roc_\($0)") }, means: (1...4).map { p.int("sma_\($0)") })
            }),
        TransformDefinition(
            "coppock", .momentum, "wma(window) of the sum of the rates of change over short and over long rows, in percent",
            source: "Coppock 1962; TA-Lib COPPOCK", units: "percent",
            parameters: [
                .window(atLeast: 1, default: 10), .rows("short", atLeast: 1, default: 11, "rows back"),
                .rows("long", atLeast: 1, default: 14, "rows back"),
            ], warmUp: { max($0.int("short"), $0.int("long")) + $0.window - 1 },
            kernel: { CoppockCurve(window: $0.window, short: $0.int("short"), long: $0.int("long")) }),
    ]
}
