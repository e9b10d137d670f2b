public import Primitives

/// A value that was claimed to be known and depends on what came later.
public struct FeatureLeak: Hashable, Sendable, CustomStringConvertible {
    public enum Test: String, Sendable {
        /// Recomputed on the data as it was known at the time.
        case truncated
        /// Recomputed with everything after that time changed.
        case perturbed
    }

    public let feature: String
    public let test: Test
    /// The decision time at which the past was compared.
    public let time: UnixNanos
    /// The first row that differs, and when it claims to be known.
    public let label: UnixNanos
    public let claimedAt: UnixNanos
    /// nil where the row does not exist.
    public let value: Double?
    public let recomputed: Double?
    /// How many rows differ.
    public let rows: Int
    /// The inputs whose future alone makes the difference; all of them where none does alone.
    public let inputs: [String]

    public var description: String {
        func text(_ value: Double?) -> String { value.map { $0.isNaN ? "missing" : "\($0)" } ?? "no row" }
        return "\(feature) leaks: at \(time) the row \(label), claimed known at \(claimedAt), is \(text(value)) but "
            + "\(text(recomputed)) when \(test == .truncated ? "nothing later exists" : "what comes later is different") "
            + "(\(rows) row\(rows == 1 ? "" : "s")); input: \(inputs.joined(separator: ", "))"
    }
}

/// Tests whether a computation uses the future: recompute on data cut off at a time, and on data whose future is changed; what it
/// says of the past must be the same, bit for bit.
///
/// A leak of h rows shows in the h rows before the time of a cut, so several times are tried, each a little off its part of the
/// span: computations with a rhythm of their own, such as bars of ten minutes, may leak everywhere but at round rows. The
/// computations of `standard` together cost less than twice the whole one.
public struct FeatureAudit: Sendable {
    /// Where data are cut off, as parts of the rows of the longest input, each 0...1.
    public let cuts: [Double]
    /// After which part the future is changed; a tenth of the span is kept behind it.
    public let perturbations: [Double]
    public let seed: UInt64

    public init(cuts: [Double], perturbations: [Double], seed: UInt64 = 1) {
        self.cuts = cuts
        self.perturbations = perturbations
        self.seed = seed
    }

    /// At most 0.8 of a computation for three cuts and 1 for two changes.
    public static let standard = FeatureAudit(cuts: [0.11, 0.24, 0.37], perturbations: [0.17, 0.57])
    /// Forty cuts and ten changes.
    public static let thorough = FeatureAudit(
        cuts: (1...40).map { Double($0) / 41 }, perturbations: (1...10).map { Double($0) / 11 })

    /// - Parameter output: what `subject` computes on the whole inputs, where that is known already.
    /// - Returns: at most one leak a test and time.
    /// - Throws: what the computation throws.
    public func leaks(of subject: AuditSubject, output: Series? = nil) throws -> [FeatureLeak] {
        let whole = try output ?? subject.compute(subject.inputs)
        guard let clock = subject.inputs.map(\.rows.availableAt).max(by: { $0.count < $1.count })?.runningMaximum, clock.count > 1
        else { return [] }
        let knownBy = subject.knownTimes(whole)
        var found: [FeatureLeak] = []
        var random = SeededGenerator(seed: seed)
        for (test, parts) in [(FeatureLeak.Test.truncated, cuts), (.perturbed, perturbations)] {
            for part in parts {
                // Times of the input: those of the output may be chosen by the future.
                let row = min(clock.count - 1, Int((part + 0.03 * random.nextUnit()) * Double(clock.count)))
                let time = clock[row]
                let end = clock[min(clock.count - 1, row + 100 + clock.count / 10)]
                let trial = Trial(subject: subject, whole: whole, knownBy: knownBy, test: test, time: time, end: end)
                guard let difference = try difference(trial, only: nil) else { continue }
                let alone = try subject.inputs.map(\.name).filter { try self.difference(trial, only: $0) != nil }
                found.append(
                    FeatureLeak(
                        feature: subject.id, test: test, time: time, label: difference.label, claimedAt: difference.claimedAt,
                        value: difference.value, recomputed: difference.recomputed, rows: difference.rows,
                        inputs: alone.isEmpty ? subject.inputs.map(\.name) : alone))
            }
        }
        return found
    }

    private struct Difference {
        let label: UnixNanos
        let claimedAt: UnixNanos
        let value: Double?
        let recomputed: Double?
        let rows: Int
    }

    private struct Trial {
        let subject: AuditSubject
        let whole: Series
        let knownBy: [UnixNanos]
        let test: FeatureLeak.Test
        let time: UnixNanos
        /// Where a changed future ends.
        let end: UnixNanos
    }

    /// - Parameter only: the one input whose future is taken away; nil for all.
    private func difference(_ trial: Trial, only name: String?) throws -> Difference? {
        let (whole, knownBy, time) = (trial.whole, trial.knownBy, trial.time)
        var random = SeededGenerator(seed: seed)
        let inputs = trial.subject.inputs.map { input -> AuditInput in
            if let name, name != input.name { return input }
            if trial.test == .truncated { return input.known(at: time) }
            return input.known(at: trial.end).perturbed(after: time, random: &random)
        }
        let again = try trial.subject.compute(inputs)
        var (first, count, other) = (nil as Difference?, 0, 0)
        for row in knownBy.indices where knownBy[row] <= time {
            while other < again.count, again.labels[other] < whole.labels[row] { other += 1 }
            let match = other < again.count && again.labels[other] == whole.labels[row] ? other : nil
            if let match,
                again.values[match].bitPattern == whole.values[row].bitPattern
                    || again.values[match].isNaN && whole.values[row].isNaN, again.availableAt[match] == whole.availableAt[row]
            {
                continue
            }
            count += 1
            if first == nil {
                first = Difference(
                    label: whole.labels[row], claimedAt: whole.availableAt[row], value: whole.values[row],
                    recomputed: match.map { again.values[$0] }, rows: 0)
            }
        }
        // Rows that only the past without its future knows.
        let knownAgain = trial.subject.knownTimes(again)
        let extra = knownAgain.count { $0 <= time } - knownBy.count { $0 <= time }
        let claimed = extra > 0 ? Set(whole.labels.indices.filter { knownBy[$0] <= time }.map { whole.labels[$0] }) : []
        if extra > 0,
            let row = again.labels.indices.first(where: { knownAgain[$0] <= time && !claimed.contains(again.labels[$0]) })
        {
            return Difference(
                label: again.labels[row], claimedAt: again.availableAt[row], value: nil, recomputed: again.values[row],
                rows: extra)
        }
        return first.map {
            Difference(label: $0.label, claimedAt: $0.claimedAt, value: $0.value, recomputed: $0.recomputed, rows: count)
        }
    }
}
