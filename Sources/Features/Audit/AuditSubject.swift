internal import Primitives

/// One source of a computation under audit: rows with the time each became known.
public struct AuditInput: Sendable {
    public let name: String
    public var rows: FeatureRows

    public init(name: String, rows: FeatureRows) {
        self.name = name
        self.rows = rows
    }

    /// What was known at `time`.
    func known(at time: UnixNanos) -> AuditInput {
        // Rows mostly become known in order: then a prefix does it.
        let first = rows.availableAt.firstIndex { $0 > time } ?? rows.count
        guard first < rows.count else { return self }
        guard rows.availableAt[first...].contains(where: { $0 <= time }) else {
            return AuditInput(
                name: name,
                rows: FeatureRows(
                    labels: Array(rows.labels[..<first]), availableAt: Array(rows.availableAt[..<first]),
                    columns: rows.columns.map { Array($0[..<first]) }))
        }
        let kept = rows.availableAt.indices.filter { rows.availableAt[$0] <= time }
        return AuditInput(
            name: name,
            rows: FeatureRows(
                labels: kept.map { rows.labels[$0] }, availableAt: kept.map { rows.availableAt[$0] },
                columns: rows.columns.map { column in kept.map { column[$0] } }))
    }

    /// The same with every value that became known after `time` replaced by another one.
    func perturbed(after time: UnixNanos, random: inout SeededGenerator) -> AuditInput {
        var changed = self
        for column in rows.columns.indices {
            for row in rows.labels.indices where rows.availableAt[row] > time {
                let value = rows.columns[column][row]
                let factor = 1.5 + random.nextUnit()
                let isUp = random.nextUnit() < 0.5
                changed.rows.columns[column][row] = value == 0 ? factor - 2 : isUp ? value * factor : value / factor
            }
        }
        return changed
    }
}

/// A computation whose output claims, row by row, when it was known: a feature, or a label whose claim is its end time.
public struct AuditSubject {
    public let id: String
    public let inputs: [AuditInput]
    /// Whether a row counts as known only when all rows before it are, as decisions read a feature; a label's rows become known
    /// in any order.
    let isReadInOrder: Bool
    let compute: ([AuditInput]) throws -> Series

    /// - Parameters:
    ///   - isReadInOrder: false where each row is known by itself.
    ///   - compute: gives the whole output for any version of the inputs.
    public init(
        id: String, inputs: [AuditInput], isReadInOrder: Bool = true, compute: @escaping ([AuditInput]) throws -> Series
    ) {
        self.id = id
        self.inputs = inputs
        self.isReadInOrder = isReadInOrder
        self.compute = compute
    }

    /// When each row of an output counts as known.
    func knownTimes(_ output: Series) -> [UnixNanos] {
        isReadInOrder ? output.availableAt.runningMaximum : output.availableAt
    }
}
