import Market
import Primitives
import Workbook

/// Where the cells of a source file are, for messages.
struct SourceCells {
    enum Form {
        /// Of a csv file.
        case lines
        /// Of a Parquet file, counted from 1.
        case rows
        /// Of a workbook: the sheet, and in which of its columns each field stands.
        case sheet(String, columns: [Int])
    }

    let file: String
    /// Names of the fields.
    let header: [String]
    let form: Form

    /// A row of texts and its number.
    typealias Row = (number: Int, fields: [String])

    /// An error of one cell.
    /// - Parameter row: the line or the row.
    func error(_ code: String, _ message: String, row: Int, field: Int) -> ApusError {
        switch form {
        case .lines:
            ApusError(code, message, context: ["file": file, "line": "\(row)", "column": header[field]])
        case .rows:
            ApusError(code, message, context: ["file": file, "row": "\(row)", "column": header[field]])
        case .sheet(let sheet, let columns):
            ApusError(
                code, message,
                context: [
                    "file": file, "sheet": sheet, "cell": CellAddress(row: row, column: columns[field]).description,
                    "column": header[field],
                ])
        }
    }

    /// The error of a row that no session of its calendar can hold: no build could tell when it is known.
    func behind(_ calendar: any SessionCalendar, _ label: String, row: Int, field: Int) -> ApusError {
        error(
            "calendar.coverage",
            "\(label) lies behind the calendar \(calendar.name), which knows \(calendar.coverage.lowerBound) to "
                + "\(calendar.coverage.upperBound)", row: row, field: field)
    }

    /// An error of the header.
    func error(_ code: String, _ message: String) -> ApusError {
        ApusError(code, message, context: ["file": file, "columns": header.joined(separator: ", ")])
    }

    /// The field of that name.
    /// - Parameters:
    ///   - what: how a message calls it.
    ///   - beginning: the file's first rows with their numbers, the header among them.
    /// - Throws: `ApusError` of that code, which says what the file looks like instead.
    func field(_ name: String, _ what: String, code: String, beginning: () throws -> [Row]) throws -> Int {
        if let field = header.firstIndex(of: name) { return field }
        let missing = "the \(what) \"\(name)\" is missing"
        if let below = try beginning().first(where: { $0.fields.contains(name) }) {
            let place = if case .lines = form { "line" } else { "row" }
            throw error(
                code,
                below.number > 1
                    ? "\(missing) from the first row, but \(place) \(below.number) has it: remove what stands above"
                    : "\(missing): the columns are separated in another way than by commas alone, or semicolons or tabs alone")
        }
        if let near = Suggestion.closest(to: name, among: header) {
            throw error(code, "\(missing); did you mean \"\(near)\"?")
        }
        if header.contains(where: { if case .number = SeriesCell($0) { true } else { false } }) {
            throw error(code, "\(missing): the first row holds values; put a row of names above it")
        }
        throw error(code, missing)
    }
}

extension SourceCells {
    /// The first lines of a csv file, each as every delimiter cuts it, for `field`.
    static func beginning(ofText file: String) throws -> [Row] {
        let text = try FileBytes.read(file).prefix(1 << 14)
        let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 50, omittingEmptySubsequences: false).prefix(50)
        return lines.enumerated().flatMap { index, line in
            [",", ";", "\t", "|"].map { (delimiter: Unicode.Scalar) in
                let fields = line.split(separator: UInt8(ascii: delimiter), omittingEmptySubsequences: false)
                let texts = fields.map { field in
                    String(decoding: field.filter { $0 != UInt8(ascii: "\"") && $0 != 0x0D }, as: UTF8.self)
                }
                return (index + 1, texts)
            }
        }
    }
}
