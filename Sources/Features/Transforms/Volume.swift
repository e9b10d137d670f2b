import Contracts

extension TransformCatalogue {
    static let volume: [TransformDefinition] = volumeLines + moneyFlows + volumeLevels

    private static let highLowVolume: [InputRole] = [.column("high"), .column("low"), .column("volume")]

    private static let volumeLines: [TransformDefinition] = [
        TransformDefinition(
            "obv", .volume, inputs: .closeVolume,
            "running total of volume, taken away where the close fell, left out where it stayed; begun with the first volume",
            source: "Granville 1963; TA-Lib OBV", units: "as volume", warmUp: { _ in 0 }, kernel: { _ in OnBalanceVolume() }),
        TransformDefinition(
            "accumulation_distribution", .volume, inputs: .highLowCloseVolume,
            "running total of volume ((close - low) - (high - close)) / (high - low), 0 where high is low",
            source: "Chaikin; TA-Lib AD", units: "as volume", warmUp: { _ in 0 }, kernel: { _ in AccumulationLine() }),
        TransformDefinition(
            "williams_accumulation", .volume, inputs: .highLowClose,
            "running total of close - min(low, previous close) where the close rose, close - max(high, previous close) where "
                + "it fell",
            source: "Williams 1972; TA-Lib WAD", units: "price", warmUp: { _ in 0 }, kernel: { _ in WilliamsAccumulation() }),
        returns(
            "volume_price_trend", "running total of volume times the return of the close, begun with 0", "PVT", "as volume",
            .weighted),
        returns(
            "negative_volume_index", "1000 compounded with the returns of the close on rows with less volume than the row before",
            "NVI",
            "index, 1000 at first", .onLessVolume),
        returns(
            "positive_volume_index", "1000 compounded with the returns of the close on rows with more volume than the row before",
            "PVI",
            "index, 1000 at first", .onMoreVolume),
    ]

    private static func returns(
        _ name: String, _ formula: String, _ source: String, _ units: String, _ output: VolumeReturnLine.Output
    ) -> TransformDefinition {
        TransformDefinition(
            name, .volume, inputs: .closeVolume, formula + "; a row whose close is 0 counts as missing",
            source: "TA-Lib \(source)", units: units, warmUp: { _ in 0 },
            kernel: { _ in VolumeReturnLine(output) })
    }

    private static let moneyFlows: [TransformDefinition] = [
        TransformDefinition(
            "chaikin_oscillator", .volume, inputs: .highLowCloseVolume,
            "ema(fast) - ema(slow) of accumulation_distribution, alpha = 2 / (rows + 1), begun with its first value",
            source: "Chaikin; TA-Lib ADOSC", units: "as volume", parameters: .fastAndSlow(3, 10), warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return ChaikinOscillator(fast: pair.fast, slow: pair.slow)
            }),
        TransformDefinition(
            "chaikin_money_flow", .volume, inputs: .highLowCloseVolume,
            "sum of volume ((close - low) - (high - close)) / (high - low) / sum of volume over the last window rows; 0 where "
                + "none was traded",
            source: "Chaikin; TA-Lib CMF", units: "-1..1", parameters: [.window(atLeast: 1, default: 20)],
            warmUp: { $0.window - 1 }, kernel: { ChaikinFlow(window: $0.window) }),
        TransformDefinition(
            "money_flow_index", .volume, inputs: .highLowCloseVolume,
            "100 rises / (rises + falls), sums of p volume over the last window rows where p = (high + low + close) / 3 rose "
                + "or fell; 0 where neither",
            source: "Quong and Soudack 1989; TA-Lib MFI", units: "0..100", parameters: [.window(atLeast: 2, default: 14)],
            warmUp: { $0.window }, kernel: { MoneyFlowIndex(window: $0.window) }),
        TransformDefinition(
            "force_index", .volume, inputs: .closeVolume,
            "ema of volume times the change of the close, alpha = 2 / (window + 1), begun with the mean of the first window",
            source: "Elder 1993; TA-Lib EFI", units: "price x volume", parameters: [.window(atLeast: 1, default: 13)],
            warmUp: { $0.window }, kernel: { ForceIndex(window: $0.window) }),
        TransformDefinition(
            "ease_of_movement", .volume, inputs: highLowVolume,
            "mean over the last window rows of scale (high - low) times the change of (high + low) / 2 / volume, 0 where none "
                + "was traded",
            source: "Arms 1989", units: "scale price^2 / volume",
            parameters: [
                .window(atLeast: 1, default: 14),
                .number("scale", in: .positive, default: 100_000_000, "makes the numbers handy"),
            ], warmUp: { $0.window }, kernel: { EaseOfMovement(window: $0.window, scale: $0.double("scale")) }),
        TransformDefinition(
            "market_facilitation", .volume, inputs: highLowVolume, "(high - low) / volume, 0 where none was traded",
            source: "Williams 1995; TA-Lib MARKETFI", units: "price / volume", warmUp: { _ in 0 },
            kernel: { _ in MarketFacilitation() }),
    ]

    private static let volumeLevels: [TransformDefinition] = [
        TransformDefinition(
            "rolling_vwap", .volume, inputs: .highLowCloseVolume,
            "sum of volume (high + low + close) / 3 / sum of volume over the last window rows; NaN where none was traded",
            source: "Berkowitz, Logue and Noser 1988, over rows", units: "price", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { RollingVolumePrice(window: $0.window) }),
        TransformDefinition(
            "relative_volume", .volume, inputs: [.column("volume")],
            "volume / mean of the window rows before; NaN where none was traded in them", source: "TA-Lib RVOL", units: "ratio",
            parameters: [.window(atLeast: 1, default: 20, "rows before the present one")], warmUp: { $0.window },
            kernel: { RelativeVolume(window: $0.window) }),
        TransformDefinition(
            "volume_oscillator", .volume, inputs: [.column("volume")],
            "100 (ema(fast) - ema(slow)) / ema(slow) of volume, 0 where ema(slow) is 0; alpha = 2 / (rows + 1), each begun "
                + "with the mean of its first window",
            source: "TA-Lib PVO, matype 1", units: "percent", parameters: .fastAndSlow(12, 26), warmUp: { $0.int("slow") - 1 },
            kernel: {
                let pair = try $0.fastAndSlow()
                return PriceOscillator(fast: pair.fast, slow: pair.slow, inPercent: true)
            }),
    ]
}
