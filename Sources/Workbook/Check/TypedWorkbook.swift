import Contracts
import Primitives

/// A row with at least one value, its cells typed. A cell that could not be typed has no value and is in the problem list.
struct TypedRow {
    /// Counted from 1; the headers are row 1.
    let number: Int
    let values: [String: JSONValue]
    /// The text of the id cell even where it is malformed, so that what refers to it is not reported too.
    let id: String?

    func text(_ column: String) -> String? { values[column]?.stringValue }
    func number(_ column: String) -> Double? { values[column]?.doubleValue }
    func object(_ column: String) -> [String: JSONValue]? { values[column]?.objectValue }
    /// The texts of a list column; empty where it is blank.
    func texts(_ column: String) -> [String] { (values[column]?.arrayValue ?? []).compactMap(\.stringValue) }
    func has(_ column: String) -> Bool { values[column] != nil }
    func flag(_ column: String) -> Bool? { values[column]?.boolValue }
    /// Rows of sheets without the column are always in use.
    var isEnabled: Bool { values["enabled"]?.boolValue ?? true }

    var json: JSONValue { .object(values) }
}

struct TypedSheet {
    let schema: WorkbookSheet
    let columns: [String: Int]
    let rows: [TypedRow]
    /// False where the headers could not be read: nothing is known about the sheet's rows.
    let isUsable: Bool

    init(_ sheet: SpreadsheetSheet, _ schema: WorkbookSheet, problems: inout ProblemList) {
        self.schema = schema
        let binding = HeaderBinding(sheet, schema, problems: &problems)
        columns = binding.columns
        isUsable = binding.isUsable
        rows = isUsable ? sheet.rows.compactMap { Self.row($0, schema, binding.columns, &problems) } : []
    }

    /// A sheet of a snapshot: its columns stand where the schema has them, its first row is row 2.
    init(_ schema: WorkbookSheet, rows: [SpreadsheetRow], problems: inout ProblemList) {
        self.schema = schema
        let columns = Dictionary(schema.headers.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        self.columns = columns
        isUsable = true
        self.rows = rows.compactMap { Self.row($0, schema, columns, &problems) }
    }

    private static func row(
        _ row: SpreadsheetRow, _ schema: WorkbookSheet, _ columns: [String: Int], _ problems: inout ProblemList
    ) -> TypedRow? {
        guard row.number > 1 else { return nil }
        let bound = schema.columns.compactMap { column in columns[column.name].map { (column: column, number: $0) } }
        guard bound.contains(where: { row.value($0.number) != nil }) else { return nil }
        var values: [String: JSONValue] = [:]
        for (column, number) in bound {
            let address = CellAddress(row: row.number, column: number)
            guard let cell = row.value(number) else {
                if column.isRequired { problems.add(schema.name, address, "\(column.name) is required") }
                continue
            }
            switch CellConversion.convert(cell, column) {
            case .value(let value): values[column.name] = value
            case .problem(let message, let suggestion): problems.add(schema.name, address, message, suggestion: suggestion)
            }
        }
        let idCell = schema.idColumn.flatMap { columns[$0.name] }.flatMap { row.value($0) }
        return TypedRow(number: row.number, values: values, id: idCell.flatMap { CellForms.text($0) })
    }

    /// Where a row's column stands; the row's first cell where the sheet lacks the column.
    func address(_ row: TypedRow, _ column: String) -> CellAddress { CellAddress(row: row.number, column: columns[column] ?? 1) }

    /// Whether the ids could be read.
    var hasIDs: Bool { isUsable && schema.idColumn.map { columns[$0.name] != nil } == true }
    func row(id: String) -> TypedRow? { rows.first { $0.id == id } }
    var ids: [String] { rows.compactMap(\.id) }
}

/// Every sheet of the schema that the file has.
struct TypedWorkbook {
    let sheets: [String: TypedSheet]

    /// Reports missing and unknown sheets, headers that differ and cells that do not fit their column.
    init(_ file: Spreadsheet, problems: inout ProblemList) {
        var sheets: [String: TypedSheet] = [:]
        let names = WorkbookSchema.sheets.map(\.name)
        let unknown = file.sheets.map(\.name).filter { !names.contains($0) }
        var explained: Set<String> = []
        for name in unknown {
            let near = Suggestion.closest(to: name, among: names.filter { file[$0] == nil })
            if let near { explained.insert(near) }
            problems.add(name, nil, "the workbook has no sheet of this name", suggestion: near.map { "did you mean \"\($0)\"?" })
        }
        for schema in WorkbookSchema.sheets {
            if let sheet = file[schema.name] {
                sheets[schema.name] = TypedSheet(sheet, schema, problems: &problems)
            } else if !explained.contains(schema.name), !schema.isLater {
                problems.add(schema.name, nil, "the sheet is missing", suggestion: "copy it from a new workbook")
            }
        }
        self.sheets = sheets
    }

    init(sheets: [String: TypedSheet]) { self.sheets = sheets }

    subscript(name: String) -> TypedSheet? { sheets[name].flatMap { $0.isUsable ? $0 : nil } }
    func rows(_ name: String) -> [TypedRow] { self[name]?.rows ?? [] }

    /// The row with an id in the first of the sheets that has it.
    func row(id: String, in names: [String]) -> TypedRow? { names.lazy.compactMap { self[$0]?.row(id: id) }.first }

    /// The snapshot of the values; see `Snapshot`.
    var json: JSONValue {
        // A workbook of an earlier version keeps its digest: it says the same.
        let told = WorkbookSchema.sheets.filter { !$0.isLater || !rows($0.name).isEmpty }
        let members = told.map { ($0.name, JSONValue.array(rows($0.name).map(\.json))) }
        return [
            "schema": .string(Configuration.snapshotSchema),
            "sheets": .object(Dictionary(members, uniquingKeysWith: { first, _ in first })),
        ]
    }
}
