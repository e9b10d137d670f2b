import Contracts
public import Features
public import Primitives

/// The workbook's rules for a snapshot, which may have been written by hand or by an earlier version.
public enum SnapshotCheck {
    /// Every problem, ordered by sheet, row and column; `WorkbookProblem.cell` holds the row's id, or its number where it has
    /// none, and the column. Rows are counted as in a workbook: the first is row 2.
    ///
    /// A value must be what an export writes: what the cell of a workbook would turn into.
    public static func problems(_ snapshot: JSONValue, transforms: TransformLibrary = .builtIn) -> [WorkbookProblem] {
        var list = ProblemList(sheetOrder: WorkbookSchema.sheets.map(\.name))
        var other: [WorkbookProblem] = []
        let schema = Configuration.snapshotSchema
        guard snapshot["schema"]?.stringValue == schema, let sheets = snapshot["sheets"]?.objectValue else {
            return [WorkbookProblem(sheet: "-", cell: nil, message: "this is not a configuration snapshot of schema \(schema)")]
        }
        for key in (snapshot.objectValue ?? [:]).keys.sorted() where key != "schema" && key != "sheets" {
            other.append(WorkbookProblem(sheet: "-", cell: nil, message: "a snapshot has no member \"\(key.prefix(60))\""))
        }
        let names = WorkbookSchema.sheets.map(\.name)
        for name in sheets.keys.sorted() where !names.contains(name) {
            list.add(
                name, nil, "the workbook has no sheet of this name",
                suggestion: Suggestion.text(name, among: names.filter { sheets[$0] == nil }))
        }
        var typed: [String: TypedSheet] = [:]
        for schema in WorkbookSchema.sheets where !schema.isLater || sheets[schema.name] != nil {
            guard let rows = sheets[schema.name]?.arrayValue else {
                list.add(schema.name, nil, sheets[schema.name] == nil ? "the sheet is missing" : "a list of rows is expected")
                continue
            }
            let cells = rows.enumerated().compactMap { Self.row($1, number: $0 + 2, schema, &list, &other) }
            let sheet = TypedSheet(schema, rows: cells, problems: &list)
            for row in sheet.rows { compare(row, rows[row.number - 2].objectValue ?? [:], sheet, &list) }
            typed[schema.name] = sheet
        }
        let found = ConfigurationCheck.rules(TypedWorkbook(sheets: typed), list, transforms)
        return other + found.sorted { sheet, cell in cell.flatMap { place($0, typed[sheet]) } }
    }

    /// A row's values as the cells that would give them.
    private static func row(
        _ value: JSONValue, number: Int, _ schema: WorkbookSheet, _ list: inout ProblemList, _ other: inout [WorkbookProblem]
    ) -> SpreadsheetRow? {
        guard let members = value.objectValue, !members.isEmpty else {
            other.append(
                WorkbookProblem(sheet: schema.name, cell: "row \(number)", message: "an object with a value is expected"))
            return nil
        }
        for key in members.keys.sorted() where schema.column(key) == nil {
            other.append(
                WorkbookProblem(
                    sheet: schema.name, cell: "row \(number)", message: "\(schema.name) has no column \"\(key.prefix(60))\"",
                    suggestion: Suggestion.text(key, among: schema.headers.filter { members[$0] == nil })))
        }
        var cells: [SpreadsheetRow.Cell] = []
        for (index, column) in schema.columns.enumerated() {
            guard let value = members[column.name] else { continue }
            if let cell = cell(value) {
                cells.append(SpreadsheetRow.Cell(column: index + 1, value: cell))
            } else {
                list.add(schema.name, CellAddress(row: number, column: index + 1), "no cell holds such a value")
            }
        }
        return SpreadsheetRow(number: number, cells: cells)
    }

    private static func cell(_ value: JSONValue) -> SpreadsheetValue? {
        switch value {
        case .null: nil
        case .string(let text): .text(text)
        case .bool(let flag): .bool(flag)
        case .int(let number): Int64(exactly: Double(number)) == number ? .number(Double(number)) : nil
        case .double(let number): number.isFinite ? .number(number) : nil
        case .array(let items) where !items.contains { $0.objectValue != nil }: list(items).map { .text($0) }
        case .array, .object: (try? CanonicalJSON.text(value)).map { .text($0) }
        }
    }

    private static func list(_ items: [JSONValue]) -> String? {
        let words = items.compactMap { $0.stringValue ?? $0.intValue.map(String.init) }
        return words.count == items.count ? words.joined(separator: ",") : nil
    }

    /// Reports values that a workbook's cell would not turn into, such as the text `1, 2` for a list.
    private static func compare(
        _ row: TypedRow, _ given: [String: JSONValue], _ sheet: TypedSheet, _ list: inout ProblemList
    ) {
        for column in sheet.schema.columns {
            guard let value = given[column.name], let typed = row.values[column.name], !isSame(value, typed) else { continue }
            list.add(
                sheet.schema.name, sheet.address(row, column.name), "the value is not written as an export writes it",
                suggestion: (try? CanonicalJSON.text(typed)).map { "write \($0)" })
        }
    }

    /// Numbers count by their value: 1 and 1.0 are one number.
    private static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
        if let x = a.doubleValue, let y = b.doubleValue { return x == y }
        if case .array(let x) = a, case .array(let y) = b {
            return x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1) }
        }
        if case .object(let x) = a, case .object(let y) = b {
            return x.count == y.count && x.allSatisfy { key, value in y[key].map { isSame(value, $0) } == true }
        }
        return a == b
    }

    private static func place(_ cell: CellAddress, _ sheet: TypedSheet?) -> String? {
        guard let sheet, sheet.schema.columns.indices.contains(cell.column - 1) else { return "row \(cell.row)" }
        let column = sheet.schema.columns[cell.column - 1].name
        if cell.row < 2 { return column }
        let id = sheet.schema.idColumn?.kind == .integer ? nil : sheet.rows.first { $0.number == cell.row }?.id
        return "\(id ?? "row \(cell.row)") \(column)"
    }
}
