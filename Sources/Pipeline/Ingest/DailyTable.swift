import Contracts
import Market
import Primitives

/// A daily series.
struct DailyTable: SeriesTable {
    var dates: [CivilDate]
    var names: [String]
    var columns: [[Double]]
    var leftOut: [String] { [] }

    /// - Parameters:
    ///   - rows: number of each row (for messages) and its cells as texts.
    ///   - rule: whose calendar the dates must not leave at its end; nil where nothing says when the values are known.
    /// - Throws: `ApusError` `daily.*`, `calendar.coverage` naming file, place and column; `CalendarError`.
    init(_ cells: SourceCells, dateField: Int, rows: [(row: Int, fields: [String])], rule: KnownTimeRule?) throws {
        let fields = cells.header.indices.filter { $0 != dateField }
        // Readers of Parquet take names that differ only in case for one.
        var taken: Set<String> = [Self.labelName]
        for field in fields where cells.header[field].isEmpty || !taken.insert(cells.header[field].lowercased()).inserted {
            throw cells.error(
                "daily.column",
                cells.header[field].isEmpty
                    ? "column \(field + 1) has no name"
                    : "the column \"\(cells.header[field])\" appears twice, or is called like the stored dates")
        }
        let calendar = try rule.map { try SessionCalendars.named($0.calendar) }
        let last = try calendar?.lastSession.tradeDate
        dates = []
        names = fields.map { cells.header[$0] }
        columns = fields.map { _ in [] }
        for (row, texts) in rows {
            func failure(_ code: String, _ message: String, _ field: Int) -> ApusError {
                cells.error(code, message, row: row, field: field)
            }
            guard let date = Self.date(texts[dateField]) else {
                throw failure("daily.date", "\"\(texts[dateField])\" is not a date YYYY-MM-DD or M/D/YYYY", dateField)
            }
            guard (1678...2261).contains(date.year) else {
                throw failure("daily.date", "\(date) lies outside the years 1678 to 2261", dateField)
            }
            // No build could tell when such a value is known. Dates from before the calendar begins are left out there.
            if let calendar, let last, date > last {
                throw cells.behind(calendar, date.description, row: row, field: dateField)
            }
            if let previous = dates.last, date <= previous {
                throw failure("daily.order", "\(date) does not come after \(previous)", dateField)
            }
            dates.append(date)
            for (slot, field) in fields.enumerated() {
                switch SeriesCell(texts[field]) {
                case .number(let number): columns[slot].append(number)
                case .missing: columns[slot].append(.nan)
                case .infinite, .text: throw failure("daily.number", SeriesCell.complaint(texts[field]), field)
                }
            }
        }
        guard !dates.isEmpty else { throw ApusError("daily.empty", "the file has no rows", context: ["file": cells.file]) }
    }

    /// `YYYY-MM-DD`, also with a time behind it, or `M/D/YYYY`.
    static func date(_ text: String) -> CivilDate? {
        if let date = CivilDate(text) { return date }
        if text.utf8.count > 10, let time = UnixNanos(iso8601: text) { return time.utcDate }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].utf8.count == 4, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let month = Int(parts[0]), let day = Int(parts[1]), let year = Int(parts[2])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    var labels: [CivilDate] { dates }
    static let labelName = "date"
    static func instant(_ label: CivilDate) -> UnixNanos { UnixNanos(label) }
    var labelColumn: Column { Column(ColumnSpec(Self.labelName, .date), .ints(dates.map { Int64($0.daysSinceEpoch) })) }

    static func read(_ file: String, _ dataset: DatasetSpec) throws -> DailyTable { try DailySource.read(file, dataset) }

    init(_ table: Table) {
        dates = (table[Self.labelName]?.ints ?? []).map { CivilDate(daysSinceEpoch: Int32($0)) }
        (names, columns) = Self.values(table)
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard isBlank(utf8.first) || isBlank(utf8.last) else { return self }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
