import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

struct ConfigurationCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("check") }

    @Test(.enabled(if: Oracle.isInstalled)) func fortyPlantedMistakesAreFortyProblems() throws {
        let path = folder.file("planted.xlsx")
        let printed = try Oracle.run(script: "workbook_plant.py", arguments: [XLSXReaderTests.libreOffice, path])
        let planted = Set(printed.split(separator: "\n").map(String.init))
        #expect(planted.count == 40)
        let problems = try ConfigurationFile.load(path).problems
        let found = problems.map { "\($0.sheet) \($0.cell ?? "-")" }
        let report = problems.map(\.description).joined(separator: "\n")
        #expect(problems.count == 40, "\(report)")
        #expect(planted.subtracting(found).sorted() == [], "not found; the report is\n\(report)")
        #expect(Set(found).subtracting(planted).sorted() == [], "not planted; the report is\n\(report)")
    }

    /// The problems of a new workbook whose rows were changed.
    private func problems(_ change: (inout [String: [[String: JSONValue]]]) -> Void) throws -> [WorkbookProblem] {
        var rows = SampleWorkbook.rows
        change(&rows)
        let path = folder.file("changed.xlsx")
        try WorkbookTemplate.write(to: path, sample: rows)
        return try ConfigurationFile.load(path).problems
    }

    private static func set(
        _ rows: inout [String: [[String: JSONValue]]], _ sheet: String, _ index: Int, _ column: String, _ value: JSONValue?
    ) {
        rows[sheet]?[index][column] = value
    }

    @Test(
        arguments: [
            // sheet, row index, column, value, cell, words of the message or suggestion
            ("STRATEGIES", 0, "instrument_id", "SPXX", "C2", "did you mean \"SPX\"?"),
            ("STRATEGIES", 1, "primary_feature_id", "spx_momentum", "F3", "not in the feature set intraday"),
            ("STRATEGIES", 0, "instrument_id", "VIX_INDEX", "C2", "return_model is none"),
            ("BACKTESTS", 0, "execution_time", "next_opne", "G2", "did you mean \"next_open\"?"),
            ("BACKTESTS", 0, "execution_time", "15:30", "G2", "SP500 is daily"),
            ("BACKTESTS", 0, "as_of_date", "2010-01-04", "P2", "nothing of the period was known"),
            ("BACKTESTS", 0, "spread_model_type", "bps", "J2", "spread_value is required where spread_model_type is bps"),
            ("INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES", "D5", "such as ES_TRADES:bars_1m:FULL"),
            ("INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES:bars_2m:FULL", "D5", "it builds bars_1m, bars_5m"),
            ("INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES:cvd_1m:FULL", "D5", "use bars"),
            ("INSTRUMENTS", 3, "close_col", "closing", "H5", "has no column \"closing\""),
            ("INSTRUMENTS", 0, "prices_dataset_id", "SP500:bars_1m:FULL", "D2", "write SP500"),
            ("INSTRUMENTS", 0, "default_execution_time", "09:45", "N2", "SP500 is daily"),
            ("FEATURE_LIBRARY", 0, "params_json", "{\u{201C}window\u{201D}: 3}", "G2", "use straight double quotes"),
            ("FEATURE_LIBRARY", 0, "params_json", "{\"windw\": 3}", "G2", "did you mean \"window\"?"),
            ("FEATURE_LIBRARY", 0, "params_json", "[1]", "G2", "a JSON object in braces"),
            ("FEATURE_LIBRARY", 0, "normalize", "zscore", "L2", "\"zscore\" is not none or NAME:WINDOW"),
            ("FEATURE_LIBRARY", 0, "transform", "product", "F2", "as combine_transform in ENGINEERED_FEATURES"),
            ("FEATURE_LIBRARY", 6, "input_col", "clsoe", "E8", "did you mean \"close\"?"),
            ("GATES", 0, "expression", "vix_level < 30 OR (baa_z > 2", "D2", "expected \")\" at character 29"),
            ("GATES", 0, "expression", "vix_level < 30 OR baa > 2", "D2", "no feature \"baa\" (character 19)"),
            ("GATES", 0, "target_id", "SPX", "C2", "no id \"SPX\" in STRATEGIES"),
            ("COSTS", 0, "target_id", "SPX", "C2", "must be blank where target_type is ALL"),
            ("COSTS", 0, "commission_value", nil, "E2", "required where commission_model is per"),
            ("COSTS", 1, "enabled", "yes", "L3", "TRUE or FALSE is expected"),
            ("SCALING", 0, "min_scale", 2, "G2", "above max_scale"),
            ("SIGNAL_TEMPLATES", 0, "default_params_json", "{}", "G2", "needs long_above or short_below"),
            ("SIGNAL_TEMPLATES", 0, "default_params_json", "{\"long_above\": 0, \"short_below\": 1}", "G2", "must not be below"),
            ("OPTIMIZATION_STUDIES", 0, "enabled", true, "M2", "set enabled to FALSE"),
            ("BACKTESTS", 0, "oos_last_x_months", 12, "E2", "not supported yet"),
            ("DATASETS", 0, "timestamp_tz", "America/Chicago", "G2", "write America/New_York"),
            ("DATASETS", 7, "timestamp_tz", "America/Chicago", "G9", "write UTC"),
            ("DATASETS", 7, "known_time_rule", "session_close@CME_EQUITY", "I9", "must be blank for trades"),
            ("DATASETS", 7, "default_availability_lag_days", 0, "J9", "must be blank for trades"),
            ("DATASETS", 0, "canonical_partition_keys", "symbol", "L2", "must be blank for daily_series"),
            ("DATASETS", 7, "canonical_partition_keys", "date", "L9", "not one of symbol"),
            ("INSTRUMENTS", 0, "return_model", "difference", "I2", "write price or none"),
            ("INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES:bars_60s:FULL", "D5", "write ES_TRADES:bars_1m:FULL"),
            ("PORTFOLIOS", 1, "currency", "EUR", "D3", "write USD"),
            ("PORTFOLIOS", 0, "position_rules", "{\"type\": \"StopLoss\"}", "H2", "a JSON list of rules is expected"),
            ("PORTFOLIOS", 0, "position_rules", "[{\"type\": \"StopLos\", \"pct\": 0.1}]", "H2", "rules[0].type"),
            ("PORTFOLIOS", 0, "position_rules", "[{\"type\": \"VolatilityStop\"}]", "H2", "no id \"atr\" in FEATURE_LIBRARY"),
            ("PORTFOLIOS", 0, "max_drawdown", 20, "N2", "must be > 0 and <= 1"),
            ("PORTFOLIOS", 0, "max_leverage", 0, "M2", "must be > 0"),
            ("FEATURE_LIBRARY", 0, "instrument_scope", "SPX", "D2", "must be blank for a series"),
            ("FEATURE_LIBRARY", 6, "instrument_scope", nil, "D8", "required for a derived table"),
            ("FEATURE_LIBRARY", 6, "instrument_scope", "SPX", "D8", "do not hold it"),
            ("FEATURE_LIBRARY", 6, "availability_lag_days", 1, "I8", "must be blank"),
            ("FEATURE_LIBRARY", 6, "dataset_id", "ES_TRADES:footprint_1m:FULL", "C8", "cannot be used here yet"),
            ("SIGNAL_TEMPLATES", 0, "supports_flat", false, "E2", "write TRUE"),
            ("STRATEGIES", 0, "position_values", "-1,1", "K2", "flat is always possible"),
            ("STRATEGIES", 0, "position_mode", "discrete", "J2", "discrete does not read SCALING"),
            ("COSTS", 1, "commission_model", "none", "E3", "must be blank or 0"),
            ("SESSIONS", 0, "bar_intervals", "1m,300s", "E2", "write 5m"),
            ("SESSIONS", 0, "bar_intervals", "1m,5m,1m", "E2", "occurs twice"),
            ("SESSIONS", 0, "footprint_interval", "7m", "F2", "a divisor of a day"),
            ("SESSIONS", 0, "alternative_bars", "tick:1000, tik:5", "K2", "did you mean \"tick\"?"),
            ("SESSIONS", 0, "alternative_bars", "volume:0.5", "K2", "a whole number from 1 to 1e15"),
            ("SESSIONS", 0, "alternative_bars", "tick:1000,tick:1e3", "K2", "which the list has already"),
            ("SESSIONS", 0, "flow_interval", "60s", "L2", "write 1m"),
            ("FEATURE_LIBRARY", 6, "dataset_id", "ES_TRADES:flow_1m:RTH", "C8", "write 1m in its flow_interval"),
            ("INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES:bars_tick_1000:FULL", "D5", "write tick:1000 in its"),
            ("FEATURE_LIBRARY", 6, "dataset_id", "ES_TRADES:bars_tick_1e3:FULL", "C8", "write ES_TRADES:bars_tick_1000:FULL"),
            ("FEATURE_LIBRARY", 6, "max_age", "3w", "M8", "is not a whole number of seconds, minutes, hours or days"),
            ("SESSIONS", 0, "big_trade_value", 99.5, "I2", "write 0.995"),
            ("SESSIONS", 0, "big_trade_value", 0, "I2", "> 0 and <= 1"),
            ("SESSIONS", 0, "calendar", "US_EQUITY", "C2", "by the calendar CME_EQUITY"),
            ("METRICS", 1, "metric_id", "sharp", "A3", "did you mean \"sharpe\"?"),
            ("METRICS", 2, "annualization_factor", 252, "D4", "must be blank for max_drawdown"),
            ("METRICS", 3, "risk_free_rate", 0, "E5", "must be blank for num_trades"),
            ("REPORTING", 0, "save_equity_curve", false, "E2", "write TRUE or leave"),
            ("REPORTING", 0, "save_signals", true, "G2", "write FALSE or leave"),
            ("REPORTING", 0, "leaderboard_top_n", 5, "I2", "leave the cell blank"),
            ("RUNBOOK", 1, "CommandOrAction", "apus demo", "C3", "no command \"demo\""),
            ("RUNBOOK", 1, "CommandOrAction", "apus dbn info x", "C3", "that a runbook may hold"),
            ("RUNBOOK", 1, "CommandOrAction", "apus ingest --thread 2", "C3", "did you mean \"--threads\"?"),
            ("RUNBOOK", 1, "CommandOrAction", "apus ingest SPP500", "C3", "did you mean \"SP500\"?"),
            ("RUNBOOK", 1, "CommandOrAction", "apus lake status --threads", "C3", "needs a value"),
            ("PATHS", 0, "RAW_DIR", "{HOME}/raw", "F2", "\"{HOME}\" cannot be used"),
            ("PATHS", 0, "IsActive", false, "B1", "no profile is active"),
            ("DATASETS", 0, "known_time_rule", "session_close@NYSE", "I2", "not one of ALWAYS_OPEN, CME_EQUITY, US_EQUITY"),
            ("DATASETS", 0, "date_col", nil, "F2", "required for daily_series"),
            ("DATASETS", 0, "dataset_id", "SP 500", "A2", "is not an id"),
            ("SESSIONS", 0, "bar_intervals", "1m,90x", "E2", "\"90x\" is not a bar length"),
            ("TRAINING", 0, "train_end", "2013-01-01", "G2", "before train_start"),
            ("RUNBOOK", 1, "CommandOrAction", "apus ingst", "C3", "did you mean \"ingest\"?"),
            ("RUNBOOK", 1, "CommandOrAction", "apus features audit credit_slop", "C3", "did you mean \"credit_slope\"?"),
            ("RUNBOOK", 1, "CommandOrAction", "apus features build vix_level --thorough", "C3", "has no option"),
            ("RUNBOOK", 1, "StepNo", 1, "A3", "already in row 2"),
            ("RUNBOOK", 1, "StepNo", 1.5, "A3", "whole number"),
            ("RUNBOOK", 1, "Task", "  ", "B3", "only spaces"),
            ("METRICS", 0, "annualization_factor", "252", "D2", "type it as a number"),
            ("OPTIMIZATION_PARAMS", 0, "high", 1, "H2", "below low"),
            ("LIVE", 0, "stage", "live", "D2", "does not go with the paper account"),
        ] as [(String, Int, String, JSONValue?, String, String)])
    func oneMistakeIsOneProblem(
        _ sheet: String, _ index: Int, _ column: String, _ value: JSONValue?, _ cell: String, _ words: String
    ) throws {
        let problems = try problems { Self.set(&$0, sheet, index, column, value) }
        let own = problems.filter { $0.sheet == sheet && $0.cell == cell }
        #expect(own.count == 1, "\(problems)")
        #expect(own.first?.description.contains(words) == true, "\(own)")
        // An id that others refer to takes them along; everything else is one problem.
        if column != "dataset_id" { #expect(problems.count == 1, "\(problems)") }
    }

    /// A lag in rows below the lag of publication asks for a value that nobody has yet.
    @Test func aLagBelowThePublicationsIsRefused() throws {
        func lag(_ rows: JSONValue?, published: JSONValue?) throws -> [String] {
            try problems {
                // The feature reads WTI, which the dataset says is published a session later.
                Self.set(&$0, "FEATURE_LIBRARY", 4, "lag_days", rows)
                Self.set(&$0, "FEATURE_LIBRARY", 4, "availability_lag_days", published)
            }.map { "\($0.sheet) \($0.cell ?? "-"): \($0.description)" }
        }
        for (rows, published) in [(0, nil), (1, 2), (0, 1)] as [(JSONValue, JSONValue?)] {
            let found = try lag(rows, published: published)
            #expect(found.count == 1 && found[0].hasPrefix("FEATURE_LIBRARY H6: "), "\(found)")
            let wanted = published?.intValue ?? 1
            #expect(found[0].contains("published \(wanted) sessions") && found[0].contains("write \(wanted) or more"), "\(found)")
        }
        for (rows, published) in [(1, nil), (0, 0), (3, 2), (nil, 9)] as [(JSONValue?, JSONValue?)] {
            #expect(try lag(rows, published: published) == [])
        }
    }

    /// On weeks and months a row is more than a session: what may suffice is not refused.
    @Test func aLagInWeeksOrMonthsIsLongerThanInSessions() throws {
        func lag(_ rows: JSONValue, published: JSONValue, _ frequency: JSONValue) throws -> [String] {
            try problems {
                Self.set(&$0, "DATASETS", 3, "bar_frequency", frequency)
                Self.set(&$0, "FEATURE_LIBRARY", 4, "lag_days", rows)
                Self.set(&$0, "FEATURE_LIBRARY", 4, "availability_lag_days", published)
            }.map(\.description)
        }
        #expect(try lag(1, published: 5, "1d").count == 1)
        for (rows, published, frequency) in [(1, 5, "1w"), (2, 12, "1w"), (1, 25, "1mo")] as [(JSONValue, JSONValue, JSONValue)] {
            #expect(try lag(rows, published: published, frequency) == [])
        }
        let weekly = try lag(1, published: 12, "1w")
        #expect(weekly.count == 1 && weekly[0].contains("at most 7 sessions back where a row is a week"), "\(weekly)")
        #expect(weekly[0].contains("published 12 sessions after") && weekly[0].contains("write 2 or more"))
        #expect(try lag(0, published: 1, "1mo").count == 1)
        #expect(try lag(1, published: 1, "trade").contains { $0.contains("use 1d, 1w or 1mo") })
    }

    /// Bars that trades close begin at no second of the session twice.
    @Test func seasonalityOfTradeBarsIsRefused() throws {
        func found(_ table: JSONValue, _ columns: JSONValue) throws -> [String] {
            try problems {
                Self.set(&$0, "SESSIONS", 1, "alternative_bars", "tick:1000")
                Self.set(&$0, "FEATURE_LIBRARY", 6, "dataset_id", table)
                Self.set(&$0, "FEATURE_LIBRARY", 6, "input_col", columns)
                Self.set(&$0, "FEATURE_LIBRARY", 6, "transform", "intraday_seasonality_ratio")
                Self.set(&$0, "FEATURE_LIBRARY", 6, "params_json", "{\"sessions\": 2}")
            }.map { "\($0.sheet) \($0.cell ?? "-"): \($0.description)" }
        }
        #expect(try found("ES_TRADES:bars_1m:FULL", "close") == [])
        for columns in ["close", "ES_TRADES:bars_tick_1000:FULL!close"] as [JSONValue] {
            let table: JSONValue = columns == "close" ? "ES_TRADES:bars_tick_1000:FULL" : "ES_TRADES:bars_1m:FULL"
            let refused = try found(table, columns)
            #expect(refused.count == 1 && refused[0].hasPrefix("FEATURE_LIBRARY F8: "), "\(refused)")
            #expect(refused.first?.contains("bars_tick_1000 has none that recur") == true)
        }
    }

    /// A value that is repeated without end is of any age.
    @Test func anAgeDoesNotGoWithRepeatingForEver() throws {
        func found(_ policy: JSONValue) throws -> [String] {
            try problems {
                Self.set(&$0, "FEATURE_LIBRARY", 4, "max_age", "5d")
                Self.set(&$0, "FEATURE_LIBRARY", 4, "missing_policy", policy)
            }.map { "\($0.sheet) \($0.cell ?? "-"): \($0.description)" }
        }
        let refused = try found("ffill")
        #expect(refused.count == 1 && refused[0].hasPrefix("FEATURE_LIBRARY M6: ") && refused[0].contains("older than 5d"))
        #expect(try found("ffill:3") == [] && found("drop") == [])
    }

    /// A circle is one problem, at the first of its rows, with all that are in it; what merely leads to it is none.
    @Test func featuresThatAreMadeOfEachOtherAreRefused() throws {
        func found(_ rows: [(String, String)]) throws -> [String] {
            try problems { sheets in
                for (id, inputs) in rows {
                    sheets["ENGINEERED_FEATURES"]?.append([
                        "eng_feature_id": .string(id), "input_feature_ids": .string(inputs), "combine_transform": "sum",
                        "missing_policy": "drop", "enabled": true,
                    ])
                }
            }.map(\.description)
        }
        let first = (SampleWorkbook.rows["ENGINEERED_FEATURES"]?.count ?? 0) + 2
        let two = try found([("c1", "c2, vix_level"), ("c2", "c1, vix_level")])
        #expect(
            two.count == 1 && two[0].hasPrefix("ENGINEERED_FEATURES!C\(first): ") && two[0].contains("c1 of c2 of c1;"), "\(two)")
        let three = try found([
            ("outer", "c3, vix_level"), ("c1", "vix_level, c2"), ("c2", "c3, vix_level"), ("c3", "c1, vix_level"),
        ])
        #expect(three.filter { $0.contains("c1 of c2 of c3 of c1;") && $0.contains("!C\(first + 1):") }.count == 1, "\(three)")
        let none = try found([("a", "vix_level, b"), ("b", "c, vix_level"), ("c", "vix_level, credit_z"), ("d", "a, c")])
        #expect(none == [], "\(none)")
        let own = try found([("c1", "c1, vix_level")])
        #expect(own.count == 1 && own[0].contains("input of itself"), "\(own)")
    }

    @Test func detailsFeedFeatures() throws {
        func changed(_ interval: String, _ column: JSONValue) throws -> [WorkbookProblem] {
            try problems {
                for row in 0...1 { Self.set(&$0, "SESSIONS", row, "flow_interval", .string(interval)) }
                Self.set(&$0, "FEATURE_LIBRARY", 6, "dataset_id", "ES_TRADES:flow_5m:FULL")
                Self.set(&$0, "FEATURE_LIBRARY", 6, "input_col", column)
            }
        }
        #expect(try changed("5m", "point_of_control") == [])
        #expect(try changed("5m", "point_of_contrl").first?.description.contains("point_of_control") == true)
        #expect(try changed("1m", "delta").first?.description.contains("it builds flow_1m") == true)
    }

    @Test func barsThatTradesCloseFeedInstrumentsAndFeatures() throws {
        func changed(_ bars: JSONValue, _ column: JSONValue) throws -> [WorkbookProblem] {
            try problems {
                for row in 0...1 { Self.set(&$0, "SESSIONS", row, "alternative_bars", bars) }
                Self.set(&$0, "INSTRUMENTS", 3, "prices_dataset_id", "ES_TRADES:bars_dollar_1000000:FULL")
                Self.set(&$0, "FEATURE_LIBRARY", 6, "dataset_id", "ES_TRADES:bars_volume_imbalance_5000:FULL")
                Self.set(&$0, "FEATURE_LIBRARY", 6, "input_col", column)
            }
        }
        #expect(try changed("volume_imbalance:5000, dollar:1e6", "vwap") == [])
        let other = try changed("volume:5000", "close")
        #expect(other.map(\.cell).sorted { ($0 ?? "") < ($1 ?? "") } == ["C8", "D5"], "\(other)")
        #expect(other.allSatisfy { $0.description.contains("it builds bars_volume_5000") }, "\(other)")
        #expect(try changed("volume_imbalance:5000, dollar:1e6", "vwop").map(\.cell) == ["E8"])
    }

    @Test func whatABacktestNeedsFromOtherSheets() throws {
        let noPortfolio = try problems { $0["PORTFOLIOS"]?.removeLast() }
        #expect(noPortfolio.map(\.description) == ["BACKTESTS!A3: no enabled row of PORTFOLIOS names \"ES_CROSS_1M\""])
        let noCosts = try problems { rows in
            rows["COSTS"]?.removeFirst()
            rows["DISCOVERY"] = []
        }
        #expect(noCosts.map { $0.cell ?? "" } == ["A2"])
        let noScaling = try problems { $0["SCALING"] = [] }
        #expect(noScaling.filter { $0.sheet == "STRATEGIES" }.map { $0.cell ?? "" } == ["J2"])
        let noTick = try problems { Self.set(&$0, "INSTRUMENTS", 3, "tick_size", nil) }
        #expect(noTick.map { "\($0.sheet) \($0.cell ?? "")" } == ["INSTRUMENTS J5"])
    }

    @Test func aDisabledRowThatIsNeededIsAProblem() throws {
        let strategy = try problems { Self.set(&$0, "STRATEGIES", 0, "enabled", false) }
        #expect(strategy.map { "\($0.sheet) \($0.cell ?? "")" } == ["BACKTESTS B2", "GATES C2", "SCALING C2"])
        let backtest = try problems { Self.set(&$0, "BACKTESTS", 1, "enabled", false) }
        #expect(backtest.map { "\($0.sheet) \($0.cell ?? "")" } == ["REPORTING C3", "PORTFOLIOS B3"])
        let feature = try problems { Self.set(&$0, "FEATURE_LIBRARY", 2, "enabled", false) }
        #expect(feature.map { "\($0.sheet) \($0.cell ?? "")" } == ["GATES D2"])
    }

    @Test func suggestionsAreNear() {
        #expect(Suggestion.closest(to: "vix_levle", among: ["vix_level", "vix"]) == "vix_level")
        #expect(Suggestion.closest(to: "Session ID", among: ["session_id"]) == "session_id")
        #expect(Suggestion.closest(to: "banana", among: ["vix_level", "spx"]) == nil)
        #expect(Suggestion.editDistance("kitten", "sitting") == 3)
    }
}
