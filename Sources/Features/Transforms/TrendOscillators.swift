import Contracts

// Differences of means, stops and directional movement.
extension TransformCatalogue {
    static let meanDifferences: [TransformDefinition] = [
        TransformDefinition(
            "macd", .trend,
            "ema(fast) - ema(slow), alpha = 2 / (rows + 1); both begin at row slow - 1 with the mean of their last rows",
            source: "Appel 1979; TA-Lib MACD", units: "as the input", parameters: .fastAndSlow(12, 26),
            warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return ConvergenceDivergence(fast: pair.fast, slow: pair.slow, signal: 1, .line)
            }),
        signal("macd_signal", "ema(signal) of macd, begun with the mean of its first window", .signal),
        signal("macd_histogram", "macd - macd_signal", .histogram),
        TransformDefinition(
            "apo", .trend, "ema(fast) - ema(slow), alpha = 2 / (rows + 1), each begun with the mean of its first window",
            source: "TA-Lib APO, matype 1", units: "as the input", parameters: .fastAndSlow(12, 26),
            warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return PriceOscillator(fast: pair.fast, slow: pair.slow, inPercent: false)
            }),
        TransformDefinition(
            "ppo", .trend, "100 apo / ema(slow); 0 where ema(slow) is 0", source: "TA-Lib PPO, matype 1", units: "percent",
            parameters: .fastAndSlow(12, 26), warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return PriceOscillator(fast: pair.fast, slow: pair.slow, inPercent: true)
            }),
        TransformDefinition(
            "trix", .trend,
            "change, in percent, of the ema of the ema of the ema of x; alpha = 2 / (window + 1), each begun with the mean of "
                + "its first window",
            source: "Hutson 1983; TA-Lib TRIX", units: "percent", parameters: [.window(atLeast: 1, default: 15)],
            warmUp: { 3 * ($0.window - 1) + 1 }, kernel: { TripleMeanChange(window: $0.window) }),
        TransformDefinition(
            "dpo", .trend,
            "x[t - window / 2 - 1] - mean of the last window rows, whole part; all of it known at t, nothing is drawn back",
            source: "TA-Lib DPO", units: "as the input", parameters: [.window(atLeast: 1, default: 20)],
            warmUp: { max($0.window - 1, $0.window / 2 + 1) }, kernel: { DetrendedPrice(window: $0.window) }),
    ]

    private static func signal(
        _ name: String, _ formula: String, _ output: ConvergenceDivergence.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .trend, formula, source: "Appel 1979; TA-Lib MACD", units: "as the input",
            parameters: [ParameterSpec].fastAndSlow(12, 26) + [
                .rows("signal", atLeast: 1, default: 9, "rows of the signal line")
            ],
            warmUp: { $0.int("slow") + $0.int("signal") - 2 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return ConvergenceDivergence(fast: pair.fast, slow: pair.slow, signal: $0.int("signal"), output)
            })
    }

    static let stops: [TransformDefinition] = [
        TransformDefinition(
            "parabolic_sar", .trend, inputs: .highLow,
            "stop += step (extreme - stop), kept outside the last two bars; step grows by acceleration with every new extreme, "
                + "up to maximum; a bar that touches the stop turns the side. Short at first where the second bar fell more "
                + "than it rose",
            source: "Wilder 1978; TA-Lib SAR", units: "price",
            parameters: [
                .number("acceleration", in: .positive, default: 0.02, "first step and what it grows by"),
                .number("maximum", in: .positive, default: 0.2, "largest step"),
            ], warmUp: { _ in 1 },
            kernel: { ParabolicStop(acceleration: $0.double("acceleration"), maximum: $0.double("maximum")) }),
        supertrend("supertrend", "the lower band in an uptrend, the upper in a downtrend", units: "price", .stop),
        supertrend("supertrend_direction", "1 in an uptrend, -1 in a downtrend", units: "-1 or 1", .direction),
    ]

    private static func supertrend(
        _ name: String, _ what: String, units: String, _ output: Supertrend.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .trend, inputs: .highLowClose,
            "bands (high + low) / 2 -+ multiplier atr(window) that only tighten while closes stay inside; \(what); a close "
                + "beyond the far band turns it, the first trend is up",
            source: "Seban 2009; TA-Lib SUPERTREND", units: units,
            parameters: [
                .window(atLeast: 1, default: 10), .number("multiplier", in: .positive, default: 3, "average true ranges"),
            ], warmUp: { $0.window },
            kernel: { Supertrend(window: $0.window, multiplier: $0.double("multiplier"), output) })
    }

    static let directional: [TransformDefinition] = [
        movement("plus_dm", "smoothed rises of the high that exceed the falls of the low", units: "price", .plusMovement),
        movement("minus_dm", "smoothed falls of the low that exceed the rises of the high", units: "price", .minusMovement),
        movement("plus_di", "100 plus_dm / smoothed true range, 0 where that is 0", units: "0..100", .plusIndicator),
        movement("minus_di", "100 minus_dm / smoothed true range, 0 where that is 0", units: "0..100", .minusIndicator),
        movement(
            "dx", "100 |plus_di - minus_di| / (plus_di + minus_di), as before where both are 0, 0 at first", units: "0..100",
            .index),
        movement("adx", "Wilder's mean of dx, begun with the mean of the first window of dx", units: "0..100", .mean),
        TransformDefinition(
            "adxr", .trend, inputs: .highLowClose, "(adx[t] + adx[t - window + 1]) / 2", source: "Wilder 1978; TA-Lib ADXR",
            units: "0..100", parameters: [.window(atLeast: 2, default: 14)], warmUp: { 3 * $0.window - 2 },
            kernel: { DirectionalRating(window: $0.window) }),
        aroon("aroon_up", inputs: [.column("high")], "100 (window - rows since the highest high) / window", units: "0..100") {
            Aroon(window: $0, isUp: true)
        },
        aroon("aroon_down", inputs: [.column("low")], "100 (window - rows since the lowest low) / window", units: "0..100") {
            Aroon(window: $0, isUp: false)
        },
        aroon("aroon_oscillator", inputs: .highLow, "aroon_up - aroon_down", units: "-100..100") { AroonOscillator(window: $0) },
        vortex("vortex_plus", "|high - previous low|", isUp: true),
        vortex("vortex_minus", "|low - previous high|", isUp: false),
    ]

    private static func movement(
        _ name: String, _ what: String, units: String, _ output: DirectionalMovement.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .trend, inputs: .highLowClose,
            "\(what); smoothed: the sum of the first window - 1 rows' changes, then s - s / window + change",
            source: "Wilder 1978; TA-Lib \(name.uppercased())", units: units, parameters: [.window(atLeast: 2, default: 14)],
            warmUp: { DirectionalMovement.warmUp(window: $0.window, output) },
            kernel: { DirectionalMovement(window: $0.window, output) })
    }

    private static func aroon(
        _ name: String, inputs: [InputRole], _ what: String, units: String, _ make: @escaping @Sendable (Int) -> any Kernel
    ) -> TransformDefinition {
        TransformDefinition(
            name, .trend, inputs: inputs, "\(what), over window + 1 rows; of equal ones the last counts",
            source: "Chande 1995; TA-Lib AROON", units: units, parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window }, kernel: { make($0.window) })
    }

    private static func vortex(_ name: String, _ what: String, isUp: Bool) -> TransformDefinition {
        TransformDefinition(
            name, .trend, inputs: .highLowClose,
            "sum of \(what) / sum of true ranges over the last window rows; 0 where that is 0; a row without a close, and "
                + "the next, have no true range",
            source: "Botes and Siepman 2010; TA-Lib VORTEX", units: "ratio", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window }, kernel: { Vortex(window: $0.window, isUp: isUp) })
    }
}
