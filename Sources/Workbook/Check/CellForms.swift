import Contracts
import Market
import Primitives

/// The written forms that cells may have.
enum CellForms {
    struct DatasetParts: Hashable, CustomStringConvertible {
        let dataset: String
        let derived: DerivedParts?

        var description: String { derived.map { "\(dataset):\($0.table):\($0.session)" } ?? dataset }
    }

    struct DerivedParts: Hashable {
        /// `bars`, `cvd`, `flow`, `footprint`, `quotes` or `big_trades`.
        let kind: String
        let interval: BarInterval?
        /// Of bars that trades close.
        var tradeBars: TradeBarRule?
        let session: String

        var table: String { tradeBars?.table ?? interval.map { "\(kind)_\($0)" } ?? kind }
    }

    static let sessions = ["RTH", "FULL"]

    /// Takes `DATASET` or `DATASET:table:SESSION`, the interval in any spelling; `description` has the one that names tables.
    static func datasetReference(_ text: String) -> DatasetParts? {
        guard let reference = DatasetReference(text), WorkbookIdentifier.isValid(reference.datasetID) else { return nil }
        guard let table = reference.table, let session = reference.session else {
            return DatasetParts(dataset: reference.datasetID, derived: nil)
        }
        guard sessions.contains(session) else { return nil }
        if table == "big_trades" {
            return DatasetParts(
                dataset: reference.datasetID, derived: DerivedParts(kind: table, interval: nil, session: session))
        }
        if let rule = reference.tradeBars {
            return DatasetParts(
                dataset: reference.datasetID,
                derived: DerivedParts(kind: "bars", interval: nil, tradeBars: rule, session: session))
        }
        let pieces = table.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 2, ["bars", "cvd", "flow", "footprint", "quotes"].contains(pieces[0]),
            let interval = BarInterval(pieces[1])
        else {
            return nil
        }
        return DatasetParts(
            dataset: reference.datasetID, derived: DerivedParts(kind: pieces[0], interval: interval, session: session))
    }

    static let executionWords = ["next_open", "same_close", "next_close"]

    static func isTimeOfDay(_ text: String) -> Bool { LocalTime(text) != nil }

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
