/// Delimited text as a whole, for files that are small; of large ones `DelimitedRows` reads row after row.
public struct DelimitedText: Sendable {
    public struct Row: Sendable {
        /// Line of the file on which the row begins, counted from 1.
        public let line: Int
        /// One a column of the header.
        public let fields: [String]
    }

    public let header: [String]
    public let rows: [Row]

    /// - Throws: `ApusError` `file.read`, `csv.*` naming file and line.
    public init(file: String) throws { try self.init(DelimitedRows(file: file)) }

    /// - Parameter file: for messages.
    /// - Throws: `ApusError` `csv.*` naming file and line.
    public init(bytes: [UInt8], file: String) throws { try self.init(DelimitedRows(bytes: bytes, file: file)) }

    init(_ source: consuming DelimitedRows) throws {
        var rows: [Row] = []
        while try source.next() {
            rows.append(Row(line: source.line, fields: try source.header.indices.map { try source.text($0) }))
        }
        header = source.header
        self.rows = rows
    }
}
