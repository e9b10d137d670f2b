// Momentum of candles' bodies, of forecasts and of deviations.
extension TransformCatalogue {
    static let candleMomentum: [TransformDefinition] = [
        TransformDefinition(
            "intraday_momentum_index", .momentum, inputs: [.column("open"), .column("close")],
            "100 rises / (rises + falls), sums over the last window rows of close - open up and down; 0 where both are 0",
            source: "Chande and Kroll 1994; TA-Lib IMI", units: "0..100", parameters: [.window(atLeast: 1, default: 14)],
            warmUp: { $0.window - 1 }, kernel: { IntradayMomentum(window: $0.window) }),
        TransformDefinition(
            "qstick", .momentum, inputs: [.column("open"), .column("close")], "mean of close - open over the last window rows",
            source: "Chande and Kroll 1994; TA-Lib QSTICK", units: "price", parameters: [.window(atLeast: 1, default: 10)],
            warmUp: { $0.window - 1 }, kernel: { MeanBody(window: $0.window) }),
        TransformDefinition(
            "forecast_oscillator", .momentum,
            "100 (x - f) / x, 0 where x is 0; f = what time_series_forecast said of this row in the row before",
            source: "Chande and Kroll 1994; TA-Lib FOSC", units: "percent", parameters: [.window(atLeast: 2, default: 5)],
            warmUp: { $0.window }, kernel: { ForecastError(window: $0.window) }),
        TransformDefinition(
            "relative_volatility_index", .momentum,
            "100 rises / (rises + falls), Wilder's means of the standard deviation of the last deviation_window rows, counted "
                + "as a rise or a fall by the change of x, as neither without one; 50 where both are 0",
            source: "Dorsey 1993; TA-Lib RVI", units: "0..100",
            parameters: [
                .window(atLeast: 2, default: 14), .rows("deviation_window", atLeast: 2, default: 10, "rows of the deviation"),
            ], warmUp: { $0.window + $0.int("deviation_window") - 2 },
            kernel: { VolatilityStrength(window: $0.window, deviationWindow: $0.int("deviation_window")) }),
    ]
}

struct IntradayMomentum: BinaryKernel {
    private var rises, sizes: RollingSum

    init(window: Int) {
        rises = RollingSum(window: window)
        sizes = rises
    }

    @inline(__always) mutating func next(_ open: Double, _ close: Double) -> Double {
        let body = close - open
        // Not max, which would drop a NaN.
        let rise = rises.next(body < 0 ? 0 : body)
        let size = sizes.next(abs(body))
        return size == 0 ? 0 : 100 * rise / size
    }

    mutating func archive(_ archive: inout StateArchive) {
        rises.archive(&archive)
        sizes.archive(&archive)
    }
}

struct MeanBody: BinaryKernel {
    private var mean: RollingMean

    init(window: Int) { mean = RollingMean(window: window) }

    @inline(__always) mutating func next(_ open: Double, _ close: Double) -> Double { mean.next(close - open) }
    mutating func archive(_ archive: inout StateArchive) { mean.archive(&archive) }
}

/// How far x is from where the line through the rows before it points, in percent of x.
struct ForecastError: UnaryKernel {
    private var fit: LineFit
    private var forecast = Double.nan

    init(window: Int) { fit = LineFit(window: window, .forecast) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let miss = x - forecast
        forecast = fit.next(x)
        return x == 0 ? 0 * miss : 100 * miss / x
    }

    mutating func archive(_ archive: inout StateArchive) {
        fit.archive(&archive)
        archive.value(&forecast)
    }
}

/// Relative strength of the deviations of rising and of falling rows. A missing value is skipped.
struct VolatilityStrength: UnaryKernel {
    private var moments: RollingMoments
    private var rises, falls: ExponentialMean
    private var before = Double.nan

    init(window: Int, deviationWindow: Int) {
        moments = RollingMoments(window: deviationWindow)
        rises = .wilder(window: window)
        falls = .wilder(window: window)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        moments.add(x)
        let deviation = (moments.squaredDeviations / Double(moments.window)).squareRoot()
        let none = 0 * deviation
        let rise = rises.next(x > before ? deviation : none)
        let fall = falls.next(x < before ? deviation : none)
        before = x
        return rise + fall == 0 ? 50 : 100 * rise / (rise + fall)
    }

    mutating func archive(_ archive: inout StateArchive) {
        moments.archive(&archive)
        rises.archive(&archive)
        falls.archive(&archive)
        archive.value(&before)
    }
}
