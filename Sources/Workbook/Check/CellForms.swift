import Contracts
import Primitives

/// The written forms that cells may have.
enum CellForms {
    struct DatasetParts: Hashable {
        let dataset: String
        let derived: DerivedParts?
    }

    struct DerivedParts: Hashable {
        /// `bars`, `cvd`, `footprint` or `big_trades`.
        let kind: String
        let interval: String?
        let session: String
    }

    static let sessions = ["RTH", "FULL"]

    /// Takes `DATASET` or `DATASET:table:SESSION`.
    static func datasetReference(_ text: String) -> DatasetParts? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 1 || parts.count == 3, WorkbookIdentifier.isValid(parts[0]) else { return nil }
        guard parts.count == 3 else { return DatasetParts(dataset: parts[0], derived: nil) }
        guard sessions.contains(parts[2]) else { return nil }
        if parts[1] == "big_trades" {
            return DatasetParts(dataset: parts[0], derived: DerivedParts(kind: parts[1], interval: nil, session: parts[2]))
        }
        let pieces = parts[1].split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 2, ["bars", "cvd", "footprint"].contains(pieces[0]), isInterval(pieces[1]) else { return nil }
        return DatasetParts(dataset: parts[0], derived: DerivedParts(kind: pieces[0], interval: pieces[1], session: parts[2]))
    }

    /// `30s`, `5m`, `1h`, `1d`: from one second to one day.
    static func isInterval(_ text: String) -> Bool {
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.utf8.count <= 6, digits.utf8.first != UInt8(ascii: "0"),
            digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int64(digits)
        else { return false }
        switch text.utf8.last {
        case UInt8(ascii: "s"): return count <= 86_400
        case UInt8(ascii: "m"): return count <= 1_440
        case UInt8(ascii: "h"): return count <= 24
        case UInt8(ascii: "d"): return count <= 1
        default: return false
        }
    }

    /// The calendar of `session_close@CALENDAR`, `session_open@CALENDAR` or `HH:MM@CALENDAR`.
    static func knownTimeCalendar(_ text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ["session_close", "session_open"].contains(parts[0]) || isTimeOfDay(parts[0]) else { return nil }
        return parts[1]
    }

    static let executionWords = ["next_open", "same_close", "next_close"]

    static func isExecutionTime(_ text: String) -> Bool { executionWords.contains(text) || isTimeOfDay(text) }

    /// Exactly `HH:MM`, 00:00 to 23:59.
    static func isTimeOfDay(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), [0, 1, 3, 4].allSatisfy({ (48...57).contains(bytes[$0]) }) else {
            return false
        }
        return (bytes[0] - 48) * 10 + bytes[1] - 48 < 24 && bytes[3] < 54
    }

    /// A cell's value as the text a person sees: whole numbers without a fraction, dates as YYYY-MM-DD, times of day as HH:MM.
    static func text(_ value: SpreadsheetValue) -> String? {
        switch value {
        case .text(let text): text.utf8.contains(13) ? text.replacing("\r\n", with: "\n") : text
        case .number(let number): Int64(exactly: number).map(String.init) ?? number.description
        case .bool(let flag): flag ? "TRUE" : "FALSE"
        case .dateTime(let date): dateText(date)
        case .error, .formulaWithoutValue: nil
        }
    }

    private static func dateText(_ date: SpreadsheetDate) -> String {
        guard let instant = date.instant else { return date.serial.description }
        if date.serial < 1, instant.nanosOfDay % UnixNanos.perMinute == 0 {
            return String(UnixNanos(instant.nanosOfDay).description.dropFirst(11).prefix(5))
        }
        return date.date?.description ?? instant.description
    }
}
