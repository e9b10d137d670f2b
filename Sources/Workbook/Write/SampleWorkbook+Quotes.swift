import Primitives

// Quotes of the demo: a contract of its own, with its middle as the price.
extension SampleWorkbook {
    static let quotesDataset: [String: JSONValue] = [
        "dataset_id": "ES_QUOTES", "dataset_type": "quotes", "source_type": "dbn",
        "source_path_or_id": "inbox/es_quotes/*.dbn.zst", "update_mode": "append_only", "timestamp_tz": "UTC",
        "bar_frequency": "quote", "canonical_table_name": "es_quotes", "canonical_partition_keys": ["symbol"],
        "notes": "Best bid and ask of the E-mini S&P 500, every change",
    ]

    static let quotesInstrument: [String: JSONValue] = [
        "instrument_id": "ESU4", "instrument_name": "E-mini S&P 500, September 2024", "instrument_type": "future",
        "prices_dataset_id": "ES_QUOTES:quotes_1s:FULL", "close_col": "mid", "return_model": "price", "tick_size": 0.25,
        "multiplier": 50, "currency": "USD", "calendar": "CME_EQUITY", "default_execution_time": "next_open",
        "default_execution_price_model": "side_aware",
    ]

    static let quotesSession: [String: JSONValue] = [
        "session_id": "ES_QUOTES_FULL", "dataset_id": "ES_QUOTES", "calendar": "CME_EQUITY", "session": "FULL",
        "quote_intervals": ["1s", "1m"], "enabled": true,
    ]

    static let quoteFeatures: [[String: JSONValue]] = [
        ofQuotes("es_micro_gap", "ES microprice against the middle", "microprice - mid", "level"),
        ofQuotes("es_queue", "ES queue imbalance over 10 seconds", "mean_imbalance", "sma", ["window": 10]),
        ofQuotes("es_ofi", "ES order flow imbalance of 30 seconds", "order_flow_imbalance", "rolling_sum", ["window": 30]),
    ]

    private static func ofQuotes(
        _ id: String, _ name: String, _ column: String, _ transform: String, _ parameters: JSONValue? = nil
    ) -> [String: JSONValue] {
        feature(
            id, name, "ES_QUOTES:quotes_1s:FULL", column, transform, parameters, tag: "quotes",
            more: ["instrument_scope": "ESU4"])
    }
}
