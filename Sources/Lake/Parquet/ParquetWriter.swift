public import Contracts
public import Primitives

/// What a finished file holds.
public struct ParquetSummary: Hashable, Sendable {
    public let path: String
    public let rows: Int
    public let rowGroups: Int
    public let bytes: Int
    /// SHA-256 of the file.
    public let digest: Digest
}

/// Writes one Parquet file of flat columns, row group by row group, in bounded memory.
///
/// The same rows give the same bytes, however they are cut into batches. Pages are zstd-compressed; a column chunk is
/// dictionary-encoded where few values repeat, integers with small steps are delta-encoded, and the rest is plain. The file
/// appears under its name when `finish` returns, and not at all where an error came first.
public final class ParquetWriter {
    public struct Options: Sendable {
        /// Rows of every row group but the last.
        public var rowGroupRows = 100_000
        /// zstd's level, 1 ... 19.
        public var compressionLevel = 1
        /// Key-value metadata of the footer, in this order.
        public var metadata: [(key: String, value: String)] = []

        public init(rowGroupRows: Int = 100_000, compressionLevel: Int = 1, metadata: [(key: String, value: String)] = []) {
            self.rowGroupRows = rowGroupRows
            self.compressionLevel = compressionLevel
            self.metadata = metadata
        }
    }

    private enum State { case open, failed, finished }

    public let path: String
    public let schema: [ColumnSpec]
    public private(set) var rows = 0
    private let options: Options
    private let columns: [ColumnBuilder]
    private let pages: PageWriter
    private var footer: ParquetFooter
    private var state = State.open
    private var pendingRows = 0

    /// - Throws: `ApusError` `parquet.schema` for no columns or two of one name, `file.write`.
    public init(_ path: String, schema: [ColumnSpec], options: Options = Options()) throws {
        guard !schema.isEmpty, Set(schema.map(\.name)).count == schema.count else {
            throw ApusError("parquet.schema", "a file needs columns, each with a name of its own", context: ["file": path])
        }
        precondition(options.rowGroupRows > 0, "a row group has at least one row")
        self.path = path
        self.schema = schema
        self.options = options
        columns = schema.map { Self.builder($0, file: path) }
        pages = try PageWriter(AtomicFile(path), level: options.compressionLevel)
        footer = ParquetFooter(schema: schema, metadata: options.metadata)
        ParquetFooter.magic.withUnsafeBytes { pages.writeRaw($0) }
    }

    private static func builder(_ spec: ColumnSpec, file: String) -> ColumnBuilder {
        switch spec.type.physical {
        case .boolean: BoolColumn(spec, file: file)
        case .int32: ShortColumn(spec, file: file)
        case .int64, .double: LongColumn(spec, file: file)
        case .byteArray: TextColumn(spec, file: file)
        }
    }

    /// Adds a table with exactly this file's columns.
    /// - Throws: `ApusError` `parquet.schema`, `parquet.value`, `parquet.type`, `file.write`.
    public func append(_ table: Table) throws {
        guard table.schema == schema else {
            throw ApusError("parquet.schema", "the table has other columns than the file", context: ["file": path])
        }
        try append(table.columns.map { ColumnBatch($0.values) }, validity: table.columns.map(\.validity))
    }

    /// Adds equally long batches, one a column. `validity`, where given, holds for each column nil or false at the nulls.
    /// After an error the file is lost: nothing more can be added.
    /// - Throws: `ApusError` `parquet.schema`, `parquet.value`, `parquet.type`, `file.write`.
    public func append(_ batches: [ColumnBatch], validity: [[Bool]?]? = nil) throws {
        guard state == .open else { throw closed() }
        let count = batches.first?.count ?? 0
        guard batches.count == columns.count, batches.allSatisfy({ $0.count == count }),
            validity?.count ?? columns.count == columns.count
        else { throw ApusError("parquet.schema", "batches of the wrong number or of different length", context: ["file": path]) }
        state = .failed
        var start = 0
        while start < count {
            let end = min(count, start + options.rowGroupRows - pendingRows)
            for (index, column) in columns.enumerated() {
                try column.append(batches[index], validity?[index], start..<end)
            }
            pendingRows += end - start
            rows += end - start
            if pendingRows == options.rowGroupRows { try flushRowGroup() }
            start = end
        }
        state = .open
    }

    private func flushRowGroup() throws {
        var group = ParquetRowGroup(rows: pendingRows, chunks: [])
        for column in columns { group.chunks.append(try column.flush(to: pages)) }
        footer.rowGroups.append(group)
        pendingRows = 0
    }

    /// Writes what is left and makes the file visible.
    /// - Throws: `ApusError` `file.write`, `parquet.closed`.
    @discardableResult
    public func finish() throws -> ParquetSummary {
        guard state == .open else { throw closed() }
        state = .finished
        if pendingRows > 0 { try flushRowGroup() }
        let tail = RawBuffer<UInt8>()
        footer.encode(into: tail)
        pages.writeRaw(tail.bytes)
        let digest = try pages.commit()
        return ParquetSummary(path: path, rows: rows, rowGroups: footer.rowGroups.count, bytes: pages.offset, digest: digest)
    }

    private func closed() -> ApusError {
        let reason = state == .finished ? "the file is already finished" : "an earlier batch failed"
        return ApusError("parquet.closed", reason, context: ["file": path])
    }

    /// Writes a whole table.
    @discardableResult
    public static func write(_ table: Table, to path: String, options: Options = Options()) throws -> ParquetSummary {
        let writer = try ParquetWriter(path, schema: table.schema, options: options)
        try writer.append(table)
        return try writer.finish()
    }
}

extension ColumnBatch {
    public init(_ values: ColumnValues) {
        switch values {
        case .bools(let values): self = .bool(values)
        case .ints(let values): self = .int64(values)
        case .doubles(let values): self = .double(values)
        case .strings(let values): self = .string(values)
        }
    }
}
