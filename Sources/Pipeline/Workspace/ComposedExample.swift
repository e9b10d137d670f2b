import Primitives
import Workbook

/// A transform of a workspace's own, as `apus init` writes it, and the feature that uses it.
enum ComposedExample {
    static let path = "spec/features/trend_strength.yaml"

    static let file = """
        # A transform of your own, made of others; the workbook names it like any other. A word with $ in front takes a
        # parameter's value. `apus features transforms trend_strength` explains it.
        name: trend_strength
        formula: z-score over window rows of the mean log return of the last smoothing rows
        source: house definition
        units: standard deviations
        inputs: [close]
        parameters:
          smoothing: {kind: integer, least: 2, default: 20, comment: rows of the mean}
          window: {kind: integer, least: 2, default: 250, comment: rows of the z-score}
        steps:
          - {id: change, transform: log_return, inputs: [close]}
          - {id: drift, transform: sma, inputs: [change], parameters: {window: $smoothing}}
          - {id: strength, transform: zscore, inputs: [drift], parameters: {window: $window}}
        output: strength

        """

    static let row: [String: JSONValue] = [
        "feature_id": "spx_trend_strength", "feature_name": "S&P 500 drift in standard deviations", "dataset_id": "SP500",
        "input_col": "Close", "transform": "trend_strength", "params_json": ["smoothing": 20, "window": 250],
        "missing_policy": "drop", "tags": ["daily"], "enabled": true, "notes": .string("The transform is defined in \(path)."),
    ]

    /// The sample with that feature, which stands with the daily ones.
    static var sample: [String: [[String: JSONValue]]] {
        var rows = SampleWorkbook.rows
        let features = rows["FEATURE_LIBRARY"] ?? []
        let place = features.firstIndex { $0["tags"] == ["intraday"] } ?? features.count
        rows["FEATURE_LIBRARY"] = features[..<place] + [row] + features[place...]
        return rows
    }
}
