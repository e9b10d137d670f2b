import Contracts

// How much a price moves, from its closes. See RangeVolatility.swift for those that read open, high and low.
extension TransformCatalogue {
    static let volatility: [TransformDefinition] = rangeVolatility + realisedVolatility + conditionalVolatility

    private static let realisedVolatility: [TransformDefinition] = [
        TransformDefinition(
            "realised_variance", .volatility, "sum of the squares of the last window log returns",
            source: "Andersen, Bollerslev, Diebold and Labys 2003", units: "squared fraction over the window",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window },
            kernel: { OfReturns(SumOfSquares(window: $0.window, side: .both)) }),
        TransformDefinition(
            "realised_volatility", .volatility,
            "sqrt(periods_per_year / window x sum of the squares of the last window log returns), with no mean taken off",
            source: "Andersen, Bollerslev, Diebold and Labys 2003", units: "fraction a year",
            parameters: [.window(atLeast: 1), .periodsPerYear], warmUp: { $0.window },
            kernel: { OfReturns(RealisedVolatility(window: $0.window, periodsPerYear: $0.double("periods_per_year"))) }),
        TransformDefinition(
            "upside_semivariance", .volatility, "sum of the squares of those of the last window log returns that are > 0",
            source: "Barndorff-Nielsen, Kinnebrock and Shephard 2010", units: "squared fraction over the window",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window },
            kernel: { OfReturns(SumOfSquares(window: $0.window, side: .up)) }),
        TransformDefinition(
            "downside_semivariance", .volatility, "sum of the squares of those of the last window log returns that are < 0",
            source: "Barndorff-Nielsen, Kinnebrock and Shephard 2010", units: "squared fraction over the window",
            parameters: [.window(atLeast: 1)], warmUp: { $0.window },
            kernel: { OfReturns(SumOfSquares(window: $0.window, side: .down)) }),
        TransformDefinition(
            "bipower_variation", .volatility,
            "pi / 2 x window / (window - 1) x sum of |r[t]| |r[t-1]| over the window - 1 neighbours among the last "
                + "window log returns",
            source: "Barndorff-Nielsen and Shephard 2004", units: "squared fraction over the window",
            parameters: [.window(atLeast: 2)], warmUp: { $0.window },
            kernel: { OfReturns(BipowerVariation(window: $0.window)) }),
        TransformDefinition(
            "jump_variation", .volatility, "realised_variance - bipower_variation, 0 where that is negative",
            source: "Barndorff-Nielsen and Shephard 2004", units: "squared fraction over the window",
            parameters: [.window(atLeast: 2)], warmUp: { $0.window }, kernel: { OfReturns(JumpVariation(window: $0.window)) }),
        TransformDefinition(
            "volatility_of_volatility", .volatility,
            "sample standard deviation of the last window values of volatility(volatility_window, periods_per_year)",
            source: "pandas rolling.std of rolling.std, ddof 1", units: "fraction a year",
            parameters: [
                .window(atLeast: 2), .rows("volatility_window", atLeast: 2, default: 20, "log returns in each volatility"),
                .periodsPerYear,
            ],
            warmUp: { $0.window + $0.int("volatility_window") - 1 },
            kernel: { VolatilityOfVolatility($0) }),
        TransformDefinition(
            "volatility_percentile", .volatility,
            "percentile_rank, among its last window values, of volatility(volatility_window)",
            source: "pandas rolling.rank(pct=True) of rolling.std", units: "0..1",
            parameters: [
                .window(atLeast: 1), .rows("volatility_window", atLeast: 2, default: 20, "log returns in each volatility"),
            ],
            warmUp: { $0.window + $0.int("volatility_window") - 1 },
            kernel: { VolatilityPercentile($0) }),
        TransformDefinition(
            "volatility_ratio", .volatility,
            "sample standard deviation of the last short_window log returns / that of the last long_window; NaN where "
                + "the long one "
                + "is 0",
            source: "pandas rolling.std, ddof 1", units: "ratio",
            parameters: [
                .rows("short_window", atLeast: 2, "log returns"),
                .rows("long_window", atLeast: 2, "log returns, >= short_window"),
            ],
            warmUp: { $0.int("long_window") },
            kernel: {
                guard $0.int("short_window") <= $0.int("long_window") else {
                    throw $0.refusal("short_window", "must be <= long_window")
                }
                return OfReturns(VolatilityRatio(short: $0.int("short_window"), long: $0.int("long_window")))
            }),
    ]

    /// Of recursions over returns.
    static let withoutReturn =
        "a row is left out where x or the x before is missing or 0, or where they differ in sign"

    private static let conditionalVolatility: [TransformDefinition] = [
        TransformDefinition(
            "ewma_volatility", .volatility,
            "sqrt(periods_per_year x variance); variance = lambda x variance + (1 - lambda) x squared log return, "
                + "begun with the first squared return; \(withoutReturn)",
            source: "RiskMetrics Technical Document 1996", units: "fraction a year",
            parameters: [.decay, .periodsPerYear], warmUp: { _ in 1 },
            kernel: { OfReturns(ExponentialVolatility($0)) }),
        TransformDefinition(
            "return_z", .volatility,
            "log return / ewma_volatility(lambda) of the last row that has one, a period's; 0 where the return is 0; "
                + withoutReturn,
            source: "RiskMetrics Technical Document 1996", units: "standard deviations", parameters: [.decay],
            warmUp: { _ in 2 }, kernel: { OfReturns(StandardisedReturn(decay: $0.double("lambda"))) }),
        TransformDefinition(
            "garch_volatility", .volatility,
            "sqrt(periods_per_year x forecast of the next row's variance); forecast = omega + alpha x squared log "
                + "return + beta x forecast, begun with omega / (1 - alpha - beta); \(withoutReturn)",
            source: "Bollerslev 1986, GARCH(1,1) without mean", units: "fraction a year",
            parameters: [
                .number("omega", in: .positive, "squared fraction a period"),
                .number("alpha", in: .fraction, default: 0.1, "weight of the last squared return"),
                .number("beta", in: .fraction, default: 0.85, "weight of the last variance; alpha + beta < 1"), .periodsPerYear,
            ],
            warmUp: { _ in 1 },
            kernel: {
                guard $0.double("alpha") + $0.double("beta") < 1 else { throw $0.refusal("beta", "must be < 1 - alpha") }
                return OfReturns(GarchVolatility($0))
            }),
    ]
}

extension ParameterSpec {
    static let periodsPerYear = ParameterSpec.number(
        "periods_per_year", in: .positive, "such as 252 to annualise daily rows")
    fileprivate static let decay = ParameterSpec.number(
        "lambda", in: .fraction, default: 0.94, "weight of the past; 0.94 for daily, 0.97 for monthly rows")
}
