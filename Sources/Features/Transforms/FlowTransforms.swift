private let sides: [InputRole] = [.column("buy_volume"), .column("sell_volume")]

extension TransformCatalogue {
    static let flowTransforms: [TransformDefinition] = [
        TransformDefinition(
            "delta", .microstructure, inputs: sides, "buy_volume - sell_volume", source: "footprint charts: bar delta",
            units: "as volume", warmUp: { _ in 0 }, kernel: { _ in Delta() }),
        TransformDefinition(
            "cumulative_delta", .microstructure, inputs: sides, "running sum of buy_volume - sell_volume from the first row",
            source: "footprint charts: cumulative volume delta", units: "as volume", warmUp: { _ in 0 },
            kernel: { _ in CumulativeDelta() }),
        TransformDefinition(
            "session_cumulative_delta", .microstructure, inputs: sides + [.clock(.tradeDate)],
            "running sum of buy_volume - sell_volume from the first row of the trade date",
            source: "footprint charts: session cumulative volume delta", units: "as volume", warmUp: { _ in 0 },
            kernel: { _ in SessionDelta() }),
        TransformDefinition(
            "order_imbalance", .microstructure, inputs: sides,
            "sum of buy_volume - sell_volume / sum of buy_volume + sell_volume over the last window rows; 0 where nothing was "
                + "traded",
            source: "Chordia, Roll and Subrahmanyam 2002", units: "-1..1", parameters: [.window(atLeast: 1, default: 1)],
            warmUp: { $0.window - 1 }, kernel: { FlowShare(window: $0.window, isBuyShare: false) }),
        TransformDefinition(
            "buy_ratio", .microstructure, inputs: sides,
            "sum of buy_volume / sum of buy_volume + sell_volume over the last window rows; 0.5 where nothing was traded",
            source: "taker buy ratio of exchange statistics", units: "0..1", parameters: [.window(atLeast: 1, default: 1)],
            warmUp: { $0.window - 1 }, kernel: { FlowShare(window: $0.window, isBuyShare: true) }),
        TransformDefinition(
            "signed_volume_autocorrelation", .microstructure, inputs: sides,
            "Pearson correlation of buy_volume - sell_volume with itself lag rows before, over the last window pairs; NaN where "
                + "it is constant",
            source: "Hasbrouck and Ho 1987; pandas rolling.corr", units: "-1..1",
            parameters: [.window(atLeast: 3), .rows("lag", atLeast: 1, default: 1, "rows back")],
            warmUp: { $0.window - 1 + $0.int("lag") },
            kernel: { DeltaAutocorrelation(window: $0.window, lag: $0.int("lag")) }),
        TransformDefinition(
            "imbalance_stack", .microstructure, inputs: sides,
            "how many rows in succession, the present one included, have an order imbalance (buy - sell) / (buy + sell) of at "
                + "least threshold; negative where it is at most -threshold; 0 where neither",
            source: "footprint charts: stacked imbalances", units: "rows, signed",
            parameters: [.number("threshold", in: 0.001...1, default: 0.5, "0.5: three bought for one sold")],
            warmUp: { _ in 0 }, kernel: { ImbalanceStack(threshold: $0.double("threshold")) }),
        TransformDefinition(
            "trade_intensity", .microstructure, inputs: [.column("trade_count")],
            "trade_count / its mean over the last window rows; 0 where there was no trade in them",
            source: "Engle and Russell 1998 (duration against its mean)", units: "ratio", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { Intensity(window: $0.window) }),
        TransformDefinition(
            "average_trade_size", .microstructure, inputs: [.column("volume"), .column("trade_count")],
            "volume / trade_count; NaN where there was no trade", source: "exchange statistics", units: "volume per trade",
            warmUp: { _ in 0 }, kernel: { _ in AverageTradeSize() }),
        TransformDefinition(
            "large_volume_ratio", .microstructure, inputs: [.column("volume")],
            "volume / its quantile over the last window rows (linear between order statistics); NaN where the quantile is 0",
            source: "numpy quantile", units: "ratio",
            parameters: [.window(atLeast: 1), .number("quantile", in: .fraction, default: 0.9, "0 smallest, 1 largest")],
            warmUp: { $0.window - 1 }, kernel: { LargeVolume(window: $0.window, quantile: $0.double("quantile")) }),
        TransformDefinition(
            "volume_clock", .microstructure, inputs: [.column("volume")],
            "volume since the first row modulo bucket_volume / bucket_volume: how full the present volume bar is",
            source: "Easley, Lopez de Prado and O'Hara 2012, the volume clock", units: "0..1, excluding 1",
            parameters: [.number("bucket_volume", in: .positive, "volume of a bar of the volume clock")],
            warmUp: { _ in 0 }, kernel: { VolumeClock(bucket: $0.double("bucket_volume")) }),
        TransformDefinition(
            "tick_rule", .microstructure, inputs: [.column("close")],
            "sign of the last price change that was not 0; 0 before there was one",
            source: "Lee and Ready 1991; ml4t-engineer effective_tick_rule", units: "-1, 0 or 1", warmUp: { _ in 0 },
            kernel: { _ in TickRule() }),
    ]
}

