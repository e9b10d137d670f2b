import Contracts
import Ingest
import Primitives

/// Tables and metadata in the form that dbn_oracle.py prints them.
enum TableText {
    static func cells(_ column: Column) -> [String] {
        let texts: [String]
        switch column.values {
        case .ints(let values) where column.spec.type == .uint64: texts = values.map { String(UInt64(bitPattern: $0)) }
        case .ints(let values): texts = values.map(String.init)
        case .doubles(let values): texts = values.map(bits)
        case .strings(let values): texts = values.map { (try? CanonicalJSON.text(.string($0))) ?? "" }
        case .bools(let values): texts = values.map(String.init)
        }
        guard let validity = column.validity else { return texts }
        return zip(texts, validity).map { $1 ? $0 : "null" }
    }

    private static func bits(_ value: Double) -> String {
        let digits = String(value.bitPattern, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func name(_ type: ColumnType) -> String {
        switch type {
        case .bool: "bool"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .double: "double"
        case .string: "string"
        case .date: "date32[day]"
        case .timestampMicros(let utc): utc ? "timestamp[us, tz=UTC]" : "timestamp[us]"
        case .timestampNanos(let utc): utc ? "timestamp[ns, tz=UTC]" : "timestamp[ns]"
        }
    }

    static func metadata(_ value: DBNMetadata) -> JSONValue {
        var mappings: [String: JSONValue] = [:]
        for mapping in value.mappings {
            mappings[mapping.rawSymbol] = .array(
                mapping.intervals.map {
                    .array([.string($0.start.description), .string($0.end.description), .string($0.symbol)])
                })
        }
        return .object([
            "version": .int(Int64(value.version)), "dataset": .string(value.dataset),
            "schema": value.schema.map { .string($0.name) } ?? .null,
            "start": value.start.map { .int($0.rawValue) } ?? .null, "end": value.end.map { .int($0.rawValue) } ?? .null,
            "limit": value.limit.map { .int(Int64(clamping: $0)) } ?? .null,
            "stype_in": value.stypeIn.map { .string($0.name) } ?? .null,
            "stype_out": .string(value.stypeOut.name), "ts_out": .bool(value.tsOut),
            "symbols": .array(value.symbols.map { .string($0) }),
            "partial": .array(value.partial.map { .string($0) }), "not_found": .array(value.notFound.map { .string($0) }),
            "mappings": .object(mappings),
        ])
    }
}
