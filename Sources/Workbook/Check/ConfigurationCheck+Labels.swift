import Contracts
import Labels
import Primitives

// LABELS.
extension ConfigurationCheck {
    mutating func checkLabels() {
        for row in workbook.rows("LABELS") {
            checkLabelID(row)
            checkLabelInstruments(row)
            checkLabel(row)
        }
    }

    /// Reports an id of LABELS where something is wanted that a decision may read. False where it is none.
    mutating func reportLabel(_ id: String, _ sheet: String, _ row: TypedRow, _ column: String, wanted: String) -> Bool {
        guard let label = workbook["LABELS"]?.row(id: id) else { return false }
        report(
            sheet, row, column,
            "\"\(id.prefix(60))\" is a label (LABELS row \(label.number)): it holds the future, and \(wanted) is needed here")
        return true
    }

    private mutating func checkLabelID(_ row: TypedRow) {
        guard let id = row.id, isSound("LABELS", row, "label_id") else { return }
        for sheet in WorkbookSchema.featureIDSheets {
            guard let other = workbook[sheet]?.row(id: id) else { continue }
            report("LABELS", row, "label_id", "\"\(id)\" is already the id of a feature (\(sheet) row \(other.number))")
            return
        }
    }

    private mutating func checkLabelInstruments(_ row: TypedRow) {
        for column in ["instrument_id", "benchmark_instrument_id"] {
            guard let id = row.text(column), isSound("LABELS", row, column),
                workbook["INSTRUMENTS"]?.row(id: id)?.text("return_model") == "none"
            else { continue }
            report("LABELS", row, column, "\"\(id)\" has no returns: its return_model is none")
        }
        guard let id = row.text("benchmark_instrument_id"), isSound("LABELS", row, "benchmark_instrument_id"),
            id == row.text("instrument_id")
        else { return }
        report("LABELS", row, "benchmark_instrument_id", "\"\(id)\" cannot be its own benchmark")
    }

    private mutating func checkLabel(_ row: TypedRow) {
        let sheet = "LABELS"
        guard let name = row.text("label"), isSound(sheet, row, "label") else { return }
        let named: LabelSpec
        do { named = try LabelSpec.named(name) } catch LabelError.unknownLabel(_, let near) {
            return report(
                sheet, row, "label", "there is no label \"\(name.prefix(60))\"",
                suggestion: near.map { "did you mean \"\($0)\"?" })
        } catch { return report(sheet, row, "label", "\(error)") }
        guard let definition = LabelCatalogue.named(named.definition) else { return }
        checkMembers(row, definition)
        guard isSound(sheet, row, "params_json") else { return }
        let given = row.object("params_json") ?? [:]
        if let twice = given.keys.sorted().first(where: { named.parameters[$0] != nil }) {
            return report(sheet, row, "params_json", "the label's name \"\(name)\" says \(twice) already")
        }
        checkParameters(
            sheet, row, "params_json", definition.parameters.filter { named.parameters[$0.name] == nil },
            of: "label \(definition.name)")
        guard isSound(sheet, row, "params_json") else { return }
        if definition.family != .crossSection { checkInputs(row, named.adding(given)) }
    }

    /// A label that compares instruments names their labels and reads nothing else; another one names none.
    private mutating func checkMembers(_ row: TypedRow, _ definition: LabelDefinition) {
        let (sheet, column) = ("LABELS", "member_label_ids")
        guard definition.family == .crossSection else {
            if row.has(column) { refuse(sheet, row, column, "for the label \(definition.name), which is of one instrument") }
            return
        }
        for other in ["volatility_feature_id", "side_feature_id", "benchmark_instrument_id"] where row.has(other) {
            refuse(sheet, row, other, "for the label \(definition.name), which reads other labels")
        }
        guard isSound(sheet, row, column) else { return }
        let members = row.texts(column)
        guard !members.isEmpty else { return require(sheet, row, column, "by the label \(definition.name)") }
        var instruments: Set<String> = []
        for member in members.compactMap({ workbook[sheet]?.row(id: $0) }) {
            let name = member.id ?? ""
            if let label = member.text("label"), LabelCatalogue.named(label)?.family == .crossSection {
                return report(sheet, row, column, "\"\(name)\" compares instruments itself; only labels of one can be compared")
            }
            guard let instrument = member.text("instrument_id") else { return }
            guard instruments.insert(instrument).inserted else {
                return report(
                    sheet, row, column, "\"\(name)\" is a second label of \(instrument); one of each instrument is compared")
            }
        }
        guard let own = row.text("instrument_id") else { return }
        if !instruments.contains(own) {
            return report(sheet, row, column, "no label of \(own), the row's own instrument, is among them")
        }
        if instruments.count < 2 { report(sheet, row, column, "one label cannot be compared with itself; name two or more") }
    }

    /// Whether the row names what the label reads, and nothing else.
    private mutating func checkInputs(_ row: TypedRow, _ spec: LabelSpec) {
        let columns: [(LabelInput, String)] = [
            (.volatility, "volatility_feature_id"), (.side, "side_feature_id"), (.benchmark, "benchmark_instrument_id"),
        ]
        var given = Set(columns.filter { row.has($0.1) || !isSound("LABELS", row, $0.1) }.map(\.0))
        if spec.hasOwnVolatility { given.insert(.volatility) }
        do { try LabelBuilder.check(spec, given: given) } catch LabelError.missingInput(_, let input) {
            guard let column = columns.first(where: { $0.0.rawValue == input })?.1 else { return }
            require("LABELS", row, column, "by the label \(spec.definition) with these parameters")
        } catch LabelError.unreadInput(_, let input) {
            guard let column = columns.first(where: { $0.0.rawValue == input })?.1 else { return }
            refuse("LABELS", row, column, "for the label \(spec.definition), which does not read it with these parameters")
        } catch { report("LABELS", row, "params_json", "\(error)") }
    }
}
