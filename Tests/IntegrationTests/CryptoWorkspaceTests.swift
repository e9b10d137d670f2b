import Primitives
import TestKit
import Testing
import Workbook

/// Crypto perpetuals in a workspace: five-minute and one-minute bars, funding, mark prices and open interest, from csv, xlsx and
/// Parquet, as features, gate, scaler and traded prices.
@Suite(
    "A workspace of crypto perpetuals",
    .enabled(if: Oracle.isInstalled && SharedData.has("crypto"), "needs the oracle and ../shared/data"))
struct CryptoWorkspaceTests {
    private let folder: TemporaryFolder
    private let root: String
    private let shared: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.file("w")
        shared = String(try #require(SharedData.path("crypto")).dropLast("/crypto".count))
        let made = try BuiltProgram.run(["init", root])
        try #require(made.exitCode == 0, "\(made.error)")
        _ = try Oracle.run(script: "crypto_features.py", arguments: ["inbox", shared, root + "/inbox"])
        try write(Self.rows(btc: shared + "/crypto/btc-perp-20211231-20220201_1m.csv"))
    }

    private func write(_ rows: [String: [[String: JSONValue]]]) throws {
        try Folder.remove(root + "/config/run_config.xlsx")
        try WorkbookTemplate.write(to: root + "/config/run_config.xlsx", sample: rows)
    }

    private func apus(_ words: String...) throws -> String {
        let result = try BuiltProgram.run(words + ["--quiet", "--workspace", root])
        try #require(result.exitCode == 0, "\(words): \(result.output) \(result.error)")
        return result.output
    }

    private func json(_ words: String...) throws -> JSONValue {
        let result = try BuiltProgram.run(words + ["--json", "--workspace", root])
        try #require(result.exitCode == 0, "\(words): \(result.error)")
        return try JSONParser.parse(result.output)
    }

