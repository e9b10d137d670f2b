import Contracts
import Market
import Primitives

/// A timed series: one row a timestamp, as its file labels them.
struct TimedTable: SeriesTable {
    var times: [UnixNanos] = []
    var names: [String] = []
    var columns: [[Double]] = []
    var leftOut: [String] = []

    init() {}

    var labels: [UnixNanos] { times }
    static let labelName = "ts"
    static func instant(_ label: UnixNanos) -> UnixNanos { label }
    var labelColumn: Column { Column(ColumnSpec(Self.labelName, .timestampNanos(utc: true)), .ints(times.map(\.rawValue))) }

    static func read(_ file: String, _ dataset: DatasetSpec) throws -> TimedTable { try TimedSource.read(file, dataset) }

    init(_ table: Table) {
        times = (table[Self.labelName]?.ints ?? []).map { UnixNanos($0) }
        (names, columns) = Self.values(table)
    }
}

/// Makes a timed series of the rows of a file, whatever its format.
struct TimedTableBuilder {
    /// A column beside the timestamps.
    private struct Values {
        let field: Int
        var numbers: [Double] = []
        /// Where the first cell stands that is no number.
        var text: (row: Int, value: String)?
        var hasNumbers = false
    }

    private let cells: SourceCells
    private let spec: TimedSeriesSpec
    /// Which field of a row is its timestamp.
    private let timeField: Int
    private let calendar: any SessionCalendar
    /// Where the calendar ends.
    private let end: UnixNanos
    private var reader: TimestampReader
    private var times: [UnixNanos] = []
    private var values: [Values] = []
    /// The shortest step between two rows, nanoseconds.
    private var shortest = Int64.max
    /// How many steps are `bar_frequency`.
    private var wholeSteps = 0

    /// - Throws: `ApusError` `timed.column`, `CalendarError`.
    init(_ cells: SourceCells, timeField: Int, _ spec: TimedSeriesSpec) throws {
        self.cells = cells
        self.timeField = timeField
        self.spec = spec
        calendar = try SessionCalendars.named(spec.rule.calendar)
        end = try calendar.lastSession.fullClose
        reader = TimestampReader(zone: spec.zone)
        // Readers of Parquet take names that differ only in case for one.
        var taken: Set<String> = [TimedTable.labelName]
        for (index, name) in cells.header.enumerated() where index != timeField {
            guard !name.isEmpty, taken.insert(name.lowercased()).inserted else {
                throw cells.error(
                    "timed.column",
                    name.isEmpty
                        ? "column \(index + 1) has no name"
                        : "the column \"\(name)\" appears twice, or is called like the stored timestamps (ts)")
            }
            values.append(Values(field: index))
        }
    }

    /// Adds the present row of a csv file.
    /// - Throws: `ApusError` `timed.*`, `csv.utf8` naming file, line and column.
    mutating func append(_ row: borrowing DelimitedRows) throws {
        let time = row[timeField]
        try append(row.line) { try $0.read(time) }
        for index in values.indices {
            let field = values[index].field
            // Most cells are plain numbers.
            if let number = row.number(field), number.isFinite {
                values[index].numbers.append(number)
                values[index].hasNumbers = true
            } else if add(SeriesCell(row[field]), row.line, to: index) {
                // Every text is looked at, so that none is passed over that is no UTF-8.
                let text = try row.text(field)
                if values[index].text == nil { values[index].text = (row.line, text) }
            }
        }
    }

    /// Adds a row of texts, one a field.
    /// - Throws: `ApusError` `timed.*` naming file, place and column.
    mutating func append(_ row: Int, _ fields: [String]) throws {
        let text = fields[timeField]
        try append(row) { try $0.read(text) }
        for index in values.indices { add(fields[values[index].field], row, to: index) }
    }

    /// Adds the time of a row.
    /// - Throws: `ApusError` `timed.*`, `calendar.coverage` naming file, place and column.
    mutating func append(_ row: Int, _ read: (inout TimestampReader) throws -> UnixNanos) throws {
        let time: UnixNanos
        do {
            time = try read(&reader)
            try TimestampReader.checkYear(time)
        } catch let failure as TimestampReader.Failure {
            throw error(failure.code, failure.message, row)
        }
        try check(time, row)
        times.append(time)
    }

    /// The values of a field that a file holds as numbers, one a row, NaN where they are missing; fields that are never added
    /// are left out.
    /// - Throws: `ApusError` `timed.number`.
    mutating func add(_ numbers: [Double], field: Int) throws {
        guard let index = values.firstIndex(where: { $0.field == field }) else { return }
        if let row = numbers.firstIndex(where: \.isInfinite) {
            throw cells.error("timed.number", "the value is infinite", row: row + 1, field: field)
        }
        values[index].numbers = numbers
        values[index].hasNumbers = true
    }

