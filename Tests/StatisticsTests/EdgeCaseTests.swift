import Primitives
import Statistics
import Testing

/// What every statistic of a series says about series for which most of them are not defined.
private func all(_ r: [Double]) -> [(String, Double?)] {
    [
        ("total", Performance.totalReturn(r)),
        ("cagr", Performance.cagr(r, periodsPerYear: 252)),
        ("volatility", Performance.volatility(r, periodsPerYear: 252)),
        ("sharpe", Performance.sharpe(r, riskFreePerPeriod: 0.001, periodsPerYear: 252)),
        ("sortino", Performance.sortino(r, periodsPerYear: 252)),
        ("downside", Performance.downsideDeviation(r, periodsPerYear: 252)),
        ("calmar", Performance.calmar(r, periodsPerYear: 252)),
        ("drawdown", Drawdown.maximum(returns: r)),
        ("omega", Performance.omega(r)),
        ("tail", Performance.tailRatio(r)),
        ("var", Performance.valueAtRisk(r)),
        ("cvar", Performance.conditionalValueAtRisk(r)),
        ("skew", Distribution.skewness(r)),
        ("skew population", Distribution.skewness(r, biasCorrected: false)),
        ("kurtosis", Distribution.kurtosis(r)),
        ("kurtosis population", Distribution.kurtosis(r, biasCorrected: false)),
        ("mean", Distribution.mean(r)),
        ("deviation", Distribution.standardDeviation(r)),
        ("quantile", Distribution.quantile(r, 0.3)),
        ("profit factor", TradeOutcomes.profitFactor(r)),
        ("expectancy", TradeOutcomes.expectancy(r)),
        ("payoff", TradeOutcomes.payoffRatio(r)),
        ("largest win", TradeOutcomes.largestWin(r)),
        ("largest loss", TradeOutcomes.largestLoss(r)),
        ("rolling Sharpe", Performance.rollingSharpe(r, window: 2, periodsPerYear: 252).last ?? nil),
        ("median duration", DurationSummary.of(r)?.median),
    ]
}

private func defined(_ r: [Double]) -> [String] { all(r).filter { $0.1 != nil }.map(\.0) }

@Test func nothingIsDefinedForAnEmptySeries() {
    #expect(defined([]).isEmpty)
    #expect(TradeOutcomes.winRate([]) == nil)
    #expect(Activity.timeInMarket([]) == nil)
    #expect(Distribution.histogram([], bins: 4) == nil)
    #expect(Drawdown.episodes(equity: []).isEmpty)
    #expect(Performance.monthlyReturns(dates: [], returns: []).isEmpty)
}

@Test(arguments: [[0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2], [0, 0, 0, 0]])
func aConstantSeriesHasNoRatiosOverItsDispersion(_ r: [Double]) {
    #expect(Performance.volatility(r, periodsPerYear: 252) == 0)
    let undefined = ["sharpe", "sortino", "calmar", "omega", "skew", "skew population", "kurtosis", "kurtosis population", "payoff"]
    #expect(Set(defined(r)).isDisjoint(with: undefined))
    #expect(Performance.rollingSharpe(r, window: 3, periodsPerYear: 252).allSatisfy { $0 == nil })
}

@Test(arguments: [Double.nan, .infinity, -.infinity])
func valuesThatAreNotFiniteNeverLeak(_ bad: Double) {
    for position in 0..<6 {
        var r = [0.01, -0.02, 0.03, 0.01, -0.01, 0.02]
        r[position] = bad
        for (name, value) in all(r) { #expect(value?.isFinite ?? true, "\(name) with \(bad) at \(position)") }
        // A statistic of all observations is refused; one of the wins alone may not have met the bad one.
        for name in ["total", "sharpe", "downside", "omega", "profit factor", "drawdown", "var", "cvar", "skew", "mean", "quantile"] {
            let value = all(r).first { $0.0 == name }?.1
            #expect(value == nil, "\(name) with \(bad) at \(position)")
        }
    }
}

@Test func aTotalLossEndsAtMinusOne() {
    #expect(Performance.cagr([0.1, -1], periodsPerYear: 252) == -1)
    #expect(Performance.cagr([0.1, -1.5], periodsPerYear: 252) == -1)
    #expect(Drawdown.maximum(returns: [0.5, -1]) == -1)
}

@Test func drawdownsKnowTheCapitalBeforeTheFirstReturn() {
    #expect(Drawdown.maximum(equity: [90, 95], initial: 100) == 90.0 / 100 - 1)
    #expect(Drawdown.maximum(equity: [90, 95]) == 0)
    let open = Drawdown.episodes(equity: [100, 90, 80, 100, 100, 99])
    #expect(open == [
        DrawdownEpisode(peak: 0, trough: 2, recovery: 3, depth: 80.0 / 100 - 1, length: 3),
        DrawdownEpisode(peak: 4, trough: 5, recovery: nil, depth: 99.0 / 100 - 1, length: 1),
    ])
}

@Test func aBreakEvenTradeIsNeitherWinNorLoss() {
    let results = [2.0, 0, -1, 3, 4, 0]
    #expect(TradeOutcomes.winRate(results) == 0.5)
    #expect(TradeOutcomes.profitFactor(results) == 9)
    #expect(TradeOutcomes.longestWinStreak(results) == 2)
    #expect(TradeOutcomes.longestLossStreak(results) == 1)
    #expect(TradeOutcomes.profitFactor([1, 2]) == nil)
    #expect(TradeOutcomes.profitFactor([-1]) == 0)
}

@Test func aHistogramCountsEveryValueOnce() throws {
    let one = try #require(Distribution.histogram([3, 3], bins: 2))
    #expect(one.edges == [2.5, 3, 3.5] && one.counts == [0, 2])
    let fixed = try #require(Distribution.histogram([-1, 0, 0.1, 0.3, 0.99, 1, 2], bins: 10, range: 0...1))
    #expect(fixed.counts == [1, 1, 0, 1, 0, 0, 0, 0, 0, 2])
    #expect(Distribution.histogram([1], bins: 0) == nil)
}

@Test func ratesConvertBetweenYearAndPeriod() {
    let daily = Performance.perPeriod(annualRate: 0.05, periodsPerYear: 252)
    #expect(agrees(Performance.cagr(Array(repeating: daily, count: 504), periodsPerYear: 252), 0.05))
    #expect(Performance.perPeriod(annualRate: 0, periodsPerYear: 252) == 0)
}
