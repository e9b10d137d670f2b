import Primitives

/// Reads one worksheet part. Rows and cells may come without their `r`; each then follows the one before.
final class SheetScan: XMLScanHandler {
    private let sharedStrings: [String]
    private let styles: CellStyles
    private let uses1904: Bool

    private(set) var rows: [SpreadsheetRow] = []
    private(set) var mergedRanges: [CellRange] = []

    private var rowNumber = 0
    private var cells: [SpreadsheetRow.Cell] = []
    private var column = 0
    private var inSheetData = false
    private var inCell = false
    private var type = "n"
    private var style = 0
    private var value = ""
    private var formula = ""
    private var hasFormula = false
    private var inlineText = ""
    /// What character data belongs to.
    private var target = Target.none
    private var phoneticDepth = 0

    private enum Target { case none, value, formula, inline }

    init(sharedStrings: [String], styles: CellStyles, uses1904: Bool) {
        self.sharedStrings = sharedStrings
        self.styles = styles
        self.uses1904 = uses1904
    }

    func start(_ element: String, _ attributes: [String: String]) throws {
        switch element {
        case "sheetData": inSheetData = true
        case "row" where inSheetData: try startRow(attributes)
        case "c" where inSheetData: try startCell(attributes)
        case "v" where inCell: target = .value
        case "f" where inCell:
            target = .formula
            hasFormula = true
        case "rPh": phoneticDepth += 1
        case "t" where inCell && phoneticDepth == 0: target = .inline
        case "mergeCell":
            guard let range = attributes["ref"].flatMap({ CellRange($0) }) else {
                throw XMLScanError(message: "a merged range is malformed")
            }
            mergedRanges.append(range)
        default: break
        }
    }

    func text(_ text: String) {
        switch target {
        case .none: break
        case .value: value += text
        case .formula: formula += text
        case .inline: inlineText += text
        }
    }

    func end(_ element: String) throws {
        switch element {
        case "sheetData": inSheetData = false
        case "row" where inSheetData: endRow()
        case "c" where inCell: try endCell()
        case "rPh": phoneticDepth = max(0, phoneticDepth - 1)
        case "v", "f", "t": target = .none
        default: break
        }
    }

    private func startRow(_ attributes: [String: String]) throws {
        let number = try attributes["r"].map(positive) ?? rowNumber + 1
        guard number > rowNumber else { throw XMLScanError(message: "row \(number) comes after row \(rowNumber)") }
        guard number <= CellAddress.lastRow else { throw XMLScanError(message: "row \(number) is beyond the last row") }
        rowNumber = number
        column = 0
        cells = []
    }

    private func endRow() {
        if !cells.isEmpty { rows.append(SpreadsheetRow(number: rowNumber, cells: cells)) }
        cells = []
    }

    private func startCell(_ attributes: [String: String]) throws {
        if let reference = attributes["r"] {
            guard let address = CellAddress(reference), address.row == rowNumber, address.column > column else {
                throw XMLScanError(message: "the cell reference \"\(reference)\" is malformed or out of order")
            }
            column = address.column
        } else {
            column += 1
            guard column <= CellAddress.lastColumn, rowNumber > 0 else {
                throw XMLScanError(message: "a cell is outside the sheet")
            }
        }
        inCell = true
        type = attributes["t"] ?? "n"
        style = try attributes["s"].map(nonNegative) ?? 0
        value = ""
        formula = ""
        hasFormula = false
        inlineText = ""
    }

    private func endCell() throws {
        inCell = false
        target = .none
        if let value = try cellValue() { cells.append(SpreadsheetRow.Cell(column: column, value: value)) }
    }

    private func cellValue() throws -> SpreadsheetValue? {
        switch type {
        case "inlineStr":
            let text = inlineText.isEmpty ? value : inlineText
            return text.isEmpty ? nil : .text(OOXMLText.unescape(text))
        case "str": return value.isEmpty ? nil : .text(OOXMLText.unescape(value))
        default: break
        }
        let trimmed = value.trimmedXMLSpace
        guard !trimmed.isEmpty else { return hasFormula ? uncached : nil }
        switch type {
        case "s":
            guard let index = Int(trimmed), sharedStrings.indices.contains(index) else {
                throw XMLScanError(
                    message: "shared string \(trimmed) does not exist (cell \(CellAddress(row: rowNumber, column: column)))")
            }
            return sharedStrings[index].isEmpty ? nil : .text(sharedStrings[index])
        case "b":
            guard ["0", "1", "true", "false"].contains(trimmed) else { throw malformed(trimmed) }
            return .bool(trimmed == "1" || trimmed == "true")
        case "e": return .error(trimmed)
        case "d":
            guard let instant = UnixNanos(iso8601: trimmed) else { throw malformed(trimmed) }
            return .dateTime(SpreadsheetDate(instant: instant))
        case "n":
            guard let number = Double(trimmed), number.isFinite else { throw malformed(trimmed) }
            return styles.isDate(style) ? .dateTime(SpreadsheetDate(serial: number, uses1904: uses1904)) : .number(number)
        default: throw XMLScanError(message: "unknown cell type \"\(type)\"")
        }
    }

    /// LibreOffice writes TRUE as the formula TRUE(), and openpyxl drops formulas' values: these two need none.
    private var uncached: SpreadsheetValue {
        switch formula.trimmedXMLSpace.uppercased() {
        case "TRUE()": .bool(true)
        case "FALSE()": .bool(false)
        default: .formulaWithoutValue(formula)
        }
    }

    private func malformed(_ text: String) -> XMLScanError {
        XMLScanError(message: "cell \(CellAddress(row: rowNumber, column: column)) holds the malformed value \"\(text)\"")
    }

    private func positive(_ text: String) throws -> Int {
        let number = try nonNegative(text)
        guard number > 0 else { throw XMLScanError(message: "numbering starts at 1") }
        return number
    }

    private func nonNegative(_ text: String) throws -> Int {
        guard let number = Int(text), number >= 0 else { throw XMLScanError(message: "\"\(text)\" is not a count") }
        return number
    }
}

extension String {
    /// Without XML white space at both ends.
    var trimmedXMLSpace: String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
        guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

/// The escapes of spreadsheet strings.
enum OOXMLText {
    /// `_x000D_` stands for the character U+000D (ECMA-376 part 1, 22.9.2.19).
    static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "_"), index + 7 <= bytes.count, bytes[index + 1] == UInt8(ascii: "x"),
                bytes[index + 6] == UInt8(ascii: "_"), let scalar = hexadecimal(bytes[(index + 2)..<(index + 6)])
            {
                out += String(Character(scalar)).utf8
                index += 7
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for digit in digits {
            switch digit {
            case 48...57: value = value << 4 + UInt32(digit - 48)
            case 65...70: value = value << 4 + UInt32(digit - 55)
            case 97...102: value = value << 4 + UInt32(digit - 87)
            default: return nil
            }
        }
        return Unicode.Scalar(value)
    }
}
