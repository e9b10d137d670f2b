import Contracts
import Features
import Market
import Primitives

/// The rows of one source as features read them: with the time each became known, and what the calendar says of them.
final class SourceTable {
    /// Dataset or derived table and symbol, for messages.
    let name: String
    /// What beside the file's content decides labels and times.
    let identity: JSONValue
    let input: InputFile
    /// Rows of the raw file before the first one; nil where rows are not those of a raw file.
    let rowsBefore: Int?
    let calendar: String
    /// The table's name where trades close its rows, which recur at no second of the session.
    let tradeBars: String?
    let labels: [UnixNanos]
    let availableAt: [UnixNanos]
    /// When each row is known where nothing is late.
    private let ownTimes: [UnixNanos]
    /// Of each row.
    private let tradeDates: [CivilDate]
    private let sessionOpens: [UnixNanos]
    private let sessionCloses: [UnixNanos]
    let columnNames: [String]
    private let column: (String) throws -> [Double]

    init(
        name: String, identity: JSONValue, input: InputFile, rowsBefore: Int? = nil, calendar: String, tradeBars: String? = nil,
        rows: Rows,
        lateTimes: [UnixNanos]? = nil, columnNames: [String], column: @escaping (String) throws -> [Double]
    ) {
        self.name = name
        self.identity = identity
        self.input = input
        self.rowsBefore = rowsBefore
        self.calendar = calendar
        self.tradeBars = tradeBars
        labels = rows.labels
        availableAt = lateTimes ?? rows.availableAt
        ownTimes = rows.availableAt
        tradeDates = rows.tradeDates
        sessionOpens = rows.sessionOpens
        sessionCloses = rows.sessionCloses
        self.columnNames = columnNames
        self.column = column
    }

    /// The times of a source's rows; all arrays have one length.
    struct Rows {
        var labels: [UnixNanos] = []
        var availableAt: [UnixNanos] = []
        var tradeDates: [CivilDate] = []
        var sessionOpens: [UnixNanos] = []
        var sessionCloses: [UnixNanos] = []
    }

    /// - Throws: `ApusError` `run.column` naming the cell of the feature and the file.
    func series(_ name: String, of feature: String) throws -> Series {
        do {
            return Series(name: "\(self.name)!\(name)", labels: labels, values: try column(name), availableAt: availableAt)
        } catch let error as ApusError {
            throw error.adding("file", input.path).adding("column", "input_col").adding("row", feature)
                .adding("sheet", "FEATURE_LIBRARY")
        }
    }

    func clock(_ clock: ClockColumn) -> Series {
        let perSecond = Double(UnixNanos.perSecond)
        let values: [Double] =
            switch clock {
            case .tradeDate: tradeDates.map { Double($0.daysSinceEpoch) }
            case .labelSeconds: labels.map { Double($0.rawValue) / perSecond }
            case .secondsSinceOpen: zip(labels, sessionOpens).map { max(0, Double($0.rawValue - $1.rawValue) / perSecond) }
            case .secondsToClose: zip(sessionCloses, ownTimes).map { max(0, Double($0.rawValue - $1.rawValue) / perSecond) }
            }
        return Series(name: "\(name)!\(clock.rawValue)", labels: labels, values: values, availableAt: availableAt)
    }
}

/// Finds the sources that features name.
final class FeatureSources {
    let data: DataAccess
    private let isLate: Bool
    private var tables: [String: SourceTable] = [:]

    /// - Parameter late: whether every row becomes known later than it does: a session later for a daily dataset, with the row
    ///   that follows it for a derived table or a timed series.
    init(_ data: DataAccess, late: Bool = false) {
        self.data = data
        isLate = late
    }

    private var configuration: Configuration { data.workspace.configuration }

    /// - Parameters:
    ///   - symbol: the instrument whose rows of a derived table are meant.
    ///   - lag: sessions to publication; nil takes the dataset's own.
    func table(_ reference: DatasetReference, symbol: String?, lag: Int?, feature: String) throws -> SourceTable {
        let key = "\(reference)[\(symbol ?? "")]\(lag.map(String.init) ?? "")"
        if let known = tables[key] { return known }
        let table: SourceTable
        if reference.table != nil {
            table = try derived(reference, symbol: symbol, feature: feature)
        } else {
            table = try CalendarError.wrapping("dataset", reference.datasetID) {
                if let (rows, input) = try data.timed(reference.datasetID) {
                    return try timed(reference, rows, input, lag: lag, feature: feature)
                }
                return try daily(reference.datasetID, lag: lag, feature: feature)
            }
        }
        tables[key] = table
        return table
    }

