import Contracts
import Primitives

// SIGNAL_TEMPLATES, STRATEGIES, BACKTESTS.
extension ConfigurationCheck {
    mutating func checkStrategies() {
        for row in workbook.rows("SIGNAL_TEMPLATES") { checkTemplate(row) }
        for row in workbook.rows("STRATEGIES") { checkStrategy(row) }
    }

    private mutating func checkTemplate(_ row: TypedRow) {
        let sheet = "SIGNAL_TEMPLATES", column = "default_params_json"
        guard let template = row.text("template_name").flatMap(SignalTemplateSpec.named) else { return }
        checkParameters(sheet, row, column, template.parameters, of: "template \(template.name)")
        guard template.name == "threshold", isSound(sheet, row, column) else { return }
        let parameters = row.object(column) ?? [:]
        let long = parameters["long_above"]?.doubleValue, short = parameters["short_below"]?.doubleValue
        if long == nil, short == nil {
            report(sheet, row, column, "the template threshold needs long_above or short_below")
        } else if let long, let short, long < short {
            report(sheet, row, column, "long_above (\(long)) must not be below short_below (\(short))")
        }
    }

    private mutating func checkStrategy(_ row: TypedRow) {
        if let id = row.text("instrument_id"), isSound("STRATEGIES", row, "instrument_id"),
            workbook["INSTRUMENTS"]?.row(id: id)?.text("return_model") == "none"
        {
            report("STRATEGIES", row, "instrument_id", "\"\(id)\" cannot be traded: its return_model is none")
        }
        if let id = row.text("signal_template_id"), isSound("STRATEGIES", row, "signal_template_id"),
            let template = workbook["SIGNAL_TEMPLATES"]?.row(id: id)
        {
            checkInputs(row, template)
            checkPositions(row, template)
        }
        if let id = row.text("feature_set_id"), isSound("STRATEGIES", row, "feature_set_id"), !problems.isFlagged("FEATURE_SETS"),
            let set = workbook["FEATURE_SETS"]?.row(id: id), let members = members(ofSet: set)
        {
            for column in ["primary_feature_id", "secondary_feature_id"] {
                guard let feature = row.text(column), isSound("STRATEGIES", row, column), !members.contains(feature) else {
                    continue
                }
                report(
                    "STRATEGIES", row, column, "\"\(feature)\" is not in the feature set \(id)",
                    suggestion: Suggestion.text(feature, among: members))
            }
        }
    }

    private mutating func checkInputs(_ row: TypedRow, _ template: TypedRow) {
        guard let spec = template.text("template_name").flatMap(SignalTemplateSpec.named) else { return }
        if spec.needsSecondaryFeature {
            require("STRATEGIES", row, "secondary_feature_id", "by the template \(spec.name)")
        } else {
            refuse("STRATEGIES", row, "secondary_feature_id", "for the template \(spec.name), which has one input")
        }
        let allowed = template.texts("allowed_feature_inputs")
        guard !allowed.isEmpty, allowed != ["ALL"], isSound("SIGNAL_TEMPLATES", template, "allowed_feature_inputs") else {
            return
        }
        for column in ["primary_feature_id", "secondary_feature_id"] {
            guard let feature = row.text(column), isSound("STRATEGIES", row, column), !allowed.contains(feature) else { continue }
            report(
                "STRATEGIES", row, column,
                "the template \(template.id ?? "") does not take \"\(feature)\"; it takes \(allowed.joined(separator: ", "))")
        }
    }

    private mutating func checkPositions(_ row: TypedRow, _ template: TypedRow) {
        guard isSound("STRATEGIES", row, "position_values") else { return }
        let values = (row.values["position_values"]?.arrayValue ?? []).compactMap(\.intValue)
        if values.contains(-1), template.flag("supports_long_short") == false {
            report("STRATEGIES", row, "position_values", "the template \(template.id ?? "") takes no short positions")
        } else if row.has("position_values"), !values.contains(0) {
            report("STRATEGIES", row, "position_values", "flat is always possible in this version", suggestion: "add 0")
        }
    }

    mutating func checkBacktests() {
        for row in workbook.rows("BACKTESTS") {
            checkDates("BACKTESTS", row, "start_date", "end_date")
            if let start = row.text("start_date"), let asOf = row.text("as_of_date"), asOf < start {
                report("BACKTESTS", row, "as_of_date", "nothing of the period was known on \(asOf): it begins on \(start)")
            }
            checkModel("BACKTESTS", row, "spread_model_type", "spread_value")
            checkModel("BACKTESTS", row, "slippage_model_type", "slippage_value")
            guard row.text("execution_time").map(CellForms.isTimeOfDay) == true, let prices = prices(ofBacktest: row),
                prices.derived == nil,
                workbook["DATASETS"]?.row(id: prices.dataset)?.text("dataset_type") == "daily_series"
            else { continue }
            report(
                "BACKTESTS", row, "execution_time", "a time of day needs intraday prices; \(prices.dataset) is daily",
                suggestion: "use \(CellForms.executionWords.joined(separator: ", "))")
        }
    }

    func instrument(ofBacktest row: TypedRow) -> TypedRow? {
        row.text("strategy_id").flatMap { workbook["STRATEGIES"]?.row(id: $0) }
            .flatMap { $0.text("instrument_id") }.flatMap { workbook["INSTRUMENTS"]?.row(id: $0) }
    }

    private func prices(ofBacktest row: TypedRow) -> CellForms.DatasetParts? {
        instrument(ofBacktest: row).flatMap { $0.text("prices_dataset_id") }.flatMap(CellForms.datasetReference)
    }

    mutating func checkDates(_ sheet: String, _ row: TypedRow, _ start: String, _ end: String) {
        // Dates as YYYY-MM-DD order like their texts.
        guard let first = row.text(start), let last = row.text(end), last < first else { return }
        report(sheet, row, end, "\(end) \(last) is before \(start) \(first)")
    }

    /// A value and its model must come together.
    mutating func checkModel(_ sheet: String, _ row: TypedRow, _ type: String, _ value: String) {
        guard isSound(sheet, row, type) else { return }
        guard let model = row.text(type) else {
            refuse(sheet, row, value, "without a \(type)")
            return
        }
        if model != "none" {
            require(sheet, row, value, "where \(type) is \(model)")
        } else if row.number(value) != 0 {
            refuse(sheet, row, value, "or 0 where \(type) is none")
        }
    }
}
