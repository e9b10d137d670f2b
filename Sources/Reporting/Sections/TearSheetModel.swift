import Contracts
import Primitives
import Statistics

/// What the sections share, computed once.
struct TearSheetModel {
    let result: BacktestResult
    let benchmark: Benchmark?
    let initialCash: Double
    /// Nil where metrics.json does not say: then nothing is annualised.
    let periodsPerYear: Double?
    let riskFreePerPeriod: Double
    /// More than one bar a day.
    let isIntraday: Bool
    let dates: [CivilDate]
    let dailyReturns: [Double]
    /// The metrics of the benchmark over the same days, under the names of metrics.json.
    let benchmarkMetrics: [String: JSONValue]

    init(_ result: BacktestResult, benchmark: Benchmark?) {
        self.result = result
        self.benchmark = benchmark
        let first = result.equity.first
        let base = first.map { $0.cumulativeReturn > -1 ? $0.equity / (1 + $0.cumulativeReturn) : $0.equity }
        initialCash = result.metrics["initial_cash"]?.doubleValue ?? base ?? 0
        periodsPerYear = result.metrics["periods_per_year"]?.doubleValue.flatMap { $0 > 0 ? $0 : nil }
        let rate = result.metrics["risk_free_rate"]?.doubleValue ?? 0
        riskFreePerPeriod = periodsPerYear.map { Performance.perPeriod(annualRate: rate, periodsPerYear: $0) } ?? 0
        isIntraday = result.dailyPnL.contains { $0.numBars > 1 }
        dates = result.dailyPnL.map(\.date)
        dailyReturns = result.dailyPnL.map(\.returnPct)
        benchmarkMetrics = Self.metrics(
            of: benchmark, dates: dates, initialCash: initialCash, periodsPerYear: periodsPerYear, riskFreeRate: rate)
    }

    private static func metrics(
        of benchmark: Benchmark?, dates: [CivilDate], initialCash: Double, periodsPerYear: Double?, riskFreeRate: Double
    ) -> [String: JSONValue] {
        guard let benchmark, let periodsPerYear, initialCash > 0 else { return [:] }
        let wealth = benchmark.wealth(on: dates, capital: initialCash)
        let known = zip(dates, wealth).filter { $0.1.isFinite }
        let points = known.map { date, value in
            EquityPoint(
                timestamp: UnixNanos(date), equity: value, periodReturn: 0, cumulativeReturn: 0, drawdown: 0, highWaterMark: 0,
                netExposure: 0)
        }
        guard points.count > 1 else { return [:] }
        let daily = DailyAggregation.daily(equity: points, initialEquity: initialCash) { $0.utcDate }
        let curve = CurveSummary(points, fills: [], initialEquity: initialCash)
        return BacktestMetrics.wealth(curve, daily: daily, periodsPerYear: periodsPerYear)
            .merging(
                BacktestMetrics.risk(
                    returns: daily.map(\.returnPct), periodsPerYear: periodsPerYear, riskFreeRate: riskFreeRate)
            ) { first, _ in first }
    }

    func metric(_ key: String) -> Double? { result.metrics[key]?.doubleValue }
    func benchmarkMetric(_ key: String) -> Double? { benchmarkMetrics[key]?.doubleValue }

    func label(_ time: UnixNanos) -> String { Format.date(time, withTime: isIntraday) }
}
