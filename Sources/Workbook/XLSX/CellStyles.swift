/// Which cell styles show a number as a date or time.
struct CellStyles {
    private let dateStyles: [Bool]

    init(numberFormats: [Int], custom: [Int: String]) {
        dateStyles = numberFormats.map { id in custom[id].map(Self.isDateFormat) ?? Self.isBuiltInDate(id) }
    }

    func isDate(_ style: Int) -> Bool { dateStyles.indices.contains(style) && dateStyles[style] }

    /// ECMA-376 part 1, 18.8.30; 27-36 and 50-58 are the dates of East Asian locales.
    static func isBuiltInDate(_ id: Int) -> Bool {
        (14...22).contains(id) || (45...47).contains(id) || (27...36).contains(id) || (50...58).contains(id)
    }

    /// Whether the first section of a format code holds a day, month, year, hour or second outside quotes and brackets.
    static func isDateFormat(_ code: String) -> Bool {
        var scalars = Array(code.lowercased().unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case ";": return false
            case "\"":
                while let next = scalars.popFirst(), next != "\"" {}
            case "\\", "_", "*": _ = scalars.popFirst()
            case "[":
                var inside = ""
                while let next = scalars.popFirst(), next != "]" { inside.unicodeScalars.append(next) }
                if !inside.isEmpty, inside.allSatisfy({ "hms".contains($0) }) { return true }
            case "g" where scalars.starts(with: "eneral".unicodeScalars): scalars = scalars.dropFirst(6)
            case "d", "m", "y", "h", "s": return true
            default: break
            }
        }
        return false
    }
}

/// Reads styles.xml.
final class StylesScan: XMLScanHandler {
    private var custom: [Int: String] = [:]
    private var formats: [Int] = []
    private var inCellFormats = false

    var styles: CellStyles { CellStyles(numberFormats: formats, custom: custom) }

    func start(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap({ Int($0) }), let code = attributes["formatCode"] { custom[id] = code }
        case "cellXfs": inCellFormats = true
        case "xf" where inCellFormats: formats.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0)
        default: break
        }
    }

    func text(_ text: String) {}

    func end(_ element: String) { if element == "cellXfs" { inCellFormats = false } }
}

/// Reads sharedStrings.xml: the runs of rich text are joined, phonetic readings are left out.
final class SharedStringsScan: XMLScanHandler {
    private(set) var strings: [String] = []
    private var current = ""
    private var inText = false
    private var phoneticDepth = 0

    func start(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "si": current = ""
        case "rPh": phoneticDepth += 1
        case "t": inText = phoneticDepth == 0
        default: break
        }
    }

    func text(_ text: String) { if inText { current += text } }

    func end(_ element: String) {
        switch element {
        case "si": strings.append(OOXMLText.unescape(current))
        case "rPh": phoneticDepth = max(0, phoneticDepth - 1)
        case "t": inText = false
        default: break
        }
    }
}
