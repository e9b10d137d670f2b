public import Primitives

/// The rows of a new workbook: the demo's studies. Plain data; a date is a text `YYYY-MM-DD`, a list an array, JSON an object.
public enum SampleWorkbook {
    public static let rows: [String: [[String: JSONValue]]] = [
        "RUNBOOK": [
            ["StepNo": 1, "Task": "Check this workbook", "CommandOrAction": "apus config check"],
            ["StepNo": 2, "Task": "Take in raw files", "CommandOrAction": "apus ingest"],
            [
                "StepNo": 3, "Task": "Build bars, footprint, cumulative delta and tables of quotes",
                "CommandOrAction": "apus derive",
            ],
            ["StepNo": 4, "Task": "Compute the features", "CommandOrAction": "apus features build"],
            ["StepNo": 5, "Task": "Prove that no feature uses the future", "CommandOrAction": "apus features audit"],
            ["StepNo": 6, "Task": "Compute the labels", "CommandOrAction": "apus labels build"],
            ["StepNo": 7, "Task": "Run the enabled backtests", "CommandOrAction": "apus run"],
            ["StepNo": 8, "Task": "Write the reports", "CommandOrAction": "apus report"],
            ["StepNo": 9, "Task": "Show what the lake holds", "CommandOrAction": "apus lake status"],
        ],
        "PATHS": [
            [
                "Profile": "local", "IsActive": true, "CODE_ROOT": ".", "DATA_ROOT": "{CODE_ROOT}/data",
                "DUCKDB_FILE": "{DATA_ROOT}/duckdb/research.duckdb", "RAW_DIR": "{DATA_ROOT}/raw",
                "CANONICAL_DIR": "{DATA_ROOT}/canonical", "FEATURE_CACHE_DIR": "{DATA_ROOT}/features_cache",
                "RUNS_DIR": "{DATA_ROOT}/runs", "LOG_DIR": "{DATA_ROOT}/logs", "EXPORT_CONFIG_DIR": "{CODE_ROOT}/config/exports",
                "Notes": "Everything inside the workspace.",
            ],
            [
                "Profile": "fast_disk", "IsActive": false, "CODE_ROOT": ".", "DATA_ROOT": "/mnt/fast/apus",
                "DUCKDB_FILE": "{DATA_ROOT}/duckdb/research.duckdb", "RAW_DIR": "{DATA_ROOT}/raw",
                "CANONICAL_DIR": "{DATA_ROOT}/canonical", "FEATURE_CACHE_DIR": "{DATA_ROOT}/features_cache",
                "RUNS_DIR": "{DATA_ROOT}/runs", "LOG_DIR": "{DATA_ROOT}/logs", "EXPORT_CONFIG_DIR": "{CODE_ROOT}/config/exports",
                "Notes": "An example of data on another disk; set IsActive here and clear it above.",
            ],
        ],
        "DATASETS": datasets + [quotesDataset],
        "INSTRUMENTS": instruments + [quotesInstrument],
        "SESSIONS": [session("ES_RTH", "RTH"), session("ES_FULL", "FULL"), quotesSession],
        "FEATURE_LIBRARY": features + moreFeatures + quoteFeatures,
        "FEATURE_SETS": [
            [
                "feature_set_id": "daily", "description": "Everything known once a day", "include_tags": ["daily"],
                "enabled": true,
            ],
            [
                "feature_set_id": "intraday", "description": "ES bars and order flow", "include_tags": ["intraday"],
                "enabled": true,
            ],
        ],
        "SIGNAL_TEMPLATES": [
            [
                "template_id": "momentum_long_short", "template_name": "threshold", "allowed_feature_inputs": "ALL",
                "supports_long_short": true, "supports_flat": true, "description": "Long above 2 %, short below -6 %",
                "default_params_json": [
                    "long_above": 0.02, "short_below": -0.06, "exit_long_below": 0.0, "exit_short_above": -0.02,
                ],
                "enabled": true,
            ],
            [
                "template_id": "fast_slow", "template_name": "crossover", "allowed_feature_inputs": "ALL",
                "supports_long_short": true,
                "supports_flat": true, "description": "Long while fast is above slow, short while below", "enabled": true,
            ],
        ],
        "STRATEGIES": [
            [
                "strategy_id": "SPX_MOMENTUM", "strategy_name": "S&P 500 half-year momentum, volatility targeted",
                "instrument_id": "SPX",
                "feature_set_id": "daily", "signal_template_id": "momentum_long_short", "primary_feature_id": "spx_momentum",
                "position_mode": "scaled", "position_values": [-1, 0, 1], "enabled": true,
            ],
            [
                "strategy_id": "ES_CROSS", "strategy_name": "ES one-minute crossover", "instrument_id": "ESH4",
                "feature_set_id": "intraday", "signal_template_id": "fast_slow", "primary_feature_id": "es_fast",
                "secondary_feature_id": "es_slow", "position_mode": "discrete", "position_values": [-1, 0, 1], "enabled": true,
            ],
        ],
        "BACKTESTS": [
            [
                "backtest_id": "SPX_MOMENTUM_DAILY", "strategy_id": "SPX_MOMENTUM", "start_date": "2014-02-03",
                "end_date": "2018-12-31",
                "rebalance_rule": "daily", "execution_time": "next_open",
                "execution_price_model": "side_aware", "allow_flip_same_day": true, "min_hold_days": 2, "cooldown_days": 0,
                "enabled": true,
            ],
            [
                "backtest_id": "ES_CROSS_1M", "strategy_id": "ES_CROSS", "start_date": "2023-12-01",
                "rebalance_rule": "every_bar",
                "execution_time": "next_open", "execution_price_model": "side_aware", "allow_flip_same_day": true,
                "enabled": true,
                "notes": "No end date: everything that was ingested.",
            ],
        ],
        "COSTS": costs,
        "GATES": [
            [
                "gate_id": "calm_market", "target_type": "STRATEGY", "target_id": "SPX_MOMENTUM",
                "expression": "vix_level < 30 AND NOT (credit_z > 2.5 OR wti_momentum < -0.35)", "mode": "entries",
                "enabled": true,
            ]
        ],
        "SCALING": [
            [
                "scaling_id": "spx_vol_target", "target_type": "STRATEGY", "target_id": "SPX_MOMENTUM", "method": "vol_target",
                "feature_id": "spx_vol", "target_vol": 0.1, "min_scale": 0.25, "max_scale": 1.5, "rebalance": "daily",
                "enabled": true,
            ]
        ],
        "PORTFOLIOS": [
            [
                "portfolio_id": "spx_account", "backtest_id": "SPX_MOMENTUM_DAILY", "initial_cash": 1_000_000, "currency": "USD",
                "sizing_mode": "notional_fraction", "sizing_value": 1, "share_type": "fractional", "enabled": true,
            ],
            [
                "portfolio_id": "es_account", "backtest_id": "ES_CROSS_1M", "initial_cash": 500_000, "currency": "USD",
                "sizing_mode": "units", "sizing_value": 1, "share_type": "integer", "enabled": true,
            ],
        ],
        "METRICS": [
            metric("total_pnl", "Final equity less initial cash, account currency"),
            metric("sharpe", "Annualised mean over standard deviation of daily returns"),
            metric("max_drawdown", "Deepest fall from a high-water mark, a fraction <= 0"),
            metric("num_trades", "Closed trades"),
        ],
        "REPORTING": [report("spx_report", "SPX_MOMENTUM_DAILY"), report("es_report", "ES_CROSS_1M")],
    ].merging(SampleWorkbook.laterRows) { first, _ in first }

