public import Primitives

/// What an .xlsx file holds: its sheets in tab order, cells with their cached values.
public struct Spreadsheet: Hashable, Sendable {
    public let file: String
    public let sheets: [SpreadsheetSheet]

    public subscript(name: String) -> SpreadsheetSheet? { sheets.first { $0.name == name } }
}

/// One sheet; only cells and rows that hold something are kept.
public struct SpreadsheetSheet: Hashable, Sendable {
    public let name: String
    public let isHidden: Bool
    /// In ascending order of their numbers.
    public let rows: [SpreadsheetRow]
    public let mergedRanges: [CellRange]

    /// O(log rows).
    public func row(_ number: Int) -> SpreadsheetRow? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].number == number ? rows[low] : nil
    }

    public subscript(address: CellAddress) -> SpreadsheetValue? { row(address.row)?.value(address.column) }
}

public struct SpreadsheetRow: Hashable, Sendable {
    public struct Cell: Hashable, Sendable {
        /// Counted from 1.
        public let column: Int
        public let value: SpreadsheetValue
    }

    /// Counted from 1.
    public let number: Int
    /// In ascending order of their columns.
    public let cells: [Cell]

    public func value(_ column: Int) -> SpreadsheetValue? { cells.first { $0.column == column }?.value }
}

/// What a cell holds. An empty cell is absent.
public enum SpreadsheetValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case bool(Bool)
    /// A number with a date or time format.
    case dateTime(SpreadsheetDate)
    /// A formula's error, such as `#REF!`.
    case error(String)
    /// A formula that the saving program left without its value.
    case formulaWithoutValue(String)

    /// The kind in words, for messages.
    public var kindName: String {
        switch self {
        case .text: "text"
        case .number: "a number"
        case .bool: "TRUE or FALSE"
        case .dateTime: "a date"
        case .error(let word): "the error \(word)"
        case .formulaWithoutValue: "a formula without a saved value"
        }
    }
}

/// A number that is shown as a date or a time of day.
public struct SpreadsheetDate: Hashable, Sendable {
    /// The stored number: days and fraction since the workbook's epoch.
    public let serial: Double
    /// The wall-clock instant as if it were UTC, rounded to the millisecond; nil where the number is no date (serial 60 of the
    /// 1900 system is 1900-02-29, which never was).
    public let instant: UnixNanos?

    public init(serial: Double, uses1904: Bool) {
        self.serial = serial
        instant = Self.instant(serial: serial, uses1904: uses1904)
    }

    public init(instant: UnixNanos) {
        self.instant = instant
        serial = Double(instant.rawValue) / Double(UnixNanos.perDay) + 25_569
    }

    /// The date where no time of day is attached.
    public var date: CivilDate? { instant.flatMap { $0.nanosOfDay == 0 ? $0.utcDate : nil } }

    private static func instant(serial: Double, uses1904: Bool) -> UnixNanos? {
        // 2,958,466 is the day after 9999-12-31, the last day the format knows. UnixNanos ends in 2262.
        guard serial.isFinite, serial >= 0, serial < 132_000 else { return nil }
        let milliseconds = Int64((serial * 86_400_000).rounded())
        let day = milliseconds / 86_400_000
        let epochDay: Int64
        if uses1904 {
            epochDay = day - 24_107
        } else if day >= 61 {
            epochDay = day - 25_569
        } else if day == 60 {
            return nil
        } else {
            epochDay = day - 25_568
        }
        return UnixNanos(epochDay * UnixNanos.perDay + milliseconds % 86_400_000 * 1_000_000)
    }
}