    /// Every column equals a computation with pandas that knows nothing of ours, at every bar's close.
    @Test func featuresAreThoseOfPandas() throws {
        _ = try apus("config", "check")
        #expect(try json("ingest").arrayValue?.map { $0["action"]?.stringValue } == .init(repeating: "added", count: 6))
        let built = try BuiltProgram.run(["features", "build", "--json", "--workspace", root])
        try #require(built.exitCode == 0, "\(built.error)")
        try AtomicFile.write(built.output, to: folder.file("built.json"))
        let compared = try Oracle.run(
            script: "crypto_features.py", arguments: ["check", shared, root + "/inbox", folder.file("built.json")])
        #expect(compared.split(separator: "\n").count == Self.features.count + Self.engineered.count, "\(compared)")
        let audit = try #require(
            try json("features", "audit", "--thorough", "logret_1", "basis_bps", "funding_rate", "oi_notional", "carry")
                .arrayValue)
        #expect(audit.count == 5)
        for item in audit {
            #expect(item["leaks"]?.arrayValue?.isEmpty == true, "\(item)")
            let late = item["published_late"]?["changed_share"]?.doubleValue
            #expect((late ?? 0) > 0, "\(item)")
        }
        // Nothing is new the second time.
        #expect(try json("ingest").arrayValue?.allSatisfy { $0["action"] == "unchanged" } == true)
        #expect(try json("features", "build").arrayValue?.allSatisfy { $0["action"] == "up to date" } == true)
    }

    /// A rate that is settled at 16:00:00.005 is not read at 16:00:00.
    @Test func fundingIsReadWhenItWasSettled() throws {
        _ = try apus("ingest", "PERP", "FUNDING")
        func value(_ time: String) throws -> (value: Double?, known: String?) {
            let answer = try json("explain", "feature", "funding_rate", "--at", time)
            return (answer["reading"]?["value"]?.doubleValue, answer["reading"]?["available_at"]?.stringValue)
        }
        let before = try value("2021-11-19T16:00:00Z"), after = try value("2021-11-19T16:05:00Z")
        #expect(before.known == "2021-11-19T08:00:00Z" && after.known == "2021-11-19T16:00:00.005Z")
        #expect(try value("2021-11-21T08:00:00Z").value == 0.00013862)
        // Down to the file and its row.
        let text = try apus("explain", "feature", "carry", "--at", "2021-11-20T00:05:00Z")
        #expect(text.contains("FUNDING!funding_rate") && text.contains("0.00013"), "\(text)")
        for (known, row, file) in [
            ("2021-11-20T00:00:00.012Z", 7, "xrp_funding.parquet"), ("2021-11-20T00:05:00Z", 1441, "xrp_5m.csv"),
        ] {
            let line = try #require(text.split(separator: "\n").first { $0.contains("known since \(known); row ") })
            #expect(line.contains("; row \(row) of ") && line.contains("-\(file); "), "\(line)")
        }
        #expect(text.contains("data/raw/timed/FUNDING/xrp_funding_8h/"), "\(text)")
    }

    /// Features, gate and scaler decide, the bars fill, around the clock and over the weekend.
    @Test func aBacktestTradesThem() throws {
        _ = try apus("ingest")
        let run = try #require(try json("run").arrayValue?.first)
        #expect((run["metrics"]?["num_trades"]?.intValue ?? 0) > 5, "\(run)")
        let folder = try #require(run["folder"]?.stringValue)
        let summary = try Oracle.run(script: "crypto_run.py", arguments: [folder, shared])
        #expect(summary.hasPrefix("fills at the next open: "), "\(summary)")
        // Days of UTC, weekends included, and a year of 365 of them.
        #expect(summary.contains("2021-11-20") && summary.contains("2021-11-21"), "\(summary)")
        let labels = try #require(try json("labels", "build").arrayValue)
        #expect(labels.count == 2 && labels.allSatisfy { ($0["labelled"]?.intValue ?? 0) > 1_000 }, "\(labels)")
        _ = try apus("labels", "audit")
        _ = try apus("report")
        _ = try BuiltProgram.run(["doctor", "XRP_DAY", "--workspace", root])
    }

    /// A revised file is another vintage, and the audit tells what it changed.
    @Test func aRevisionIsAVintageThatTheAuditTells() throws {
        var rows = Self.rows(btc: "inbox/none.csv")
        rows["DATASETS"] = rows["DATASETS"]?.filter { $0["dataset_id"] == "PERP" }.map { row in
            row.merging(["update_mode": "revisable"]) { $1 }
        }
        rows["FEATURE_LIBRARY"] = rows["FEATURE_LIBRARY"]?.filter { $0["feature_id"] == "logret_1" }
        for sheet in ["ENGINEERED_FEATURES", "STRATEGIES", "BACKTESTS", "GATES", "SCALING", "PORTFOLIOS", "LABELS", "COSTS"] {
            rows[sheet] = []
        }
        rows["INSTRUMENTS"] = rows["INSTRUMENTS"]?.filter { $0["instrument_id"] == "XRP_PERP" }
        try write(rows)
        _ = try apus("ingest")
        let file = root + "/inbox/xrp_5m.csv"
        try AtomicFile.write(try FileBytes.readText(file).replacing(",1.1972,7267451.9", with: ",1.1981,7267451.9"), to: file)
        #expect(try json("ingest").arrayValue?.map { $0["action"]?.stringValue } == ["revised"])
        let audit = try #require(try json("features", "audit").arrayValue?.first)
        // One close is in two of the 1,998 returns.
        #expect(abs((audit["revised"]?["changed_share"]?.doubleValue ?? 0) - 2.0 / 1_998) < 1e-6, "\(audit)")
    }
}

extension CryptoWorkspaceTests {
    private static func dataset(
        _ id: String, _ file: String, _ table: String, _ frequency: String, _ rule: String, column: String = "timestamp"
    ) -> [String: JSONValue] {
        [
            "dataset_id": .string(id), "dataset_type": "timed_series",
            "source_type": .string(file.split(separator: ".").last.map(String.init) ?? ""),
            "source_path_or_id": .string(file), "update_mode": "append_only", "date_col": .string(column),
            "bar_frequency": .string(frequency), "known_time_rule": .string(rule), "canonical_table_name": .string(table),
        ]
    }

