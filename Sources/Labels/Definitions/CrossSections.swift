import Contracts
import Primitives
import Statistics

// Labels of several series at one time.
extension LabelCatalogue {
    private static let minimum = ParameterSpec.rows(
        "min_members", atLeast: 2, default: 2, "least number of members with a label at the time; no result with fewer")

    static let crossSections: [LabelDefinition] = [
        LabelDefinition(
            "cs_percentile", .crossSection,
            "rank / (n + 1) among the n members that have a label at the time, ranks from 1, equal ones their mean rank; kept "
                + "within 0.01 and 0.99; with demean less 0.5",
            source: "FoxML cross-sectional targets", units: "0.01..0.99",
            parameters: [minimum, .flag("demean", "less 0.5, the middle rank")], cost: "O(rows x n log n)",
            .crossSection { parameters, values in
                let centre = parameters.flag("demean") ? 0.5 : 0
                return members(parameters, values) { known in
                    meanRanks(known).map { min(0.99, max(0.01, $0 / Double(known.count + 1))) - centre }
                }
            }),
        LabelDefinition(
            "cs_zscore", .crossSection,
            "(label - median) / (1.4826 x median absolute deviation) among the members at the time, kept within -3 and 3; 0 "
                + "for all where the deviation is 0",
            source: "FoxML cross-sectional targets; 1.4826 makes it the standard deviation of a normal sample", units: "-3..3",
            parameters: [minimum], cost: "O(rows x n log n)",
            .crossSection { parameters, values in
                members(parameters, values) { known in
                    guard let median = Distribution.quantile(known, 0.5),
                        let spread = Distribution.quantile(known.map { abs($0 - median) }, 0.5)
                    else { return known.map { _ in .nan } }
                    return known.map { spread > 0 ? min(3, max(-3, ($0 - median) / (1.4826 * spread))) : 0 }
                }
            }),
    ]

    /// Applies a function to the members that have a value.
    private static func members(
        _ parameters: LabelParameters, _ values: [Double], _ change: ([Double]) -> [Double]
    ) -> [Double] {
        let present = values.indices.filter { values[$0].isFinite }
        var results = [Double](repeating: .nan, count: values.count)
        guard present.count >= parameters.int("min_members") ?? 2 else { return results }
        for (index, result) in zip(present, change(present.map { values[$0] })) { results[index] = result }
        return results
    }

    private static func meanRanks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }
}
