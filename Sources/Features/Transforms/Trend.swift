import Contracts

extension TransformCatalogue {
    static let trend: [TransformDefinition] = movingAverages + lines + ranges + meanDifferences + stops + directional

    /// What the exponential means here begin with.
    private static let begun = "begun with the mean of the first window"

    private static let movingAverages: [TransformDefinition] = [
        TransformDefinition(
            "wma", .trend, "mean of the last window rows with the weights 1, 2, ... window", source: "TA-Lib WMA",
            units: "as the input", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { WeightedMean(window: $0.window) }),
        TransformDefinition(
            "rma", .trend, "state += (x - state) / window, begun with the mean of the first window",
            source: "Wilder 1978; TA-Lib RMA", units: "as the input", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { ExponentialMean.wilder(window: $0.window) }),
        TransformDefinition(
            "dema", .trend, "2 e1 - e2; e1 = ema of x, e2 = ema of e1, alpha = 2 / (window + 1), \(begun)",
            source: "Mulloy 1994; TA-Lib DEMA", units: "as the input", parameters: [.window(atLeast: 1)],
            warmUp: { 2 * ($0.window - 1) }, kernel: { MeanCascade(window: $0.window, .double) }),
        TransformDefinition(
            "tema", .trend, "3 e1 - 3 e2 + e3; each the ema of the one before, alpha = 2 / (window + 1), \(begun)",
            source: "Mulloy 1994; TA-Lib TEMA", units: "as the input", parameters: [.window(atLeast: 1)],
            warmUp: { 3 * ($0.window - 1) }, kernel: { MeanCascade(window: $0.window, .triple) }),
        TransformDefinition(
            "t3", .trend,
            "six ema in a row, e1 ... e6, with v = volume_factor: (1 + v)^3 e3 - 3 v (1 + v)^2 e4 + 3 v^2 (1 + v) e5 - v^3 e6; "
                + "alpha = 2 / (window + 1), \(begun)",
            source: "Tillson 1998; TA-Lib T3", units: "as the input",
            parameters: [
                .window(atLeast: 1, default: 5), .number("volume_factor", in: .fraction, default: 0.7, "how much to sharpen"),
            ], warmUp: { 6 * ($0.window - 1) },
            kernel: { MeanCascade(window: $0.window, .tillson($0.double("volume_factor"))) }),
        TransformDefinition(
            "trima", .trend, "mean over window / 2 + 1 rows of the mean over (window + 1) / 2 rows, whole parts",
            source: "TA-Lib TRIMA", units: "as the input", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { TriangularMean(window: $0.window) }),
        TransformDefinition(
            "kama", .trend,
            "state += c^2 (x - state), c = e (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1), e = |x[t] - x[t-window]| / "
                + "sum of the last window |changes|, 1 where nothing moved; begun with x[window-1]",
            source: "Kaufman 1995; TA-Lib KAMA", units: "as the input",
            parameters: [.window(atLeast: 2, default: 10)] + [ParameterSpec].fastAndSlow(2, 30), warmUp: { $0.window },
            kernel: {
                let pair = try $0.fastAndSlow()
                return AdaptiveMean(window: $0.window, fast: pair.fast, slow: pair.slow)
            }),
        TransformDefinition(
            "hma", .trend, "wma over sqrt(window) rows of 2 wma(window / 2) - wma(window), whole parts",
            source: "Hull 2005; TA-Lib HMA", units: "as the input", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window + HullMean.smoothing($0.window) - 2 }, kernel: { HullMean(window: $0.window) }),
        TransformDefinition(
            "vwma", .trend, inputs: [.column("x"), .column("volume")],
            "sum of x volume / sum of volume over the last window rows; NaN where none was traded", source: "TA-Lib VWMA",
            units: "as x", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { VolumeWeightedMean(window: $0.window) }),
        TransformDefinition(
            "alma", .trend,
            "mean of the last window rows with the weights exp(-(i - offset (window - 1))^2 / (2 (window / sigma)^2)), i = 0 the "
                + "oldest",
            source: "Legoux and Kouzis-Loukas 2009", units: "as the input",
            parameters: [
                .window(atLeast: 1, default: 9),
                .number("offset", in: .fraction, default: 0.85, "0 the oldest row, 1 the newest"),
                .number("sigma", in: 0.01...100, default: 6, "larger weighs fewer rows"),
            ], warmUp: { $0.window - 1 },
            kernel: { FixedWeightMean.arnaudLegoux(window: $0.window, offset: $0.double("offset"), sigma: $0.double("sigma")) }),
        TransformDefinition(
            "zlema", .trend, "ema of 2 x[t] - x[t-lag], lag = (window - 1) / 2, whole part; alpha = 2 / (window + 1), \(begun)",
            source: "Ehlers and Way 2010; TA-Lib ZLEMA", units: "as the input", parameters: [.window(atLeast: 3)],
            warmUp: { $0.window - 1 + ZeroLagMean.lag($0.window) }, kernel: { ZeroLagMean(window: $0.window) }),
        TransformDefinition(
            "price_to_ema", .trend, "x / ema - 1; ema as the transform ema, whose first window - 1 rows are missing",
            source: "pandas ewm(adjust=False)",
            units: "fraction",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 }, kernel: { ExponentialRatio(window: $0.window) }),
    ]

    private static let lines: [TransformDefinition] = [
        line("linear_regression", "at the present row", units: "as the input", "LINEARREG", .end),
        line("linear_regression_slope", "change a row", units: "the input's unit a row", "LINEARREG_SLOPE", .slope),
        line("linear_regression_angle", "arc tangent of the slope", units: "degrees", "LINEARREG_ANGLE", .angle),
        line(
            "linear_regression_intercept", "at the first row of the window", units: "as the input", "LINEARREG_INTERCEPT",
            .start),
        line("time_series_forecast", "carried on to the next row", units: "as the input", "TSF", .forecast),
    ]

    private static func line(
        _ name: String, _ what: String, units: String, _ source: String, _ output: LineFit.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .trend, "least squares line through the last window rows: \(what)", source: "TA-Lib \(source)", units: units,
            parameters: [.window(atLeast: 2, default: 14)], warmUp: { $0.window - 1 },
            kernel: { LineFit(window: $0.window, output) })
    }

    private static let ranges: [TransformDefinition] = [
        TransformDefinition(
            "midpoint", .trend, "(largest + smallest) / 2 of the last window rows", source: "TA-Lib MIDPOINT",
            units: "as the input", parameters: [.window(atLeast: 1, default: 14)], warmUp: { $0.window - 1 },
            kernel: { Midpoint(window: $0.window) }),
        TransformDefinition(
            "midprice", .trend, inputs: .highLow, "(highest high + lowest low) / 2 of the last window rows",
            source: "TA-Lib MIDPRICE", units: "price", parameters: [.window(atLeast: 1, default: 14)], warmUp: { $0.window - 1 },
            kernel: { Midprice(window: $0.window) }),
        TransformDefinition(
            "median_price", .trend, inputs: .highLow, "(high + low) / 2", source: "TA-Lib MEDPRICE", units: "price",
            warmUp: { _ in 0 }, kernel: { _ in MedianPrice() }),
        TransformDefinition(
            "typical_price", .trend, inputs: .highLowClose, "(high + low + close) / 3", source: "TA-Lib TYPPRICE", units: "price",
            warmUp: { _ in 0 }, kernel: { _ in TypicalPrice() }),
        TransformDefinition(
            "weighted_close", .trend, inputs: .highLowClose, "(high + low + 2 close) / 4", source: "TA-Lib WCLPRICE",
            units: "price", warmUp: { _ in 0 }, kernel: { _ in WeightedClose() }),
        TransformDefinition(
            "average_price", .trend, inputs: .openHighLowClose, "(open + high + low + close) / 4", source: "TA-Lib AVGPRICE",
            units: "price", warmUp: { _ in 0 }, kernel: { _ in AveragePrice() }),
        TransformDefinition(
            "ichimoku_conversion", .trend, inputs: .highLow, "(highest high + lowest low) / 2 of the last window rows",
            source: "Hosoda 1969, tenkan-sen", units: "price", parameters: [.window(atLeast: 1, default: 9)],
            warmUp: { $0.window - 1 }, kernel: { Midprice(window: $0.window) }),
        TransformDefinition(
            "ichimoku_base", .trend, inputs: .highLow, "(highest high + lowest low) / 2 of the last window rows",
            source: "Hosoda 1969, kijun-sen", units: "price", parameters: [.window(atLeast: 1, default: 26)],
            warmUp: { $0.window - 1 }, kernel: { Midprice(window: $0.window) }),
        TransformDefinition(
            "ichimoku_span_a", .trend, inputs: .highLow,
            "(conversion + base) / 2 at the row from which it is computed; charts draw it base rows later, here it is not "
                + "shifted",
            source: "Hosoda 1969, senkou span A", units: "price",
            parameters: [
                .rows("conversion", atLeast: 1, default: 9, "rows of the conversion line"),
                .rows("base", atLeast: 1, default: 26, "rows of the base line"),
            ], warmUp: { max($0.int("conversion"), $0.int("base")) - 1 },
            kernel: { IchimokuSpan(conversion: $0.int("conversion"), base: $0.int("base")) }),
        TransformDefinition(
            "ichimoku_span_b", .trend, inputs: .highLow,
            "(highest high + lowest low) / 2 of the last window rows; charts draw it 26 rows later, here it is not shifted",
            source: "Hosoda 1969, senkou span B", units: "price", parameters: [.window(atLeast: 1, default: 52)],
            warmUp: { $0.window - 1 }, kernel: { Midprice(window: $0.window) }),
    ]
}
