import Contracts
import Primitives

// Rows of DATASETS that are timed series, and the instruments on them.
extension ConfigurationCheck {
    /// What datasets with one row a label are called.
    static let series = ["daily_series": "daily series", "timed_series": "timed series"]

    func isTimed(_ dataset: String) -> Bool {
        workbook["DATASETS"]?.row(id: dataset)?.text("dataset_type") == "timed_series"
    }

    mutating func checkTimedSeries(_ row: TypedRow) {
        let sheet = "DATASETS"
        if row.text("source_type") == "dbn" {
            report(sheet, row, "source_type", "dbn cannot hold timed_series", suggestion: "use csv, xlsx or parquet")
        }
        require(sheet, row, "date_col", "for timed_series")
        require(sheet, row, "known_time_rule", "for timed_series")
        refuse(sheet, row, "canonical_partition_keys", "for timed_series, which is one table")
        let frequency = row.text("bar_frequency")
        if let frequency, ["1w", "1mo", "trade", "quote"].contains(frequency) {
            report(
                sheet, row, "bar_frequency", "\(frequency) does not go with timed_series",
                suggestion: "use a bar length such as 5m, or irregular")
        }
        guard let text = row.text("known_time_rule"), isSound(sheet, row, "known_time_rule") else { return }
        guard let rule = TimedRule(text) else {
            return report(sheet, row, "known_time_rule", "\(text) is for a daily_series", suggestion: "use \(TimedRule.forms)")
        }
        if frequency == TimedSeriesSpec.irregular, rule.moment != .label {
            report(
                sheet, row, "bar_frequency", "\(rule.moment.rawValue) counts from the length of an interval",
                suggestion: "write it, such as 5m, or use label@\(rule.calendar) for rows that are known at their timestamp")
        }
    }

    /// Whether the rows of a timed series are bars, in the instrument's calendar.
    mutating func checkTimedPrices(_ row: TypedRow, _ dataset: String) {
        guard let source = workbook["DATASETS"]?.row(id: dataset),
            let rule = source.text("known_time_rule").flatMap(TimedRule.init)
        else { return }
        if rule.moment == .label, row.text("return_model") == "price" {
            report(
                "INSTRUMENTS", row, "prices_dataset_id",
                "\"\(dataset)\" has \(rule) as its known_time_rule; prices are bars, which have a length",
                suggestion: "use bar_close or close_label there")
        }
        if let calendar = row.text("calendar"), calendar != rule.calendar {
            report(
                "INSTRUMENTS", row, "calendar",
                "the known_time_rule of \"\(dataset)\" has the calendar \(rule.calendar), not \(calendar)",
                suggestion: "use one calendar for both")
        }
    }
}
