import Contracts
import Primitives
import Workbook

/// Reads a daily series from its csv or xlsx source.
enum DailySource {
    /// - Throws: `ApusError` naming file, line or cell.
    static func read(_ file: String, _ dataset: DatasetSpec) throws -> DailyTable {
        guard let dateColumn = dataset.dateColumn else {
            throw ApusError(
                "config.value", "a daily series needs a date_col",
                context: ["sheet": "DATASETS", "row": dataset.id, "column": "date_col"])
        }
        switch dataset.source {
        case .csv:
            let text = try DelimitedText(bytes: try FileBytes.read(file), file: file)
            return try DailyTable(
                header: text.header, rows: text.rows.map { ($0.line, $0.fields) }, dateColumn: dateColumn, file: file,
                placeName: "line")
        case .xlsx: return try spreadsheet(file, dateColumn: dateColumn)
        case .parquet, .dbn:
            throw ApusError(
                "config.value", "a daily series comes from csv or xlsx",
                context: ["sheet": "DATASETS", "row": dataset.id, "column": "source_type"])
        }
    }

    /// The first sheet: names in its first row, one date a row.
    private static func spreadsheet(_ file: String, dateColumn: String) throws -> DailyTable {
        guard let sheet = try XLSXReader.read(file).sheets.first, let header = sheet.rows.first else {
            throw ApusError("daily.empty", "the workbook has no rows", context: ["file": file])
        }
        let names = try header.cells.map { try text($0.value, file, sheet.name, header.number, $0.column) }
        let rows = try sheet.rows.dropFirst().map { row in
            for cell in row.cells where !header.cells.contains(where: { $0.column == cell.column }) {
                throw ApusError(
                    "daily.column", "a value stands outside the named columns",
                    context: [
                        "file": file, "sheet": sheet.name, "cell": CellAddress(row: row.number, column: cell.column).description,
                    ])
            }
            let fields = try header.cells.map { try text(row.value($0.column), file, sheet.name, row.number, $0.column) }
            return (row.number, fields)
        }
        return try DailyTable(header: names, rows: rows, dateColumn: dateColumn, file: file, placeName: "row")
    }

    private static func text(_ value: SpreadsheetValue?, _ file: String, _ sheet: String, _ row: Int, _ column: Int) throws
        -> String
    {
        switch value {
        case nil: return ""
        case .text(let text): return text
        case .number(let number): return number.description
        case .dateTime(let date): if let instant = date.instant { return instant.utcDate.description }
        default: break
        }
        throw ApusError(
            "daily.cell", "the cell holds \(value?.kindName ?? "nothing"), not a number or a date",
            context: ["file": file, "sheet": sheet, "cell": CellAddress(row: row, column: column).description])
    }
}
