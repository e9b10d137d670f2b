import Contracts
import Primitives

/// A daily series as it is stored: strictly increasing dates and numeric columns, NaN where a cell was empty.
struct DailyTable: Equatable {
    var dates: [CivilDate]
    var names: [String]
    var columns: [[Double]]

    static func == (a: DailyTable, b: DailyTable) -> Bool {
        a.dates == b.dates && a.names == b.names
            && zip(a.columns, b.columns).allSatisfy { zip($0, $1).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) } }
    }

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
    private static func number(_ text: String) -> Double? {
        let trimmed = text.trimmed
        if trimmed.isEmpty || trimmed == "." || trimmed == "NaN" || trimmed == "NA" { return .nan }
        guard let value = Double(trimmed), value.isFinite else { return nil }
        return value
    }

    /// The canonical Parquet form: `date`, then every column as a nullable Float64 under its own name.
    var table: Table {
        let dateColumn = Column(ColumnSpec("date", .date), .ints(dates.map { Int64($0.daysSinceEpoch) }))
        return Table(
            [dateColumn]
                + zip(names, columns).map { name, values in
                    let validity = values.map { !$0.isNaN }
                    return Column(
                        ColumnSpec(name, .double, nullable: true), .doubles(values),
                        validity: validity.allSatisfy { $0 } ? nil : validity)
                })
    }

    /// Reads back what `table` wrote.
    init(_ table: Table) {
        dates = (table["date"]?.ints ?? []).map { CivilDate(daysSinceEpoch: Int32($0)) }
        let rest = table.columns.filter { $0.spec.name != "date" }
        names = rest.map(\.spec.name)
        columns = rest.map { column in
            column.doubles.enumerated().map { column.validity?[$0.offset] == false ? .nan : $0.element }
        }
    }

    /// A change of history.
    struct Revision: CustomStringConvertible {
        let date: CivilDate?
        let description: String
    }

    /// The first change of history against an earlier state: a value that differs, a row that vanished, or a row that appeared
    /// before the end. A table that is the beginning of the earlier one changes nothing.
    func firstRevision(of earlier: DailyTable) -> Revision? {
        if names != earlier.names {
            return Revision(
                date: nil,
                description: "its columns are \(names.joined(separator: ", ")) and were \(earlier.names.joined(separator: ", "))")
        }
        for index in earlier.dates.indices {
            guard index < dates.count else { return nil }
            let date = dates[index], old = earlier.dates[index]
            if date != old {
                return Revision(
                    date: min(date, old), description: date > old ? "the row of \(old) is gone" : "a row of \(date) was inserted")
            }
            for column in columns.indices {
                let old = earlier.columns[column][index], new = columns[column][index]
                if old != new && !(old.isNaN && new.isNaN) {
                    return Revision(date: date, description: "\(names[column]) of \(date) was \(old) and is \(new)")
                }
            }
        }
        return nil
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: blank).reversed().drop(while: blank).reversed())
    }
}