    private static func feature(
        _ id: String, _ dataset: String, _ columns: String, _ transform: String, _ parameters: JSONValue? = nil
    ) -> [String: JSONValue] {
        var row: [String: JSONValue] = [
            "feature_id": .string(id), "dataset_id": .string(dataset), "input_col": .string(columns),
            "transform": .string(transform), "missing_policy": "error", "tags": ["crypto"], "enabled": true,
        ]
        row["params_json"] = parameters
        return row
    }

    /// The columns of a feature table as crypto studies have them, on five-minute bars; windows of ten and sixty days, in rows,
    /// on the longer series of one-minute bars.
    fileprivate static let features: [[String: JSONValue]] = [
        feature("close", "PERP", "close", "level"), feature("logret_1", "PERP", "close", "log_return"),
        feature("rv_96", "PERP", "close", "volatility", ["window": 96, "periods_per_year": 1]),
        feature("rv_pct_960", "PERP", "close", "rv_percentile", ["window": 96, "rank_window": 960]),
        feature("high_96", "PERP", "high", "rolling_max", ["window": 96]),
        feature("low_96", "PERP", "low", "rolling_min", ["window": 96]),
        feature("range_96", "PERP", "high, low", "range", ["window": 96]),
        feature("range_med_480", "PERP", "high, low", "range_median", ["window": 96, "median_window": 480]),
        feature("basis_bps", "PERP", "close, MARK!mark_price", "basis_bps"),
        feature("basis_zscore", "PERP", "close, MARK!mark_price", "basis_zscore", ["window": 96]),
        feature("spread_zscore", "PERP", "close, OTHER!price", "cross_exchange_spread_zscore", ["window": 96]),
        feature("funding_rate", "FUNDING", "funding_rate", "level"),
        feature("funding_mean_32", "FUNDING", "funding_rate", "funding_mean", ["window": 3]),
        feature("oi_notional", "OI", "sum_open_interest, PERP!close", "oi_notional"),
        feature("oi_delta_1h", "OI", "sum_open_interest", "oi_delta", ["periods": 12]),
        feature("liquidation_notional", "OI", "liquidation_notional", "level"),
        feature("btc_rv_pct_17280", "BTC", "close", "rv_percentile", ["window": 96, "rank_window": 17280]),
        feature("btc_range_med_2880", "BTC", "high, low", "range_median", ["window": 96, "median_window": 2880]),
    ]

    fileprivate static let engineered: [[String: JSONValue]] = [
        [
            "eng_feature_id": "carry", "input_feature_ids": ["close", "funding_rate"], "combine_transform": "product",
            "missing_policy": "error",
            "tags": ["crypto"], "enabled": true,
        ],
        // Of one five-minute bar.
        [
            "eng_feature_id": "funding_rate_scaled", "input_feature_ids": ["funding_rate"], "combine_transform": "linear",
            "missing_policy": "error",
            "params_json": ["weights": [.double(1.0 / 96)]], "tags": ["crypto"], "enabled": true,
        ],
    ]

    private static let instruments: [[String: JSONValue]] = [
        [
            "instrument_id": "XRP_PERP", "instrument_type": "crypto", "prices_dataset_id": "PERP", "open_col": "open",
            "high_col": "high", "low_col": "low", "close_col": "close", "return_model": "price", "tick_size": 0.0001,
            "currency": "USD", "calendar": "ALWAYS_OPEN", "default_execution_time": "next_open",
            "default_execution_price_model": "mid",
        ],
        [
            "instrument_id": "XRP_MARK", "instrument_type": "crypto", "prices_dataset_id": "MARK", "close_col": "mark_price",
            "return_model": "none", "currency": "USD", "calendar": "ALWAYS_OPEN",
        ],
    ]

