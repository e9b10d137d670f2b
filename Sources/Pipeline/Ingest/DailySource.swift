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
            let text = try DelimitedText(file: file)
            let cells = SourceCells(file: file, header: text.header, form: .lines)
            let field = try cells.field(
                dateColumn, title, code: "daily.column", beginning: { try SourceCells.beginning(ofText: file) })
            return try DailyTable(
                cells, dateField: field, rows: text.rows.map { ($0.line, $0.fields) }, rule: dataset.knownTimeRule)
        case .xlsx:
            let sheet = try SeriesSheet(file, area: "daily") { value in
                switch value {
                case .text(let text): return text
                case .number(let number): return number.description
                case .dateTime(let date): return date.instant?.utcDate.description
                case .error(SeriesSheet.notAvailable): return SeriesSheet.notAvailable
                default: return nil
                }
            }
            let field = try sheet.cells.field(dateColumn, title, code: "daily.column", beginning: { sheet.beginning })
            var rows: [(Int, [String])] = []
            try sheet.forEachRow { rows.append(($0, $1)) }
            return try DailyTable(sheet.cells, dateField: field, rows: rows, rule: dataset.knownTimeRule)
        case .parquet, .dbn:
            throw ApusError(
                "config.value", "a daily series comes from csv or xlsx",
                context: ["sheet": "DATASETS", "row": dataset.id, "column": "source_type"])
        }
    }

    private static let title = "date column"
}
