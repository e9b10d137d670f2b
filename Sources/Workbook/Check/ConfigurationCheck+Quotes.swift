import Contracts
import Primitives

// Datasets of quotes: their rows of SESSIONS and the tables that come from them.
extension ConfigurationCheck {
    /// What only trades have.
    private static let columnsOfTrades = [
        "bar_intervals", "footprint_interval", "cvd_interval", "big_trade_rule", "big_trade_value", "big_trade_window",
        "alternative_bars", "flow_interval",
    ]

    /// Checks a row of SESSIONS against what its dataset holds.
    /// - Returns: whether nothing is left to check.
    mutating func checkSessionOfQuotes(_ row: TypedRow) -> Bool {
        guard let id = row.text("dataset_id"), isSound("SESSIONS", row, "dataset_id"),
            let type = workbook["DATASETS"]?.row(id: id)?.text("dataset_type")
        else { return false }
        switch type {
        case "quotes":
            require("SESSIONS", row, "quote_intervals", "for a dataset of quotes")
            for column in Self.columnsOfTrades { refuse("SESSIONS", row, column, "for a dataset of quotes") }
            return true
        case "trades":
            require("SESSIONS", row, "bar_intervals", "for a dataset of trades")
            refuse("SESSIONS", row, "quote_intervals", "for a dataset of trades")
        default:
            report(
                "SESSIONS", row, "dataset_id", "\"\(id)\" is a \(Self.series[type] ?? type); sessions are for trades and quotes")
        }
        return false
    }

    /// Tables of quotes come from datasets of quotes, all others from trades.
    mutating func checkKind(
        _ sheet: String, _ row: TypedRow, _ column: String, _ derived: CellForms.DerivedParts, of dataset: String,
        holding type: String
    ) -> Bool {
        guard (derived.kind == "quotes") != (type == "quotes") else { return true }
        report(
            sheet, row, column, "\"\(dataset)\" holds \(type), from which no \(derived.table) is derived",
            suggestion: type == "quotes" ? "such as \(dataset):quotes_1s:FULL" : "such as \(dataset):bars_1m:FULL")
        return false
    }
}
