import Primitives

// RUNBOOK, PATHS, DATASETS, INSTRUMENTS.
extension WorkbookSchema {
    static let dataSheets = [runbook, paths, datasets, instruments]

    private static let runbook = WorkbookSheet(
        "RUNBOOK", "The steps that a full run carries out, in the order of StepNo.",
        [
            WorkbookColumn("StepNo", .integer, unique: true, in: .counts, "Whole number from 1. Steps run in ascending order."),
            WorkbookColumn("Task", .text, required: true, "What the step is for, in a few words."),
            WorkbookColumn(
                "CommandOrAction", .text, required: true, "An apus command with its options: \(RunbookCommand.list)."),
            WorkbookColumn("Notes", .text, "Anything you want to remember about this step. Not read by any command."),
        ])

    private static func folder(_ name: String, _ what: String, required: Bool = true) -> WorkbookColumn {
        WorkbookColumn(
            name, .text, required: required,
            "\(what) Absolute, or relative to the workspace; {CODE_ROOT} and {DATA_ROOT} are replaced by those columns' values.")
    }

    private static let paths = WorkbookSheet(
        "PATHS", "One profile of folders per machine; exactly one is active.",
        [
            WorkbookColumn("Profile", .identifier, unique: true, "A name for this set of folders, such as the machine's."),
            WorkbookColumn("IsActive", .boolean, required: true, "TRUE in exactly one row: the profile that commands use."),
            WorkbookColumn(
                "CODE_ROOT", .text, required: true, "The workspace's own folder; `.` is the folder that holds config/."),
            WorkbookColumn("DATA_ROOT", .text, required: true, "The folder of all data. Absolute, or relative to the workspace."),
            folder("DUCKDB_FILE", "The research database's file."),
            folder("RAW_DIR", "Raw files as they came: immutable, append-only."),
            folder("CANONICAL_DIR", "Standardised tables."),
            folder("FEATURE_CACHE_DIR", "Computed feature columns."),
            folder("RUNS_DIR", "Results of runs."),
            folder("LOG_DIR", "Logs."),
            folder("EXPORT_CONFIG_DIR", "Snapshots of this workbook."),
            WorkbookColumn("Notes", .text, "Anything you want to remember about this profile. Not read by any command."),
        ])

    private static let datasets = WorkbookSheet(
        "DATASETS", "A source of data: one file with a row a date or a time, or a set of files of trades or quotes.",
        [
            WorkbookColumn("dataset_id", .identifier, unique: true, "A short name that other sheets refer to, such as SP500."),
            WorkbookColumn(
                "dataset_type", .choice(["daily_series", "timed_series", "trades", "quotes"]), required: true,
                "daily_series: one row a date. timed_series: one row a timestamp, such as 5-minute bars or funding rates. "
                    + "trades: one row a trade with its aggressor side. quotes: one row a change of the best bid and ask."),
            WorkbookColumn(
                "source_type", .choice(["xlsx", "csv", "parquet", "dbn"]), required: true,
                "How the source is stored. dbn is Databento's format (.dbn or .dbn.zst) and is for "
                    + "trades and quotes; xlsx and csv are for daily_series and timed_series, parquet is for timed_series."
            ),
            WorkbookColumn(
                "source_path_or_id", .text, required: true,
                "File, or pattern of files with *, relative to the workspace or absolute, such as inbox/sp500.csv."),
            WorkbookColumn(
                "update_mode", .choice(["append_only", "revisable"]), required: true,
                "append_only refuses a source whose history changed; revisable keeps both vintages."),
            WorkbookColumn(
                "date_col", .text, "Header of the column of dates or timestamps. Required for daily_series and timed_series."),
            WorkbookColumn(
                "timestamp_tz", .choice(["UTC", "America/New_York", "America/Chicago"]),
                "Zone of the timestamps of a timed_series that carry none; blank means UTC. Elsewhere it documents the zone and "
                    + "nothing is converted: UTC for trades and quotes, for a daily_series the zone of the calendar in "
                    + "known_time_rule."),
            WorkbookColumn(
                "bar_frequency", .barFrequency, required: true,
                "How far the rows of a daily_series are apart: 1d, 1w or 1mo; the check of lag_days goes by it. trade for "
                    + "trades, quote for quotes. For timed_series the length of the interval that a row covers, such as 5m, 8h "
                    + "or 1d, or "
                    + "irregular."),
            WorkbookColumn(
                "known_time_rule", .knownTimeRule,
                "When a daily value is known on its own date: session_close@CALENDAR, "
                    + "session_open@CALENDAR or HH:MM@CALENDAR (local time). Of a timed_series: bar_close@CALENDAR (the "
                    + "timestamp is the open of an interval, the row known at its end), close_label@CALENDAR (the timestamp "
                    + "is that end) or label@CALENDAR (known at its timestamp), with a delay as in "
                    + "bar_close+5s@ALWAYS_OPEN. Must be blank for trades and quotes."
            ),
            WorkbookColumn(
                "default_availability_lag_days", .integer, in: .lagDays,
                "Sessions from a value's date or time to the one in which it is known, >= 0. Data known after the close: 1. "
                    + "Blank means 0. Must be blank for trades and quotes."
            ),
            WorkbookColumn(
                "canonical_table_name", .identifier, required: true, "Name of the standardised table, such as sp500_daily."),
            WorkbookColumn(
                "canonical_partition_keys", .choiceList(["symbol"]),
                "Column that splits the standardised table: symbol or blank for trades and quotes, else blank."),
            .notes(),
        ])

