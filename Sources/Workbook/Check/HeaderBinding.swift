import Contracts
import Primitives

/// Which column of a sheet holds which header.
struct HeaderBinding {
    /// Column numbers by header, for the headers that were found (or almost).
    private(set) var columns: [String: Int] = [:]
    /// Columns with a header that the sheet does not have.
    private var ignored: Set<Int> = []
    /// False where the header row cannot be used at all.
    private(set) var isUsable = true

    init(_ sheet: SpreadsheetSheet, _ schema: WorkbookSheet, problems: inout ProblemList) {
        for range in sheet.mergedRanges {
            let place = range.first.row == 1 ? "the header cells \(range) are merged" : "the cells \(range) are merged"
            problems.add(schema.name, range.first, place, suggestion: "unmerge them")
            if range.first.row == 1 { isUsable = false }
        }
        guard isUsable else { return }
        let cells = sheet.row(1)?.cells ?? []
        guard !cells.isEmpty else {
            problems.add(
                schema.name, CellAddress(row: 1, column: 1),
                "the first row holds no headers; expected \(schema.headers.joined(separator: ", "))")
            isUsable = false
            return
        }
        bind(cells, schema, &problems)
        reportMissing(schema, &problems)
        reportOrder(schema, &problems)
        reportHeaderless(sheet, schema, &problems)
    }

    private mutating func bind(_ cells: [SpreadsheetRow.Cell], _ schema: WorkbookSheet, _ problems: inout ProblemList) {
        var unknown: [(column: Int, text: String)] = []
        for cell in cells {
            let address = CellAddress(row: 1, column: cell.column)
            guard let text = CellForms.text(cell.value) else {
                problems.add(schema.name, address, "a header is expected, the cell holds \(cell.value.kindName)")
                ignored.insert(cell.column)
                continue
            }
            guard schema.column(text) != nil else {
                unknown.append((cell.column, text))
                continue
            }
            if let first = columns[text] {
                let place = CellAddress(row: 1, column: first)
                problems.add(schema.name, address, "the header \"\(text)\" is already in \(place)")
                ignored.insert(cell.column)
            } else {
                columns[text] = cell.column
            }
        }
        // A header that is nearly right is one problem, not an unknown and a missing one.
        for (column, text) in unknown {
            let missing = schema.headers.filter { columns[$0] == nil }
            let near = Suggestion.closest(to: text, among: missing)
            problems.add(
                schema.name, CellAddress(row: 1, column: column), "\(schema.name) has no column \"\(text.prefix(60))\"",
                suggestion: near.map { "did you mean \"\($0)\"?" })
            if let near { columns[near] = column } else { ignored.insert(column) }
        }
    }

    private mutating func reportMissing(_ schema: WorkbookSheet, _ problems: inout ProblemList) {
        for (index, column) in schema.columns.enumerated() where columns[column.name] == nil && !column.isLater {
            let before = schema.columns[..<index].last { columns[$0.name] != nil }
            let place = before.flatMap { columns[$0.name] }.map { $0 + 1 } ?? 1
            problems.add(
                schema.name, CellAddress(row: 1, column: place), "the column \"\(column.name)\" is missing",
                suggestion: before.map { "insert it after \"\($0.name)\"" } ?? "insert it first")
        }
    }

    /// Reports the first header that stands before one it should follow.
    private func reportOrder(_ schema: WorkbookSheet, _ problems: inout ProblemList) {
        let wanted = schema.headers.filter { columns[$0] != nil }
        let found = wanted.sorted { columns[$0] ?? 0 < columns[$1] ?? 0 }
        guard let index = wanted.indices.first(where: { wanted[$0] != found[$0] }) else { return }
        problems.add(
            schema.name, CellAddress(row: 1, column: columns[found[index]] ?? 1),
            "the headers are out of order: \"\(wanted[index])\" should be here, not \"\(found[index])\"")
    }

    private func reportHeaderless(_ sheet: SpreadsheetSheet, _ schema: WorkbookSheet, _ problems: inout ProblemList) {
        var known = ignored.union(columns.values)
        for row in sheet.rows where row.number > 1 {
            for cell in row.cells where known.insert(cell.column).inserted {
                problems.add(
                    schema.name, CellAddress(row: row.number, column: cell.column),
                    "this column has no header; nothing reads the cell")
            }
        }
    }
}
