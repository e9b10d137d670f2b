public import Contracts
import Primitives

extension DBNConverter {
    /// The most rows in one table.
    public static let rowsPerTable = 65_536

    /// The columns that `tables` gives for a file. The index time comes last, as in databento's Parquet files.
    /// - Throws: what opening the file throws, and `dbn.schema`.
    public static func columns(file: String, options: Options = Options()) throws -> [ColumnSpec] {
        try tableColumns(DBNReader(path: file), options).map(\.spec)
    }

    /// Hands out the records of the file's schema as tables of at most `rowsPerTable` rows; other records are left out.
    /// A file without records gives no table.
    /// - Throws: what the reader throws once the records before the damage were handed out, `dbn.schema`, `dbn.text`,
    ///   `dbn.symbology`.
    public static func tables(file: String, options: Options = Options(), body: (Table) throws -> Void) throws {
        try tables(DBNReader(path: file), options: options, body: body)
    }

    /// The same from an open reader, which it reads to its end.
    public static func tables(_ reader: DBNReader, options: Options, body: (Table) throws -> Void) throws {
        let (types, fields) = try layout(reader.metadata, options, file: reader.path)
        var symbols = try DBNSymbolLookup(reader)
        var builders = try tableColumns(reader, options)
        var rows = 0
        func emit() throws {
            let table = Table(builders.map { $0.column() })
            for index in builders.indices { builders[index].removeAll() }
            rows = 0
            try body(table)
        }
        do {
            try reader.forEachBlock { block in
                try symbols.learn(block)
                guard let type = block.type, types.contains(type), let base = block.bytes.baseAddress else { return }
                var start = 0
                while start < block.count {
                    let count = min(block.count - start, rowsPerTable - rows)
                    let piece = RecordRun(
                        base: base + start * block.recordSize, stride: block.recordSize, count: count,
                        offset: block.offset + Int64(start * block.recordSize), file: reader.path)
                    for index in builders.indices { try builders[index].append(piece, &symbols, index: fields[0]) }
                    start += count
                    rows += count
                    if rows == rowsPerTable { try emit() }
                }
            }
        } catch let error as ApusError where error.code != "dbn.text" {
            if rows > 0 { try emit() }
            throw error
        }
        if rows > 0 { try emit() }
    }

    private static func tableColumns(_ reader: DBNReader, _ options: Options) throws -> [DBNColumnBuilder] {
        let fields = try layout(reader.metadata, options, file: reader.path).fields
        var columns = fields.dropFirst().map { DBNColumnBuilder($0, options) }
        if options.mapSymbols { columns.append(DBNColumnBuilder.symbol) }
        if let index = fields.first { columns.append(DBNColumnBuilder(index, options)) }
        return columns
    }
}

/// Records of one type in a row.
struct RecordRun {
    let base: UnsafeRawPointer
    let stride: Int
    let count: Int
    /// Of the first record in the DBN stream.
    let offset: Int64
    let file: String
}