    private static func daily(
        _ id: String, _ file: String, _ known: String, _ note: String, lag: Int64 = 0, dateColumn: String = "Date"
    ) -> [String: JSONValue] {
        [
            "dataset_id": .string(id), "dataset_type": "daily_series", "source_type": "csv", "source_path_or_id": .string(file),
            "update_mode": "append_only", "date_col": .string(dateColumn), "timestamp_tz": "America/New_York",
            "bar_frequency": "1d",
            "known_time_rule": .string(known), "default_availability_lag_days": .int(lag),
            "canonical_table_name": .string(id.lowercased() + "_daily"), "notes": .string(note),
        ]
    }

    private static let datasets: [[String: JSONValue]] = [
        daily("SP500", "inbox/sp500.csv", "session_close@US_EQUITY", "S&P 500 index"),
        daily("NASDAQ", "inbox/nasdaq.csv", "session_close@US_EQUITY", "Nasdaq composite index"),
        daily("VIX", "inbox/vix.csv", "session_close@US_EQUITY", "Cboe volatility index, close"),
        daily("WTI", "inbox/wti.csv", "18:00@US_EQUITY", "Crude oil spot price; published with a delay", lag: 1),
        daily(
            "CREDIT", "inbox/default.csv", "18:00@US_EQUITY",
            "Moody's AAA and BAA yields: monthly averages labelled by the month's first day, so known only after its end", lag: 25
        ),
        daily(
            "TREASURY", "inbox/treasury.csv", "18:00@US_EQUITY",
            "US Treasury par yields by maturity, fractions; published in the evening", dateColumn: "Time Period"),
        daily(
            "FLOWS", "inbox/flows.csv", "18:00@US_EQUITY",
            "Estimated flows into US mutual funds, million USD: one value a week, labelled by the week's last day and published "
                + "about a week later; rows are weeks with gaps, so windows count weeks and not days", lag: 5),
        [
            "dataset_id": "ES_TRADES", "dataset_type": "trades", "source_type": "dbn", "source_path_or_id": "inbox/es/*.dbn.zst",
            "update_mode": "append_only", "timestamp_tz": "UTC", "bar_frequency": "trade", "canonical_table_name": "es_trades",
            "canonical_partition_keys": ["symbol"], "notes": "E-mini S&P 500 trades with the aggressor side",
        ],
    ]

