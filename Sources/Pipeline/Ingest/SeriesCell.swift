import Primitives

/// What a cell of a series says, whatever the format of its file.
///
/// A number is written as `Double(decimal:)` reads it, `-1.5e3` for one, with blanks around it or none. Missing is what is empty,
/// a point as FRED writes it, and all that pandas takes for missing.
enum SeriesCell {
    /// A finite number.
    case number(Double)
    case missing
    /// An infinity in words, or a number that is too large.
    case infinite
    case text

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let number = Double(decimal: bytes) {
            self = number.isFinite ? .number(number) : .infinite
            return
        }
        let trimmed = bytes.trimmed
        if trimmed.count < bytes.count {
            self = SeriesCell(trimmed)
        } else if bytes.isEmpty {
            self = .missing
        } else {
            // Fifteen bytes are a text that needs no memory of its own.
            let word = bytes.count <= 15 ? String(decoding: bytes, as: UTF8.self) : ""
            self =
                Self.missingWords.contains(word) ? .missing : Self.infiniteWords.contains(word.lowercased()) ? .infinite : .text
        }
    }

    init(_ text: String) {
        var text = text
        self = text.withUTF8 { SeriesCell($0) }
    }

    /// Why a text or an infinity is no number of a series.
    static func complaint(_ text: String) -> String {
        if case .infinite = SeriesCell(text) { return "\"\(text.prefix(60))\" is infinite" }
        let isMarked = text.utf8.contains(UInt8(ascii: ",")) && text.utf8.contains { (48...57).contains($0) }
        return "\"\(text.prefix(60))\" is not a number"
            + (isMarked ? ": decimals have a point, and thousands no mark" : "")
    }

    private static let missingWords: Set<String> = [
        ".", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
        "NaN", "None", "n/a", "nan", "null",
    ]
    private static let infiniteWords: Set<String> = ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"]
}

extension UnsafeBufferPointer<UInt8> {
    /// Without spaces and tabs at both ends.
    var trimmed: Self {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return Self(rebasing: self[..<0])
        }
        return first == 0 && last == count - 1 ? self : Self(rebasing: self[first...last])
    }
}