    /// The column that a feature names, `name` for the role that a transform reads.
    func series(_ reference: ColumnReference, own source: DatasetReference, scope: String?, lag: Int?, feature: String) throws
        -> (SourceTable, Series)
    {
        guard let text = reference.source else {
            let table = try table(source, symbol: reference.symbol ?? scope, lag: lag, feature: feature)
            return (table, try table.series(reference.column, of: feature))
        }
        if let instrument = configuration.instrument(text) {
            let columns = [
                "open": instrument.openColumn, "high": instrument.highColumn, "low": instrument.lowColumn,
                "close": instrument.closeColumn,
            ]
            let table = try table(instrument.prices, symbol: instrument.id, lag: nil, feature: feature)
            return (table, try table.series(columns[reference.column] ?? reference.column, of: feature))
        }
        guard let other = DatasetReference(text) else {
            throw ApusError(
                "config.value", "\"\(text)\" is neither a dataset, a derived table nor an instrument",
                context: ["feature": feature])
        }
        let table = try table(other, symbol: reference.symbol ?? scope, lag: nil, feature: feature)
        return (table, try table.series(reference.column, of: feature))
    }

    private func daily(_ datasetID: String, lag: Int?, feature: String) throws -> SourceTable {
        guard let dataset = configuration.dataset(datasetID) else {
            throw ApusError("config.unknown", "DATASETS has no enabled row \"\(datasetID)\"", context: ["feature": feature])
        }
        guard let rule = dataset.knownTimeRule else {
            throw ApusError(
                "config.value", "a daily dataset that feeds a feature needs a known_time_rule",
                context: ["sheet": "DATASETS", "row": datasetID, "feature": feature])
        }
        let (table, input) = try data.daily(datasetID)
        let calendar = try SessionCalendars.named(rule.calendar)
        let lag = lag ?? dataset.availabilityLagDays
        // A feature's history begins where its calendar does: before it nobody can say when a value became known.
        let known = table.dates.indices.filter { table.dates[$0] >= calendar.coverage.lowerBound }
        var rows = SourceTable.Rows()
        var lateTimes: [UnixNanos] = []
        for index in known {
            let date = table.dates[index]
            let session = try calendar.session(on: date)
            let label = session?.regularOpen ?? calendar.instant(on: date, localNanosOfDay: 0)
            rows.labels.append(label)
            let time = try CalendarError.wrapping(
                row: date.description, lag: lag, feature: feature, dataset: datasetID, file: input.path
            ) { try Availability.instant(date, rule, lag: lag, calendar) }
            rows.availableAt.append(time)
            // Behind the calendar's last session there is no later one.
            if isLate { lateTimes.append((try? Availability.instant(date, rule, lag: lag + 1, calendar)) ?? time) }
            rows.tradeDates.append(date)
            rows.sessionOpens.append(label)
            rows.sessionCloses.append(session?.regularClose ?? label)
        }
        let data = data
        return SourceTable(
            name: datasetID,
            identity: [
                "dataset": .string(datasetID), "known_time_rule": .string(rule.description),
                "availability_lag_days": .int(Int64(lag)),
            ],
            input: input, rowsBefore: known.first ?? 0, calendar: rule.calendar, rows: rows, lateTimes: isLate ? lateTimes : nil,
            columnNames: table.names
        ) { name in
            let values = try data.column(name, of: table, datasetID)
            return known.map { values[$0] }
        }
    }

