import Features
import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func orderFlowAgreesWithPandas() throws {
    try compare(
        [
            TransformCase("delta"), TransformCase("cumulative_delta"), TransformCase("session_cumulative_delta"),
            TransformCase("order_imbalance"), TransformCase("order_imbalance", ["window": 7]), TransformCase("buy_ratio"),
            TransformCase("buy_ratio", ["window": 7]), TransformCase("signed_volume_autocorrelation", ["window": 20]),
            TransformCase("signed_volume_autocorrelation", ["window": 20, "lag": 3]), TransformCase("imbalance_stack"),
            TransformCase("imbalance_stack", ["threshold": 0.1]), TransformCase("trade_intensity", ["window": 7]),
            TransformCase("average_trade_size"), TransformCase("large_volume_ratio", ["window": 20]),
            TransformCase("large_volume_ratio", ["window": 20, "quantile": 0.5]),
            TransformCase("volume_clock", ["bucket_volume": 10_000]), TransformCase("tick_rule"),
            TransformCase("tick_rule", columns: ["bid_size"]), TransformCase("cvd_slope", ["window": 2]),
            TransformCase("cvd_slope", ["window": 20]), TransformCase("cvd_divergence", ["window": 7]),
            TransformCase("cvd_divergence", ["window": 120]),
        ], with: "features_microstructure.py", samples: samplesWithIdleRows())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func spreadsAndPriceImpactAgreeWithNumpy() throws {
    try compare(
        [
            TransformCase("roll_spread", ["window": 20]), TransformCase("corwin_schultz", ["window": 1]),
            TransformCase("corwin_schultz", ["window": 20]), TransformCase("abdi_ranaldo", ["window": 1]),
            TransformCase("abdi_ranaldo", ["window": 20]), TransformCase("amihud", ["window": 7]),
            TransformCase("amihud", ["window": 7, "scale": 1]), TransformCase("kyle_lambda", ["window": 20]),
            TransformCase("hasbrouck_lambda", ["window": 20]),
            TransformCase("vpin", ["bucket_volume": 5_000, "buckets": 10]),
            // Buckets smaller than a row.
            TransformCase("vpin", ["bucket_volume": 100]), TransformCase("vpin", ["bucket_volume": 400, "buckets": 3]),
            TransformCase("bulk_vpin", ["window": 20, "bucket_volume": 5_000, "buckets": 10]),
            TransformCase("bulk_vpin", ["window": 7, "bucket_volume": 250]),
        ], with: "features_microstructure.py", samples: samplesWithIdleRows())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func quotesAgreeWithPandas() throws {
    let marked = ["mark_price", "bid", "ask"]
    try compare(
        [
            TransformCase("mid_price"), TransformCase("quoted_spread"), TransformCase("relative_spread_bps"),
            TransformCase("queue_imbalance"), TransformCase("depth"), TransformCase("microprice"),
            TransformCase("order_flow_imbalance"), TransformCase("order_flow_imbalance", ["window": 7]),
            // Prices of few kinds often stay where they are.
            TransformCase("order_flow_imbalance", columns: ["bid_size", "ask_size", "volume", "trade_count"]),
            TransformCase("effective_spread", columns: marked), TransformCase("effective_spread_bps", columns: marked),
            TransformCase("realized_spread", columns: marked), TransformCase("price_impact", ["periods": 3], columns: marked),
            TransformCase("realized_spread", ["periods": 5]), TransformCase("value_area_position"),
            TransformCase("value_area_position", columns: ["close", "bid", "bid"]),
            TransformCase("point_of_control_distance"),
        ], with: "features_microstructure.py", samples: samplesWithIdleRows())
}

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func microstructureAgreesWithMl4t() throws {
    try compare(
        [
            TransformCase("amihud", ["window": 7]), TransformCase("roll_spread", ["window": 20]), TransformCase("tick_rule"),
            TransformCase("queue_imbalance"), TransformCase("microprice"),
        ], with: "features_microstructure_ml4t.py", samples: [.market(), idle(.market())], python312: true)
}

private func samplesWithIdleRows() -> [TransformSample] {
    [TransformSample.market(), .holes(), .constant(), idle(.market())]
}

/// A market in which nobody trades or quotes for a while.
private func idle(_ sample: TransformSample) -> TransformSample {
    var columns = sample.columns
    for name in ["buy_volume", "sell_volume", "volume", "trade_count", "bid_size", "ask_size"] {
        for row in 200..<240 { columns[name]?[row] = 0 }
    }
    return TransformSample(name: "idle", columns: columns)
}
