internal import Primitives

/// Tests whether a computation uses the future: recompute on data cut off at a time, and on data whose future is another one;
/// what it says of the past must be the same, bit for bit.
///
/// A leak of h rows shows in the h rows before the time of a cut, so several times are tried, all of them between the output's
/// first and its last value: a join whose second source begins late is tested where it has values. Each time is a little off its
/// part of that span, since computations with a rhythm of their own, such as bars of ten minutes, may leak everywhere but at
/// round rows. Of three times one is that at which a row becomes known, one is the last nanosecond before, inside the session of
/// a daily row, and one lies anywhere between.
public struct FeatureAudit: Sendable {
    public struct Trial: Hashable, Sendable {
        public let test: FeatureLeak.Test
        /// Part of the rows between the first and the last value, 0...1.
        public let part: Double

        public init(_ test: FeatureLeak.Test, _ part: Double) {
            self.test = test
            self.part = part
        }
    }

    /// In the order of their importance.
    public let trials: [Trial]
    /// How many computations of the whole output they may cost together. A trial costs its part of the input rows; one that would
    /// cost too much is left out, as happens where values begin late.
    public let budget: Double
    public let seed: UInt64

    public init(_ trials: [Trial], budget: Double = .infinity, seed: UInt64 = 1) {
        self.trials = trials
        self.budget = budget
        self.seed = seed
    }

    /// Three cuts and two other futures, together at most two computations.
    public static let standard = FeatureAudit(
        [
            Trial(.truncated, 0.92), Trial(.perturbed, 0.13), Trial(.truncated, 0.3), Trial(.perturbed, 0.42),
            Trial(.truncated, 0.05),
        ], budget: 2)
    /// Forty cuts and ten other futures.
    public static let thorough = FeatureAudit(
        (1...40).map { Trial(.truncated, Double($0) / 41) } + (1...10).map { Trial(.perturbed, Double($0) / 11) })

    /// - Parameter outputs: what `subject` computes on the whole inputs, where that is known already.
    /// - Returns: one verdict an output, in their order.
    /// - Throws: what the computation throws.
    public func verdicts(of subject: AuditSubject, outputs: [Series]? = nil) throws -> [AuditVerdict] {
        let outputs = try outputs ?? subject.compute(subject.inputs)
        let wholes = outputs.map { AuditedOutput($0, knownBy: subject.knownTimes($0)) }
        let spans = wholes.compactMap(\.span)
        guard let begin = spans.map(\.lowerBound).max(), let end = spans.map(\.upperBound).min() else {
            return subject.ids.map { AuditVerdict(id: $0, leaks: [], comparedRows: 0, valueRows: 0, times: 0) }
        }
        guard begin <= end else {
            // No time has values of all on both sides.
            return try outputs.indices.flatMap { try verdicts(of: subject.only($0), outputs: [outputs[$0]]) }
        }
        let comparison = AuditComparison(subject: subject, wholes: wholes)
        var leaks: [[FeatureLeak]] = subject.ids.map { _ in [] }
        let moments = moments(subject, from: begin, through: end)
        for moment in moments {
            for leak in try comparison.leaks(at: moment) { leaks[leak.output].append(leak.leak) }
        }
        let last = moments.map(\.time).max()
        return subject.ids.indices.map { index in
            let whole = wholes[index]
            return AuditVerdict(
                id: subject.ids[index], leaks: leaks[index], comparedRows: last.map { whole.values(knownAt: $0) } ?? 0,
                valueRows: whole.values(knownAt: UnixNanos(Int64.max)), times: moments.count)
        }
    }

    /// - Returns: at most one leak a test and time.
    /// - Throws: what the computation throws.
    public func leaks(of subject: AuditSubject, output: Series? = nil) throws -> [FeatureLeak] {
        try verdicts(of: subject, outputs: output.map { [$0] }).flatMap(\.leaks)
    }

    /// The times of the trials that the budget allows.
    private func moments(_ subject: AuditSubject, from begin: UnixNanos, through end: UnixNanos) -> [AuditMoment] {
        let known = subject.inputs.map(\.rows.availableAt.runningMaximum)
        let total = max(1, known.reduce(0) { $0 + $1.count })
        // Times of the input: those of the output may be chosen by the future.
        var clock = (known.max { $0.count < $1.count } ?? []).filter { (begin...end).contains($0) }
        if clock.isEmpty { clock = [begin] }
        // Every computation has places of its own.
        let name = subject.ids.joined(separator: ",")
        var random = SeededGenerator(seed: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        var cost = 0.0
        var moments: [AuditMoment] = []
        for (index, trial) in trials.enumerated() {
            let row = min(clock.count - 1, Int((trial.part + 0.03 * random.nextUnit()) * Double(clock.count)))
            let gap = row + 1 < clock.count ? clock[row + 1].rawValue - clock[row].rawValue : 0
            let place = [max(0, gap - 1), Int64(random.nextUnit() * Double(gap)), 0][index % 3]
            let time = clock[row] + place
            let horizon = trial.test == .truncated ? time : clock[min(clock.count - 1, row + 10 + clock.count / 100)]
            let share = Double(known.reduce(0) { $0 + $1.countNotAbove(max(time, horizon)) }) / Double(total)
            guard cost + share <= budget else { continue }
            cost += share
            let isLonger = moments.count { $0.test == .perturbed } % 2 == 0
            moments.append(
                AuditMoment(
                    test: trial.test, time: time, horizon: max(time, horizon), seed: random.next(), isLonger: isLonger))
        }
        return moments
    }
}

/// One computation of an audit.
struct AuditMoment {
    let test: FeatureLeak.Test
    /// When the past that must not change ends.
    let time: UnixNanos
    /// Where another future ends.
    let horizon: UnixNanos
    let seed: UInt64
    /// Whether the other future has more rows than the true one.
    let isLonger: Bool

    /// - Parameter name: the one input whose future is taken away; nil for all.
    func inputs(_ inputs: [AuditInput], only name: String?) -> [AuditInput] {
        var values = SeededGenerator(seed: seed &+ 1)
        return inputs.map { input in
            if let name, name != input.name { return input }
            if test == .truncated { return input.known(at: time) }
            return input.known(at: horizon).perturbed(after: time, seed: seed, values: &values, isLonger: isLonger)
        }
    }
}
