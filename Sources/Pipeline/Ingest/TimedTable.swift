import Contracts
import Market
import Primitives

/// A timed series: one row a timestamp, as its file labels them.
struct TimedTable: SeriesTable {
    var times: [UnixNanos] = []
    var names: [String] = []
    var columns: [[Double]] = []

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
    /// Where a file's rows are, for messages.
    struct Place {
        let file: String
        /// What a row's place is called, `line` or `row`.
        let name: String
    }

    /// A column beside the timestamps.
    private struct Values {
        let name: String
        let field: Int
        var numbers: [Double] = []
        /// Where something stands that is no number.
        var text: (place: Int, value: String)?
        var hasNumbers = false
    }

    private let place: Place
    private let spec: TimedSeriesSpec
    private let timeColumn: String
    /// Where a row has its timestamp.
    let timeField: Int
    private var reader: TimestampReader
    private var times: [UnixNanos] = []
    private var values: [Values] = []
    /// The shortest step between two rows, nanoseconds.
    private var shortest = Int64.max

    /// - Throws: `ApusError` `timed.column`.
    init(header: [String], timeColumn: String, _ spec: TimedSeriesSpec, _ place: Place) throws {
        guard let field = header.firstIndex(of: timeColumn) else {
            throw ApusError(
                "timed.column", "the column of timestamps \"\(timeColumn)\" is missing",
                context: ["file": place.file, "columns": header.joined(separator: ", ")])
        }
        self.place = place
        self.spec = spec
        self.timeColumn = timeColumn
        timeField = field
        reader = TimestampReader(zone: spec.zone)
        // Readers of Parquet take names that differ only in case for one.
        var taken: Set<String> = [TimedTable.labelName]
        for index in header.indices where index != field {
            guard !header[index].isEmpty, taken.insert(header[index].lowercased()).inserted else {
                throw ApusError(
                    "timed.column",
                    header[index].isEmpty
                        ? "column \(index + 1) has no name"
                        : "the column \"\(header[index])\" appears twice, or is called like the stored timestamps (ts)",
                    context: ["file": place.file, "columns": header.joined(separator: ", ")])
            }
            values.append(Values(name: header[index], field: index))
        }
    }

    /// Adds a row of texts, one a column of the header.
    /// - Throws: `ApusError` `timed.*` naming file, place and column.
    mutating func append(_ row: Int, _ fields: [String]) throws {
        let text = fields[timeField]
        try append(row) { try $0.read(text) }
        for index in values.indices { append(fields[values[index].field], row, to: index) }
    }

    /// Adds the time of a row.
    /// - Throws: `ApusError` `timed.*` naming file, place and column.
    mutating func append(_ row: Int, _ read: (inout TimestampReader) throws -> UnixNanos) throws {
        let time: UnixNanos
        do { time = try read(&reader) } catch let failure as TimestampReader.Failure {
            throw error(failure.code, failure.message, row, timeColumn)
        }
        if let last = times.last {
            guard time > last else {
                throw error(
                    "timed.order", time == last ? "\(time) occurs twice" : "\(time) does not come after \(last)", row, timeColumn)
            }
            let step = time.rawValue - last.rawValue
            shortest = min(shortest, step)
            if let frequency = spec.frequency, spec.rule.moment != .label, step < frequency.nanos {
                throw error(
                    "timed.frequency",
                    "\(time) is nearer than \(frequency) to the row before it; bar_frequency \(frequency) is not the file's", row,
                    timeColumn)
            }
            // A day of a clock that was put back has 25 hours: its bar would be known an hour before its end.
            if let frequency = spec.frequency, spec.rule.moment != .label, frequency.nanos > UnixNanos.perHour,
                step % frequency.nanos != 0
            {
                throw error(
                    "timed.frequency",
                    "\(time) is no multiple of \(frequency) after the row before it: bars of local days or hours, which "
                        + "clocks put forward and back make shorter and longer, cannot be read; days are a daily_series", row,
                    timeColumn)
            }
        }
        times.append(time)
    }

    private mutating func append(_ text: String, _ row: Int, to index: Int) {
        if let number = DailyTable.number(text) {
            values[index].numbers.append(number)
            if !number.isNaN { values[index].hasNumbers = true }
        } else {
            values[index].numbers.append(.nan)
            if values[index].text == nil { values[index].text = (row, text) }
        }
    }

    /// Columns in which no cell is a number, such as a symbol's, are left out.
    /// - Throws: `ApusError` `timed.number` for a text among numbers, `timed.empty`, `timed.frequency`.
    func finish() throws -> TimedTable {
        for column in values {
            guard let text = column.text, column.hasNumbers else { continue }
            throw error("timed.number", "\"\(text.value.prefix(60))\" is not a number", text.place, column.name)
        }
        let kept = values.filter { $0.text == nil }
        return try finish(kept.map { ($0.name, $0.numbers) })
    }

    /// - Parameter columns: name and values, as many as there are times.
    /// - Throws: `ApusError` `timed.empty`, `timed.frequency`.
    func finish(_ columns: [(name: String, values: [Double])]) throws -> TimedTable {
        guard !times.isEmpty else { throw ApusError("timed.empty", "the file has no rows", context: ["file": place.file]) }
        try checkFrequency()
        var table = TimedTable()
        table.times = times
        table.names = columns.map(\.name)
        table.columns = columns.map(\.values)
        return table
    }

    /// Bars that are said to be shorter than they are would be known before their end.
    private func checkFrequency() throws {
        guard let frequency = spec.frequency, spec.rule.moment != .label, times.count >= 10, shortest > frequency.nanos else {
            return
        }
        let seconds = Double(shortest) / Double(UnixNanos.perSecond)
        throw ApusError(
            "timed.frequency", "no two rows are as near as bar_frequency \(frequency); the nearest are \(seconds) s apart",
            context: ["file": place.file, "column": timeColumn, "rows": "\(times.count)"])
    }

    func error(_ code: String, _ message: String, _ row: Int, _ column: String) -> ApusError {
        ApusError(code, message, context: ["file": place.file, place.name: "\(row)", "column": column])
    }
}
