import Contracts
import Primitives

/// A table as flat binary files that numpy reads: an independent way for values to reach an oracle.
enum RawDump {
    static func write(_ table: Table, to folder: String, rowGroupRows: Int) throws {
        var columns: [JSONValue] = []
        for column in table.columns {
            let name = column.spec.name
            let base = folder + "/" + name
            switch column.values {
            case .bools(let values): try AtomicFile.write(values.map { $0 ? 1 : 0 }, to: base + ".values")
            case .ints(let values): try AtomicFile.write(values.withUnsafeBytes { Array($0) }, to: base + ".values")
            case .doubles(let values): try AtomicFile.write(values.withUnsafeBytes { Array($0) }, to: base + ".values")
            case .strings(let values):
                var bytes: [UInt8] = []
                var lengths: [Int64] = []
                for value in values {
                    bytes += value.utf8
                    lengths.append(Int64(value.utf8.count))
                }
                try AtomicFile.write(bytes, to: base + ".values")
                try AtomicFile.write(lengths.withUnsafeBytes { Array($0) }, to: base + ".lengths")
            }
            if let validity = column.validity { try AtomicFile.write(validity.map { $0 ? 1 : 0 }, to: base + ".valid") }
            columns.append([
                "name": .string(name), "type": .string(typeName(column.spec.type)), "nullable": .bool(column.spec.nullable),
                "has_nulls": .bool(column.validity != nil),
            ])
        }
        let description: JSONValue = [
            "rows": .int(Int64(table.rowCount)), "row_group_rows": .int(Int64(rowGroupRows)), "columns": .array(columns),
        ]
        try AtomicFile.write(try CanonicalJSON.text(description), to: folder + "/table.json")
    }

    private static func typeName(_ type: ColumnType) -> String {
        switch type {
        case .timestampMicros(let utc): utc ? "us_utc" : "us"
        case .timestampNanos(let utc): utc ? "ns_utc" : "ns"
        default: "\(type)"
        }
    }
}