    private static let instruments = WorkbookSheet(
        "INSTRUMENTS", "A series that can be charted, used as an input or traded.",
        [
            WorkbookColumn("instrument_id", .identifier, unique: true, "A short name that other sheets refer to, such as SPX."),
            WorkbookColumn("instrument_name", .text, "The full name for charts and reports."),
            WorkbookColumn(
                "instrument_type", .choice(["index", "equity", "future", "crypto", "rate", "indicator"]), required: true,
                "What kind of series it is."),
            WorkbookColumn(
                "prices_dataset_id", .datasetReference, required: true,
                "Where its prices are: DATASET for a daily or timed series, DATASET:bars_1m:FULL for bars derived from trades, "
                    + "DATASET:quotes_1s:FULL with the close_col mid for quotes."),
            WorkbookColumn("open_col", .text, "Column with the open. Blank where the series has one value a row."),
            WorkbookColumn("high_col", .text, "Column with the high, or blank."),
            WorkbookColumn("low_col", .text, "Column with the low, or blank."),
            WorkbookColumn("close_col", .text, required: true, "Column with the close, or with the single value of the series."),
            WorkbookColumn(
                "return_model", .choice(["price", "difference", "none"]), required: true, allowed: ["price", "none"],
                "price: return is a ratio of prices. none: cannot be traded. difference is not supported yet."),
            WorkbookColumn(
                "tick_size", .number, in: .positive,
                "Smallest price step, in price units, > 0. Required where costs are in ticks."),
            WorkbookColumn(
                "multiplier", .number, in: .positive, "Currency per 1.0 of price and unit, > 0, such as 50 for ES. Blank means 1."
            ),
            WorkbookColumn(
                "currency", .text, required: true,
                "ISO 4217 code of prices and profits, such as USD; the same as its backtests' in PORTFOLIOS."),
            WorkbookColumn("calendar", .choice(calendars), required: true, "Trading days and hours."),
            WorkbookColumn(
                "default_execution_time", .executionTime,
                "Used where BACKTESTS leaves execution_time blank: next_open, same_close, next_close, or "
                    + "HH:MM local time (intraday only)."
            ),
            WorkbookColumn(
                "default_execution_price_model", .choice(["mid", "side_aware"]),
                "Used where BACKTESTS leaves it blank. mid: the reference price. side_aware: buys pay "
                    + "half the spread, sells receive it less."
            ),
            .notes(),
        ])
}