private struct Delta: BinaryKernel {
    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double { buy - sell }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct CumulativeDelta: BinaryKernel {
    private var sum = 0.0

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double {
        let delta = buy - sell
        if delta.isNaN { return .nan }
        sum += delta
        return sum
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&sum) }
}

private struct SessionDelta: TernaryKernel {
    private var sum = 0.0
    private var date = Double.nan

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double, _ tradeDate: Double) -> Double {
        if tradeDate != date {
            date = tradeDate
            sum = 0
        }
        let delta = buy - sell
        if delta.isNaN { return .nan }
        sum += delta
        return sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&sum)
        archive.value(&date)
    }
}

private struct FlowShare: BinaryKernel {
    private var buys: RollingSum
    private var sells: RollingSum
    private let isBuyShare: Bool

    init(window: Int, isBuyShare: Bool) {
        buys = RollingSum(window: window)
        sells = buys
        self.isBuyShare = isBuyShare
    }

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double {
        let buy = buys.next(buy)
        let sell = sells.next(sell)
        let total = buy + sell
        if isBuyShare { return total == 0 ? 0.5 : buy / total }
        return total == 0 ? 0 : (buy - sell) / total
    }

    mutating func archive(_ archive: inout StateArchive) {
        buys.archive(&archive)
        sells.archive(&archive)
    }
}

private struct DeltaAutocorrelation: BinaryKernel {
    private var earlier: Delay
    private var pairs: RollingCovariance

    init(window: Int, lag: Int) {
        earlier = Delay(rows: lag)
        pairs = RollingCovariance(window: window)
    }

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double {
        let delta = buy - sell
        pairs.add(earlier.next(delta), delta)
        return pairs.correlation
    }

    mutating func archive(_ archive: inout StateArchive) {
        earlier.archive(&archive)
        pairs.archive(&archive)
    }
}

private struct ImbalanceStack: BinaryKernel {
    let threshold: Double
    private var count = 0.0

    init(threshold: Double) { self.threshold = threshold }

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double {
        let total = buy + sell
        if total.isNaN { return .nan }
        let imbalance = total == 0 ? 0 : (buy - sell) / total
        if imbalance >= threshold {
            count = max(count, 0) + 1
        } else if imbalance <= -threshold {
            count = min(count, 0) - 1
        } else {
            count = 0
        }
        return count
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&count) }
}

private struct Intensity: UnaryKernel {
    private var mean: RollingMean

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let mean = mean.next(x)
        return mean == 0 ? 0 : x / mean
    }

    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}

private struct AverageTradeSize: BinaryKernel {
    @inline(__always) mutating func next(_ volume: Double, _ trades: Double) -> Double { trades > 0 ? volume / trades : .nan }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct LargeVolume: UnaryKernel {
    private var values: SortedWindow
    private let quantile: Double

    init(window: Int, quantile: Double) {
        values = SortedWindow(window: window)
        self.quantile = quantile
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        values.add(x)
        let level = values.quantile(quantile)
        return level == 0 ? .nan : x / level
    }

    mutating func archive(_ archive: inout StateArchive) { values.archive(&archive) }
}

private struct VolumeClock: UnaryKernel {
    let bucket: Double
    private var filled = 0.0

    init(bucket: Double) { self.bucket = bucket }

    @inline(__always) mutating func next(_ volume: Double) -> Double {
        guard volume.isFinite else { return .nan }
        filled = (filled + volume).truncatingRemainder(dividingBy: bucket)
        return filled / bucket
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&filled) }
}

private struct TickRule: UnaryKernel {
    private var last = Double.nan
    private var sign = 0.0

    @inline(__always) mutating func next(_ price: Double) -> Double {
        if price.isNaN { return .nan }
        if price > last { sign = 1 } else if price < last { sign = -1 }
        last = price
        return sign
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&last)
        archive.value(&sign)
    }
}
