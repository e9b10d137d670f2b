/// The form of an id.
public enum WorkbookIdentifier {
    static let reserved = ["AND", "OR", "NOT", "ALL"]

    /// A letter or `_`, then letters, digits, `_`, `.`, `-` (ASCII); not a reserved word in any case.
    public static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, isStart(first), text.utf8.allSatisfy(isPart), text.utf8.count <= 100 else {
            return false
        }
        return !reserved.contains(text.uppercased())
    }

    static func isStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
    static func isPart(_ byte: UInt8) -> Bool {
        isStart(byte) || (48...57).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}
