import Primitives

/// As what a column is read.
public enum ScanKind: Hashable, Sendable {
    /// Instants in nanoseconds, of timestamps of any unit, with a zone or without, and of dates.
    case time
    /// Doubles, of any number type.
    case number
    /// 0 or 1, of booleans, or of integers where anything but 0 is 1. A null is 0.
    case flag
    /// Ordinals of `labels`.
    case text

    /// What stands for a null.
    var null: UInt64 {
        switch self {
        case .time: UInt64(bitPattern: ColumnScan.nullTime)
        case .number: ColumnScan.nullNumber.bitPattern
        case .flag: 0
        case .text: UInt64(ColumnScan.nullText)
        }
    }
}

/// Streams columns of one flat Parquet file in batches of rows, in bounded memory, as plain arrays.
///
/// Common files (plain and dictionary pages; snappy, zstd or no compression) are decoded here, which is several times faster than
/// through DuckDB; DuckDB reads all others.
public final class ColumnScan {
    /// Rows of a batch, at most.
    public static let batchSize = 8_192
    public static let nullTime = Int64.min
    public static let nullText = UInt32.max
    /// A NaN of its own, to tell a null from a NaN that stands in the file.
    public static let nullNumber = Double(bitPattern: 0x7ff8_0000_6e75_6c6c)

    /// The first row of the present batch, counted from 0, and how many it has.
    public private(set) var row = 0
    public private(set) var count = 0
    private let reader: any ScanReader
    private let buffers: [UnsafeMutablePointer<UInt64>]

    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.column` where the file lacks a column, `parquet.type` where a
    ///   column is of another type than asked for.
    public convenience init(_ path: String, _ columns: [(name: String, kind: ScanKind)]) throws {
        try self.init(ScanSource(path), columns)
    }

    init(_ source: ScanSource, _ columns: [(name: String, kind: ScanKind)]) throws {
        reader = try source.reader(columns)
        buffers = columns.map { _ in .allocate(capacity: Self.batchSize) }
    }

    deinit { for buffer in buffers { buffer.deallocate() } }

    /// Reads the next batch; false after the last.
    public func next() throws -> Bool {
        row += count
        count = try reader.read(into: buffers)
        return count > 0
    }

    public func times(_ column: Int) -> UnsafeBufferPointer<Int64> { values(column) }
    public func numbers(_ column: Int) -> UnsafeBufferPointer<Double> { values(column) }
    public func flags(_ column: Int) -> UnsafeBufferPointer<UInt64> { values(column) }
    /// Indices into `labels`, or `nullText`.
    public func ordinals(_ column: Int) -> UnsafeBufferPointer<UInt64> { values(column) }

    /// The texts of a column so far, in the order of their first appearance in the file's pages.
    public func labels(_ column: Int) -> [String] { reader.labels(column) }

    private func values<Value: BitwiseCopyable>(_ column: Int) -> UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(
            start: UnsafeRawPointer(buffers[column]).assumingMemoryBound(to: Value.self), count: count)
    }
}

/// An open Parquet file that columns can be scanned from.
public final class ScanSource {
    public let path: String
    private let file: ParquetFile

    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.type` where a column is nested.
    public init(_ path: String) throws {
        self.path = path
        file = try ParquetFile(path)
    }

    public var columnNames: [String] { file.leaves.map(\.name) }
    public var rowCount: Int { file.rowCount }

    public func scan(_ columns: [(name: String, kind: ScanKind)]) throws -> ColumnScan { try ColumnScan(self, columns) }

    func reader(_ columns: [(name: String, kind: ScanKind)]) throws -> any ScanReader {
        let leaves = try columns.map { column in
            guard let index = file.leaves.firstIndex(where: { $0.name == column.name }) else {
                throw ApusError("parquet.column", "the file lacks a column", context: ["file": path, "column": column.name])
            }
            return index
        }
        let isKnown = !file.isForeign && zip(leaves, columns).allSatisfy { ParquetColumn.canRead(file, leaf: $0, kind: $1.kind) }
        return isKnown
            ? try ParquetScanReader(file, Array(zip(leaves, columns.map(\.kind)))) : try DuckDBScanReader(path, columns)
    }
}

/// Where a scan's batches come from.
protocol ScanReader: AnyObject {
    /// Fills one buffer a column; 0 after the last row.
    func read(into buffers: [UnsafeMutablePointer<UInt64>]) throws -> Int
    func labels(_ column: Int) -> [String]
}

private final class ParquetScanReader: ScanReader {
    private let columns: [ParquetColumn]
    private var rowsLeft: Int

    init(_ file: ParquetFile, _ leaves: [(Int, ScanKind)]) throws {
        let decompressor = try PageDecompressor()
        columns = leaves.map { ParquetColumn(file, leaf: $0.0, kind: $0.1, decompressor) }
        rowsLeft = file.rowCount
    }

    func read(into buffers: [UnsafeMutablePointer<UInt64>]) throws -> Int {
        let count = min(rowsLeft, ColumnScan.batchSize)
        guard count > 0 else { return 0 }
        for (column, buffer) in zip(columns, buffers) { try column.read(count, into: buffer) }
        rowsLeft -= count
        return count
    }

    func labels(_ column: Int) -> [String] { columns[column].labels.labels }
}