    /// The same for a field of texts.
    mutating func add(_ texts: [String], field: Int) {
        guard let index = values.firstIndex(where: { $0.field == field }) else { return }
        for (row, text) in texts.enumerated() { add(text, row + 1, to: index) }
    }

    private mutating func add(_ text: String, _ row: Int, to index: Int) {
        if add(SeriesCell(text), row, to: index), values[index].text == nil { values[index].text = (row, text) }
    }

    /// - Returns: whether the cell is a text.
    private mutating func add(_ cell: SeriesCell, _ row: Int, to index: Int) -> Bool {
        switch cell {
        case .number(let number):
            values[index].numbers.append(number)
            values[index].hasNumbers = true
            return false
        case .missing:
            values[index].numbers.append(.nan)
            return false
        case .infinite, .text:
            values[index].numbers.append(.nan)
            if case .infinite = cell { values[index].hasNumbers = true }
            return true
        }
    }

    /// Columns in which no cell is a number, such as a symbol's, are left out.
    /// - Throws: `ApusError` `timed.number` for a text among numbers, `timed.empty`, `timed.frequency`.
    func finish() throws -> TimedTable {
        guard !times.isEmpty else { throw ApusError("timed.empty", "the file has no rows", context: ["file": cells.file]) }
        // A column of a Parquet file that holds neither numbers nor texts was not added.
        let kept = values.filter { $0.text == nil && $0.numbers.count == times.count }
        for column in values {
            guard let text = column.text, column.hasNumbers || kept.isEmpty else { continue }
            throw cells.error("timed.number", SeriesCell.complaint(text.value), row: text.row, field: column.field)
        }
        try checkFrequency()
        var table = TimedTable()
        table.times = times
        table.names = kept.map { cells.header[$0.field] }
        table.columns = kept.map(\.numbers)
        table.leftOut = values.map { cells.header[$0.field] }.filter { !table.names.contains($0) }
        return table
    }

    private func error(_ code: String, _ message: String, _ row: Int) -> ApusError {
        cells.error(code, message, row: row, field: timeField)
    }
}

extension TimedTableBuilder {
    /// Holds the time of the next row against the calendar, the row before it and `bar_frequency`.
    private mutating func check(_ time: UnixNanos, _ row: Int) throws {
        // No build could tell the session of such a row. Rows from before the calendar begins are left out there.
        let label = spec.rule.moment == .closeLabel ? time - (spec.frequency?.nanos ?? 0) : time
        guard label < end else { throw cells.behind(calendar, time.description, row: row, field: timeField) }
        guard let last = times.last else { return }
        guard time > last else {
            throw error("timed.order", time == last ? "\(time) occurs twice" : "\(time) does not come after \(last)", row)
        }
        let (difference, overflow) = time.rawValue.subtractingReportingOverflow(last.rawValue)
        let step = overflow ? Int64.max : difference
        shortest = min(shortest, step)
        guard let frequency = spec.frequency, spec.rule.moment != .label else { return }
        if step == frequency.nanos { wholeSteps += 1 }
        if step < frequency.nanos {
            throw error(
                "timed.frequency",
                "\(time) is nearer than \(frequency) to the row before it; bar_frequency \(frequency) is not the file's", row)
        }
        // A day of a clock that was put back has 25 hours: its bar would be known an hour before its end.
        if frequency.nanos > UnixNanos.perHour, step % frequency.nanos != 0 {
            throw error(
                "timed.frequency",
                "\(time) is no multiple of \(frequency) after the row before it: bars of local days or hours, which "
                    + "clocks put forward and back make shorter and longer, cannot be read; days are a daily_series", row)
        }
    }

    /// Bars that are said to be shorter than they are would be known before their end. Markets with few trades leave many gaps,
    /// but hardly ninety-nine of a hundred.
    private func checkFrequency() throws {
        guard let frequency = spec.frequency, spec.rule.moment != .label, times.count >= 10,
            wholeSteps == 0 || wholeSteps < times.count / 100
        else { return }
        let nearest = Double(shortest) / Double(UnixNanos.perSecond)
        throw ApusError(
            "timed.frequency",
            "\(wholeSteps == 0 ? "no" : "only \(wholeSteps) of \(times.count)") rows are bar_frequency \(frequency) behind the "
                + "one before; the nearest two are \(nearest) s apart",
            context: ["file": cells.file, "column": cells.header[timeField], "rows": "\(times.count)"])
    }
}