    private func timed(
        _ reference: DatasetReference, _ table: DataAccess.DerivedSeries, _ input: InputFile, lag: Int?, feature: String
    ) throws -> SourceTable {
        let dataset = configuration.dataset(reference.datasetID)
        let lag = lag ?? dataset?.availabilityLagDays ?? 0
        var times = table.availableAt
        if lag > 0 {
            let calendar = try SessionCalendars.named(table.calendar)
            times = try zip(table.labels, times).map { label, time in
                try CalendarError.wrapping(
                    row: label.description, lag: lag, feature: feature, dataset: reference.datasetID, file: input.path
                ) { try Availability.later(time, by: lag, calendar) }
            }
        }
        let data = data
        return SourceTable(
            name: reference.datasetID,
            identity: [
                "dataset": .string(reference.datasetID), "known_time_rule": .string(dataset?.timed?.rule.description ?? ""),
                "bar_frequency": .string(dataset?.timed?.frequency?.description ?? TimedSeriesSpec.irregular),
                "availability_lag_days": .int(Int64(lag)),
            ],
            input: input, rowsBefore: table.rowsBefore, calendar: table.calendar,
            rows: SourceTable.Rows(
                labels: table.labels, availableAt: times, tradeDates: table.tradeDates, sessionOpens: table.sessionOpens,
                sessionCloses: table.sessionCloses),
            lateTimes: isLate ? Self.oneRowLater(times) : nil, columnNames: table.names
        ) { try data.column($0, of: table, reference) }
    }

    private func derived(_ reference: DatasetReference, symbol: String?, feature: String) throws -> SourceTable {
        guard let symbol else {
            throw ApusError(
                "config.value", "a feature of a derived table needs an instrument_scope",
                context: ["sheet": "FEATURE_LIBRARY", "row": feature])
        }
        let (table, input) = try data.derived(reference, symbol: symbol)
        let data = data
        return SourceTable(
            name: "\(reference)[\(symbol)]", identity: ["table": .string(reference.description), "symbol": .string(symbol)],
            input: input, calendar: table.calendar, tradeBars: reference.tradeBars.map(\.table),
            rows: SourceTable.Rows(
                labels: table.labels, availableAt: table.closes, tradeDates: table.tradeDates, sessionOpens: table.sessionOpens,
                sessionCloses: table.sessionCloses),
            lateTimes: isLate ? Self.oneRowLater(table.closes) : nil, columnNames: table.names
        ) { try data.column($0, of: table, reference) }
    }
}

extension FeatureSources {
    /// Each time replaced by the next row's; the last one by one that is as far behind it as it is behind the row before.
    private static func oneRowLater(_ times: [UnixNanos]) -> [UnixNanos] {
        guard let last = times.last else { return [] }
        let step = times.count > 1 ? last.rawValue - times[times.count - 2].rawValue : 0
        return times.dropFirst() + [last + step]
    }
}

/// When a daily value becomes known.
enum Availability {
    /// `lag` sessions after the first session on or after the date, at the rule's moment.
    /// - Throws: `CalendarError`.
    static func instant(_ date: CivilDate, _ rule: KnownTimeRule, lag: Int, _ calendar: any SessionCalendar) throws -> UnixNanos {
        var day = date
        var left = lag
        while true {
            if let session = try calendar.session(on: day) {
                if left == 0 {
                    switch rule.moment {
                    case .sessionOpen: return session.regularOpen
                    case .sessionClose: return session.regularClose
                    case .local(let nanos): return calendar.instant(on: day, localNanosOfDay: nanos)
                    }
                }
                left -= 1
            }
            day = day + 1
        }
    }

    /// The same place in the session that comes `sessions` sessions later.
    /// - Throws: `CalendarError`.
    static func later(_ time: UnixNanos, by sessions: Int, _ calendar: any SessionCalendar) throws -> UnixNanos {
        var date = try calendar.tradeDate(at: time)
        // Between two sessions the calendar counts a time to the next one; a value known then belongs to the one before.
        if let next = try calendar.session(on: date), time < next.fullOpen {
            repeat { date = date + -1 } while try calendar.session(on: date) == nil
        }
        guard var session = try calendar.session(on: date) else { return time }
        let first = session
        for _ in 0..<sessions { session = try calendar.nextSession(after: session.tradeDate) }
        // A time keeps its distance from the open, so that an early close does not bring it forward; what is known at the close
        // or behind it also keeps that from the close.
        let fromOpen = session.regularOpen + (time.rawValue - first.regularOpen.rawValue)
        if time < first.regularClose { return fromOpen }
        let later = max(fromOpen, session.regularClose + (time.rawValue - first.regularClose.rawValue))
        guard time > first.fullClose else { return later }
        // Between two sessions, such as on a weekend, it comes no later than what is known when the next one opens.
        let next = try calendar.nextSession(after: first.tradeDate), end = try calendar.nextSession(after: session.tradeDate)
        return min(later, end.regularOpen + (next.fullOpen.rawValue - next.regularOpen.rawValue))
    }
}
