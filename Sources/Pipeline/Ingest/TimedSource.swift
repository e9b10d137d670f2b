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
        var rows = try DelimitedRows(file: file)
        let cells = SourceCells(file: file, header: rows.header, form: .lines)
        let field = try cells.field(timeColumn, timeTitle, code: "timed.column") { try SourceCells.beginning(ofText: file) }
        var builder = try TimedTableBuilder(cells, timeField: field, spec)
        while try rows.next() { try builder.append(rows) }
        return try builder.finish()
    }

    private static let timeTitle = "column of timestamps"

    /// The first sheet: names in its first row, one timestamp a row.
    private static func spreadsheet(_ file: String, _ timeColumn: String, _ spec: TimedSeriesSpec) throws -> TimedTable {
        let sheet = try SeriesSheet(file, area: "timed") { value in
            switch value {
            case .text(let text): return text
            // Counts since 1970 are whole numbers.
            case .number(let number): return Int64(exactly: number).map(String.init) ?? number.description
            case .bool(let flag): return flag ? "1" : "0"
            case .dateTime(let date): return date.instant.map { String($0.description.dropLast()) }
            case .error(SeriesSheet.notAvailable): return SeriesSheet.notAvailable
            default: return nil
            }
        }
        let field = try sheet.cells.field(timeColumn, timeTitle, code: "timed.column") { sheet.beginning }
        var builder = try TimedTableBuilder(sheet.cells, timeField: field, spec)
        try sheet.forEachRow { try builder.append($0, $1) }
        return try builder.finish()
    }

    /// A column of texts is read as a csv file's; truth values are 1 and 0; other columns of times are left out.
    private static func parquet(_ file: String, _ timeColumn: String, _ spec: TimedSeriesSpec) throws -> TimedTable {
        let table = try ParquetReader.table(file)
        let cells = SourceCells(file: file, header: table.columns.map(\.spec.name), form: .rows)
        let field = try cells.field(timeColumn, timeTitle, code: "timed.column") { [] }
        var builder = try TimedTableBuilder(cells, timeField: field, spec)
        let times = table.columns[field]
        for row in 0..<times.values.count {
            try builder.append(row + 1) { reader in
                if times.validity?[row] == false {
                    throw TimestampReader.Failure(code: "timed.time", message: "the timestamp is missing")
                }
                return try time(times, row, &reader)
            }
        }
        for (index, column) in table.columns.enumerated() where index != field {
            if case .strings(let texts) = column.values {
                builder.add(texts, field: index)
            } else if let values = numbers(column) {
                try builder.add(values, field: index)
            }
        }
        return try builder.finish()
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

    /// The values of a column of numbers, NaN where they are missing; nil for one of times.
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
