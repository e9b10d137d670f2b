import Contracts
import Features
import Primitives

/// All rules beyond single cells. Each reports every place it finds; cells already reported are left alone.
struct ConfigurationCheck {
    let workbook: TypedWorkbook
    let transforms: TransformLibrary
    var problems: ProblemList

    /// Types the cells of a file and applies every rule.
    static func run(_ file: Spreadsheet, transforms: TransformLibrary = .builtIn) -> (
        workbook: TypedWorkbook, problems: [WorkbookProblem]
    ) {
        var problems = ProblemList(sheetOrder: WorkbookSchema.sheets.map(\.name))
        let workbook = TypedWorkbook(file, problems: &problems)
        return (workbook, rules(workbook, problems, transforms).sorted)
    }

    /// Applies every rule beyond single cells.
    static func rules(_ workbook: TypedWorkbook, _ problems: ProblemList, _ transforms: TransformLibrary) -> ProblemList {
        var check = ConfigurationCheck(workbook: workbook, transforms: transforms, problems: problems)
        check.checkIdentity()
        check.checkReferences()
        check.checkTargets()
        check.checkPaths()
        check.checkRunbook()
        check.checkData()
        check.checkFeatures()
        check.checkLabels()
        check.checkStrategies()
        check.checkBacktests()
        check.checkCosts()
        check.checkStudies()
        check.checkMetrics()
        check.checkWhole()
        return check.problems
    }

    mutating func report(_ sheet: String, _ row: TypedRow, _ column: String, _ message: String, suggestion: String? = nil) {
        guard let typed = workbook[sheet] else { return }
        problems.add(sheet, typed.address(row, column), message, suggestion: suggestion)
    }

    /// Whether the sheet has the column and the cell was not reported so far.
    func isSound(_ sheet: String, _ row: TypedRow, _ column: String) -> Bool {
        guard let typed = workbook[sheet], typed.columns[column] != nil else { return false }
        return !problems.isFlagged(sheet, typed.address(row, column))
    }

    /// Reports a blank cell that another cell of the row makes necessary, once.
    mutating func require(_ sheet: String, _ row: TypedRow, _ column: String, _ why: String) {
        if !row.has(column), isSound(sheet, row, column) { report(sheet, row, column, "\(column) is required \(why)") }
    }

    /// Reports a value that another cell of the row makes meaningless.
    mutating func refuse(_ sheet: String, _ row: TypedRow, _ column: String, _ why: String) {
        if row.has(column), isSound(sheet, row, column) { report(sheet, row, column, "\(column) must be blank \(why)") }
    }
}

// Ids and references.
extension ConfigurationCheck {
    mutating func checkIdentity() {
        for schema in WorkbookSchema.sheets {
            let rows = workbook.rows(schema.name)
            if let key = schema.idColumn { checkUnique(schema.name, [key.name], rows) { $0.id.map { [$0] } } }
            for group in schema.uniqueTogether {
                checkUnique(schema.name, group, rows) { row in
                    let parts = group.map { row.text($0) }
                    return parts.contains(nil) ? nil : parts.map { $0 ?? "" }
                }
            }
            guard !schema.oneEnabledPer.isEmpty else { continue }
            checkUnique(schema.name, schema.oneEnabledPer, rows.filter(\.isEnabled), enabledOnly: true) { row in
                let parts = schema.oneEnabledPer.map { row.text($0) ?? "" }
                return parts[0].isEmpty ? nil : parts
            }
        }
        let library = workbook["FEATURE_LIBRARY"]
        for row in workbook.rows("ENGINEERED_FEATURES") {
            guard let id = row.id, let other = library?.row(id: id), isSound("ENGINEERED_FEATURES", row, "eng_feature_id") else {
                continue
            }
            report(
                "ENGINEERED_FEATURES", row, "eng_feature_id",
                "\"\(id)\" is already a feature_id (FEATURE_LIBRARY row \(other.number))")
        }
    }

    private mutating func checkUnique(
        _ sheet: String, _ columns: [String], _ rows: [TypedRow], enabledOnly: Bool = false, key: (TypedRow) -> [String]?
    ) {
        var first: [[String]: Int] = [:]
        for row in rows {
            guard let values = key(row) else { continue }
            guard let earlier = first[values] else {
                first[values] = row.number
                continue
            }
            let column = columns.last ?? ""
            guard columns.allSatisfy({ isSound(sheet, row, $0) }) else { continue }
            let shown = values.filter { !$0.isEmpty }.joined(separator: " ")
            report(
                sheet, row, column,
                enabledOnly
                    ? "row \(earlier) is already enabled for \(shown); at most one row may be"
                    : "\"\(shown)\" is already in row \(earlier)")
        }
    }

    mutating func checkReferences() {
        for schema in WorkbookSchema.sheets {
            for column in schema.columns {
                switch column.kind {
                case .reference(let sheets):
                    for row in workbook.rows(schema.name) {
                        guard let id = row.text(column.name) else { continue }
                        checkID([id], sheets, schema.name, row, column.name, inUse: Self.sheetsThatRun.contains(schema.name))
                    }
                case .references(let sheets, let orAll):
                    for row in workbook.rows(schema.name) {
                        let ids = row.texts(column.name)
                        if orAll, ids == ["ALL"] { continue }
                        checkID(ids, sheets, schema.name, row, column.name)
                    }
                default: break
                }
            }
        }
    }

    private static let sheetsThatRun = [
        "STRATEGIES", "BACKTESTS", "SCALING", "PORTFOLIOS", "REPORTING", "COSTS", "GATES", "LABELS",
    ]

    /// Reports ids that none of the sheets has and, where the row is in use, a disabled row that it needs.
    mutating func checkID(
        _ ids: [String], _ sheets: [String], _ sheet: String, _ row: TypedRow, _ column: String, inUse: Bool = false
    ) {
        guard sheets.allSatisfy({ workbook[$0]?.hasIDs == true }), isSound(sheet, row, column) else { return }
        let known = sheets.flatMap { workbook[$0]?.ids ?? [] }
        let place = sheets.joined(separator: " or ")
        let unknown = ids.filter { !known.contains($0) }
        if let first = unknown.first {
            if sheets.contains("FEATURE_LIBRARY") {
                for id in unknown where reportLabel(id, sheet, row, column, wanted: "a feature") { return }
            }
            let shown = unknown.map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
            report(sheet, row, column, "there is no id \(shown) in \(place)", suggestion: Suggestion.text(first, among: known))
            return
        }
        guard inUse, row.isEnabled else { return }
        for id in ids where workbook.row(id: id, in: sheets)?.isEnabled == false {
            report(sheet, row, column, "\"\(id)\" is not enabled in \(place)")
            return
        }
    }

    mutating func checkTargets() {
        for schema in WorkbookSchema.sheets {
            for column in schema.columns {
                guard case .target(let typeColumn) = column.kind else { continue }
                for row in workbook.rows(schema.name) {
                    guard let type = row.text(typeColumn), isSound(schema.name, row, column.name) else { continue }
                    guard let sheet = WorkbookSchema.targetSheet(type) else {
                        refuse(schema.name, row, column.name, "where \(typeColumn) is \(type)")
                        continue
                    }
                    require(schema.name, row, column.name, "where \(typeColumn) is \(type)")
                    if let id = row.text(column.name) { checkTarget(id, sheet, schema.name, row, column.name) }
                }
            }
        }
    }

    private mutating func checkTarget(_ id: String, _ target: String, _ sheet: String, _ row: TypedRow, _ column: String) {
        checkID([id], [target], sheet, row, column, inUse: Self.sheetsThatRun.contains(sheet))
    }
}
