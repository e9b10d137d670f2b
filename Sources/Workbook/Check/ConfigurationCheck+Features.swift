import Contracts
import Features
import Primitives

// FEATURE_LIBRARY, ENGINEERED_FEATURES, FEATURE_SETS, GATES.
extension ConfigurationCheck {
    mutating func checkFeatures() {
        for row in workbook.rows("FEATURE_LIBRARY") { checkLibraryFeature(row) }
        for row in workbook.rows("ENGINEERED_FEATURES") { checkEngineeredFeature(row) }
        checkCircles()
        for row in workbook.rows("FEATURE_SETS") { checkFeatureSet(row) }
        for row in workbook.rows("GATES") { checkGate(row) }
        for row in workbook.rows("PORTFOLIOS") {
            checkRules(row)
            checkWeights(row)
        }
    }

    /// Repeating the last value without end would bring back what is too old.
    private mutating func checkAge(_ sheet: String, _ row: TypedRow) {
        guard let age = row.text("max_age"), isSound(sheet, row, "max_age"), row.text("missing_policy") == "ffill" else { return }
        report(
            sheet, row, "max_age", "missing_policy ffill repeats a value for ever, also one that is older than \(age)",
            suggestion: "write ffill:ROWS, drop or another missing_policy")
    }

    private mutating func checkLibraryFeature(_ row: TypedRow) {
        let sheet = "FEATURE_LIBRARY"
        checkAge(sheet, row)
        let references = checkReferences(row)
        if checkSource(sheet, row, "dataset_id", kinds: Self.featureTables),
            let source = row.text("dataset_id").flatMap(CellForms.datasetReference)
        {
            if let derived = source.derived {
                for reference in references ?? [] where reference.source == nil {
                    checkColumn(named: reference.column, sheet, row, "input_col", of: derived)
                }
                require(sheet, row, "instrument_scope", "for a derived table")
                refuse(sheet, row, "availability_lag_days", "for a derived table, known bar by bar")
                checkScope(row, source)
            } else {
                refuse(sheet, row, "instrument_scope", "for a series, which holds one")
                if !isTimed(source.dataset) { checkLag(row, source.dataset) }
            }
        }
        guard let name = row.text("transform"), isSound(sheet, row, "transform") else { return }
        guard let transform = transforms.named(name) else {
            if TransformCatalogue.combination(name) != nil {
                return report(
                    sheet, row, "transform", "\"\(name)\" makes one feature of several features, not of columns",
                    suggestion: "write it as combine_transform in ENGINEERED_FEATURES")
            }
            return report(
                sheet, row, "transform", "there is no transform \"\(name.prefix(60))\"",
                suggestion: Suggestion.text(name, among: transforms.names))
        }
        checkParameters(sheet, row, "params_json", transform.parameters, of: "transform \(transform.name)")
        checkCount(sheet, row, "input_col", transform, references?.count)
        checkGrid(row, transform, references)
    }

    /// Bars that trades close begin at no second of the session twice.
    private mutating func checkGrid(_ row: TypedRow, _ transform: TransformDefinition, _ references: [ColumnReference]?) {
        let sheet = "FEATURE_LIBRARY"
        let source = references?.first?.source ?? row.text("dataset_id")
        let prices = source.flatMap { workbook["INSTRUMENTS"]?.row(id: $0)?.text("prices_dataset_id") } ?? source
        guard transform.needsRecurringRows, isSound(sheet, row, "transform"),
            let derived = prices.flatMap(CellForms.datasetReference)?.derived, derived.tradeBars != nil
        else { return }
        report(
            sheet, row, "transform",
            "\(transform.name) compares rows at the same second of several sessions, and \(derived.table) has none that recur",
            suggestion: "use bars of an interval, such as bars_1m")
    }

    private static let featureTables = ["bars", "cvd", "flow", "quotes"]

