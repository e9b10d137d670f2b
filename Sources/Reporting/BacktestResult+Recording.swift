public import Contracts
public import Primitives

extension BacktestResult {
    /// What an engine recorded with its days and metrics, as the layout that it will be written in defines them.
    ///
    /// Days are those of `DailyAlignment`, but calendar days in the layout of ml4t-backtest 0.2.0, which knows no others in its
    /// files. Metrics are `BacktestMetrics` or `ML4TMetrics`; the capital is the configuration's `cash.initial`.
    /// - Parameters:
    ///   - configuration: in ML4T's vocabulary.
    ///   - riskFreeRate: a fraction a year; ml4t-backtest 0.2.0 knows none.
    /// - Throws: `ApusError` `config.calendar`.
    public init(
        _ recording: BacktestRecording, configuration: JSONValue, schema: ResultSchema = .v1, riskFreeRate: Double = 0
    ) throws {
        let year = ML4TYear(configuration)
        let alignment = schema == .v1 ? try DailyAlignment(configuration) : .calendarDays
        let daily = DailyAggregation.daily(equity: recording.equity, initialEquity: year.initialCash) {
            alignment.date(of: $0)
        }
        var metrics =
            switch schema {
            case .v1:
                BacktestMetrics.compute(
                    trades: recording.trades, equity: recording.equity, daily: daily, fills: recording.fills,
                    initialCash: year.initialCash, periodsPerYear: year.daysPerYear, riskFreeRate: riskFreeRate)
            case .ml4t02: ML4TMetrics.compute(recording, configuration: configuration)
            }
        if schema == .v1 {
            for kind in CashEventRecord.Kind.allCases where recording.cashEvents.contains(where: { $0.kind == kind }) {
                metrics["total_\(kind.rawValue)"] = .double(recording.cashEvents.total(kind))
            }
        }
        self.init(
            trades: recording.trades, equity: recording.equity, dailyPnL: daily, fills: recording.fills,
            rejectedOrders: recording.rejectedOrders, cashEvents: recording.cashEvents, metrics: metrics,
            configuration: configuration)
    }

    /// The same result with `BacktestMetrics` for metrics: what a tear sheet shows of a folder that ml4t-backtest 0.2.0 wrote,
    /// whose metrics have other meanings.
    public func withOwnMetrics() -> BacktestResult {
        let year = ML4TYear(configuration)
        var result = self
        result.metrics = BacktestMetrics.compute(
            trades: trades, equity: equity, daily: dailyPnL, fills: fills,
            initialCash: initialCapital ?? dailyPnL.first?.openEquity ?? year.initialCash, periodsPerYear: year.daysPerYear,
            riskFreeRate: 0)
        return result
    }
}
