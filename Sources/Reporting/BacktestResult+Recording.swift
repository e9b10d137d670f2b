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
        var whole = recording
        whole.equity = recording.equity.withAccounts(
            recording.fills, initialCapital: ML4TYear(configuration).initialCash)
        var summary = try RecordingSummary(configuration: configuration, schema: schema)
        summary.add(whole)
        self = summary.result(riskFreeRate: riskFreeRate)
        equity = recording.equity
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

/// A recording that comes in parts. All is kept but its curve, which is summed up.
public struct RecordingSummary {
    public private(set) var recording = BacktestRecording(trades: [], equity: [], fills: [])
    private let configuration: JSONValue
    private let schema: ResultSchema
    private let year: ML4TYear
    private let alignment: DailyAlignment
    private var curve: CurveSummary
    private var days: DailyGrouping

    /// - Parameter configuration: in ML4T's vocabulary.
    /// - Throws: `ApusError` `config.calendar`.
    public init(configuration: JSONValue, schema: ResultSchema) throws {
        self.configuration = configuration
        self.schema = schema
        year = ML4TYear(configuration)
        alignment = schema == .v1 ? try DailyAlignment(configuration) : .calendarDays
        curve = CurveSummary(initialEquity: year.initialCash)
        days = DailyGrouping(initialEquity: year.initialCash)
    }

    /// The capital before the first bar.
    public var initialEquity: Double { year.initialCash }
    /// The equity after the last bar so far.
    public var finalEquity: Double { curve.finalEquity }

    /// The next part, whose points all have their accounts.
    public mutating func add(_ part: BacktestRecording) {
        curve.add(part.equity, fills: part.fills)
        for point in part.equity { days.add(point.equity, on: alignment.date(of: point.timestamp)) }
        recording.trades += part.trades
        recording.fills += part.fills
        recording.rejectedOrders += part.rejectedOrders
        recording.cashEvents += part.cashEvents
        recording.orderCount = part.orderCount
        recording.cutOrders = part.cutOrders
        recording.skippedBars = part.skippedBars
    }

    /// The result without its curve, whose points somebody else has.
    /// - Parameter riskFreeRate: a fraction a year; ml4t-backtest 0.2.0 knows none.
    public func result(riskFreeRate: Double = 0) -> BacktestResult {
        let daily = days.days
        var metrics =
            switch schema {
            case .v1:
                BacktestMetrics.compute(
                    trades: recording.trades, curve: curve, daily: daily, fills: recording.fills,
                    periodsPerYear: year.daysPerYear, riskFreeRate: riskFreeRate)
            case .ml4t02: ML4TMetrics.compute(recording, curve: curve, configuration: configuration)
            }
        if schema == .v1 {
            for kind in CashEventRecord.Kind.allCases where recording.cashEvents.contains(where: { $0.kind == kind }) {
                metrics["total_\(kind.rawValue)"] = .double(recording.cashEvents.total(kind))
            }
        }
        return BacktestResult(
            trades: recording.trades, equity: [], dailyPnL: daily, fills: recording.fills,
            rejectedOrders: recording.rejectedOrders, cashEvents: recording.cashEvents, metrics: metrics,
            configuration: configuration)
    }
}
