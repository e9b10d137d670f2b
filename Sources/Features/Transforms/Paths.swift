import Contracts

// Highs and lows, falls from them, and streaks.
extension TransformCatalogue {
    static let paths: [TransformDefinition] = [
        TransformDefinition(
            "drawdown_from_high", .statistics, "x / largest of the last window rows - 1; \(onlyPositive)",
            source: "pandas rolling.max",
            units: "fraction, <= 0", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { DistanceFromHigh(window: $0.window) }),
        TransformDefinition(
            "expanding_drawdown", .statistics, "x / largest of all rows so far - 1; missing rows do not count; \(onlyPositive)",
            source: "pandas cummax", units: "fraction, <= 0", warmUp: { _ in 0 }, kernel: { _ in ExpandingDrawdown() }),
        TransformDefinition(
            "max_drawdown", .statistics, "least of x[j] / x[i] - 1 over i <= j among the last window rows; \(onlyPositive)",
            source: "empyrical max_drawdown", units: "fraction, <= 0", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window - 1 }, kernel: { MaxDrawdown(window: $0.window) }),
        TransformDefinition(
            "rows_since_high", .statistics, "rows since the largest of the last window rows; of equal ones the last counts",
            source: "numpy argmax", units: "rows, 0..window - 1", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { RowsSinceExtreme(.largest(window: $0.window)) }),
        TransformDefinition(
            "rows_since_low", .statistics, "rows since the least of the last window rows; of equal ones the last counts",
            source: "numpy argmin", units: "rows, 0..window - 1", parameters: [.window(atLeast: 1)], warmUp: { $0.window - 1 },
            kernel: { RowsSinceExtreme(.smallest(window: $0.window)) }),
        TransformDefinition(
            "percent_positive", .statistics, "share of the last window rows with x above the x before",
            source: "pandas rolling.mean of diff > 0", units: "fraction", parameters: [.window(atLeast: 1)],
            warmUp: { $0.window },
            kernel: { OfReturns(ShareOfRises(window: $0.window), kind: .difference) }),
        TransformDefinition(
            "streak_length", .statistics,
            "how many rows x has risen in a row, negative where it has fallen; 0 where it has not changed; after missing rows "
                + "it goes on from the last x",
            source: "pandas groupby of sign changes, cumcount", units: "rows", warmUp: { _ in 1 },
            kernel: { _ in Streak() }),
    ]

    static let onlyPositive = "an x that is not > 0 has no fall and counts as missing"
}
