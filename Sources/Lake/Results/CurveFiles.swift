public import Contracts
import Primitives

/// The files of a result folder with a row for each bar. They are written as the bars come, so that nobody has to keep them.
public final class CurveFiles {
    private let schema: ResultSchema
    private let equity: ParquetWriter
    private let exposure: ParquetWriter
    private let portfolioState: ParquetWriter?
    private var state: CurveState
    private var days: DailyGrouping
    private(set) var window: (first: EquityPoint, last: EquityPoint)?

    /// - Parameter initialCapital: what ml4t-backtest's columns are relative to.
    init(_ folder: String, _ schema: ResultSchema, initialCapital: Double) throws {
        self.schema = schema
        state = CurveState(base: initialCapital)
        days = DailyGrouping(initialEquity: initialCapital)
        equity = try ParquetWriter(
            folder + "/equity.parquet", schema: schema == .v1 ? ResultColumns.equity : ML4TColumns.equity)
        exposure = try ParquetWriter(folder + "/exposure.parquet", schema: ResultColumns.exposure)
        portfolioState =
            schema == .v1
            ? nil : try ParquetWriter(folder + "/portfolio_state.parquet", schema: ML4TColumns.portfolioState)
    }

    /// The next bars, ascending. For the layout of ml4t-backtest 0.2.0 each has its account.
    /// - Throws: `ApusError` `parquet.value`, `file.write`.
    public func append(_ points: [EquityPoint]) throws {
        guard let first = points.first, let last = points.last else { return }
        window = (window?.first ?? first, last)
        try portfolioState?.append(ML4TTables.portfolioState(points, first: state.count))
        switch schema {
        case .v1: try equity.append(ResultTables.equity(points, after: &state))
        case .ml4t02:
            try equity.append(ML4TTables.equity(points, after: &state))
            for point in points { days.add(point.equity, on: point.timestamp.utcDate) }
        }
        try exposure.append(ResultTables.exposure(points))
    }

    /// By UTC date, as ml4t-backtest 0.2.0 has them.
    var utcDays: [DailyPnL] { days.days }

    /// Digest by file name.
    func finish() throws -> [String: Digest] {
        try [equity, exposure, portfolioState].compactMap { try $0?.finish() }.reduce(into: [:]) {
            $0[FolderPath.name(of: $1.path)] = $1.digest
        }
    }
}
