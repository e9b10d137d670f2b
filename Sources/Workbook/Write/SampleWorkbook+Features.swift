import Primitives

// What the demo's research knows beside the features that its strategies read.
extension SampleWorkbook {
    static func feature(
        _ id: String, _ name: String, _ dataset: String, _ column: String?, _ transform: String, _ parameters: JSONValue? = nil,
        tag: String = "daily", more: [String: JSONValue] = [:]
    ) -> [String: JSONValue] {
        var row: [String: JSONValue] = [
            "feature_id": .string(id), "feature_name": .string(name), "dataset_id": .string(dataset),
            "transform": .string(transform), "missing_policy": tag == "daily" ? "drop" : "error", "tags": [.string(tag)],
            "enabled": true,
        ]
        row["input_col"] = column.map { .string($0) }
        row["params_json"] = parameters
        if tag == "intraday" { row["instrument_scope"] = "ESH4" }
        return row.merging(more) { $1 }
    }

    private static func minute(
        _ id: String, _ name: String, _ column: String?, _ transform: String, _ parameters: JSONValue? = nil,
        table: String = "bars_1m"
    ) -> [String: JSONValue] {
        feature(id, name, "ES_TRADES:\(table):FULL", column, transform, parameters, tag: "intraday")
    }

    static let moreFeatures: [[String: JSONValue]] = [
        feature("ten_year", "Ten-year Treasury yield", "TREASURY", "10year", "level"),
        feature("ten_year_change", "Ten-year yield, change of a month", "TREASURY", "10year", "difference", ["periods": 21]),
        feature("ten_year_slope", "Slope of the yield curve", "TREASURY", "10year - 3month", "level"),
        feature("equity_flows", "Flows into equity funds against half a year", "FLOWS", "Total Equity", "zscore", ["window": 26]),
        feature(
            "nasdaq_relative", "Nasdaq against S&P 500, quarter", "NASDAQ", "Close, SP500!Close", "relative_strength",
            ["window": 63]),
        feature("vix_rank", "VIX, rank within a year", "VIX", "vix", "percentile_rank", ["window": 252]),
        feature("spx_rsi", "S&P 500 relative strength index", "SP500", "Close", "rsi"),
        feature("spx_range", "S&P 500 average true range, percent", "SP500", "High, Low, Close", "natr", ["window": 14]),
        feature(
            "spx_yang_zhang", "S&P 500 volatility of gaps and ranges", "SP500", nil, "yang_zhang",
            ["window": 21, "periods_per_year": 252]),
        feature(
            "wti_shock", "Crude oil day, tamed and in standard deviations", "WTI", "DCOILWTICO", "return",
            more: ["winsorize": "0.01:0.99:250", "normalize": "zscore:250"]),
        minute("es_imbalance", "ES order imbalance of 5 minutes", nil, "order_imbalance", ["window": 5]),
        minute("es_cvd_slope", "ES slope of cumulative delta", "cvd", "cvd_slope", ["window": 10], table: "cvd_1m"),
        minute("es_kyle", "ES price impact of a contract", nil, "kyle_lambda", ["window": 20]),
        minute("es_vpin", "ES flow toxicity", nil, "vpin", ["bucket_volume": 200, "buckets": 5]),
        minute("es_amihud", "ES illiquidity", nil, "amihud", ["window": 10]),
        minute("es_roll", "ES spread implied by bounces", "close", "roll_spread", ["window": 20]),
        minute("es_vwap", "ES distance from the session's VWAP", nil, "session_vwap_distance"),
        minute(
            "es_poc", "ES distance from the minute's point of control", "close, ES_TRADES:flow_1m:FULL!point_of_control",
            "point_of_control_distance"),
        minute(
            "es_value_area", "ES place within the minute's value area",
            "close, ES_TRADES:flow_1m:FULL!value_area_low, ES_TRADES:flow_1m:FULL!value_area_high", "value_area_position"),
        minute("es_stack", "ES stacked imbalances", nil, "imbalance_stack", ["threshold": 0.3]),
    ]

    static let moreEngineered: [[String: JSONValue]] = [
        [
            "eng_feature_id": "risk_rank", "eng_feature_name": "Stress: mean rank of volatility, credit and the curve",
            "input_feature_ids": ["vix_level", "credit_z", "ten_year_slope"], "combine_transform": "rank_mean",
            "params_json": ["window": 252], "missing_policy": "drop", "tags": ["daily"], "enabled": true,
        ],
        [
            "eng_feature_id": "trend_agreement", "eng_feature_name": "S&P 500 and Nasdaq trends where they agree",
            "input_feature_ids": ["spx_momentum", "nasdaq_trend"], "combine_transform": "confirmation",
            "params_json": ["agree": 2], "missing_policy": "drop", "tags": ["daily"], "enabled": true,
        ],
    ]
}