    private static let instruments: [[String: JSONValue]] = [
        index("SPX", "S&P 500", "SP500"),
        index("NDQ", "Nasdaq composite", "NASDAQ"),
        [
            "instrument_id": "VIX_INDEX", "instrument_name": "Volatility index", "instrument_type": "indicator",
            "prices_dataset_id": "VIX",
            "close_col": "vix", "return_model": "none", "currency": "USD", "calendar": "US_EQUITY",
        ],
        [
            "instrument_id": "ESH4", "instrument_name": "E-mini S&P 500, March 2024", "instrument_type": "future",
            "prices_dataset_id": "ES_TRADES:bars_1m:FULL", "open_col": "open", "high_col": "high", "low_col": "low",
            "close_col": "close", "return_model": "price", "tick_size": 0.25, "multiplier": 50, "currency": "USD",
            "calendar": "CME_EQUITY", "default_execution_time": "next_open", "default_execution_price_model": "side_aware",
        ],
    ]

    private static func index(_ id: String, _ name: String, _ dataset: String) -> [String: JSONValue] {
        [
            "instrument_id": .string(id), "instrument_name": .string(name), "instrument_type": "index",
            "prices_dataset_id": .string(dataset), "open_col": "Open", "high_col": "High", "low_col": "Low", "close_col": "Close",
            "return_model": "price", "multiplier": 1, "currency": "USD", "calendar": "US_EQUITY",
            "default_execution_time": "next_open", "default_execution_price_model": "side_aware",
        ]
    }

    private static func session(_ id: String, _ kind: String) -> [String: JSONValue] {
        var row: [String: JSONValue] = [
            "session_id": .string(id), "dataset_id": "ES_TRADES", "calendar": "CME_EQUITY", "session": .string(kind),
            "bar_intervals": ["1m", "5m"], "footprint_interval": "1m", "cvd_interval": "1m", "big_trade_rule": "percentile",
            "big_trade_value": 0.995, "big_trade_window": 1000, "enabled": true,
        ]
        if kind == "FULL" { row["flow_interval"] = "1m" }
        return row
    }

    private static let features: [[String: JSONValue]] = [
        feature("spx_momentum", "S&P 500 half-year momentum", "SP500", "Close", "momentum", ["window": 126]),
        feature(
            "spx_vol", "S&P 500 one-month volatility, annualised", "SP500", "Close", "volatility",
            ["window": 21, "periods_per_year": 252]),
        feature("vix_level", "VIX", "VIX", "vix", "level"),
        feature("nasdaq_trend", "Nasdaq against its 200-day mean", "NASDAQ", "Close", "sma_ratio", ["window": 200]),
        feature("wti_momentum", "Crude oil quarter momentum", "WTI", "DCOILWTICO", "momentum", ["window": 63]),
        feature("credit_z", "BAA - AAA credit spread against three years", "CREDIT", "BAA - AAA", "zscore", ["window": 36]),
        feature("es_fast", "ES mean of 5 minutes", "ES_TRADES:bars_1m:FULL", "close", "sma", ["window": 5], tag: "intraday"),
        feature("es_slow", "ES mean of 20 minutes", "ES_TRADES:bars_1m:FULL", "close", "sma", ["window": 20], tag: "intraday"),
        // What the sample row of LABELS measures its barriers in.
        feature(
            "es_vol", "ES volatility of a minute over 20", "ES_TRADES:bars_1m:FULL", "close", "volatility",
            ["window": 20, "periods_per_year": 1], tag: "intraday"),
        feature(
            "es_delta", "ES delta of 15 minutes", "ES_TRADES:cvd_1m:FULL", "delta", "rolling_sum", ["window": 15], tag: "intraday"
        ),
    ]

    private static let costs: [[String: JSONValue]] = [
        [
            "cost_profile_id": "default_costs", "target_type": "ALL", "commission_model": "percent", "commission_value": 0.0001,
            "commission_min": 1, "fee_per_unit": 0, "spread_model_type": "bps", "spread_value": 1, "slippage_model_type": "bps",
            "slippage_value": 0.5, "enabled": true,
        ],
        [
            "cost_profile_id": "es_costs", "target_type": "INSTRUMENT", "target_id": "ESH4", "commission_model": "per_unit",
            "commission_value": 0.85, "fee_per_unit": 1.38, "spread_model_type": "ticks", "spread_value": 1,
            "slippage_model_type": "ticks", "slippage_value": 0.25, "enabled": true,
        ],
    ]

    private static func metric(_ id: String, _ text: String) -> [String: JSONValue] {
        var row: [String: JSONValue] = ["metric_id": .string(id), "description": .string(text), "enabled": true]
        if id == "sharpe" {
            row["annualization_factor"] = 252
            row["risk_free_rate"] = 0
        }
        return row
    }

    private static func report(_ id: String, _ backtest: String) -> [String: JSONValue] {
        [
            "report_id": .string(id), "target_type": "BACKTEST", "target_id": .string(backtest), "generate_tearsheet": true,
            "save_equity_curve": true, "save_positions": false, "save_signals": false, "save_feature_debug": false,
            "pareto_plot": false, "output_formats": ["html"], "enabled": true,
        ]
    }
}
