private let bars: [InputRole] = [.column("high"), .column("low"), .column("close"), .column("volume"), .clock(.tradeDate)]

extension TransformCatalogue {
    static let sessionTransforms: [TransformDefinition] = [
        TransformDefinition(
            "session_vwap", .session, inputs: bars,
            "sum of p x volume / sum of volume since the first row of the trade date, p = (high + low + close) / 3; p while "
                + "there was no volume",
            source: "Berkowitz, Logue and Noser 1988", units: "price", warmUp: { _ in 0 },
            kernel: { _ in SessionVwap(output: .price) }),
        TransformDefinition(
            "session_vwap_distance", .session, inputs: bars, "close / session_vwap - 1",
            source: "Berkowitz, Logue and Noser 1988",
            units: "fraction", warmUp: { _ in 0 }, kernel: { _ in SessionVwap(output: .distance) }),
        TransformDefinition(
            "session_vwap_zscore", .session, inputs: bars,
            "(close - session_vwap) / s, s^2 = sum of volume x (p - session_vwap)^2 / sum of volume since the first row of the "
                + "trade date; 0 where s is 0",
            source: "VWAP bands of charting programs", units: "standard deviations", warmUp: { _ in 0 },
            kernel: { _ in SessionVwap(output: .score) }),
        TransformDefinition(
            "session_volume", .session, inputs: [.column("volume"), .clock(.tradeDate)],
            "sum of volume since the first row of the trade date", source: "pandas groupby.cumsum", units: "as volume",
            warmUp: { _ in 0 }, kernel: { _ in SessionVolume() }),
        TransformDefinition(
            "session_return", .session, inputs: [.column("open"), .column("close"), .clock(.tradeDate)],
            "close / first open of the trade date - 1", source: "intraday return", units: "fraction", warmUp: { _ in 0 },
            kernel: { _ in SessionReturn() }),
        TransformDefinition(
            "session_high", .session, inputs: [.column("high"), .clock(.tradeDate)], "highest high of the trade date so far",
            source: "pandas groupby.cummax", units: "price", warmUp: { _ in 0 }, kernel: { _ in SessionExtreme(sign: 1) }),
        TransformDefinition(
            "session_low", .session, inputs: [.column("low"), .clock(.tradeDate)], "lowest low of the trade date so far",
            source: "pandas groupby.cummin", units: "price", warmUp: { _ in 0 }, kernel: { _ in SessionExtreme(sign: -1) }),
        TransformDefinition(
            "session_range_position", .session,
            inputs: [.column("high"), .column("low"), .column("close"), .clock(.tradeDate)],
            "(close - low) / (high - low) of the trade date so far; 0.5 where there is no range", source: "session range",
            units: "0..1", warmUp: { _ in 0 }, kernel: { _ in SessionPosition() }),
    ]
}

private struct SessionVwap: Kernel {
    enum Output: Sendable { case price, distance, score }

    private let output: Output
    private var date = Double.nan
    private var volume = 0.0
    private var mean = 0.0
    private var squares = 0.0

    init(output: Output) { self.output = output }

    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count {
            output[row] = next(rows[0][row], rows[1][row], rows[2][row], rows[3][row], rows[4][row])
        }
    }

    @inline(__always) private mutating func next(
        _ high: Double, _ low: Double, _ close: Double, _ traded: Double, _ tradeDate: Double
    ) -> Double {
        let price = (high + low + close) / 3
        guard !(price + traded).isNaN else { return .nan }
        if tradeDate != date {
            date = tradeDate
            volume = 0
            mean = 0
            squares = 0
        }
        volume += traded
        if volume > 0 {
            let delta = price - mean
            mean += delta * (traded / volume)
            squares += traded * delta * (price - mean)
        }
        let vwap = volume > 0 ? mean : price
        switch output {
        case .price: return vwap
        case .distance: return close / vwap - 1
        case .score: return squares > 0 ? (close - vwap) / (squares / volume).squareRoot() : 0
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&volume)
        archive.value(&mean)
        archive.value(&squares)
    }
}

private struct SessionVolume: BinaryKernel {
    private var date = Double.nan
    private var sum = 0.0

    @inline(__always) mutating func next(_ volume: Double, _ tradeDate: Double) -> Double {
        if volume.isNaN { return .nan }
        sum = tradeDate == date ? sum + volume : volume
        date = tradeDate
        return sum
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&sum)
    }
}

private struct SessionReturn: TernaryKernel {
    private var date = Double.nan
    private var first = Double.nan

    @inline(__always) mutating func next(_ open: Double, _ close: Double, _ tradeDate: Double) -> Double {
        guard !(open + close).isNaN else { return .nan }
        if tradeDate != date {
            date = tradeDate
            first = open
        }
        return close / first - 1
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&first)
    }
}

private struct SessionExtreme: BinaryKernel {
    private let sign: Double
    private var date = Double.nan
    private var extreme = Double.nan

    init(sign: Double) { self.sign = sign }

    @inline(__always) mutating func next(_ x: Double, _ tradeDate: Double) -> Double {
        if x.isNaN { return .nan }
        if tradeDate != date || x * sign > extreme * sign { extreme = x }
        date = tradeDate
        return extreme
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&extreme)
    }
}

private struct SessionPosition: QuaternaryKernel {
    private var highest = SessionExtreme(sign: 1)
    private var lowest = SessionExtreme(sign: -1)

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ tradeDate: Double) -> Double {
        guard !(high + low + close).isNaN else { return .nan }
        let high = highest.next(high, tradeDate)
        let low = lowest.next(low, tradeDate)
        return high == low ? 0.5 : (close - low) / (high - low)
    }

    mutating func archive(_ archive: inout StateArchive) {
        highest.archive(&archive)
        lowest.archive(&archive)
    }
}
