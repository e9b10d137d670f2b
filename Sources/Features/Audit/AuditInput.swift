internal import Glibc
internal import Primitives

/// One source of a computation under audit: rows with the time each became known.
public struct AuditInput: Sendable {
    public let name: String
    public var rows: FeatureRows
    /// Whether a calendar gives the values: other ones are of its kind too, not of any size.
    let isCalendar: Bool

    public init(name: String, rows: FeatureRows, isCalendar: Bool = false) {
        self.name = name
        self.rows = rows
        self.isCalendar = isCalendar
    }

    /// What was known at `time`.
    func known(at time: UnixNanos) -> AuditInput {
        // Rows mostly become known in order: then a prefix does it.
        let first = rows.availableAt.firstIndex { $0 > time } ?? rows.count
        guard first < rows.count else { return self }
        guard rows.availableAt[first...].contains(where: { $0 <= time }) else {
            return with(
                FeatureRows(
                    labels: Array(rows.labels[..<first]), availableAt: Array(rows.availableAt[..<first]),
                    columns: rows.columns.map { Array($0[..<first]) }))
        }
        return keeping(rows.availableAt.indices.filter { rows.availableAt[$0] <= time })
    }

    /// Some of the rows, in their order.
    private func keeping(_ kept: [Int]) -> AuditInput {
        with(
            FeatureRows(
                labels: kept.map { rows.labels[$0] }, availableAt: kept.map { rows.availableAt[$0] },
                columns: rows.columns.map { column in kept.map { column[$0] } }))
    }

    private func with(_ rows: FeatureRows) -> AuditInput { AuditInput(name: name, rows: rows, isCalendar: isCalendar) }

    /// The same past with another future: every value that became known after `time` is another one, and there are more or fewer
    /// rows. Inputs of the same times get the same rows.
    /// - Parameters:
    ///   - seed: decides which rows go.
    ///   - values: decides what takes the place of the values.
    ///   - isLonger: whether the other future has more rows than this one, or fewer.
    func perturbed(after time: UnixNanos, seed: UInt64, values: inout SeededGenerator, isLonger: Bool) -> AuditInput {
        var random = SeededGenerator(seed: seed)
        let future = rows.availableAt.indices.filter { rows.availableAt[$0] > time }
        var kept = future.filter { _ in random.nextUnit() < 0.8 }
        if !isLonger, kept.count == future.count, !kept.isEmpty { kept.removeLast() }
        let gone = Set(future).subtracting(kept)
        var changed = gone.isEmpty ? self : keeping(rows.labels.indices.filter { !gone.contains($0) })
        if isLonger, let label = rows.labels.last, let latest = rows.availableAt.max() {
            let step = rows.count > 1 ? label.rawValue - rows.labels[rows.count - 2].rawValue : UnixNanos.perMinute
            for row in 1...Int64(gone.count + 1 + Int(random.nextUnit() * 5)) {
                changed.rows.labels.append(label + row * step)
                changed.rows.availableAt.append(max(latest, time) + row * step)
                for column in changed.rows.columns.indices {
                    changed.rows.columns[column].append(rows.columns[column][rows.count - 1])
                }
            }
        }
        let others = changed.rows.availableAt.indices.filter { changed.rows.availableAt[$0] > time }
        for column in changed.rows.columns.indices {
            Self.change(&changed.rows.columns[column], at: others, isCalendar: isCalendar, &values)
        }
        return changed
    }

    /// Puts other values in the place of some: from twice to ten times the size or that part of it, in both directions where
    /// the column has both signs, so that order and signs become others; a number for a missing value.
    private static func change(
        _ column: inout [Double], at places: [Int], isCalendar: Bool, _ random: inout SeededGenerator
    ) {
        if isCalendar {
            let values = places.map { column[$0] }
            for (place, value) in zip(places, values.reversed()) { column[place] = value }
            return
        }
        let isSigned = column.contains { $0 < 0 }
        let sizes = column.lazy.filter(\.isFinite).map(abs)
        let usual = sizes.reduce(0, +) / max(1, Double(sizes.count))
        for place in places {
            let value = column[place]
            let factor = exp(0.7 + 1.6 * random.nextUnit())
            let (isUp, isOpposite) = (random.nextUnit() < 0.5, isSigned && random.nextUnit() < 0.5)
            let size = value.isFinite && value != 0 ? value : usual == 0 ? 1 : usual
            column[place] = (isUp ? size * factor : size / factor) * (isOpposite ? -1 : 1)
        }
    }
}
