import Contracts
import Primitives

/// Collects one column of the current row group. Only values are held; a null leaves a 0 among the levels.
class ColumnBuilder {
    let spec: ColumnSpec
    /// 1 for a value and 0 for a null, one a row; empty in a required column and as long as there is no null.
    private let levels = RawBuffer<UInt8>()
    private(set) var rows = 0
    private(set) var nulls = 0

    /// For error messages.
    private let file: String

    init(_ spec: ColumnSpec, file: String) {
        self.spec = spec
        self.file = file
    }

    /// Adds `range` of a batch. `validity` has the batch's length; false marks a null.
    final func append(_ batch: ColumnBatch, _ validity: [Bool]?, _ range: Range<Int>) throws {
        guard let validity else {
            try appendValues(batch, range)
            return raise(range.count, valid: true)
        }
        guard validity.count == batch.count else {
            throw failure("the validity has another length than the values", row: range.lowerBound)
        }
        var index = range.lowerBound
        while index < range.upperBound {
            let valid = validity[index]
            var end = index + 1
            while end < range.upperBound, validity[end] == valid { end += 1 }
            if valid {
                try appendValues(batch, index..<end)
            } else if !spec.nullable {
                throw failure("a null in a column that has none", row: index)
            }
            raise(end - index, valid: valid)
            index = end
        }
    }

    private func raise(_ count: Int, valid: Bool) {
        if !valid, nulls == 0 { fillLevels(rows) }
        if !valid || nulls > 0 {
            levels.room(count).update(repeating: valid ? 1 : 0, count: count)
            levels.count += count
        }
        rows += count
        if !valid { nulls += count }
    }

    private func fillLevels(_ count: Int) {
        levels.removeAll()
        levels.room(count).update(repeating: 1, count: count)
        levels.count = count
    }

    final func failure(_ message: String, row: Int) -> ApusError {
        ApusError("parquet.value", message, context: ["file": file, "column": spec.name, "row of the batch": String(row)])
    }

    final func mismatch() -> ApusError {
        ApusError(
            "parquet.type", "the values have another type than the column",
            context: ["file": file, "column": spec.name, "type": "\(spec.type)"])
    }

    /// Writes the chunk and forgets its rows.
    final func flush(to pages: PageWriter) throws -> ParquetChunk {
        var chunk = ParquetChunk(encodings: [], rows: rows, statistics: ParquetStatistics(nulls: nulls))
        pages.begin()
        let encoding = try prepare(pages)
        chunk.statistics.bounds = bounds()
        var row = 0
        var value = 0
        repeat {
            let end = min(rows, row + pageRows(from: value))
            var valueEnd = value + (end - row)
            if nulls > 0 {
                for index in row..<end where levels.base[index] == 0 { valueEnd -= 1 }
            }
            if spec.nullable { appendLevels(row..<end, to: pages.page) }
            encodeValues(value..<valueEnd, into: pages.page)
            try pages.writeData(rows: end - row, encoding: encoding)
            row = end
            value = valueEnd
        } while row < rows
        pages.finish(&chunk, encoding: encoding)
        rows = 0
        nulls = 0
        removeValues()
        return chunk
    }

    private func appendLevels(_ range: Range<Int>, to page: RawBuffer<UInt8>) {
        let start = page.count
        page.appendLittleEndian(0)
        if nulls == 0 {
            page.appendVarint(UInt64(range.count) << 1)
            page.append(1)
        } else {
            let part = UnsafeBufferPointer(start: levels.base + range.lowerBound, count: range.count)
            RunLengthEncoder.encode(part, bitWidth: 1, into: page)
        }
        let length = UInt32(page.count - start - 4)
        UnsafeMutableRawPointer(page.base + start).storeBytes(of: length.littleEndian, as: UInt32.self)
    }

    // What the kinds of column do differently.

    /// Adds valid values. A batch of another kind is an error.
    func appendValues(_ batch: ColumnBatch, _ range: Range<Int>) throws { throw mismatch() }
    /// Chooses the encoding, and writes the dictionary page if there is one.
    func prepare(_ pages: PageWriter) throws -> ParquetEncoding { .plain }
    func encodeValues(_ range: Range<Int>, into page: RawBuffer<UInt8>) {}
    /// How many rows the page may take that begins with `value`.
    func pageRows(from value: Int) -> Int { 1 << 17 }
    /// Smallest and largest value in PLAIN form; asked for after `prepare`.
    func bounds() -> (minimum: [UInt8], maximum: [UInt8])? { nil }
    func removeValues() {}
}
