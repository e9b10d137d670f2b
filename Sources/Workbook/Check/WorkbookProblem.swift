import Primitives

/// One thing wrong with a workbook, and where.
public struct WorkbookProblem: Hashable, Sendable, CustomStringConvertible {
    public let sheet: String
    /// Such as `B3`, in a snapshot the row's id and the column such as `SPX currency`; nil where the problem is the sheet itself.
    public let cell: String?
    public let message: String
    /// What was probably meant.
    public let suggestion: String?

    public init(sheet: String, cell: String?, message: String, suggestion: String? = nil) {
        self.sheet = sheet
        self.cell = cell
        self.message = message
        self.suggestion = suggestion
    }

    /// `STRATEGIES!C4: there is no id "SPXX" in INSTRUMENTS; did you mean "SPX"?`
    public var description: String {
        let place = cell.map { "\(sheet)!\($0)" } ?? sheet
        return "\(place): \(message)" + (suggestion.map { "; \($0)" } ?? "")
    }
}

extension Suggestion {
    /// `did you mean "x"?` for the nearest word, where one is near.
    static func text(_ word: String, among words: [String]) -> String? {
        closest(to: word, among: words).map { "did you mean \"\($0)\"?" }
    }
}

extension String {
    /// The parts around the first separator that occurs and splits the text in two; the text itself where none does.
    func components(joinedBy separators: [String]) -> [String] {
        for separator in separators {
            let parts = split(separator: separator, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { return parts }
        }
        return [self]
    }
}
