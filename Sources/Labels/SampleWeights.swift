/// How much each label of a sample should count, given that outcomes overlap.
///
/// A span is the rows of the bars that a label's outcome is made of; `LabelColumn.outcomeSpans` gives them. All functions take
/// any spans, so that those of Lopez de Prado's text, which begin with the row of the decision, are possible too.
public enum SampleWeights {
    /// How many spans cover each of `rows` rows. O(spans + rows).
    /// - Precondition: spans lie in 0 ..< `rows`.
    public static func concurrency(_ spans: [ClosedRange<Int>], rows: Int) -> [Int] {
        var changes = [Int](repeating: 0, count: rows + 1)
        for span in spans {
            changes[span.lowerBound] += 1
            changes[span.upperBound + 1] -= 1
        }
        var count = 0
        return (0..<rows).map { row in
            count += changes[row]
            return count
        }
    }

    /// The mean over each span's rows of 1 / how many spans cover the row: 1 for a label that overlaps with none. Lopez de Prado,
    /// Advances in Financial Machine Learning (2018), 4.4. O(total length of spans).
    public static func averageUniqueness(_ spans: [ClosedRange<Int>], rows: Int) -> [Double] {
        let concurrency = concurrency(spans, rows: rows)
        return spans.map { span in
            concurrency[span].reduce(0) { $0 + 1 / Double($1) } / Double(span.count)
        }
    }

    /// |sum over each span's rows of the row's log return / how many spans cover the row|, scaled to a mean of 1: labels of large
    /// moves that they share with few count more. Lopez de Prado (2018), 4.6. All 1 where nothing moved. O(total length of
    /// spans).
    /// - Parameter logReturns: of each row from the row before it.
    public static func returnAttribution(_ spans: [ClosedRange<Int>], logReturns: [Double]) -> [Double] {
        let concurrency = concurrency(spans, rows: logReturns.count)
        return normalised(
            spans.map { span in abs(span.reduce(0) { $0 + logReturns[$1] / Double(concurrency[$1]) }) })
    }

    /// Factors that fall in a straight line over cumulated uniqueness, 1 for the newest label. Lopez de Prado (2018), 4.7. O(n).
    /// - Parameters:
    ///   - uniqueness: from the oldest label to the newest.
    ///   - oldest: where the line ends for the oldest, from -1 to 1 (exclusive at -1): 1 no decay, 0 falls to 0 at the very
    ///     beginning, below 0 that part of the oldest labels counts nothing.
    public static func timeDecay(_ uniqueness: [Double], oldest: Double) -> [Double] {
        precondition(oldest > -1 && oldest <= 1, "oldest must be > -1 and <= 1")
        let total = uniqueness.reduce(0, +)
        guard total > 0 else { return uniqueness.map { _ in 1 } }
        let slope = oldest >= 0 ? (1 - oldest) / total : 1 / ((oldest + 1) * total)
        let constant = 1 - slope * total
        var sum = 0.0
        return uniqueness.map { value in
            sum += value
            return max(0, constant + slope * sum)
        }
    }

    /// Scaled to a mean of 1; all 1 where their sum is 0.
    public static func normalised(_ weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        guard total > 0 else { return weights.map { _ in 1 } }
        return weights.map { $0 * Double(weights.count) / total }
    }
}

extension LabelColumn {
    /// The rows that have a label and the rows of the bars of each one's outcome: from the bar after the decision to the one at
    /// which it is known, also where that one only shows that the window is over.
    ///
    /// So two labels that follow on each other do not overlap. Lopez de Prado counts the row of the decision too, though its
    /// return lies before the outcome; `withDecisionRow` does as he does.
    public func outcomeSpans(withDecisionRow: Bool = false) -> (rows: [Int], spans: [ClosedRange<Int>]) {
        var rows: [Int] = []
        var spans: [ClosedRange<Int>] = []
        for row in 0..<count where !values[row].isNaN {
            guard let end = endRows[row], end > row else { continue }
            rows.append(row)
            spans.append((withDecisionRow ? row : row + 1)...end)
        }
        return (rows, spans)
    }
}
