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
