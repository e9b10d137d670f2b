internal import Primitives

/// An output of the whole inputs.
struct AuditedOutput {
    let series: Series
    let knownBy: [UnixNanos]
    /// When its first and its last value are known; nil where it has none.
    let span: ClosedRange<UnixNanos>?

    init(_ series: Series, knownBy: [UnixNanos]) {
        self.series = series
        self.knownBy = knownBy
        let times = series.values.indices.lazy.filter { !series.values[$0].isNaN }.map { knownBy[$0] }
        span = times.min().flatMap { first in times.max().map { first...$0 } }
    }

    /// How many values were known at a time.
    func values(knownAt time: UnixNanos) -> Int {
        knownBy.indices.count { knownBy[$0] <= time && !series.values[$0].isNaN }
    }
}

/// Compares what was known of each output with computations that do not know what came later.
struct AuditComparison {
    let subject: AuditSubject
    let wholes: [AuditedOutput]

    /// - Returns: the leaks at one time, with the places of their outputs.
    /// - Throws: what the computation throws.
    func leaks(at moment: AuditMoment) throws -> [(output: Int, leak: FeatureLeak)] {
        let found = try differences(moment, only: nil)
        guard found.contains(where: { $0 != nil }) else { return [] }
        let names = subject.inputs.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        // Which input it is, by taking away the future of each alone.
        let alone = try names.map { name in (name, try differences(moment, only: name)) }
        return found.enumerated().compactMap { index, difference in
            guard let difference else { return nil }
            let guilty = alone.filter { $0.1[index] != nil }.map(\.0)
            return (
                index,
                FeatureLeak(
                    feature: subject.ids[index], test: moment.test, time: moment.time, label: difference.label,
                    claimedAt: difference.claimedAt, value: difference.value, recomputed: difference.recomputed,
                    rows: difference.rows, inputs: guilty.isEmpty ? names : guilty)
            )
        }
    }

    private struct Difference {
        let label: UnixNanos
        let claimedAt: UnixNanos
        let value: Double?
        let recomputed: Double?
        let rows: Int
    }

    /// One an output, nil where the past is the same.
    private func differences(_ moment: AuditMoment, only name: String?) throws -> [Difference?] {
        let again = try subject.compute(moment.inputs(subject.inputs, only: name))
        return zip(wholes, again).map { difference($0, $1, moment.time) }
    }

    private func difference(_ whole: AuditedOutput, _ again: Series, _ time: UnixNanos) -> Difference? {
        let (series, knownBy) = (whole.series, whole.knownBy)
        var (first, count, other) = (nil as Int?, 0, 0)
        var recomputed: Double?
        for row in knownBy.indices where knownBy[row] <= time {
            while other < again.count, again.labels[other] < series.labels[row] { other += 1 }
            let match = other < again.count && again.labels[other] == series.labels[row] ? other : nil
            if let match,
                again.values[match].bitPattern == series.values[row].bitPattern
                    || again.values[match].isNaN && series.values[row].isNaN, again.availableAt[match] == series.availableAt[row]
            {
                continue
            }
            count += 1
            if first == nil { (first, recomputed) = (row, match.map { again.values[$0] }) }
        }
        // Rows that only the past without its future knows.
        let knownAgain = subject.knownTimes(again)
        let extra = knownAgain.count { $0 <= time } - knownBy.count { $0 <= time }
        let claimed = extra > 0 ? Set(series.labels.indices.filter { knownBy[$0] <= time }.map { series.labels[$0] }) : []
        if extra > 0,
            let row = again.labels.indices.first(where: { knownAgain[$0] <= time && !claimed.contains(again.labels[$0]) })
        {
            return Difference(
                label: again.labels[row], claimedAt: again.availableAt[row], value: nil, recomputed: again.values[row],
                rows: extra)
        }
        return first.map {
            Difference(
                label: series.labels[$0], claimedAt: series.availableAt[$0], value: series.values[$0], recomputed: recomputed,
                rows: count)
        }
    }
}