    /// The columns that a feature names; nil where the cell is blank or cannot be read.
    private mutating func checkReferences(_ row: TypedRow) -> [ColumnReference]? {
        let sheet = "FEATURE_LIBRARY"
        guard let text = row.text("input_col"), isSound(sheet, row, "input_col") else { return nil }
        var references: [ColumnReference] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let reference = ColumnReference(String(part)) else {
                report(sheet, row, "input_col", "\"\(part.prefix(60))\" is not a column or SOURCE!column")
                return nil
            }
            if !checkForeign(reference, row) { return nil }
            references.append(reference)
        }
        return references
    }

    /// A source beside the row's own: an instrument, a dataset or a derived table.
    private mutating func checkForeign(_ reference: ColumnReference, _ row: TypedRow) -> Bool {
        let sheet = "FEATURE_LIBRARY", column = "input_col"
        guard let source = reference.source, let instruments = workbook["INSTRUMENTS"], let datasets = workbook["DATASETS"],
            instruments.hasIDs, datasets.hasIDs
        else { return true }
        if instruments.row(id: source) != nil { return true }
        guard let parts = CellForms.datasetReference(source), let dataset = datasets.row(id: parts.dataset) else {
            if reportLabel(source, sheet, row, column, wanted: "a source of data") { return false }
            report(
                sheet, row, column, "\"\(source.prefix(60))\" is neither an instrument nor a dataset nor a derived table",
                suggestion: Suggestion.text(source, among: datasets.ids + instruments.ids))
            return false
        }
        guard let type = dataset.text("dataset_type") else { return true }
        guard let derived = parts.derived else {
            if Self.series[type] != nil { return true }
            report(sheet, row, column, "\"\(parts.dataset)\" holds \(type); name a table derived from it")
            return false
        }
        guard Self.series[type] != nil || checkKind(sheet, row, column, derived, of: parts.dataset, holding: type) else {
            return false
        }
        checkColumn(named: reference.column, sheet, row, column, of: derived)
        if reference.symbol == nil { require(sheet, row, "instrument_scope", "where a derived table is named without [SYMBOL]") }
        return isSound(sheet, row, column)
    }

    /// A lag in rows that is shorter than the publication's can never be met: refuse it here, not at the decision. Rows of weeks
    /// and months lie several sessions apart; a lag that may suffice is left to the data.
    private mutating func checkLag(_ row: TypedRow, _ dataset: String) {
        let source = workbook["DATASETS"]?.row(id: dataset)
        let (frequency, sessions) = Self.sessionsPerRow[source?.text("bar_frequency") ?? ""] ?? ("day", 1)
        guard let rows = row.number("lag_days"), isSound("FEATURE_LIBRARY", row, "lag_days"),
            let publication = row.number("availability_lag_days")
                ?? source.map({ $0.number("default_availability_lag_days") ?? 0 }),
            rows * sessions < publication
        else { return }
        let least = (publication / sessions).rounded(.up)
        let distance =
            sessions == 1 || rows == 0
            ? "the value \(Int64(rows)) rows before a decision"
            : "the value \(Int64(rows)) rows before a decision lies at most \(Int64(rows * sessions)) sessions back where a row "
                + "is a \(frequency), and"
        report(
            "FEATURE_LIBRARY", row, "lag_days", "\(distance) is published \(Int64(publication)) sessions after its date",
            suggestion: "leave it blank for the latest available value, or write \(Int64(least)) or more")
    }

    /// How many sessions may lie between two rows, on a calendar that is open every day.
    private static let sessionsPerRow: [String: (String, Double)] = ["1d": ("day", 1), "1w": ("week", 7), "1mo": ("month", 31)]

    private mutating func checkCount(
        _ sheet: String, _ row: TypedRow, _ column: String, _ transform: TransformDefinition, _ given: Int?
    ) {
        guard isSound(sheet, row, column) else { return }
        let roles = transform.columnRoles
        if given == nil, !row.has(column) {
            if roles.contains("x") || roles.contains("y") {
                report(sheet, row, column, "\(transform.name) reads \(roles.joined(separator: ", ")): name the columns")
            }
            return
        }
        guard let given, !transform.columnCounts.contains(given) else { return }
        let (least, most) = (transform.columnCounts.lowerBound, transform.columnCounts.upperBound)
        let wanted = least == most ? "\(least)" : most >= 64 ? "at least \(least)" : "\(least) to \(most)"
        report(
            sheet, row, column,
            "\(transform.name) takes \(wanted) input\(most == 1 ? "" : "s")"
                + (roles.isEmpty ? "" : " (\(roles.joined(separator: ", ")))") + ", the cell names \(given)")
    }

    /// The rows of an instrument are in the tables of the dataset that its prices come from; its quotes may be in another one.
    private mutating func checkScope(_ row: TypedRow, _ source: CellForms.DatasetParts) {
        guard source.derived?.kind != "quotes", let id = row.text("instrument_scope"),
            isSound("FEATURE_LIBRARY", row, "instrument_scope"),
            let prices = workbook["INSTRUMENTS"]?.row(id: id)?.text("prices_dataset_id").flatMap(CellForms.datasetReference),
            prices.dataset != source.dataset
        else { return }
        report(
            "FEATURE_LIBRARY", row, "instrument_scope",
            "the prices of \"\(id)\" come from \(prices.dataset); the tables of \(source.dataset) do not hold it")
    }

    private mutating func checkEngineeredFeature(_ row: TypedRow) {
        let sheet = "ENGINEERED_FEATURES"
        checkAge(sheet, row)
        let inputs = row.texts("input_feature_ids")
        if let id = row.id, inputs.contains(id), isSound(sheet, row, "input_feature_ids") {
            report(sheet, row, "input_feature_ids", "\"\(id)\" cannot be an input of itself")
        }
        guard let name = row.text("combine_transform"), isSound(sheet, row, "combine_transform") else { return }
        guard let transform = transforms.combining(name, inputs: inputs.count) else {
            return report(
                sheet, row, "combine_transform", "there is no transform \"\(name.prefix(60))\"",
                suggestion: Suggestion.text(name, among: TransformCatalogue.combinations.map(\.name) + transforms.names))
        }
        checkParameters(sheet, row, "params_json", transform.parameters, of: "transform \(transform.name)")
        if row.has("input_feature_ids") { checkCount(sheet, row, "input_feature_ids", transform, inputs.count) }
        if transform.name == "linear", isSound(sheet, row, "params_json"),
            let weights = row.object("params_json")?["weights"]?.arrayValue, weights.count != inputs.count
        {
            report(sheet, row, "params_json", "weights has \(weights.count) numbers for \(inputs.count) inputs")
        }
    }

    private mutating func checkFeatureSet(_ row: TypedRow) {
        guard let most = row.number("max_features"), let members = members(ofSet: row), Double(members.count) > most else {
            return
        }
        report("FEATURE_SETS", row, "max_features", "the set selects \(members.count) features, more than \(Int64(most))")
    }

    /// The enabled features that a set selects; nil where the feature sheets cannot be read.
    func members(ofSet set: TypedRow) -> [String]? {
        var members: [String] = []
        for name in WorkbookSchema.featureIDSheets {
            guard let sheet = workbook[name], sheet.hasIDs else { return nil }
            for row in sheet.rows where row.isEnabled {
                guard let id = row.id else { continue }
                let tags = row.texts("tags")
                let named = set.texts("include_feature_ids").contains(id)
                let tagged =
                    tags.contains { set.texts("include_tags").contains($0) }
                    && !tags.contains { set.texts("exclude_tags").contains($0) }
                if (named || tagged) && !set.texts("exclude_feature_ids").contains(id) { members.append(id) }
            }
        }
        return members
    }

    /// The columns that rules read are features.
    private mutating func checkRules(_ row: TypedRow) {
        guard let value = row.values["position_rules"], let rules = try? [RiskRuleSpec](json: value, at: "rules") else { return }
        let ids = rules.reduce(into: Set<String>()) { $0.formUnion($1.contextKeys) }.sorted()
        checkID(ids, WorkbookSchema.featureIDSheets, "PORTFOLIOS", row, "position_rules", inUse: true)
    }

    private mutating func checkWeights(_ row: TypedRow) {
        let weights = row.object("capital_weights") ?? [:]
        guard !weights.isEmpty, workbook["STRATEGIES"]?.hasIDs == true else { return }
        checkID(weights.keys.sorted(), ["STRATEGIES"], "PORTFOLIOS", row, "capital_weights", inUse: true)
        if let wrong = weights.keys.sorted().first(where: { !((weights[$0]?.doubleValue ?? 0) > 0) }) {
            report("PORTFOLIOS", row, "capital_weights", "the weight of \"\(wrong)\" is not a number > 0")
        }
    }

    private mutating func checkGate(_ row: TypedRow) {
        guard let text = row.text("expression"), let parsed = try? GateExpression.parseWithUses(text),
            WorkbookSchema.featureIDSheets.allSatisfy({ workbook[$0]?.hasIDs == true })
        else { return }
        let known = WorkbookSchema.featureIDSheets.flatMap { workbook[$0]?.ids ?? [] }
        var told: Set<String> = []
        for use in parsed.uses where told.insert(use.id).inserted {
            if !known.contains(use.id) {
                if reportLabel(use.id, "GATES", row, "expression", wanted: "a feature") { continue }
                report(
                    "GATES", row, "expression", "there is no feature \"\(use.id.prefix(60))\" (character \(use.column))",
                    suggestion: Suggestion.text(use.id, among: known))
            } else if row.isEnabled, workbook.row(id: use.id, in: WorkbookSchema.featureIDSheets)?.isEnabled == false {
                report("GATES", row, "expression", "the feature \"\(use.id)\" is not enabled (character \(use.column))")
            }
        }
    }

    /// Checks a JSON object against the parameters that its reader knows: a key that is read nowhere is an error.
    mutating func checkParameters(_ sheet: String, _ row: TypedRow, _ column: String, _ specs: [ParameterSpec], of owner: String)
    {
        guard isSound(sheet, row, column) else { return }
        let given = row.object(column) ?? [:]
        let names = specs.map(\.name)
        for key in given.keys.sorted() where !names.contains(key) {
            report(
                sheet, row, column,
                "the \(owner) reads no parameter \"\(key.prefix(60))\""
                    + (names.isEmpty ? "" : "; it reads \(names.joined(separator: ", "))"),
                suggestion: Suggestion.text(key, among: names.filter { given[$0] == nil }))
        }
        // A misspelt required key is one problem, not two.
        let misspelt = given.keys.filter { !names.contains($0) }.sorted().compactMap { Suggestion.closest(to: $0, among: names) }
        for spec in specs {
            guard let value = given[spec.name] else {
                if spec.isRequired, !misspelt.contains(spec.name) {
                    report(sheet, row, column, "the \(owner) needs the parameter \"\(spec.name)\" (\(spec.comment))")
                }
                continue
            }
            if let reason = spec.mismatch(value) { report(sheet, row, column, "the parameter \"\(spec.name)\" \(reason)") }
        }
    }
}
