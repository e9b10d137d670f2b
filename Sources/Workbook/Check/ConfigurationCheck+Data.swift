import Contracts
import Market
import Primitives

// PATHS, DATASETS, INSTRUMENTS, SESSIONS.
extension ConfigurationCheck {
    mutating func checkPaths() {
        guard let sheet = workbook["PATHS"], let column = sheet.columns["IsActive"] else { return }
        let active = sheet.rows.filter { $0.flag("IsActive") == true }
        for row in active.dropFirst() {
            report("PATHS", row, "IsActive", "row \(active[0].number) is active too; exactly one profile may be")
        }
        let isUnknown = sheet.rows.contains { $0.flag("IsActive") == nil }
        if active.isEmpty, !isUnknown {
            problems.add("PATHS", CellAddress(row: 1, column: column), "no profile is active; set IsActive to TRUE in one row")
        }
        let folders = sheet.schema.headers.filter { !["Profile", "IsActive", "Notes"].contains($0) }
        for row in sheet.rows {
            for column in folders {
                guard let text = row.text(column), let unknown = Self.unknownPlaceholder(text, column) else { continue }
                let known =
                    column == "CODE_ROOT" ? "a plain path" : "{CODE_ROOT}" + (column == "DATA_ROOT" ? "" : " or {DATA_ROOT}")
                report("PATHS", row, column, "\(unknown) cannot be used here", suggestion: "use \(known)")
            }
        }
    }

