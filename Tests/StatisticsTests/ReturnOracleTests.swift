import Primitives
import Statistics
import TestKit
import Testing

/// Statistics of real return series against empyrical-reloaded, scipy, numpy and pandas.
@Suite(.enabled(if: Oracle.isInstalled, "run scripts/bootstrap --tests"))
struct ReturnOracleTests {
    static let series: [(kind: String, file: String)] = [
        ("plain", "metrics/returns.csv"), ("plain", "metrics/test_returns.csv.gz"), ("close", "daily/sp500.csv.gz"),
    ].filter { SharedData.has($0.file) }

    private func load(_ series: (kind: String, file: String)) throws -> OracleDocument {
        try OracleDocument(kind: series.kind, file: try #require(SharedData.path(series.file)))
    }

    private static func statistics(_ r: [Double]) -> [String: Double?] {
        [
            "total_return": Performance.totalReturn(r),
            "cagr": Performance.cagr(r, periodsPerYear: 252),
            "annual_from_wealth": Performance.cagr(r, periodsPerYear: 252),
            "volatility": Performance.volatility(r, periodsPerYear: 252),
            "sharpe": Performance.sharpe(r, periodsPerYear: 252),
            "sharpe_rf": Performance.sharpe(r, riskFreePerPeriod: 0.0001, periodsPerYear: 252),
            "sortino": Performance.sortino(r, periodsPerYear: 252),
            "sortino_rf": Performance.sortino(r, requiredReturn: 0.0001, periodsPerYear: 252),
            "downside_deviation": Performance.downsideDeviation(r, periodsPerYear: 252),
            "calmar": Performance.calmar(r, periodsPerYear: 252),
            "max_drawdown": Drawdown.maximum(returns: r),
            "omega": Performance.omega(r),
            "omega_rf": Performance.omega(r, threshold: 0.0001),
            "tail_ratio": Performance.tailRatio(r),
            "var_95": Performance.valueAtRisk(r),
            "cvar_95": Performance.conditionalValueAtRisk(r),
            "var_99": Performance.valueAtRisk(r, level: 0.01),
            "cvar_99": Performance.conditionalValueAtRisk(r, level: 0.01),
            "skew_population": Distribution.skewness(r, biasCorrected: false),
            "skew": Distribution.skewness(r),
            "kurtosis_population": Distribution.kurtosis(r, biasCorrected: false),
            "kurtosis": Distribution.kurtosis(r),
            "mean": Distribution.mean(r),
            "deviation_population": Distribution.standardDeviation(r, ddof: 0),
        ]
    }

    @Test(arguments: series) func statisticsAgree(_ series: (kind: String, file: String)) throws {
        let oracle = try load(series)
        let expected = try #require(oracle.json["statistics"]?.objectValue)
        let ours = Self.statistics(oracle.returns)
        #expect(expected.keys.sorted() == ours.keys.sorted())
        for name in expected.keys.sorted() {
            expectAgreement([ours[name] ?? nil], [expected[name]?.doubleValue], "\(series.file) \(name)")
        }
    }

    @Test(arguments: series) func seriesAgree(_ series: (kind: String, file: String)) throws {
        let oracle = try load(series)
        let r = oracle.returns
        expectAgreement(Drawdown.series(returns: r), try oracle.numbers("drawdown"), "drawdown")
        var wealth = [1.0]
        for value in r { wealth.append((wealth.last ?? 1) * (1 + value)) }
        expectAgreement(Drawdown.highWaterMarks(wealth), try oracle.numbers("high_water"), "high-water mark")
        let rolling = try #require(oracle.json["rolling_sharpe"]?.arrayValue).map(\.doubleValue)
        expectAgreement(Performance.rollingSharpe(r, window: 20, periodsPerYear: 252), rolling, "rolling Sharpe")
        // pandas updates its window; on a window of 20 equal returns it leaves a residue where we give exactly 0.
        let volatility = try #require(oracle.json["rolling_volatility"]?.arrayValue).map(\.doubleValue)
        let ours = Performance.rollingVolatility(r, window: 20, periodsPerYear: 252)
        #expect(ours.count == volatility.count)
        for (index, pair) in zip(ours, volatility).enumerated() {
            let (a, b) = (pair.0 ?? -1, pair.1 ?? -1)
            #expect(abs(a - b) <= 1e-9 * max(abs(b), 1e-3), "rolling volatility \(index)")
        }
    }

    @Test(arguments: series) func distributionsAgree(_ series: (kind: String, file: String)) throws {
        let oracle = try load(series)
        let quantiles = Distribution.quantiles(oracle.returns, try oracle.numbers("probabilities"))
        expectAgreement(quantiles ?? [], try oracle.numbers("quantiles"), "quantiles")
        let histogram = try #require(Distribution.histogram(oracle.returns, bins: 37))
        expectAgreement(histogram.edges, try oracle.numbers("histogram_edges"), "edges")
        #expect(histogram.counts.map(Double.init) == (try oracle.numbers("histogram_counts")))
        #expect(histogram.counts.reduce(0, +) == oracle.returns.count)
    }

    @Test(arguments: series) func calendarReturnsAgree(_ series: (kind: String, file: String)) throws {
        let oracle = try load(series)
        #expect(oracle.dates.count == oracle.returns.count)
        let ours = [
            "monthly": Performance.monthlyReturns(dates: oracle.dates, returns: oracle.returns),
            "yearly": Performance.yearlyReturns(dates: oracle.dates, returns: oracle.returns),
        ]
        for key in ["monthly", "yearly"] {
            let rows = try #require(oracle.json[key]?.arrayValue).map { try OracleDocument.numbers($0) }
            let groups = ours[key] ?? []
            #expect(groups.map { [Double($0.year), Double($0.month)] } == rows.map { Array($0.prefix(2)) })
            expectAgreement(groups.map(\.value), rows.map { $0[2] }, key)
        }
    }

    @Test(arguments: series) func drawdownEpisodesAgree(_ series: (kind: String, file: String)) throws {
        let oracle = try load(series)
        var wealth = [1.0]
        for value in oracle.returns { wealth.append((wealth.last ?? 1) * (1 + value)) }
        let input = try CanonicalJSON.text(.array(wealth.map { .double($0) }))
        let expected = try #require(try JSONParser.parse(Oracle.run(script: "stats_drawdowns.py", input: input)).arrayValue)
        let episodes = Drawdown.episodes(equity: wealth)
        #expect(episodes.count == expected.count)
        for (ours, row) in zip(episodes, expected) {
            let row = try #require(row.arrayValue)
            #expect(Int64(ours.peak) == row[0].intValue)
            #expect(Int64(ours.trough) == row[1].intValue)
            #expect(ours.recovery.map(Int64.init) == row[2].intValue)
            #expect(agrees(ours.depth, row[3].doubleValue))
            #expect(Int64(ours.length) == row[4].intValue)
        }
        let worst = Drawdown.worst(3, equity: wealth)
        #expect(worst.first?.depth == Drawdown.maximum(equity: wealth))
        #expect(worst.map(\.depth) == worst.map(\.depth).sorted())
    }
}
