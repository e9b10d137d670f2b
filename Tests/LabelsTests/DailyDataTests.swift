import Labels
import Primitives
import TestKit
import Testing

/// The S&P 500, 1999-2018. The table is not part of the repository; without it these tests are skipped.
@Suite(
    .enabled(
        if: Oracle.isInstalled && SharedData.has("daily/sp500.csv.gz"),
        "daily/sp500.csv.gz or the packages of the oracle are absent"))
struct DailyDataTests {

    private func index() throws -> LabelSample {
        let path = try #require(SharedData.path("daily/sp500.csv.gz"))
        let rows = try Oracle.run(script: "labels_daily.py", arguments: [path]).split(separator: "\n").map { line in
            line.split(separator: ",").compactMap { Double(String($0)) }
        }
        try #require(rows.count == 5_031 && rows.allSatisfy { $0.count == 5 })
        let labels = rows.map { UnixNanos(Int64($0[0]) * UnixNanos.perDay) }
        let close = rows.map { $0[4] }
        return LabelSample(
            name: "sp500",
            prices: try LabelPrices(
                labels: labels, availableAt: labels.map { $0 + UnixNanos.perDay }, open: rows.map { $0[1] },
                high: rows.map { $0[2] }, low: rows.map { $0[3] }, close: close,
                sessionCloses: labels.map { $0 + UnixNanos.perDay }),
            inputs: LabelInputs(
                volatility: TrailingVolatility.ofReturns(close), side: close.indices.map { Double($0 % 3) - 1 }, benchmark: close)
        )
    }

    @Test(.enabled(if: Oracle.isInstalled312)) func labelsAgreeWithTheEngineers() throws {
        let cases = [
            LabelCase("forward_return", ["horizon": 5]), LabelCase("forward_return", ["horizon_time": "7d", "method": "log"]),
            LabelCase("triple_barrier", ["horizon": 20, "upper": 2, "lower": 1, "distance": "volatility"], [.volatility]),
            LabelCase("triple_barrier", ["horizon": 10, "upper": 0.02, "lower": 0.02], [.side]),
            LabelCase("meta_label", ["horizon": 5, "upper": 0.01, "lower": 0.01, "cost": 0.0005], [.side]),
            LabelCase("trend_scanning", ["min_window": 5, "max_window": 20]),
            LabelCase("rolling_percentile", ["horizon": 5, "percentile": 95, "lookback": 241, "min_samples": 241]),
        ]
        try compareLabels(cases, samples: [index()], with: "labels_ml4t.py", python312: true)
    }

    /// Purging five-fold tests keeps every outcome of the training rows out of the test's time, and costs a horizon on each side
    /// before the embargo.
    @Test func purgedFoldsKeepAlmostAll() throws {
        let prices = try index().prices
        let labels = try LabelBuilder.build("triple_barrier", ["horizon": 20, "upper": 0.05, "lower": 0.05], prices: prices)
        for fold in 0..<5 {
            let test = Array(labels.count * fold / 5..<labels.count * (fold + 1) / 5)
            let spans = Purging.spans(of: test, in: labels)
            let train = labels.trainIndices(outside: spans, embargo: 5 * UnixNanos.perDay)
            #expect(spans.count == 1)
            for row in train {
                let own = try #require(labels.span(row))
                let isClear = spans.allSatisfy {
                    own.upperBound <= $0.lowerBound || own.lowerBound >= $0.upperBound + 5 * UnixNanos.perDay
                }
                if !isClear { Issue.record("row \(row) of fold \(fold) meets the test") }
            }
            // 20 bars before, 20 after, and at most 5 days of embargo and the unfinished end.
            #expect(train.count >= labels.count - test.count - 66)
        }
        let (_, spans) = labels.outcomeSpans()
        let uniqueness = SampleWeights.averageUniqueness(spans, rows: labels.count)
        let mean = uniqueness.reduce(0, +) / Double(uniqueness.count)
        #expect(mean > 1.0 / 20 && mean < 0.2)
    }
}
