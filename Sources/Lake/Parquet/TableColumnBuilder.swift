import Contracts
import Primitives

/// Gathers one column of a table from chunks.
final class TableColumnBuilder {
    private let spec: ColumnSpec
    private var ints: [Int64] = []
    private var doubles: [Double] = []
    private var strings: [String] = []
    private var bools: [Bool] = []
    private var validity: [Bool] = []
    private var hasNulls = false

    init(_ spec: ColumnSpec) { self.spec = spec }

    var column: Column {
        let values: ColumnValues =
            switch spec.type {
            case .bool: .bools(bools)
            case .double: .doubles(doubles)
            case .string: .strings(strings)
            default: .ints(ints)
            }
        return Column(spec, values, validity: hasNulls ? validity : nil)
    }

    func append(_ chunk: borrowing Chunk, column: Int) throws {
        let start = validity.count
        let count = chunk.rowCount
        validity.append(contentsOf: repeatElement(true, count: count))
        if chunk.validity(column) != nil {
            for row in 0..<count where chunk.isNull(column: column, row: row) {
                validity[start + row] = false
                hasNulls = true
            }
        }
        switch chunk.columns[column].kind {
        case .bool:
            bools.append(contentsOf: chunk.values(column, as: UInt8.self).lazy.map { $0 != 0 })
        case .int8: widen(chunk.values(column, as: Int8.self))
        case .int16: widen(chunk.values(column, as: Int16.self))
        case .int32, .date: widen(chunk.values(column, as: Int32.self))
        case .uint8: widen(chunk.values(column, as: UInt8.self))
        case .uint16: widen(chunk.values(column, as: UInt16.self))
        case .uint32: widen(chunk.values(column, as: UInt32.self))
        case .timestampSeconds: try scale(chunk.values(column, as: Int64.self), by: 1_000_000, start)
        case .timestampMillis: try scale(chunk.values(column, as: Int64.self), by: 1_000, start)
        case .float: doubles.append(contentsOf: chunk.values(column, as: Float.self).lazy.map { Double($0) })
        case .double: doubles.append(contentsOf: chunk.values(column, as: Double.self))
        case .text:
            for row in 0..<count { strings.append(validity[start + row] ? chunk.text(column: column, row: row) : "") }
        default: ints.append(contentsOf: chunk.values(column, as: Int64.self))
        }
        if hasNulls { blank(from: start) }
    }

    private func widen<Value: FixedWidthInteger & BitwiseCopyable>(_ values: UnsafeBufferPointer<Value>) {
        ints.append(contentsOf: values.lazy.map { Int64($0) })
    }

    private func scale(_ values: UnsafeBufferPointer<Int64>, by factor: Int64, _ start: Int) throws {
        for (row, value) in values.enumerated() {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: factor)
            guard !overflow || !validity[start + row] else {
                throw ApusError("parquet.type", "an instant has no microseconds in 64 bits", context: ["column": spec.name])
            }
            ints.append(scaled)
        }
    }

    /// DuckDB leaves anything in the slots of nulls.
    private func blank(from start: Int) {
        for row in start..<validity.count where !validity[row] {
            switch spec.type {
            case .bool: bools[row] = false
            case .double: doubles[row] = .nan
            case .string: break
            default: ints[row] = 0
            }
        }
    }
}
