/// The problems found so far. A cell that is already known to be wrong is not judged again by later rules.
struct ProblemList {
    private struct Place: Hashable {
        let sheet: String
        let cell: CellAddress
    }

    private var items: [(order: Int, cell: CellAddress?, problem: WorkbookProblem)] = []
    private var flagged: Set<Place> = []
    private var flaggedSheets: Set<String> = []
    private let order: [String: Int]

    init(sheetOrder: [String]) {
        order = Dictionary(sheetOrder.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func add(_ sheet: String, _ cell: CellAddress?, _ message: String, suggestion: String? = nil) {
        flaggedSheets.insert(sheet)
        if let cell { flagged.insert(Place(sheet: sheet, cell: cell)) }
        let problem = WorkbookProblem(sheet: sheet, cell: cell?.description, message: message, suggestion: suggestion)
        if !items.contains(where: { $0.problem == problem }) { items.append((order[sheet] ?? .max, cell, problem)) }
    }

    func isFlagged(_ sheet: String, _ cell: CellAddress) -> Bool { flagged.contains(Place(sheet: sheet, cell: cell)) }

    /// Whether anything in the sheet is wrong.
    func isFlagged(_ sheet: String) -> Bool { flaggedSheets.contains(sheet) }

    /// In the order of sheets, rows and columns.
    var sorted: [WorkbookProblem] { sorted { $1?.description } }

    /// - Parameter place: how the cell of a sheet is named.
    func sorted(naming place: (_ sheet: String, _ cell: CellAddress?) -> String?) -> [WorkbookProblem] {
        let first = CellAddress(row: 0, column: 0)
        return items.enumerated()
            .sorted { a, b in
                (a.element.order, a.element.problem.sheet, a.element.cell ?? first, a.offset)
                    < (b.element.order, b.element.problem.sheet, b.element.cell ?? first, b.offset)
            }
            .map { item in
                let problem = item.element.problem
                return WorkbookProblem(
                    sheet: problem.sheet, cell: place(problem.sheet, item.element.cell), message: problem.message,
                    suggestion: problem.suggestion)
            }
    }
}
