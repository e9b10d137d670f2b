import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func basicTransformsAgreeWithPandas() throws {
    try compare(
        [
            TransformCase("level"), TransformCase("return"), TransformCase("return", ["periods": 5]), TransformCase("log_return"),
            TransformCase("difference", ["periods": 2]), TransformCase("momentum", ["window": 7]),
            TransformCase("sma", ["window": 1]), TransformCase("sma", ["window": 7]), TransformCase("sma", ["window": 250]),
            TransformCase("ema", ["window": 1]), TransformCase("ema", ["window": 7]), TransformCase("sma_ratio", ["window": 7]),
            TransformCase("rolling_sum", ["window": 7]), TransformCase("zscore", ["window": 7]),
            TransformCase("volatility", ["window": 7, "periods_per_year": 252]),
        ], with: "features_basics.py")
}
