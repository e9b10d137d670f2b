private let rate: [InputRole] = [.column("funding_rate")]

extension TransformCatalogue {
    static let fundingRates: [TransformDefinition] = [
        TransformDefinition(
            "funding_annualised", .funding, inputs: rate, "funding_rate x periods_per_year, without compounding",
            source: "exchange statistics: funding APR", units: "fraction a year",
            parameters: [.number("periods_per_year", in: .positive, default: 1095, "1095: every eight hours")],
            warmUp: { _ in 0 }, kernel: { Scaled(factor: $0.double("periods_per_year")) }),
        TransformDefinition(
            "funding_mean", .funding, inputs: rate, "mean of funding_rate over the last window rows",
            source: "pandas rolling.mean",
            units: "fraction", parameters: [.window(atLeast: 1, default: 32)], warmUp: { $0.window - 1 },
            kernel: { RollingMean(window: $0.window) }),
        TransformDefinition(
            "funding_cumulative", .funding, inputs: rate, "sum of funding_rate over the last window rows",
            source: "pandas rolling.sum", units: "fraction", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { RollingSum(window: $0.window) }),
        TransformDefinition(
            "funding_zscore", .funding, inputs: rate,
            "(funding_rate - mean) / sample standard deviation of the last window rows; 0 where they are all equal",
            source: "pandas rolling, ddof 1", units: "standard deviations", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window - 1 }, kernel: { StandardScore(window: $0.window) }),
        TransformDefinition(
            "funding_persistence", .funding, inputs: rate,
            "how many rows in succession, the present one included, funding_rate has had its sign; negative where that is "
                + "negative, 0 where it is 0",
            source: "run length", units: "rows, signed", warmUp: { _ in 0 }, kernel: { _ in SignRun() }),
        TransformDefinition(
            "seconds_to_funding", .funding, inputs: [.clock(.labelSeconds)],
            "seconds from the row's label to the next multiple of interval_hours since midnight UTC; the whole interval where "
                + "the label is one",
            source: "exchange rules: funding at 00:00, 08:00 and 16:00 UTC", units: "seconds",
            parameters: [
                .rows(
                    "interval_hours", atLeast: 1, default: 8,
                    "hours between two payments; a day holds a whole number")
            ],
            warmUp: { _ in 0 },
            kernel: { parameters in
                let hours = parameters.int("interval_hours")
                guard hours <= 24, 24 % hours == 0 else { throw parameters.refusal("interval_hours", "must divide 24") }
                return SecondsToFunding(interval: Double(hours) * 3_600)
            }),
    ]
}

private struct Scaled: UnaryKernel {
    let factor: Double

    @inline(__always) mutating func next(_ x: Double) -> Double { x * factor }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct SignRun: UnaryKernel {
    private var run = 0.0

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        run = x > 0 ? max(run, 0) + 1 : x < 0 ? min(run, 0) - 1 : 0
        return run
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&run) }
}

private struct SecondsToFunding: UnaryKernel {
    let interval: Double

    @inline(__always) mutating func next(_ label: Double) -> Double {
        ((label / interval).rounded(.down) + 1) * interval - label
    }

    mutating func archive(_ archive: inout StateArchive) {}
}
