import Contracts
import Primitives

/// A daily series.
struct DailyTable: SeriesTable {
    var dates: [CivilDate]
    var names: [String]
    var columns: [[Double]]

    /// - Parameters:
    ///   - header: column names, the date column among them.
    ///   - rows: where each row stands (for messages) and its cells as text.
    ///   - place: what a row's place is called, `line` or `row`.
    /// - Throws: `ApusError` `daily.*` naming file, place and column.
    init(
        header: [String], rows: [(place: Int, fields: [String])], dateColumn: String, file: String, placeName: String
    ) throws {
        guard let dateIndex = header.firstIndex(of: dateColumn) else {
            throw ApusError(
                "daily.column", "the date column \"\(dateColumn)\" is missing",
                context: ["file": file, "columns": header.joined(separator: ", ")])
        }
        func failure(_ code: String, _ message: String, _ place: Int, _ column: String) -> ApusError {
            ApusError(code, message, context: ["file": file, placeName: "\(place)", "column": column])
        }
        let valueIndices = header.indices.filter { $0 != dateIndex }
        // Readers of Parquet take names that differ only in case for one.
        var taken: Set<String> = ["date"]
        for index in valueIndices where !taken.insert(header[index].lowercased()).inserted {
            throw ApusError(
                "daily.column", "the column \"\(header[index])\" appears twice, or is called like the stored dates",
                context: ["file": file, "columns": header.joined(separator: ", ")])
        }
        dates = []
        names = valueIndices.map { header[$0] }
        columns = valueIndices.map { _ in [] }
        for row in rows {
            let text = row.fields[dateIndex]
            guard let date = Self.date(text) else {
                throw failure("daily.date", "\"\(text)\" is not a date YYYY-MM-DD or M/D/YYYY", row.place, dateColumn)
            }
            if let last = dates.last, date <= last {
                throw failure("daily.order", "\(date) does not come after \(last)", row.place, dateColumn)
            }
            dates.append(date)
            for (slot, index) in valueIndices.enumerated() {
                guard let value = Self.number(row.fields[index]) else {
                    throw failure("daily.number", "\"\(row.fields[index])\" is not a number", row.place, header[index])
                }
                columns[slot].append(value)
            }
        }
        guard !dates.isEmpty else { throw ApusError("daily.empty", "the file has no rows", context: ["file": file]) }
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

    /// An empty cell is NaN; `.` too, as FRED writes it.
    static func number(_ text: String) -> Double? {
        // Most cells are plain numbers.
        if let value = Double(text), value.isFinite { return value }
        let trimmed = text.trimmed
        if trimmed.isEmpty || trimmed == "." || trimmed == "NaN" || trimmed == "NA" { return .nan }
        guard let value = Double(trimmed), value.isFinite else { return nil }
        return value
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
