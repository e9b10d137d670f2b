import Contracts
import Primitives

private enum Tail: String, LabelChoice { case long, short }

// Outcomes beside other outcomes.
extension LabelCatalogue {
    static let percentiles: [LabelDefinition] = [
        LabelDefinition(
            "rolling_percentile", .percentiles,
            "1 where the forward return is >= (for short: <=) the percentile of the last lookback forward returns whose "
                + "horizon had ended by the row's decision, 0 otherwise; percentiles are linear between order statistics",
            source: "ml4t-engineer rolling_percentile_binary_labels, which takes the nearest order statistic", units: "0 or 1",
            inputs: [.sessionCloses],
            parameters: ParameterSpec.horizon(path: false) + [
                .choice("method", default: ReturnMethod.simple, "exit / entry - 1, or its logarithm"),
                .number("percentile", in: 0...100, required: true, "such as 95 for long, 5 for short"),
                .choice("direction", default: Tail.long, "which side of the threshold is 1"),
                .rows("lookback", atLeast: 1, default: 252, "outcomes that the threshold is taken from"),
                .rows("min_samples", atLeast: 1, default: 20, "least number of them; no label before"),
            ],
            sides: [.init("threshold", "the percentile"), .init("return", "the forward return")],
            cost: "O(n x log lookback) comparisons, O(n x lookback) moves in memory", .series(rollingPercentile))
    ]

    private static func rollingPercentile(_ request: LabelRequest) throws -> LabelDraft {
        let parameters = request.parameters
        let fraction = (parameters.double("percentile") ?? 50) / 100
        let lookback = parameters.int("lookback") ?? 252, least = parameters.int("min_samples") ?? 20
        guard least <= lookback else { throw parameters.refusal("min_samples", "must be <= lookback") }
        let isLong = try parameters.choice("direction", or: Tail.long) == .long
        let returns = try forwardReturns(request).draft
        var draft = LabelDraft(rows: request.count, sides: 2)
        var sample = OrderedSample()
        var entered: [Double] = []
        var oldest = 0, next = 0
        for row in 0..<request.count {
            while next < row, returns.endRows[next] >= 0, returns.endRows[next] <= row {
                let value = returns.values[next]
                next += 1
                if value.isNaN { continue }
                sample.insert(value)
                entered.append(value)
                if entered.count - oldest > lookback {
                    sample.remove(entered[oldest])
                    oldest += 1
                }
            }
            guard returns.endRows[row] >= 0 else { continue }
            let value = returns.values[row]
            guard sample.values.count >= least, !value.isNaN else {
                draft.set(row, .nan, knownAt: returns.endRows[row])
                continue
            }
            let threshold = sample.quantile(fraction)
            draft.set(row, (isLong ? value >= threshold : value <= threshold) ? 1 : 0, knownAt: returns.endRows[row])
            draft.numbers[0][row] = threshold
            draft.numbers[1][row] = value
        }
        return draft
    }
}

/// Values in order, for quantiles of a sample that changes by one value at a time.
private struct OrderedSample {
    private(set) var values: [Double] = []

    private func place(of value: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func insert(_ value: Double) { values.insert(value, at: place(of: value)) }

    /// - Precondition: the value is there.
    mutating func remove(_ value: Double) { values.remove(at: place(of: value)) }

    func quantile(_ fraction: Double) -> Double {
        let position = fraction * Double(values.count - 1)
        let below = Int(position)
        let above = min(below + 1, values.count - 1)
        return values[below] + (position - Double(below)) * (values[above] - values[below])
    }
}