    /// The first `{...}` of a path that its column does not replace; an unclosed brace counts.
    private static func unknownPlaceholder(_ text: String, _ column: String) -> String? {
        var rest = text
        if column != "CODE_ROOT" { rest = rest.replacing("{CODE_ROOT}", with: "") }
        if column != "CODE_ROOT", column != "DATA_ROOT" { rest = rest.replacing("{DATA_ROOT}", with: "") }
        guard let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) else { return nil }
        let close = rest[open...].firstIndex(of: "}") ?? rest.index(before: rest.endIndex)
        return "\"\(rest[open...close])\""
    }

    mutating func checkData() {
        for row in workbook.rows("DATASETS") { checkDataset(row) }
        for row in workbook.rows("SESSIONS") { checkSession(row) }
        for row in workbook.rows("INSTRUMENTS") { checkInstrument(row) }
    }

    private mutating func checkDataset(_ row: TypedRow) {
        guard let type = row.text("dataset_type") else { return }
        if type == "timed_series" { return checkTimedSeries(row) }
        let isDaily = type == "daily_series"
        if let source = row.text("source_type"), isDaily ? !["csv", "xlsx"].contains(source) : source != "dbn" {
            report(
                "DATASETS", row, "source_type", "\(source) cannot hold \(type)",
                suggestion: isDaily ? "use csv or xlsx" : "use dbn")
        }
        if let frequency = row.text("bar_frequency"), let own = Self.frequencies[type], !own.words.contains(frequency) {
            report(
                "DATASETS", row, "bar_frequency", "\(frequency) does not go with \(type)", suggestion: "use \(own.text)")
        }
        if isDaily {
            require("DATASETS", row, "date_col", "for daily_series")
            require("DATASETS", row, "known_time_rule", "for daily_series")
            if let rule = row.text("known_time_rule"), KnownTimeRule(rule) == nil, isSound("DATASETS", row, "known_time_rule") {
                report(
                    "DATASETS", row, "known_time_rule", "\(rule) is for a timed_series",
                    suggestion: "use session_close@CALENDAR, session_open@CALENDAR or HH:MM@CALENDAR")
            }
            refuse("DATASETS", row, "canonical_partition_keys", "for daily_series, which is one table")
        } else {
            for column in ["date_col", "known_time_rule", "default_availability_lag_days"] {
                refuse("DATASETS", row, column, "for \(type), which carry their own times")
            }
        }
        let zone =
            isDaily
            ? row.text("known_time_rule").flatMap(KnownTimeRule.init).flatMap { WorkbookSchema.timeZone(ofCalendar: $0.calendar) }
            : "UTC"
        if let zone, let given = row.text("timestamp_tz"), given != zone {
            let reason = isDaily ? "known_time_rule reads its dates in \(zone)" : "\(type) carry times in UTC"
            report(
                "DATASETS", row, "timestamp_tz", "\(reason), not \(given)",
                suggestion: "write \(zone) or leave the cell blank")
        }
    }

    private static let frequencies: [String: (words: [String], text: String)] = [
        "daily_series": (["1d", "1w", "1mo"], "1d, 1w or 1mo"), "trades": (["trade"], "trade"),
        "quotes": (["quote"], "quote"),
    ]

    private mutating func checkSession(_ row: TypedRow) {
        checkSessionCalendar(row)
        if checkSessionOfQuotes(row) { return }
        checkAlternativeBars(row)
        guard isSound("SESSIONS", row, "big_trade_rule") else { return }
        guard let rule = row.text("big_trade_rule") else {
            refuse("SESSIONS", row, "big_trade_value", "without a big_trade_rule")
            refuse("SESSIONS", row, "big_trade_window", "without a big_trade_rule")
            return
        }
        require("SESSIONS", row, "big_trade_value", "for the rule \(rule)")
        if rule == "fixed" { refuse("SESSIONS", row, "big_trade_window", "for the rule fixed") }
        guard let value = row.number("big_trade_value") else { return }
        if rule == "percentile", value <= 0 || value > 1 {
            report(
                "SESSIONS", row, "big_trade_value", "a percentile is a fraction > 0 and <= 1, the cell holds \(value)",
                suggestion: value > 1 && value < 100 ? "write \(value / 100)" : nil)
        }
        if rule == "fixed", value < 1 || value != value.rounded() || value > 4e9 {
            report("SESSIONS", row, "big_trade_value", "a fixed size is a whole number of contracts, at least 1")
        }
    }

    /// Two spellings of one rule, such as 1000 and 1e3, would be one table twice.
    private mutating func checkAlternativeBars(_ row: TypedRow) {
        guard isSound("SESSIONS", row, "alternative_bars") else { return }
        var seen: Set<TradeBarRule> = []
        for text in row.texts("alternative_bars") {
            guard let rule = TradeBarRule(text), !seen.insert(rule).inserted else { continue }
            report("SESSIONS", row, "alternative_bars", "\"\(text)\" makes \(rule.table), which the list has already")
        }
    }

    /// A session's hours must be those by which the instruments on its tables trade.
    private mutating func checkSessionCalendar(_ row: TypedRow) {
        guard row.isEnabled, let dataset = row.text("dataset_id"), let calendar = row.text("calendar") else { return }
        for instrument in workbook.rows("INSTRUMENTS") {
            guard let prices = instrument.text("prices_dataset_id").flatMap(CellForms.datasetReference), prices.derived != nil,
                prices.dataset == dataset, let other = instrument.text("calendar"), other != calendar
            else { continue }
            report(
                "SESSIONS", row, "calendar",
                "the instrument \(instrument.id ?? "") trades on tables of \(dataset) by the calendar \(other), not \(calendar)")
            return
        }
    }

    private mutating func checkInstrument(_ row: TypedRow) {
        guard checkSource("INSTRUMENTS", row, "prices_dataset_id", kinds: ["bars", "quotes"]) else { return }
        guard let parts = row.text("prices_dataset_id").flatMap(CellForms.datasetReference) else { return }
        if let derived = parts.derived {
            for column in ["open_col", "high_col", "low_col", "close_col"] {
                checkColumn("INSTRUMENTS", row, column, of: derived)
            }
        } else if isTimed(parts.dataset) {
            checkTimedPrices(row, parts.dataset)
        } else if row.text("default_execution_time").map(CellForms.isTimeOfDay) == true {
            report(
                "INSTRUMENTS", row, "default_execution_time", "a time of day needs intraday prices; \(parts.dataset) is daily",
                suggestion: "use \(CellForms.executionWords.joined(separator: ", "))")
        }
    }

    /// Checks a `DATASET` or `DATASET:table:SESSION` cell against DATASETS and SESSIONS.
    /// - Returns: whether nothing is wrong with it.
    mutating func checkSource(_ sheet: String, _ row: TypedRow, _ column: String, kinds: [String]) -> Bool {
        guard let text = row.text(column), let parts = CellForms.datasetReference(text), let datasets = workbook["DATASETS"],
            datasets.hasIDs,
            isSound(sheet, row, column)
        else { return false }
        guard let dataset = datasets.row(id: parts.dataset) else {
            report(
                sheet, row, column, "there is no id \"\(parts.dataset)\" in DATASETS",
                suggestion: Suggestion.text(parts.dataset, among: datasets.ids))
            return false
        }
        guard let type = dataset.text("dataset_type") else { return false }
        guard let derived = parts.derived else {
            if Self.series[type] != nil { return true }
            report(
                sheet, row, column, "\"\(parts.dataset)\" holds \(type); name a table derived from it",
                suggestion: "such as \(parts.dataset):\(type == "quotes" ? "quotes_1s" : kinds[0] + "_1m"):FULL")
            return false
        }
        guard Self.series[type] == nil else {
            report(
                sheet, row, column, "\"\(parts.dataset)\" is a \(Self.series[type] ?? type) and has no derived tables",
                suggestion: "write \(parts.dataset)")
            return false
        }
        guard checkKind(sheet, row, column, derived, of: parts.dataset, holding: type) else { return false }
        guard kinds.contains(derived.kind) else {
            let isLater = ["footprint", "big_trades"].contains(derived.kind) && kinds.contains("cvd")
            report(
                sheet, row, column, "a \(derived.kind) table cannot be used here" + (isLater ? " yet" : ""),
                suggestion: "use \(kinds.filter { ($0 == "quotes") == (type == "quotes") }.joined(separator: " or "))")
            return false
        }
        return checkDerived(sheet, row, column, parts.dataset, derived)
    }

    /// Whether SESSIONS builds the table.
    private mutating func checkDerived(
        _ sheet: String, _ row: TypedRow, _ column: String, _ dataset: String, _ derived: CellForms.DerivedParts
    ) -> Bool {
        guard let sessions = workbook["SESSIONS"], !problems.isFlagged("SESSIONS") else { return true }
        let session = sessions.rows.first {
            $0.text("dataset_id") == dataset && $0.text("session") == derived.session && $0.isEnabled
        }
        guard let session else {
            report(sheet, row, column, "no enabled row of SESSIONS builds the session \(derived.session) of \(dataset)")
            return false
        }
        if let rule = derived.tradeBars {
            let built = session.texts("alternative_bars").compactMap { TradeBarRule($0) }
            if built.contains(rule) { return true }
            report(
                sheet, row, column, "SESSIONS row \(session.number) builds no \(rule.table)",
                suggestion: built.isEmpty
                    ? "write \(rule) in its alternative_bars" : "it builds \(built.map(\.table).joined(separator: ", "))")
            return false
        }
        let spelt: [String]
        switch derived.kind {
        case "bars": spelt = session.texts("bar_intervals")
        case "quotes": spelt = session.texts("quote_intervals")
        case "flow":
            guard let interval = session.text("flow_interval") else {
                report(
                    sheet, row, column, "SESSIONS row \(session.number) builds no \(derived.table)",
                    suggestion: "write \(derived.interval?.description ?? "1m") in its flow_interval")
                return false
            }
            spelt = [interval]
        case "cvd": spelt = [session.text("cvd_interval") ?? "1m"]
        case "footprint": spelt = [session.text("footprint_interval") ?? "1m"]
        default: return true
        }
        let built = spelt.compactMap { BarInterval($0) }
        guard let interval = derived.interval, !built.contains(interval) else { return true }
        report(
            sheet, row, column, "SESSIONS row \(session.number) builds no \(derived.kind)_\(interval)",
            suggestion: "it builds \(built.map { "\(derived.kind)_\($0)" }.joined(separator: ", "))")
        return false
    }

    /// The columns of derived tables that hold numbers.
    private static let derivedColumns = [
        "bars": ["open", "high", "low", "close", "volume", "buy_volume", "sell_volume", "unknown_volume", "trade_count"],
        "cvd": ["buy_volume", "sell_volume", "delta", "cvd", "cvd_session"],
        "flow": [
            "vwap", "dollar_volume", "delta", "min_delta", "max_delta", "buy_trades", "sell_trades", "mean_size", "max_size",
            "median_size", "p90_size", "p99_size", "signed_root_volume", "signed_root_dollar_volume", "point_of_control",
            "value_area_high", "value_area_low", "buy_imbalances", "sell_imbalances", "buy_imbalance_stack",
            "sell_imbalance_stack", "big_trades", "big_volume",
        ],
        "quotes": [
            "bid", "ask", "bid_size", "ask_size", "mid", "microprice", "spread", "mean_spread", "mean_imbalance", "min_spread",
            "max_spread", "updates", "crossed", "locked", "order_flow_imbalance", "trades", "volume", "effective_spread_bps",
            "share_at_bid", "share_at_ask",
        ],
        "footprint": ["price", "buy_volume", "sell_volume", "unknown_volume", "trade_count"],
    ]

    mutating func checkColumn(_ sheet: String, _ row: TypedRow, _ column: String, of derived: CellForms.DerivedParts) {
        if let name = row.text(column) { checkColumn(named: name, sheet, row, column, of: derived) }
    }

    /// - Parameter name: a column, or two as `A - B` or `A / B`.
    mutating func checkColumn(
        named name: String, _ sheet: String, _ row: TypedRow, _ column: String, of derived: CellForms.DerivedParts
    ) {
        guard var known = Self.derivedColumns[derived.kind] else { return }
        if derived.tradeBars != nil { known += ["vwap", "dollar_volume"] }
        let parts = name.components(joinedBy: [" - ", " / "])
        guard let name = parts.first(where: { !known.contains($0) }) else { return }
        report(
            sheet, row, column,
            "a \(derived.kind) table has no column \"\(name.prefix(60))\"; it has \(known.joined(separator: ", "))",
            suggestion: Suggestion.text(name, among: known))
    }
}
