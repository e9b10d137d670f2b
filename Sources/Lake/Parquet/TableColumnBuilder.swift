import Contracts
import Primitives

/// Gathers one column of a table from chunks.
final class TableColumnBuilder {
    private let spec: ColumnSpec
    private var ints: [Int64] = []
    private var doubles: [Double] = []
    private var strings: [String] = []
    private var bools: [Bool] = []
    /// Empty until the first null comes.
    private var validity: [Bool] = []
    private var count = 0

    init(_ spec: ColumnSpec) { self.spec = spec }

    var column: Column {
        let values: ColumnValues =
            switch spec.type {
            case .bool: .bools(bools)
            case .double: .doubles(doubles)
            case .string: .strings(strings)
            default: .ints(ints)
            }
        return Column(spec, values, validity: validity.isEmpty ? nil : validity)
    }

    func append(_ chunk: borrowing Chunk, column: Int) throws {
        let rows = chunk.rowCount
        let nulls = Nulls(chunk.validity(column), count: rows)
        if nulls != nil, validity.isEmpty { validity = [Bool](repeating: true, count: count) }
        if let nulls {
            validity.append(contentsOf: (0..<rows).lazy.map { !nulls[$0] })
        } else if !validity.isEmpty {
            validity.append(contentsOf: repeatElement(true, count: rows))
        }
        count += rows
        switch chunk.columns[column].kind {
        case .bool: add(chunk.values(column, as: UInt8.self), nulls, to: &bools, blank: false) { $0 != 0 }
        case .int8: widen(chunk.values(column, as: Int8.self), nulls)
        case .int16: widen(chunk.values(column, as: Int16.self), nulls)
        case .int32, .date: widen(chunk.values(column, as: Int32.self), nulls)
        case .uint8: widen(chunk.values(column, as: UInt8.self), nulls)
        case .uint16: widen(chunk.values(column, as: UInt16.self), nulls)
        case .uint32: widen(chunk.values(column, as: UInt32.self), nulls)
        case .timestampSeconds: try scale(chunk.values(column, as: Int64.self), by: 1_000_000, nulls)
        case .timestampMillis: try scale(chunk.values(column, as: Int64.self), by: 1_000, nulls)
        case .float: add(chunk.values(column, as: Float.self), nulls, to: &doubles, blank: .nan) { Double($0) }
        case .double: add(chunk.values(column, as: Double.self), nulls, to: &doubles, blank: .nan) { $0 }
        case .text:
            var texts: [String] = []
            texts.reserveCapacity(rows)
            for row in 0..<rows { texts.append(nulls?[row] ?? false ? "" : chunk.text(column: column, row: row)) }
            strings.append(contentsOf: texts)
        default: add(chunk.values(column, as: Int64.self), nulls, to: &ints, blank: 0) { $0 }
        }
    }

    /// DuckDB leaves anything in the slots of nulls.
    @inline(__always)
    private func add<Raw, Value>(
        _ values: UnsafeBufferPointer<Raw>, _ nulls: Nulls?, to target: inout [Value], blank: Value, _ convert: (Raw) -> Value
    ) {
        guard let nulls else {
            withoutActuallyEscaping(convert) { target.append(contentsOf: values.lazy.map($0)) }
            return
        }
        withoutActuallyEscaping(convert) { convert in
            target.append(contentsOf: values.indices.lazy.map { nulls[$0] ? blank : convert(values[$0]) })
        }
    }

    private func widen<Value: FixedWidthInteger & BitwiseCopyable>(_ values: UnsafeBufferPointer<Value>, _ nulls: Nulls?) {
        add(values, nulls, to: &ints, blank: 0) { Int64($0) }
    }

    private func scale(_ values: UnsafeBufferPointer<Int64>, by factor: Int64, _ nulls: Nulls?) throws {
        for (row, value) in values.enumerated() {
            let isNull = nulls?[row] ?? false
            let (scaled, overflow) = value.multipliedReportingOverflow(by: factor)
            guard !overflow || isNull else {
                throw ApusError("parquet.type", "an instant has no microseconds in 64 bits", context: ["column": spec.name])
            }
            ints.append(isNull ? 0 : scaled)
        }
    }

    /// The nulls of a chunk's column that has some.
    private struct Nulls {
        private let words: UnsafePointer<UInt64>

        init?(_ words: UnsafePointer<UInt64>?, count: Int) {
            guard let words else { return nil }
            self.words = words
            let whole = (0..<count / 64).allSatisfy { words[$0] == .max }
            guard !whole || (count / 64 * 64..<count).contains(where: { self[$0] }) else { return nil }
        }

        subscript(row: Int) -> Bool { words[row / 64] & (1 << UInt64(row % 64)) == 0 }
    }
}
