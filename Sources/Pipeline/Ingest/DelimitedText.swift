import Primitives

/// Comma-separated text after RFC 4180: quoted fields, doubled quotes, CRLF or LF, an optional byte order mark.
struct DelimitedText {
    struct Row {
        /// Line of the file on which the row begins, counted from 1.
        let line: Int
        let fields: [String]
    }

    let header: [String]
    let rows: [Row]

    /// - Throws: `ApusError` `csv.*` naming file and line.
    init(bytes: [UInt8], file: String) throws {
        var rows: [Row] = []
        header = try Self.read(bytes, file: file, header: { _ in }, row: { rows.append($0) })
        self.rows = rows
    }

    /// Hands over one row after the other, behind the header.
    /// - Returns: the header.
    /// - Throws: `ApusError` `csv.*` naming file and line, and what the closures throw.
    @discardableResult
    static func read(_ bytes: [UInt8], file: String, header: ([String]) throws -> Void, row: (Row) throws -> Void) throws
        -> [String]
    {
        var names: [String]?
        try parse(bytes, file: file) { next in
            guard let names else {
                let fields = next.fields
                if let repeated = fields.first(where: { name in fields.filter { $0 == name }.count > 1 }) {
                    throw ApusError(
                        "csv.header", "column \"\(repeated)\" appears twice", context: ["file": file, "line": "\(next.line)"])
                }
                names = fields
                return try header(fields)
            }
            guard next.fields.count == names.count else {
                throw ApusError(
                    "csv.fields", "the row has \(next.fields.count) fields, the header \(names.count)",
                    context: ["file": file, "line": "\(next.line)"])
            }
            try row(next)
        }
        guard let names else { throw ApusError("csv.empty", "the file has no header", context: ["file": file]) }
        return names
    }

    private static func parse(_ bytes: [UInt8], file: String, _ body: (Row) throws -> Void) throws {
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1
        var rowLine = 1
        var quoted = false
        var wasQuoted = false
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func endField() throws {
            guard let text = String(validating: field, as: UTF8.self) else {
                throw ApusError("csv.utf8", "the text is not UTF-8", context: ["file": file, "line": "\(rowLine)"])
            }
            fields.append(text)
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        func endRow() throws {
            if fields.isEmpty && field.isEmpty && !wasQuoted { return }
            try endField()
            try body(Row(line: rowLine, fields: fields))
            fields = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A { line += 1 }
            if quoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if index < bytes.count, bytes[index] == byte {
                    field.append(byte)
                    index += 1
                } else {
                    quoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (quoted, wasQuoted) = (true, true)
            case UInt8(ascii: "\""):
                throw ApusError("csv.quote", "a quote inside an unquoted field", context: ["file": file, "line": "\(line)"])
            case UInt8(ascii: ","): try endField()
            case 0x0D where index < bytes.count && bytes[index] == 0x0A: break
            case 0x0A:
                try endRow()
                rowLine = line
            default:
                guard !wasQuoted else {
                    throw ApusError("csv.quote", "text behind a quoted field", context: ["file": file, "line": "\(line)"])
                }
                field.append(byte)
            }
        }
        if quoted { throw ApusError("csv.quote", "a quoted field does not end", context: ["file": file, "line": "\(rowLine)"]) }
        try endRow()
    }
}