    fileprivate static func rows(btc: String) -> [String: [[String: JSONValue]]] {
        var rows = SampleWorkbook.rows.filter { ["RUNBOOK", "PATHS", "METRICS"].contains($0.key) }
        rows["DATASETS"] = [
            dataset("PERP", "inbox/xrp_5m.csv", "xrp_5m", "5m", "bar_close@ALWAYS_OPEN"),
            dataset("FUNDING", "inbox/xrp_funding.parquet", "xrp_funding_8h", "irregular", "label@ALWAYS_OPEN"),
            dataset("MARK", "inbox/xrp_mark.xlsx", "xrp_mark_1h", "1h", "bar_close@ALWAYS_OPEN"),
            dataset("OTHER", "inbox/other_mark.csv", "other_mark_1h", "1h", "bar_close@ALWAYS_OPEN"),
            dataset("OI", "inbox/xrp_oi.parquet", "xrp_oi_5m", "5m", "label+30s@ALWAYS_OPEN"),
            dataset("BTC", btc, "btc_1m", "1m", "bar_close@ALWAYS_OPEN"),
        ]
        rows["INSTRUMENTS"] = instruments
        rows["FEATURE_LIBRARY"] = features
        rows["ENGINEERED_FEATURES"] = engineered
        rows["FEATURE_SETS"] = [["feature_set_id": "crypto", "include_tags": ["crypto"], "enabled": true]]
        rows["SIGNAL_TEMPLATES"] = [
            [
                "template_id": "carry_side", "template_name": "threshold", "allowed_feature_inputs": "ALL",
                "supports_long_short": true, "supports_flat": true,
                "default_params_json": ["long_above": 4, "short_below": -4, "exit_long_below": 0, "exit_short_above": 0],
                "enabled": true,
            ]
        ]
        rows["STRATEGIES"] = [
            [
                "strategy_id": "XRP_BASIS", "instrument_id": "XRP_PERP", "feature_set_id": "crypto",
                "signal_template_id": "carry_side", "primary_feature_id": "basis_bps", "position_mode": "scaled",
                "position_values": [-1, 0, 1], "enabled": true,
            ]
        ]
        rows["BACKTESTS"] = [
            [
                "backtest_id": "XRP_DAY", "strategy_id": "XRP_BASIS", "start_date": "2021-11-18", "rebalance_rule": "every_bar",
                "execution_time": "next_open", "execution_price_model": "mid", "allow_flip_same_day": true, "enabled": true,
            ]
        ]
        rows["COSTS"] = [
            [
                "cost_profile_id": "taker", "target_type": "ALL", "commission_model": "percent", "commission_value": 0.0004,
                "fee_per_unit": 0, "spread_model_type": "none", "slippage_model_type": "none", "enabled": true,
            ]
        ]
        rows["GATES"] = [
            [
                "gate_id": "cheap", "target_type": "STRATEGY", "target_id": "XRP_BASIS",
                "expression": "funding_rate < 0.0002 AND oi_delta_1h < 20000000", "mode": "entries", "enabled": true,
            ]
        ]
        rows["SCALING"] = [
            [
                "scaling_id": "calm", "target_type": "STRATEGY", "target_id": "XRP_BASIS", "method": "vol_target",
                "feature_id": "rv_96", "target_vol": 0.002, "min_scale": 0.25, "max_scale": 2, "rebalance": "daily",
                "enabled": true,
            ]
        ]
        rows["PORTFOLIOS"] = [
            [
                "portfolio_id": "account", "backtest_id": "XRP_DAY", "initial_cash": 100_000, "currency": "USD",
                "sizing_mode": "notional_fraction", "sizing_value": 0.5, "share_type": "fractional", "enabled": true,
            ]
        ]
        rows["LABELS"] = labels
        return rows
    }

    private static let labels: [[String: JSONValue]] = [
        [
            "label_id": "next_hour", "instrument_id": "XRP_PERP", "label": "forward_return", "params_json": ["horizon": 12],
            "enabled": true,
        ],
        [
            "label_id": "barrier", "instrument_id": "XRP_PERP", "label": "triple_barrier",
            "params_json": ["horizon_time": "4h", "upper": 4, "lower": 4, "distance": "volatility"],
            "volatility_feature_id": "rv_96", "enabled": true,
        ],
    ]
}
