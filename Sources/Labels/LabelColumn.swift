public import Primitives

/// What the future of a price series was, row by row. It is made for learning and for judging, never for deciding: it is no
/// feature's series and nothing turns it into one.
///
/// The label of row t is taken at the close of bar t, its decision time, and looks at the bars t+1 and later.
public struct LabelColumn: Sendable {
    public let name: String
    /// The entry of `LabelCatalogue` it was built by.
    public let definition: String
    /// All of them, defaults included.
    public let parameters: [String: JSONValue]
    public let units: String
    /// The labels of the rows' bars.
    public let rows: [UnixNanos]
    /// When each row's own bar was known.
    public let decisionTimes: [UnixNanos]
    /// NaN where there is no label: not yet (no end time) or never (an end time).
    public let values: [Double]
    /// The instant at which the row's outcome is fully known: `availableAt` of the last bar that was looked at to know it.
    /// Nil where that lies beyond the data. So a row that trained a model must end before the first decision it is tested on.
    public let endTimes: [UnixNanos?]
    /// The index of that bar.
    public let endRows: [Int?]
    public let sides: [LabelSideColumn]

    public var count: Int { rows.count }

    /// The same label at the rows of another series, to be compared with it: a row that this series does not have, with the same
    /// label and decision time, never gets a label; an outcome is known at the first of those rows that is known at its end time
    /// or later. Sides are left out. Both columns' rows are in the order of time.
    public func aligned(to other: LabelColumn) -> LabelColumn {
        if rows == other.rows, decisionTimes == other.decisionTimes { return self }
        var draft = LabelDraft(rows: other.count)
        var mine = 0
        for row in 0..<other.count {
            while mine < count, rows[mine] < other.rows[row] { mine += 1 }
            guard mine < count, rows[mine] == other.rows[row], decisionTimes[mine] == other.decisionTimes[row] else {
                draft.set(row, .nan, knownAt: row)
                continue
            }
            guard let end = endTimes[mine] else { continue }
            // The rows from here on are sorted; the first that is late enough.
            var (low, high) = (row, other.count)
            while low < high {
                let middle = (low + high) / 2
                if other.decisionTimes[middle] < end { low = middle + 1 } else { high = middle }
            }
            if low < other.count { draft.set(row, values[mine], knownAt: low) }
        }
        return LabelColumn(
            name: name, definition: definition, parameters: parameters, units: units, rows: other.rows,
            decisionTimes: other.decisionTimes, values: draft.values,
            endTimes: draft.endRows.map { $0 < 0 ? nil : other.decisionTimes[$0] },
            endRows: draft.endRows.map { $0 < 0 ? nil : $0 }, sides: [])
    }

    /// A column that was found on the way, such as the time of the touch.
    public func side(_ name: String) -> LabelSideColumn? { sides.first { $0.name == name } }
}

/// What else a label found out about each row; missing wherever the label itself is.
public struct LabelSideColumn: Sendable {
    public enum Values: Sendable, Equatable {
        case numbers([Double])
        case instants([UnixNanos?])
    }

    public let name: String
    public let values: Values

    public var numbers: [Double]? { if case .numbers(let values) = values { values } else { nil } }
    public var instants: [UnixNanos?]? { if case .instants(let values) = values { values } else { nil } }
}

/// A label while it is computed.
struct LabelDraft {
    var values: [Double]
    /// -1: not known within the data.
    var endRows: [Int]
    /// In the order of the definition's sides.
    var numbers: [[Double]]

    init(rows: Int, sides: Int = 0) {
        values = [Double](repeating: .nan, count: rows)
        endRows = [Int](repeating: -1, count: rows)
        numbers = [[Double]](repeating: values, count: sides)
    }

    /// The row's outcome, known at the bar `end`. NaN says that the row never gets a label.
    @inline(__always) mutating func set(_ row: Int, _ value: Double, knownAt end: Int) {
        values[row] = value
        endRows[row] = end
    }
}
