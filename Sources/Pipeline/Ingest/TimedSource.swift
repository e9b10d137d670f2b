import Contracts
import Lake
import Primitives
import Workbook

/// Reads a timed series from its csv, xlsx or Parquet source.
enum TimedSource {
    /// - Throws: `ApusError` naming file, line, row or cell.
    static func read(_ file: String, _ dataset: DatasetSpec) throws -> TimedTable {
        guard let timeColumn = dataset.dateColumn, let spec = dataset.timed else {
            throw ApusError(
                "config.value", "a timed series needs a date_col",
                context: ["sheet": "DATASETS", "row": dataset.id, "column": "date_col"])
        }
        switch dataset.source {
        case .csv: return try csv(file, timeColumn, spec)
        case .xlsx: return try spreadsheet(file, timeColumn, spec)
        case .parquet: return try parquet(file, timeColumn, spec)
        case .dbn:
            throw ApusError(
                "config.value", "a timed series comes from csv, xlsx or parquet",
                context: ["sheet": "DATASETS", "row": dataset.id, "column": "source_type"])
        }
    }

    private static func csv(_ file: String, _ timeColumn: String, _ spec: TimedSeriesSpec) throws -> TimedTable {
        var builder: TimedTableBuilder?
        try DelimitedText.read(try FileBytes.read(file), file: file) { header in
            builder = try TimedTableBuilder(
                header: header, timeColumn: timeColumn, spec, .init(file: file, name: "line"))
        } row: { row in
            try builder?.append(row.line, row.fields)
        }
        guard let builder else { throw ApusError("timed.empty", "the file has no rows", context: ["file": file]) }
        return try builder.finish()
    }

    /// The first sheet: names in its first row, one timestamp a row.
    private static func spreadsheet(_ file: String, _ timeColumn: String, _ spec: TimedSeriesSpec) throws -> TimedTable {
        guard let sheet = try XLSXReader.read(file).sheets.first, let header = sheet.rows.first else {
            throw ApusError("timed.empty", "the workbook has no rows", context: ["file": file])
        }
        func failure(_ code: String, _ message: String, _ row: Int, _ column: Int) -> ApusError {
            ApusError(
                code, message,
                context: ["file": file, "sheet": sheet.name, "cell": CellAddress(row: row, column: column).description])
        }
        func text(_ value: SpreadsheetValue?, _ row: Int, _ column: Int) throws -> String {
            switch value {
            case nil: return ""
            case .text(let text): return text
            // Counts since 1970 are whole numbers.
            case .number(let number): return Int64(exactly: number).map(String.init) ?? number.description
            case .bool(let flag): return flag ? "1" : "0"
            case .dateTime(let date):
                if let instant = date.instant { return String(instant.description.dropLast()) }
                fallthrough
            default:
                let found = value?.kindName ?? "nothing"
                throw failure("timed.cell", "the cell holds \(found), not a number, a text or a date", row, column)
            }
        }
        let names = try header.cells.map { try text($0.value, header.number, $0.column) }
        var builder = try TimedTableBuilder(header: names, timeColumn: timeColumn, spec, .init(file: file, name: "row"))
        for row in sheet.rows.dropFirst() {
            for cell in row.cells where !header.cells.contains(where: { $0.column == cell.column }) {
                throw failure("timed.column", "a value stands outside the named columns", row.number, cell.column)
            }
            try builder.append(row.number, try header.cells.map { try text(row.value($0.column), row.number, $0.column) })
        }
        return try builder.finish()
    }

    /// Columns of texts are left out; truth values are 1 and 0.
    private static func parquet(_ file: String, _ timeColumn: String, _ spec: TimedSeriesSpec) throws -> TimedTable {
        let table = try ParquetReader.table(file)
        var builder = try TimedTableBuilder(
            header: table.columns.map(\.spec.name), timeColumn: timeColumn, spec, .init(file: file, name: "row"))
        let times = table.columns[builder.timeField]
        let count = times.values.count
        for row in 0..<count {
            try builder.append(row + 1) { reader in
                if times.validity?[row] == false {
                    throw TimestampReader.Failure(code: "timed.time", message: "the timestamp is missing")
                }
                return try time(times, row, &reader)
            }
        }
        let columns = table.columns.enumerated().compactMap { index, column -> (String, [Double])? in
            guard index != builder.timeField, let values = numbers(column) else { return nil }
            return (column.spec.name, values)
        }
        for (name, values) in columns {
            guard let row = values.firstIndex(where: \.isInfinite) else { continue }
            throw builder.error("timed.number", "the value is infinite", row + 1, name)
        }
        return try builder.finish(columns)
    }

    private static func time(_ column: Column, _ row: Int, _ reader: inout TimestampReader) throws -> UnixNanos {
        func scaled(_ factor: Int64) throws -> UnixNanos {
            let (nanos, overflow) = column.ints[row].multipliedReportingOverflow(by: factor)
            guard !overflow else {
                throw TimestampReader.Failure(code: "timed.time", message: "the timestamp lies outside the years 1678 to 2262")
            }
            return UnixNanos(nanos)
        }
        switch column.spec.type {
        case .timestampNanos(let utc): return utc ? try reader.instant(try scaled(1)) : try reader.wallClock(try scaled(1))
        case .timestampMicros(let utc):
            return utc ? try reader.instant(try scaled(1_000)) : try reader.wallClock(try scaled(1_000))
        case .date: return try reader.wallClock(try scaled(UnixNanos.perDay))
        case .string: return try reader.read(column.strings[row])
        case .double:
            let value = column.doubles[row]
            return try reader.read(Int64(exactly: value).map(String.init) ?? value.description)
        case .bool: throw TimestampReader.Failure(code: "timed.time", message: "the column holds truth values, not timestamps")
        default: return try reader.read("\(column.ints[row])")
        }
    }

    /// The values of a column of numbers, NaN where they are missing; nil for one of texts or times.
    private static func numbers(_ column: Column) -> [Double]? {
        let values: [Double]
        switch (column.spec.type, column.values) {
        case (.uint64, .ints(let ints)): values = ints.map { Double(UInt64(bitPattern: $0)) }
        case (.date, _), (.timestampMicros, _), (.timestampNanos, _), (_, .strings): return nil
        case (_, .ints(let ints)): values = ints.map(Double.init)
        case (_, .bools(let flags)): values = flags.map { $0 ? 1 : 0 }
        case (_, .doubles(let doubles)): values = doubles
        }
        guard let validity = column.validity else { return values }
        return zip(values, validity).map { $1 ? $0 : .nan }
    }
}
