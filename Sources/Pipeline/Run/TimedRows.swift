import Contracts
import Lake
import Market
import Primitives

extension DataAccess {
    /// The rows of a derived table or of a timed series; nil where the reference names a daily series.
    /// - Parameter symbol: whose rows of a derived table are meant.
    func intraday(_ reference: DatasetReference, symbol: String) throws -> (DerivedSeries, InputFile)? {
        if reference.table != nil { return try derived(reference, symbol: symbol) }
        return try timed(reference.datasetID)
    }

    /// The state of a timed series; nil where the dataset is none.
    func timed(_ datasetID: String) throws -> (DerivedSeries, InputFile)? {
        guard let spec = workspace.configuration.dataset(datasetID)?.timed else { return nil }
        return try kept("\(datasetID)") {
            let (file, digest) = try file(of: datasetID)
            let table = TimedTable(try ParquetReader.table(try workspace.verified(file)))
            return (
                try CalendarError.wrapping("dataset", datasetID) { try Self.series(table, spec) },
                InputFile(role: "dataset \(datasetID)", path: file.rawPath, digest: digest)
            )
        }
    }

    /// Labels become the opens of intervals, as everywhere. Rows before the calendar begins are left out: nobody can say to
    /// which session they belong.
    private static func series(_ table: TimedTable, _ spec: TimedSeriesSpec) throws -> DerivedSeries {
        let calendar = try SessionCalendars.named(spec.rule.calendar)
        let length = spec.frequency?.nanos ?? 0
        let toLabel = spec.rule.moment == .closeLabel ? -length : 0
        let toClose = spec.rule.moment == .label ? 0 : length
        let all = table.times.map { $0 + toLabel }
        let begin = calendar.instant(on: calendar.coverage.lowerBound, localNanosOfDay: 0)
        let first = all.firstIndex { $0 >= begin } ?? all.count
        let labels = Array(all[first...])
        var clock = SessionClock(calendar: calendar)
        let sessions = try labels.map { try clock.segment(at: $0).session }
        let closes = labels.map { $0 + toClose }
        return DerivedSeries(
            rowsBefore: first, labels: labels, closes: closes, availableAt: closes.map { $0 + spec.rule.delay },
            tradeDates: sessions.map(\.tradeDate), sessionOpens: sessions.map(\.fullOpen),
            sessionCloses: sessions.map(\.fullClose), calendar: calendar.name, names: table.names,
            columns: table.columns.map { Array($0[first...]) })
    }
}
