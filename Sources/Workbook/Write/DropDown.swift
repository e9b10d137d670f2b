import Contracts
import Primitives

/// The drop-down list of a column.
struct DropDown {
    enum Source: Equatable {
        case words([String])
        /// An Excel formula that gives a range, written for row 2.
        case formula(String)
    }

    let source: Source
    /// Whether only listed values are right.
    let isStrict: Bool

    /// The lists reach down to row 1001.
    static let lastRow: UInt32 = 1000

    init?(_ column: WorkbookColumn, in sheet: WorkbookSheet) {
        switch column.kind {
        case .boolean:
            let words = [("TRUE", JSONValue.bool(true)), ("FALSE", .bool(false))]
            source = .words(words.filter { column.allowedValues?.contains($0.1) != false }.map(\.0))
            isStrict = true
        // Excel keeps at most 255 characters of a list inside the rule.
        case .choice(let words) where words.joined(separator: ",").utf8.count <= 255:
            source = .words(words.filter { column.allowedValues?.contains(.string($0)) != false })
            isStrict = true
        case .executionTime:
            source = .words(CellForms.executionWords)
            isStrict = false
        case .reference(let sheets):
            guard let formula = Self.range(sheets[0]) else { return nil }
            source = .formula("=" + formula)
            isStrict = sheets.count == 1
        case .datasetReference:
            guard let formula = Self.range("DATASETS") else { return nil }
            source = .formula("=" + formula)
            isStrict = false
        case .target(let typeColumn):
            guard let formula = Self.targets(typeColumn, in: sheet) else { return nil }
            source = .formula(formula)
            isStrict = false
        default: return nil
        }
    }

    /// The id cells of a sheet.
    private static func range(_ name: String) -> String? {
        guard let sheet = WorkbookSchema.sheet(name), let index = sheet.columns.firstIndex(where: \.isUnique) else { return nil }
        let top = String(CellAddress(row: 2, column: index + 1).description.dropLast())
        return "\(name)!$\(top)$2:$\(top)$\(lastRow + 1)"
    }

    /// The ids that the row's type asks for: `=IF($B2="BACKTEST",BACKTESTS!$A$2:$A$1001,...)`.
    private static func targets(_ typeColumn: String, in sheet: WorkbookSheet) -> String? {
        guard let index = sheet.columns.firstIndex(where: { $0.name == typeColumn }),
            case .choice(let types) = sheet.columns[index].kind
        else { return nil }
        let ranges = types.compactMap { type in
            WorkbookSchema.targetSheet(type).flatMap(range).map { (type: type, range: $0) }
        }
        guard let last = ranges.last else { return nil }
        let cell = "$" + CellAddress(row: 2, column: index + 1).description
        let formula =
            "=" + ranges.dropLast().map { "IF(\(cell)=\"\($0.type)\",\($0.range)," }.joined() + last.range
            + String(repeating: ")", count: ranges.count - 1)
        return formula.utf8.count <= 255 ? formula : nil
    }
}
