extension TransformCatalogue {
    static let openInterest: [TransformDefinition] = [
        TransformDefinition(
            "oi_notional", .funding, inputs: [.column("open_interest"), .column("close")], "open_interest x close",
            source: "exchange statistics: sum_open_interest_value", units: "money", warmUp: { _ in 0 },
            kernel: { _ in Product() }),
        TransformDefinition(
            "oi_delta", .funding, inputs: [.column("open_interest")], "open_interest[t] - open_interest[t-periods]",
            source: "pandas diff", units: "as the input",
            parameters: [.rows("periods", atLeast: 1, default: 12, "rows back; 12: an hour of five-minute rows")],
            warmUp: { $0.int("periods") }, kernel: { Change(periods: $0.int("periods"), kind: .difference) }),
        TransformDefinition(
            "oi_log_change", .funding, inputs: [.column("open_interest")], "ln(open_interest[t] / open_interest[t-periods])",
            source: "numpy log", units: "log fraction", parameters: [.rows("periods", atLeast: 1, default: 1, "rows back")],
            warmUp: { $0.int("periods") }, kernel: { Change(periods: $0.int("periods"), kind: .logRatio) }),
        TransformDefinition(
            "oi_zscore", .funding, inputs: [.column("open_interest")],
            "z-score (sample standard deviation) of ln(open_interest[t] / open_interest[t-1]) among the last window of them; 0 "
                + "where they are all equal",
            source: "pandas rolling, ddof 1", units: "standard deviations", parameters: [.window(atLeast: 2, default: 96)],
            warmUp: { $0.window }, kernel: { InterestScore(window: $0.window) }),
        TransformDefinition(
            "oi_volume_ratio", .funding, inputs: [.column("open_interest"), .column("volume")],
            "open_interest / sum of volume over the last window rows; NaN where there was none",
            source: "exchange statistics: open interest to volume", units: "ratio", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { InterestTurnover(window: $0.window) }),
        TransformDefinition(
            "liquidation_imbalance", .funding, inputs: [.column("long_liquidations"), .column("short_liquidations")],
            "(shorts - longs) / (shorts + longs) liquidated over the last window rows: 1 where shorts alone were bought back; 0 "
                + "where nothing was liquidated",
            source: "exchange statistics: liquidations by side", units: "-1..1", parameters: [.window(atLeast: 1, default: 1)],
            warmUp: { $0.window - 1 }, kernel: { LiquidationShare(window: $0.window) }),
    ]
}

private struct Product: BinaryKernel {
    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double { x * y }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct InterestScore: UnaryKernel {
    private var change = Change(periods: 1, kind: .logRatio)
    private var score: StandardScore

    init(window: Int) { score = StandardScore(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double { score.next(change.next(x)) }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        score.archive(&archive)
    }
}

private struct InterestTurnover: BinaryKernel {
    private var volume: RollingSum

    init(window: Int) { volume = RollingSum(window: window) }

    @inline(__always) mutating func next(_ interest: Double, _ volume: Double) -> Double {
        let traded = self.volume.next(volume)
        return traded == 0 ? .nan : interest / traded
    }

    mutating func archive(_ archive: inout StateArchive) { volume.archive(&archive) }
}

private struct LiquidationShare: BinaryKernel {
    private var longs: RollingSum
    private var shorts: RollingSum

    init(window: Int) {
        longs = RollingSum(window: window)
        shorts = longs
    }

    @inline(__always) mutating func next(_ long: Double, _ short: Double) -> Double {
        let long = longs.next(long)
        let short = shorts.next(short)
        let total = long + short
        return total == 0 ? 0 : (short - long) / total
    }

    mutating func archive(_ archive: inout StateArchive) {
        longs.archive(&archive)
        shorts.archive(&archive)
    }
}
