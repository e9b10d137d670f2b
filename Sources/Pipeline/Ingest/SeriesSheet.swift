import Primitives
import Workbook

/// The first sheet of a workbook as a series: names in its first row, a row of values in each that follows.
struct SeriesSheet {
    let cells: SourceCells
    private let sheet: SpreadsheetSheet
    private let columns: [Int]
    private let area: String
    private let text: (SpreadsheetValue) -> String?

    /// - Parameters:
    ///   - area: of the codes of its errors.
    ///   - text: what a value would be in a csv file; nil for one that no series can hold.
    /// - Throws: `ApusError` `*.empty`, `*.cell` naming sheet and cell, and what the workbook throws.
    init(_ file: String, area: String, text: @escaping (SpreadsheetValue) -> String?) throws {
        guard let sheet = try XLSXReader.read(file).sheets.first, let header = sheet.rows.first else {
            throw ApusError("\(area).empty", "the workbook has no rows", context: ["file": file])
        }
        self.sheet = sheet
        self.area = area
        self.text = text
        let columns = header.cells.map(\.column)
        self.columns = columns
        // A name that cannot be read is told by its place alone.
        let places = SourceCells(
            file: file, header: columns.map { _ in "" }, form: .sheet(sheet.name, columns: columns))
        let names = try columns.indices.map { try Self.read(header, columns[$0], $0, places, area, text) }
        cells = SourceCells(file: file, header: names, form: .sheet(sheet.name, columns: columns))
    }

    /// What a formula says that has no value, as `=NA()`: a missing one.
    static let notAvailable = "#N/A"

    /// The first rows with their numbers, as far as they are texts.
    var beginning: [(number: Int, fields: [String])] {
        sheet.rows.prefix(50).map { row in
            (row.number, row.cells.compactMap { if case .text(let text) = $0.value { text } else { nil } })
        }
    }

    /// Hands over number and texts of each row, one text a name.
    /// - Throws: `ApusError` `*.cell`, `*.column` naming sheet and cell, and what the closure throws.
    func forEachRow(_ body: (Int, [String]) throws -> Void) throws {
        for row in sheet.rows.dropFirst() {
            if let stray = row.cells.first(where: { !columns.contains($0.column) }) {
                throw ApusError(
                    "\(area).column", "a value stands outside the named columns",
                    context: [
                        "file": cells.file, "sheet": sheet.name,
                        "cell": CellAddress(row: row.number, column: stray.column).description,
                    ])
            }
            try body(row.number, try columns.indices.map { try Self.read(row, columns[$0], $0, cells, area, text) })
        }
    }

    private static func read(
        _ row: SpreadsheetRow, _ column: Int, _ field: Int, _ cells: SourceCells, _ area: String,
        _ text: (SpreadsheetValue) -> String?
    ) throws -> String {
        guard let value = row.value(column) else { return "" }
        guard let text = text(value) else {
            throw cells.error(
                "\(area).cell", "the cell holds \(value.kindName), not a number, a text or a date", row: row.number, field: field)
        }
        return text
    }
}
