import Contracts

extension TransformCatalogue {
    static let bands: [TransformDefinition] = trueRanges + bollinger + channels + rangeIndices

    private static let trueRanges: [TransformDefinition] = [
        TransformDefinition(
            "true_range", .volatility, inputs: .highLowClose, "max(high, previous close) - min(low, previous close)",
            source: "Wilder 1978; TA-Lib TRANGE", units: "price", warmUp: { _ in 1 }, kernel: { _ in TrueRange() }),
        TransformDefinition(
            "atr", .volatility, inputs: .highLowClose,
            "state += (true_range - state) / window, begun with the mean of the first window",
            source: "Wilder 1978; TA-Lib ATR", units: "price", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window }, kernel: { AverageTrueRange(window: $0.window) }),
        TransformDefinition(
            "natr", .volatility, inputs: .highLowClose, "100 atr / close; 0 where the close is 0",
            source: "Forman 2006; TA-Lib NATR", units: "percent", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window }, kernel: { AverageTrueRange(window: $0.window, inPercent: true) }),
        TransformDefinition(
            "average_day_range", .volatility, inputs: .highLow, "mean of high - low over the last window rows",
            source: "TA-Lib ADR", units: "price", parameters: [.window(atLeast: 1, default: 14)], warmUp: { $0.window - 1 },
            kernel: { AverageDayRange(window: $0.window) }),
    ]

    private static let bollinger: [TransformDefinition] = [
        band("bollinger_upper", "mean + deviations s", units: "as the input", .upper),
        TransformDefinition(
            "bollinger_middle", .volatility, "mean of the last window rows", source: "Bollinger 2001; TA-Lib BBANDS",
            units: "as the input", parameters: [.window(atLeast: 2, default: 20)], warmUp: { $0.window - 1 },
            kernel: { RollingMean(window: $0.window) }),
        band("bollinger_lower", "mean - deviations s", units: "as the input", .lower),
        band(
            "bollinger_percent_b", "(x - lower) / (upper - lower), 0.5 where s is 0", units: "0 lower band, 1 upper band",
            .position),
        band("bollinger_bandwidth", "(upper - lower) / mean, 0 where s is 0", units: "fraction", .width),
    ]

    private static func band(
        _ name: String, _ what: String, units: String, _ output: BollingerBand.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .volatility, "\(what); s = standard deviation of the last window rows with window in the divisor",
            source: "Bollinger 2001; TA-Lib BBANDS", units: units,
            parameters: [
                .window(atLeast: 2, default: 20), .number("deviations", in: .positive, default: 2, "half the width in s"),
            ], warmUp: { $0.window - 1 },
            kernel: { BollingerBand(window: $0.window, deviations: $0.double("deviations"), output) })
    }

    private static let channels: [TransformDefinition] = [
        keltner("keltner_upper", "middle + multiplier atr(atr_window)", side: 1),
        keltner("keltner_middle", "middle, from the row on at which the bands begin", side: 0),
        keltner("keltner_lower", "middle - multiplier atr(atr_window)", side: -1),
        TransformDefinition(
            "donchian_upper", .volatility, inputs: [.column("high")],
            "highest high of the last window rows, the present one included",
            source: "Donchian 1960; TA-Lib DONCHIAN", units: "price", parameters: [.window(atLeast: 1, default: 20)],
            warmUp: { $0.window - 1 }, kernel: { ChannelEdge(window: $0.window, isUpper: true) }),
        TransformDefinition(
            "donchian_middle", .volatility, inputs: .highLow, "(donchian_upper + donchian_lower) / 2",
            source: "Donchian 1960; TA-Lib DONCHIAN", units: "price", parameters: [.window(atLeast: 1, default: 20)],
            warmUp: { $0.window - 1 }, kernel: { Midprice(window: $0.window) }),
        TransformDefinition(
            "donchian_lower", .volatility, inputs: [.column("low")],
            "lowest low of the last window rows, the present one included",
            source: "Donchian 1960; TA-Lib DONCHIAN", units: "price", parameters: [.window(atLeast: 1, default: 20)],
            warmUp: { $0.window - 1 }, kernel: { ChannelEdge(window: $0.window, isUpper: false) }),
        TransformDefinition(
            "donchian_position", .volatility, inputs: .highLowClose,
            "(close - donchian_lower) / (donchian_upper - donchian_lower); 0.5 where they are equal",
            source: "Donchian 1960", units: "0..1", parameters: [.window(atLeast: 1, default: 20)], warmUp: { $0.window - 1 },
            kernel: { ChannelPosition(window: $0.window) }),
        acceleration("acceleration_band_upper", "high (1 + 4 (high - low) / (high + low))", isUpper: true),
        acceleration("acceleration_band_lower", "low (1 - 4 (high - low) / (high + low))", isUpper: false),
    ]

    private static func keltner(_ name: String, _ what: String, side: Double) -> TransformDefinition {
        TransformDefinition(
            name, .volatility, inputs: .highLowClose,
            "\(what); middle = ema of (high + low + close) / 3, alpha = 2 / (window + 1); both begin at one row with the mean "
                + "of their last rows there",
            source: "Keltner 1960, Raschke; TA-Lib KC", units: "price",
            parameters: [
                .window(atLeast: 1, default: 20), .rows("atr_window", atLeast: 1, default: 10, "rows of the average true range"),
                .number("multiplier", in: .positive, default: 2, "average true ranges from the middle to a band"),
            ], warmUp: { KeltnerBand.warmUp(window: $0.window, rangeWindow: $0.int("atr_window")) },
            kernel: {
                KeltnerBand(window: $0.window, rangeWindow: $0.int("atr_window"), multiplier: side * $0.double("multiplier"))
            })
    }

    private static func acceleration(_ name: String, _ what: String, isUpper: Bool) -> TransformDefinition {
        TransformDefinition(
            name, .volatility, inputs: .highLow, "mean of \(what) over the last window rows",
            source: "Headley 2002; TA-Lib ACCBANDS",
            units: "price", parameters: [.window(atLeast: 2, default: 20)], warmUp: { $0.window - 1 },
            kernel: { AccelerationBand(window: $0.window, isUpper: isUpper) })
    }

    private static let rangeIndices: [TransformDefinition] = [
        TransformDefinition(
            "choppiness", .volatility, inputs: .highLowClose,
            "100 ln(sum of true ranges / (highest high - lowest low)) / ln(window) of the last window rows; 100 where nothing "
                + "moves; a row without a close, and the next, have no true range",
            source: "Dreiss 1993", units: "0 trend .. 100 none", parameters: [.window(atLeast: 2, default: 14)],
            warmUp: { $0.window }, kernel: { Choppiness(window: $0.window) }),
        TransformDefinition(
            "mass_index", .volatility, inputs: .highLow,
            "sum over the last window rows of e1 / e2, 1 where e2 is 0; e1 = ema(smoothing) of high - low, e2 = ema(smoothing) "
                + "of e1, begun with the mean of the first window",
            source: "Dorsey 1992; TA-Lib MASSI", units: "rows",
            parameters: [
                .window(atLeast: 1, default: 25), .rows("smoothing", atLeast: 1, default: 9, "rows of the exponential means"),
            ], warmUp: { 2 * ($0.int("smoothing") - 1) + $0.window - 1 },
            kernel: { MassIndex(smoothing: $0.int("smoothing"), window: $0.window) }),
        TransformDefinition(
            "ulcer_index", .volatility,
            "square root of the mean of f^2 over the last window rows; f = 100 (x - largest of its last window rows) / that "
                + "largest; \(onlyPositive)",
            source: "Martin and McCann 1989", units: "percent", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { 2 * ($0.window - 1) }, kernel: { UlcerIndex(window: $0.window) }),
        TransformDefinition(
            "chaikin_volatility", .volatility, inputs: .highLow,
            "100 (e[t] / e[t-rows] - 1), 0 where e[t-rows] is 0; e = ema(window) of high - low, begun with the mean of the "
                + "first window",
            source: "Chaikin; TA-Lib CVI", units: "percent",
            parameters: [.window(atLeast: 1, default: 10), .rows("rows", atLeast: 1, default: 10, "rows back")],
            warmUp: { $0.window - 1 + $0.int("rows") }, kernel: { RangeChange(window: $0.window, rows: $0.int("rows")) }),
    ]
}
